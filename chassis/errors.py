"""The errors that say what to do next (style section 5).

Exception
├── Unavailable      no usable answer: tried again, first in place, then later
├── Refused          a clear no: becomes an event; never retried
└── ContractBroken   off contract: parked with its cause
Anything else is our mistake: parked, fixed, replayed.
"""


class Unavailable(Exception):
    """No usable answer. `retry_after` is what the other side asked for, in seconds."""

    def __init__(self, what: str, *, retry_after: float | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.retry_after = retry_after


class Refused(Exception):
    """A clear no, with the other side's code for it."""

    def __init__(self, reason: str, message: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.message = message


class ContractBroken(Exception):
    """Off contract. Names where, which field and which rule; never the value."""

    def __init__(self, where: str, violations: tuple[tuple[str, str], ...]) -> None:
        super().__init__(f"{where}: " + "; ".join(f"{field}: {rule}" for field, rule in violations))
        self.where = where
        self.violations = violations
