"""What an operator sees: the timeline of a request, and parked messages with what became of them. No I/O, no framework."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

ParkedState = Literal["parked", "redriven", "dropped"]


@dataclass(frozen=True)
class Moment:
    """One thing that happened: a step of a message in a service, or (`step` "told") a fact of its owner. `at` is when it began."""

    at: datetime
    service: str
    step: str
    message_id: UUID
    type: str
    subject: UUID | None
    correlation_id: UUID | None
    causation_id: UUID | None
    milliseconds: float = 0
    attempt: int = 0
    outcome: str = "ok"
    partner: str = ""
    operation: str = ""
    size_bytes: int = 0
    version: int | None = None
    due_at: datetime | None = None
    causes: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True)
class Timeline:
    """All that is known of one request, in the order of time. `cut` says that there was more than is shown."""

    asked: UUID
    moments: tuple[Moment, ...] = ()
    cut: bool = False

    def since_first(self, moment: Moment) -> float:
        """Milliseconds."""
        return round((moment.at - self.moments[0].at).total_seconds() * 1000, 3)


@dataclass(frozen=True)
class ParkedMessage:
    """A message that could not go on by itself, as its service last reported it. `number` orders the list, newest first."""

    number: int
    service: str
    message_id: UUID
    state: ParkedState
    type: str
    at: datetime
    subject: UUID | None = None
    correlation_id: UUID | None = None
    size_bytes: int = 0
    causes: tuple[dict[str, str], ...] = field(default=())


def as_json(thing: Moment | ParkedMessage) -> dict[str, Any]:
    """Ids and times as text; what is not known is left out."""
    return {name: _plain(value) for name, value in vars(thing).items() if value not in (None, "", ())}


def _plain(value: Any) -> Any:
    match value:
        case UUID():
            return str(value)
        case datetime():
            return value.isoformat(timespec="milliseconds")
        case tuple():
            return list(value)
        case _:
            return value
