"""Who we speak with: one folder per partner. An adapter translates and carries; it decides nothing.

In every adapter: `service.py` (what is asked of it and what it tells), `client.py` (one method per thing the partner can do for us),
`translate.py` (their words and ours, pure functions), `migrations/` (its own schema) and a README for whoever looks after the partner.
"""
