"""What a case is: all that is known of it at one version (flows 4.1). No I/O, no clock.

A step makes another of it (services/complaints/cases/taking.py). What stands beside it (services/complaints/cases/parts.py) is part of it,
and is kept in tables of its own.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.complaint_words import ENDED, Basis, CaseType, Channel, CloseReason, DisputeKind, FollowerState, Grade, Kind, State
from services.complaints.cases.parts import Closure, Deadline, DisputeRecord, Escalation, Plan, Survey, Vrt


@dataclass(frozen=True)
class Complainant:
    """Who complains, about which car. A follower who bound a car is known; others are as they were written down.

    `matched`: the follower did not say so, but has a car bound with the number that was written down.
    """

    name: str = ""
    mobile: str = ""
    customer_id: str = ""
    account: str = ""
    follower_id: UUID | None = None
    matched: bool = False
    vehicle_id: UUID | None = None
    vin: str = ""
    plate: str = ""
    model_name: str = ""


@dataclass(frozen=True)
class Case:
    complaint_id: UUID
    version: int
    number: str
    kind: Kind
    channel: Channel
    state: State
    complainant: Complainant
    text: str
    demand: str
    expected_value: str
    received_at: datetime
    source_dealer: str = ""
    """Who passed it on."""
    wanted_type: CaseType | None = None
    type: CaseType | None = None
    subtypes: tuple[str, ...] = ()
    grade: Grade | None = None
    safety: bool = False
    media: bool = False
    institution: bool = False
    region_code: str = ""
    dealer_code: str = ""
    """Whom it is about; from `assigned_at` on, who handles it."""
    handler: str = ""
    plan_minutes: int | None = None
    """That the dealer is given for a plan, as it was filed; None: the grade's."""
    plan_basis: Basis = Basis.WORKING
    first_replied_at: datetime | None = None
    filed_at: datetime | None = None
    assigned_at: datetime | None = None
    accepted_at: datetime | None = None
    closed_at: datetime | None = None
    close_reason: CloseReason | None = None
    reopen_until: datetime | None = None
    reopened_count: int = 0
    closings: tuple[datetime, ...] = ()
    """When it was closed, each time: reopened, it is closed once more."""
    reopenings: tuple[datetime, ...] = ()
    additions: tuple[UUID, ...] = ()
    linked: tuple[UUID, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    vrts: tuple[Vrt, ...] = ()
    plans: tuple[Plan, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    closures: tuple[Closure, ...] = ()
    disputes: tuple[DisputeRecord, ...] = ()
    surveys: tuple[Survey, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.state not in ENDED

    @property
    def shown(self) -> FollowerState:
        return SHOWN[self.state]

    @property
    def plan(self) -> Plan | None:
        return self.plans[-1] if self.plans else None

    @property
    def in_crisis(self) -> bool:
        return any(one.kind is DisputeKind.CRISIS and one.ended_at is None for one in self.disputes)

    @property
    def closure(self) -> Closure | None:
        return self.closures[-1] if self.closures else None

    def learnt(self, **changes: Any) -> "Case":
        return replace(self, **changes)


SHOWN: dict[State, FollowerState] = {
    State.RECEIVED: FollowerState.RECEIVED,
    State.INVALID: FollowerState.CHECKING,
    State.CLOSED_INVALID: FollowerState.ANSWERED,
    State.SOLVED_DIRECT: FollowerState.ANSWERED,
    State.FILED: FollowerState.CHECKING,
    State.ASSIGNED: FollowerState.HANDLING,
    State.RETURNED: FollowerState.HANDLING,
    State.ACCEPTED: FollowerState.HANDLING,
    State.PLANNING: FollowerState.HANDLING,
    State.PLAN_SUBMITTED: FollowerState.HANDLING,
    State.EXECUTING: FollowerState.HANDLING,
    State.CLOSURE_PROPOSED: FollowerState.HANDLING,
    State.CLOSED: FollowerState.CLOSED,
    State.SURVEYED: FollowerState.CLOSED,
    State.REOPENED: FollowerState.HANDLING,
    State.DISPUTED: FollowerState.HANDLING,
}
