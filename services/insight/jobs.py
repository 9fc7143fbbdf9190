"""One order about many: what a job is, how fast it may go on, and what became of its messages. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid5

from contracts.operating import Job as JobAnswer
from contracts.operating import ParkedFilter

Kind = Literal["redrive", "drop"]
State = Literal["running", "stopped", "done"]

BURST_MS = 1000
"""What was not ordered in time, since nothing ran, is made up for as much as falls into this."""
MOST_AT_ONCE = 200
"""Orders in one transaction."""
UNANSWERED_SECONDS = 5
"""A job waits when this much of its rate has been ordered and not yet carried out: so it can still be stopped."""
UNANSWERED_LEAST = 20


@dataclass(frozen=True)
class Counts:
    """What became of a job's messages so far, as `contracts.operating.Job` says; `open`: ordered, and not known how it ended."""

    total: int = 0
    ordered: int = 0
    handled: int = 0
    parked_again: int = 0
    dropped: int = 0
    gone: int = 0
    open: int = 0


@dataclass(frozen=True)
class Job:
    """Redrive or drop of what a filter found when it began.

    `fixed`: all its messages are known. `paced_at` (milliseconds): up to when its rate has been used, or, once everything is ordered,
    when it was looked at last. `ordered_to`: the number of the last message that had its turn.
    """

    id: UUID
    kind: Kind
    state: State
    filter: ParkedFilter
    ordered_by: str
    per_second: float
    reason: str
    begun_at: datetime
    paced_at: int
    fixed: bool = False
    ordered_to: int = 0
    ended_at: datetime | None = None
    settled: bool = False

    def allowance(self, now: int, unanswered: int) -> int:
        """How many may be ordered now (milliseconds), with so many ordered and not yet carried out."""
        by_rate = int((now - self._paced_from(now)) * self.per_second / 1000)
        by_backlog = max(UNANSWERED_LEAST, round(self.per_second * UNANSWERED_SECONDS)) - unanswered
        return max(0, min(by_rate, by_backlog, MOST_AT_ONCE))

    def paced(self, now: int, ordered: int) -> int:
        """Up to when its rate has been used with so many more ordered now."""
        return self._paced_from(now) + round(ordered * 1000 / self.per_second)

    def _paced_from(self, now: int) -> int:
        return max(self.paced_at, now - round(max(BURST_MS, 1000 / self.per_second)))

    def answer(self, counts: Counts) -> JobAnswer:
        told = {name: value for name, value in vars(self).items() if name in JobAnswer.model_fields}
        counted = {name: value for name, value in vars(counts).items() if name in JobAnswer.model_fields}
        return JobAnswer(**told, **counted)


def order_id(job_id: UUID, service: str, message_id: UUID) -> UUID:
    """The same whenever it is made: a job orders each message once."""
    return uuid5(job_id, f"{service}/{message_id}")
