"""What was asked of a partner on behalf of a message: noted by the clients, written down by the entrypoint that ends the try."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class PartnerCall:
    """One call as it went; no body.

    `outcome` is ok, refused, unavailable, unauthorised or contract. `attempt` counts the calls on behalf of one message since they
    were last taken, questions before a repeat included.
    """

    partner: str
    operation: str
    started_at: datetime
    milliseconds: float
    status: int | None
    outcome: str
    attempt: int


class CallLog:
    """What was called on behalf of a message, until its entrypoint writes it down."""

    def __init__(self) -> None:
        self._calls: dict[UUID, list[PartnerCall]] = {}

    def add(self, message_id: UUID, call: PartnerCall) -> None:
        """Counts the calls of a message: the first is attempt 1."""
        made = self._calls.setdefault(message_id, [])
        made.append(replace(call, attempt=len(made) + 1))

    def take(self, message_id: UUID) -> list[PartnerCall]:
        """In the order they were made; a second `take` finds nothing."""
        return self._calls.pop(message_id, [])
