"""A small service on our chassis that does for one event what the peers do: one row of state, one event told.

It runs under the name, and in the queue, of `appointments`: a name that the contracts know has a queue.
"""
