"""Reminds owners of what is due for their cars, follows each item to the visit, and counts what became of it (flows 2, A-REM-01..44).

The house of its own parts: `facts` (cars, dates, campaigns and how they are loaded), `rules` (which item a car has, and why), `month`
(generation, and what DMS and CSC are told), `sending` (when a follower is told), `following` (what becomes of an item), `figures` (sums,
lists, statistics), `api` (what the console asks).
"""
