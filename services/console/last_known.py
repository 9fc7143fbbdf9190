"""What insight said last, kept in memory: while it is away a page shows that, and since when."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from chassis.errors import Unavailable

A = TypeVar("A")


@dataclass(frozen=True)
class Seen(Generic[A]):
    """An answer and when it came; `away` where it is not of just now. `answer` is None when there has not been any yet."""

    answer: A | None
    at: datetime
    away: bool = False


class LastKnown:
    """One answer for each question, of this process."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._seen: dict[str, Seen[Any]] = {}

    def ask(self, question: str, answer: Callable[[], A]) -> Seen[A]:
        """The answer of now, else the last one. Raises what insight raises but Unavailable."""
        try:
            seen = Seen(answer(), self._now())
        except Unavailable:
            kept = self._seen.get(question)
            return Seen(kept.answer, kept.at, away=True) if kept else Seen(None, self._now(), away=True)
        self._seen[question] = seen
        return seen
