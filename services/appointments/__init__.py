"""Turns a follower's wish for a service day into a slip that the dealer keeps (flows 3, A-APT-09..22).

It owns the state of an appointment; what happens at the DMS and at CSC are requests to it. Their news may come late, twice and in any
order: an appointment keeps the facts it has learnt, and its state follows from them by the table in domain.py.
"""
