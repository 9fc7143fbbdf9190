"""Turns a follower's wish for a service day into a slip that the dealer keeps, and follows it to the visit (flows 3, A-APT-09..22, 28).

It owns the state of an appointment; what happens at the DMS and at CSC are requests to it. Their news may come late, twice and in any
order: an appointment keeps the facts it has learnt (domain.py), and its state follows from them by a table (standing.py). From before
and after follows whom to tell what (news.py) and what the DMS and CSC are asked to do (orders.py). It guards the places of a dealer's
day too, where the DMS tells how many there are (capacity.py), and finds the appointment that a visit is of (visits.py).
"""
