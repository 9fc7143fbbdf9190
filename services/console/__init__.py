"""The operators' console at `/console`: how the house is, what is parked and why, where a request is, and orders to set it right.

It shows what `services/insight` answers at `/ops/v1/` and passes orders on to it, in the name of who is logged in; it touches no other
service's schema. Its own holds staff, sessions and the audit. Killing it loses nothing.
"""
