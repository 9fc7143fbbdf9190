"""The dealer management system: keeps appointment requests and slips on record, and may turn a request down later (A-APT-12, 19, 20)."""
