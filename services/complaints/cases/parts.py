"""What stands beside a case (flows 4.1): limits, VRT groups, plans, escalations, closures, disputes, surveys. A row each; no I/O, no clock.

Steps make others of them; which case they are of, the case that holds them says.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, TypeVar
from uuid import UUID

from contracts.complaint_words import Basis, CloseReason, DeadlineKind, DisputeKind, State, Trigger, VrtKind, VrtResult


@dataclass(frozen=True)
class Paused:
    """Time that does not count. `until` None: it stands still now."""

    since: datetime
    until: datetime | None
    reason: str
    by: str


@dataclass(frozen=True)
class Revision:
    """A limit was changed: by whom and why, from when to when."""

    at: datetime
    by: str
    reason: str
    old_minutes: int
    new_minutes: int
    old_due_at: datetime
    new_due_at: datetime


@dataclass(frozen=True)
class Deadline:
    """时限: so many minutes from `started_at`, by the clock or in working time of a calendar, without its pauses (flows 4.3).

    `due_at` is stored; while it stands still it is what it would be if it went on at the moment it was paused. `warned`: thresholds passed.
    """

    deadline_id: UUID
    kind: DeadlineKind
    label: str
    basis: Basis
    calendar_id: str
    minutes: int
    started_at: datetime
    due_at: datetime
    set_by: str
    next_look_at: datetime | None
    about_id: UUID | None = None
    """The VRT group whose conclusion it is for."""
    pauses: tuple[Paused, ...] = ()
    revisions: tuple[Revision, ...] = ()
    warned: tuple[str, ...] = ()
    met_at: datetime | None = None
    breached_at: datetime | None = None
    dropped_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.met_at is None and self.dropped_at is None

    @property
    def stands_still(self) -> bool:
        return bool(self.pauses) and self.pauses[-1].until is None


@dataclass(frozen=True)
class Vrt:
    """A VRT group (A-CMP-08..13)."""

    vrt_id: UUID
    kind: VrtKind
    lead: str
    members: tuple[str, ...]
    question: str
    started_at: datetime
    ended_at: datetime | None = None
    result: VrtResult | None = None
    problem_exists: bool | None = None
    responsibility: str = ""
    conclusion: str = ""
    proposal: str = ""
    concluded_by: str = ""


@dataclass(frozen=True)
class Plan:
    """投诉处理方案 (A-CMP-16): each sending back makes another version. `level` of authority that the fee asks for; 0: no rule says."""

    plan_id: UUID
    plan_no: int
    dealer_code: str
    content: str
    fee: Decimal
    level: int
    submitted_by: str
    submitted_at: datetime
    decided_by: str = ""
    decided_at: datetime | None = None
    authorised: bool | None = None
    reason: str = ""
    executed_at: datetime | None = None
    customer_accepts: bool | None = None


@dataclass(frozen=True)
class Escalation:
    """管理升级 (A-CMP-19..26). A draft has no `raised_at`."""

    escalation_id: UUID
    trigger: Trigger
    about_id: UUID | None
    drafted_at: datetime
    level: int = 0
    rule_id: str = ""
    fee: Decimal = Decimal(0)
    note: str = ""
    raised_by: str = ""
    raised_at: datetime | None = None
    decision: Literal["", "support", "refuse", "higher"] = ""
    decision_note: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None
    dropped_by: str = ""
    dropped_at: datetime | None = None

    @property
    def is_draft(self) -> bool:
        return self.raised_at is None and self.dropped_at is None

    @property
    def waits(self) -> bool:
        """For a leader."""
        return self.raised_at is not None and self.decided_at is None and self.dropped_at is None


@dataclass(frozen=True)
class Closure:
    """A proposal to close, and what became of it (A-CMP-27..30). `came_from`: where the case stood, and stands again if it is refused."""

    closure_id: UUID
    closure_no: int
    reason: CloseReason
    evidence: str
    files: tuple[UUID, ...]
    proposed_by: str
    proposed_at: datetime
    came_from: State
    follow_up_on: date | None = None
    follow_up_at: datetime | None = None
    """When what was put off counts as missed; None: it was never put off, is done, or the case was opened again."""
    followed_up_at: datetime | None = None
    survey_at: datetime | None = None
    """When the customer is asked how content they are; None: they were, or will not be."""
    approved: bool | None = None
    decided_by: str = ""
    decided_at: datetime | None = None
    note: str = ""


@dataclass(frozen=True)
class DisputeRecord:
    """Arbitration, litigation, or a crisis beside the case (A-CMP-32, 33). `came_from`: where the case stood."""

    dispute_id: UUID
    kind: DisputeKind
    body: str
    filed_on: date
    people: tuple[str, ...]
    note: str
    opened_by: str
    opened_at: datetime
    came_from: State | None = None
    result: str = ""
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Survey:
    """How content the customer is (A-CMP-31). `call_by`: an agent calls, since nobody answered or the score was low."""

    survey_id: UUID
    closure_id: UUID
    requested_at: datetime
    due_at: datetime
    call_at: datetime | None = None
    """When it goes to the list of calls if nobody answers until then; None: it will not."""
    score: int | None = None
    comment: str = ""
    answered_at: datetime | None = None
    answered_by: Literal["", "customer", "call"] = ""
    call_by: datetime | None = None
    low: bool = False


P = TypeVar("P")


def put(parts: Iterable[P], one: P, key: str) -> tuple[P, ...]:
    """With this one in place of the one that has its key, else behind them."""
    theirs = list(parts)
    for place, other in enumerate(theirs):
        if getattr(other, key) == getattr(one, key):
            theirs[place] = one
            return tuple(theirs)
    return (*theirs, one)
