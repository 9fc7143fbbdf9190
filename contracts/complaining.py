"""What `/complaints/v1` takes and answers: the desk of the console speaks it, and the sender, who brings files (A-CMP-01..38, A-GEN-10).

JSON over HTTP in the internal zone, behind the operator's token. `X-Operator` names who acts, `X-Role` in which role (`handler`,
`leader:2` with the level of authority), `X-Scope` the dealer or region whose cases they may see (`dealer:D001`, `region:EAST`; absent:
all). Problems are as in contracts/operating.py. Lists page by cursor: `next` goes into `after`.

A change says the version that it is of; where the case has moved on, it is refused with 409 `changed`, who changed it, and
nothing is lost.
"""

from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from contracts.complaint_steps import AnyForm, Money, Receive
from contracts.complaints import (
    Basis,
    CaseType,
    Channel,
    CloseReason,
    DeadlineKind,
    DisputeKind,
    FollowerState,
    Grade,
    Kind,
    Role,
    State,
    Trigger,
    VrtKind,
    VrtResult,
)
from contracts.operating import Answer

Queue = Literal["mine", "unassigned", "overdue", "escalated", "call_backs", "open", "all"]
"""`mine`: what waits for who asks, by their role. Most urgent first: by the limit that ends first."""
MOST_ROWS = 100
MOST_IN_BULK = 200
MOST_BYTES = 10 * 1024 * 1024
"""Of one file that is brought."""


class CaseQuery(BaseModel):
    """What `POST /cases/search` is asked, in the body: addresses are logged. `q`: a number, or a whole phone number, VIN or plate."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    queue: Queue = "mine"
    state: State | None = None
    kind: Kind | None = None
    channel: Channel | None = None
    type: CaseType | None = None
    grade: Grade | None = None
    region: str = Field(default="", max_length=32)
    dealer: str = Field(default="", max_length=32)
    handler: str = Field(default="", max_length=64)
    flag: Literal["", "safety", "media", "institution", "crisis"] = ""
    received_from: date | None = None
    received_until: date | None = None
    q: str = Field(default="", max_length=64)
    after: str = Field(default="", max_length=200)


class Clock(Answer):
    """A limit as it stands. `share` of the time that is used up, above 1 when it is over; it stands still while `paused`."""

    deadline_id: UUID
    kind: DeadlineKind
    label: str = ""
    basis: Basis
    calendar_id: str
    minutes: int
    started_at: AwareDatetime
    due_at: AwareDatetime
    share: float
    left_minutes: int = Field(description="Of the time that counts; below zero: over by so much.")
    paused: bool = False
    pause_reason: str = ""
    met_at: AwareDatetime | None = None
    breached_at: AwareDatetime | None = None
    dropped_at: AwareDatetime | None = None
    set_by: str = ""
    revised: int = Field(default=0, description="How often it was changed.")


class CaseRow(Answer):
    """One line of the desk's queue. `name` is masked."""

    complaint_id: UUID
    version: int
    number: str
    kind: Kind
    channel: Channel
    state: State
    type: CaseType | None = None
    grade: Grade | None = None
    safety: bool = False
    media: bool = False
    institution: bool = False
    region_code: str = ""
    dealer_code: str = ""
    dealer_name: str = ""
    handler: str = ""
    name: str = ""
    model_name: str = ""
    beginning: str = Field(default="", description="Of what is complained of, one line.")
    received_at: AwareDatetime
    changed_at: AwareDatetime
    clock: Clock | None = Field(default=None, description="The open limit that ends first.")
    overdue: bool = False
    reopened_count: int = 0
    linked: int = 0
    mentions_me: bool = False
    looking: tuple[str, ...] = Field(default=(), description="Who else has it open.")


class CasePage(Answer):
    rows: tuple[CaseRow, ...]
    next: str | None = None


class QueueCounts(Answer):
    """`GET /counts`: of who asks. None: more than a thousand."""

    mine: int | None
    unassigned: int | None
    overdue: int | None
    escalated: int | None
    call_backs: int | None
    open: int | None


class StepTaken(Answer):
    """One line of a case's history. `form` as contracts/complaint_steps.py has it."""

    version: int
    step: str
    form: dict[str, object]
    by: str
    role: Role
    via: str
    state: State
    at: AwareDatetime


class FileAnswer(Answer):
    """`GET /cases/<id>/files/<file_id>` gives its bytes, where `state` is kept.

    `PUT /cases/<id>/files/<file_id>` brings one from the desk (its bytes as the body, what it is called in `X-File-Name`, percent-encoded:
    addresses are logged) and answers with this; the step `attach` then puts it into the case.
    """

    file_id: UUID
    kind: Literal["photo", "voice", "paper"]
    name: str = ""
    state: Literal["awaited", "kept", "lost"]
    reason: str = ""
    media_type: str = ""
    bytes: int = 0
    by: str = ""
    role: Role
    shown: bool = False
    at: AwareDatetime


class VrtAnswer(Answer):
    vrt_id: UUID
    kind: VrtKind
    lead: str
    members: tuple[str, ...]
    question: str
    started_at: AwareDatetime
    ended_at: AwareDatetime | None = None
    result: VrtResult | None = None
    problem_exists: bool | None = None
    responsibility: str = ""
    conclusion: str = ""
    proposal: str = ""
    concluded_by: str = ""


class PlanAnswer(Answer):
    plan_id: UUID
    plan_no: int
    dealer_code: str
    content: str
    fee: Decimal
    level: int
    submitted_by: str
    submitted_at: AwareDatetime
    decided_by: str = ""
    decided_at: AwareDatetime | None = None
    authorised: bool | None = None
    reason: str = ""
    executed_at: AwareDatetime | None = None
    customer_accepts: bool | None = None


class EscalationAnswer(Answer):
    escalation_id: UUID
    trigger: Trigger
    about_id: UUID | None = None
    drafted_at: AwareDatetime
    level: int
    fee: Decimal
    note: str = ""
    raised_by: str = ""
    raised_at: AwareDatetime | None = None
    decision: str = ""
    decision_note: str = ""
    decided_by: str = ""
    decided_at: AwareDatetime | None = None
    dropped_by: str = ""
    dropped_at: AwareDatetime | None = None


class ClosureAnswer(Answer):
    closure_id: UUID
    closure_no: int
    reason: CloseReason
    evidence: str
    files: tuple[UUID, ...]
    proposed_by: str
    proposed_at: AwareDatetime
    follow_up_on: date | None = None
    followed_up_at: AwareDatetime | None = None
    approved: bool | None = None
    decided_by: str = ""
    decided_at: AwareDatetime | None = None
    note: str = ""


class DisputeAnswer(Answer):
    dispute_id: UUID
    kind: DisputeKind
    body: str
    filed_on: date
    people: tuple[str, ...]
    note: str = ""
    opened_by: str = ""
    opened_at: AwareDatetime
    result: str = ""
    ended_at: AwareDatetime | None = None


class SurveyAnswer(Answer):
    survey_id: UUID
    requested_at: AwareDatetime
    due_at: AwareDatetime
    score: int | None = None
    comment: str = ""
    answered_at: AwareDatetime | None = None
    answered_by: str = ""
    call_by: AwareDatetime | None = None
    low: bool = False


class CaseAnswer(Answer):
    """One case on one page, as far as who asks may see it: the mobile is in clear for those who handle it, else masked.

    `allowed` are the steps that who asks may take now.
    """

    complaint_id: UUID
    version: int
    number: str
    kind: Kind
    channel: Channel
    state: State
    shown: FollowerState
    name: str = ""
    mobile: str = ""
    customer_id: str = ""
    follower_id: UUID | None = None
    matched: bool = Field(default=False, description="The follower was found by the phone number that staff wrote down.")
    vehicle_id: UUID | None = None
    vin: str = ""
    plate: str = ""
    model_name: str = ""
    text: str
    demand: str = ""
    expected_value: str = ""
    wanted_type: CaseType | None = None
    type: CaseType | None = None
    subtypes: tuple[str, ...] = ()
    grade: Grade | None = None
    safety: bool = False
    media: bool = False
    institution: bool = False
    source_dealer: str = ""
    region_code: str = ""
    region_name: str = ""
    dealer_code: str = ""
    dealer_name: str = ""
    handler: str = ""
    received_at: AwareDatetime
    first_replied_at: AwareDatetime | None = None
    filed_at: AwareDatetime | None = None
    assigned_at: AwareDatetime | None = None
    accepted_at: AwareDatetime | None = None
    closed_at: AwareDatetime | None = None
    close_reason: CloseReason | None = None
    reopen_until: AwareDatetime | None = None
    reopened_count: int = 0
    clocks: tuple[Clock, ...] = ()
    vrts: tuple[VrtAnswer, ...] = ()
    plans: tuple[PlanAnswer, ...] = ()
    escalations: tuple[EscalationAnswer, ...] = ()
    closures: tuple[ClosureAnswer, ...] = ()
    disputes: tuple[DisputeAnswer, ...] = ()
    surveys: tuple[SurveyAnswer, ...] = ()
    files: tuple[FileAnswer, ...] = ()
    linked: tuple[CaseRow, ...] = ()
    similar: tuple[CaseRow, ...] = Field(default=(), description="Others of the same customer or car, not linked.")
    history: tuple[StepTaken, ...] = ()
    allowed: tuple[str, ...] = ()
    looking: tuple[str, ...] = ()
    dealer_names: dict[str, str] = Field(default_factory=dict, description="Of the dealers whose codes stand in it, by code.")


class DealerAnswer(Answer):
    dealer_code: str
    name: str
    region_code: str
    region_name: str = ""


class Dealers(Answer):
    """`GET /dealers`: to whom a case may be assigned, by code, as far as who asks may see."""

    dealers: tuple[DealerAnswer, ...]


class CaseOrder(BaseModel):
    """`POST /cases`: a case that staff took in. The id is made by the caller, so that a repeat is no second case."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    complaint_id: UUID
    form: Receive


class StepOrder(BaseModel):
    """`POST /cases/<id>/steps`: of the version that is said. A repeat of a `step_id` answers with the case as it stands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = Field(ge=1)
    step_id: UUID
    form: AnyForm


class CaseVersion(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    complaint_id: UUID
    version: int = Field(ge=1)


class BulkOrder(BaseModel):
    """`POST /bulk`: the same step in many cases, each by itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bulk_id: UUID
    cases: tuple[CaseVersion, ...] = Field(min_length=1, max_length=MOST_IN_BULK)
    form: AnyForm


class BulkRefusal(Answer):
    complaint_id: UUID
    number: str = ""
    code: str
    message: str
    message_en: str


class BulkAnswer(Answer):
    done: int
    refused: tuple[BulkRefusal, ...] = ()


class ChangedCase(Answer):
    complaint_id: UUID
    version: int
    changed_at: AwareDatetime


class Changes(Answer):
    """`GET /changes?since=…`: what the desk shows again. `until` goes into `since`."""

    until: str
    cases: tuple[ChangedCase, ...]


class Looking(Answer):
    """`POST /cases/<id>/looking`: says that who asks has it open, and hears who else does and which version it has by now."""

    version: int
    looking: tuple[str, ...]


class AuthorityRule(Answer):
    """客户关怀费用授权 (A-CMP-24): up to which fee which level decides. Level 1 is the handler."""

    level: int = Field(ge=1, le=9)
    title: str = Field(min_length=1, max_length=64)
    fee_min: Money = Decimal(0)
    fee_max: Money | None = None
    types: tuple[CaseType, ...] = Field(default=(), description="Empty: all.")
    active_from: date


class AuthorityTable(Answer):
    """`GET /authority`, `POST /authority`: `version` is of the table that is changed."""

    version: int = Field(ge=0)
    rules: tuple[AuthorityRule, ...] = Field(default=(), max_length=100)
    set_by: str = Field(default="", description="In answers: who changed it last.")
    set_at: AwareDatetime | None = None


class CalendarDay(Answer):
    """A day on which a calendar is otherwise than its weekday says. No periods: closed. An end of 00:00 is midnight.

    `POST /calendars/<id>/days` sets one, with a reason; `DELETE /calendars/<id>/days/<day>` takes it back. 201 and 200, CalendarAnswer.
    """

    calendar_id: str = Field(pattern=r"^(default|dealer:[A-Za-z0-9._-]{1,32})$")
    day: date
    periods: tuple[tuple[str, str], ...] = Field(default=(), max_length=6, description="[[08:30, 12:00], [13:30, 17:30]]")
    reason: str = Field(default="", max_length=64)
    set_by: str = Field(default="", max_length=64, description="Who set it; empty: a public holiday or make-up day. Not taken.")


class CalendarAnswer(Answer):
    """`GET /calendars/<id>?year=2026`. After a change open limits are reckoned anew within a minute or so, each a revision."""

    calendar_id: str
    periods: dict[str, tuple[tuple[str, str], ...]] = Field(description="By weekday, 1 to 7.")
    days: tuple[CalendarDay, ...] = Field(description="Holidays, make-up days (调休) and exceptions of the year.")
    known_until: date = Field(description="Holidays are published up to then; later weekdays count.")
    applied: bool = Field(default=True, description="False: open limits are still being reckoned anew.")
