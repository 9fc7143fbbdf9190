"""A dealer management system: keeps the requests for a service day and the slips, under numbers of its own (contracts/partners/dms.py)."""
