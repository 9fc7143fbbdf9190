"""The time, handed in as a value so that rules never read a clock themselves."""

from datetime import UTC, datetime


class Clock:
    """A service class says `now = Clock()` and passes `self.now()` on."""

    def __call__(self) -> datetime:
        """The present, aware, in UTC."""
        return datetime.now(UTC)
