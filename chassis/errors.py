"""The errors that say what to do next (style section 5).

Exception
├── Unavailable      no usable answer: tried again, first in place, then later
│   └── NotAsked     the breaker is open: nobody was asked, and nobody is in place
│       └── Held     an operator holds the way: waits, and no try is counted
├── Refused          a clear no: becomes an event; never retried
└── ContractBroken   off contract: parked with its cause
Anything else is our mistake: parked, fixed, replayed.
"""

NAMED = 5
"""Violations in an error's text, which is logged; there may be ten thousand."""


class Unavailable(Exception):
    """No usable answer. `retry_after` is what the other side asked for, in seconds."""

    def __init__(self, what: str, *, retry_after: float | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.retry_after = retry_after


class NotAsked(Unavailable):
    """The way to a partner is shut for `retry_after` seconds, because it has not answered too often in a row."""


class Held(NotAsked):
    """An operator holds the partner, or the queue: the message waits until it is released, and no try is counted."""


class Refused(Exception):
    """A clear no, with the other side's code for it."""

    def __init__(self, reason: str, message: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.message = message


class ContractBroken(Exception):
    """Off contract. Names where, which field and which rule; never the value."""

    def __init__(self, where: str, violations: tuple[tuple[str, str], ...]) -> None:
        named = "; ".join(f"{field}: {rule}" for field, rule in violations[:NAMED])
        more = f"; and {len(violations) - NAMED} more" if len(violations) > NAMED else ""
        super().__init__(f"{where}: {named}{more}")
        self.where = where
        self.violations = violations
