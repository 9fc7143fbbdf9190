"""A message that tells a follower what is due for a car, and what becomes of it. No I/O, no clock.

News of it may come late, twice and in any order: it ends as far as the farthest, and every moment is the earliest that was told.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from contracts.reminders import Period

Urgency = Literal["service", "campaign"]
SERVICE: Urgency = "service"
CAMPAIGN: Urgency = "campaign"

PLANNED, ASKED, SUPPRESSED, SENT, FAILED = "planned", "asked", "suppressed", "sent", "failed"
FARTHER = {state: rank for rank, state in enumerate((PLANNED, ASKED, SUPPRESSED, SENT, FAILED, "delivered", "clicked"))}
"""What was taken may still fail; what was delivered cannot."""

LIMIT = "limit"


@dataclass(frozen=True)
class Message:
    """`version` counts the days on which it was tried; `not_before`: when it is to be handed over, or when it was."""

    message_id: UUID
    version: int
    period: Period
    vehicle_id: UUID
    follower_id: UUID
    account: str
    urgency: Urgency
    not_before: datetime
    state: str = PLANNED
    reason: str = ""
    asked_at: datetime | None = None
    sent_at: datetime | None = None
    clicked_at: datetime | None = None

    def asked(self, at: datetime) -> "Message":
        """Handed over; messaging answers in time."""
        return replace(self, state=ASKED, asked_at=at, not_before=at)

    def postponed(self, attempt: int, until: datetime) -> "Message":
        """That try was not made: the next one is another version. What was said of an earlier try is known already."""
        if self.state != ASKED or attempt != self.version:
            return self
        return replace(self, state=PLANNED, version=self.version + 1, not_before=until)

    def sent(self, at: datetime) -> "Message":
        return replace(self, sent_at=min(at, self.sent_at or at))._moved(SENT)

    def delivered(self, at: datetime) -> "Message":
        return self.sent(at)._moved("delivered")

    def failed(self, reason: str) -> "Message":
        return self._moved(FAILED, reason)

    def suppressed(self, reason: str) -> "Message":
        """Nothing is left to tell. Where only the quota kept it from being told in time, it failed by that."""
        return self.failed(LIMIT) if reason == TOO_LATE and self.version > 1 else self._moved(SUPPRESSED, reason)

    def _moved(self, state: str, reason: str = "") -> "Message":
        return replace(self, state=state, reason=reason) if FARTHER[state] > FARTHER[self.state] else self


TOO_LATE = "too_late"
