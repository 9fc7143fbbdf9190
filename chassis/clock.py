"""The time, handed in as a value so that rules never read a clock themselves."""

import time
from datetime import UTC, datetime


class Clock:
    """A service class says `now = Clock()` and passes `self.now()` on."""

    def __call__(self) -> datetime:
        """The present, aware, in UTC."""
        return datetime.now(UTC)


def milliseconds_now() -> int:
    """The present as it stands in tables: milliseconds since the epoch."""
    return time.time_ns() // 1_000_000
