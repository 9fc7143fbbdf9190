"""Answers "where is this customer's request now?": how every message fared, and the domain events between them, on one timeline.

It lives on the reports of all services (`ops.report`) and on a sealed copy of every event marked `watched`; it opens none of it.
An operator reads it, and orders redrives and drops, at `/ops/v1/` in the internal zone. It says nothing of its own messages.
"""
