"""A time limit over a whole piece of work, whatever it waits for: a name, a handshake, one more byte, a lock, a pool."""

from collections.abc import Iterator
from contextlib import contextmanager

import eventlet

from chassis.errors import Unavailable


@contextmanager
def within(seconds: float, what: str) -> Iterator[None]:
    """End the block with Unavailable(what) if it takes longer.

    Library timeouts are per read, so a side that sends a byte a second outlasts them all. eventlet's Timeout is no `Exception`:
    libraries clean up and let it pass, and here it becomes an error that says what to do next. It interrupts every wait of a
    monkey-patched process, and no computation.
    """
    limit = eventlet.Timeout(seconds)
    try:
        yield
    except eventlet.Timeout as passed:
        if passed is not limit:  # a wider limit than ours has passed: not ours to explain
            raise
        raise Unavailable(f"{what}: no answer in time") from passed
    finally:
        limit.cancel()
