"""A complaint as `/complaints/v1` shows it (contracts/complaining.py): a line of a queue, and the whole case with what stands beside it."""

from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.complaint_words import (
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


class StepTaken(Answer):
    """One line of a case's history. `form` as contracts/complaint_steps has it."""

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
