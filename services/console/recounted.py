"""A month counted anew, as its page shows it: what was found, when, and how long it took. No framework."""

from collections.abc import Callable, Sized
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar


class Found(Protocol):
    """The answer of whoever counted: `off` figures differ, `rows` of them are told."""

    @property
    def off(self) -> int: ...

    @property
    def rows(self) -> Sized: ...


F = TypeVar("F", bound=Found)


@dataclass(frozen=True)
class Counted(Generic[F]):
    found: F
    at: datetime
    seconds: float

    @property
    def unseen(self) -> int:
        """So many differ beyond the rows that were told."""
        return self.found.off - len(self.found.rows)


def counted(ask: Callable[[], F], now: Callable[[], datetime]) -> Counted[F]:
    """Have it counted; a minute or two where there is much."""
    begun = now()
    found = ask()
    at = now()
    return Counted(found, at, (at - begun).total_seconds())
