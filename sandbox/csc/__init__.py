"""A customer service centre: call-back tasks, the calls of its staff (DCRC), and the slips they agree on (contracts/partners/csc.py)."""
