"""What each step of a complaint is told with: one form for each, the same at our desk, from CSC and from the system itself (flows 4.2).

Who may take which, and from where to where it leads, stands in `services/complaints/cases/steps.py`. `said` is what the customer reads.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

from contracts.complaints import (
    Basis,
    CaseType,
    Channel,
    CloseReason,
    Code,
    DeadlineKind,
    DisputeKind,
    Grade,
    Kind,
    Role,
    StaffName,
    Trigger,
    VrtKind,
    VrtResult,
)
from contracts.personal import ComplaintText, Mobile, PersonName, Plate, Vin

Text = Annotated[ComplaintText, Field(min_length=1)]
Money = Annotated[Decimal, Field(ge=0, le=Decimal("99999999.99"), max_digits=10, decimal_places=2, description="Yuan.")]
Minutes = Annotated[int, Field(ge=1, le=525_600)]
Names = Annotated[tuple[StaffName, ...], Field(max_length=30)]
OneOfFour = Literal[CloseReason.WITHDRAWN, CloseReason.SATISFIED, CloseReason.ACCEPTED_PENDING, CloseReason.NOT_SUPPORTED]


class Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


# Taking in and judging


class Receive(Form):
    """Taken in by staff or CSC (A-CMP-01, 04, 35). From a dealer, `source_dealer` says which one passed it on."""

    step: Literal["receive"] = "receive"
    kind: Kind
    channel: Channel
    text: Text
    demand: ComplaintText = ""
    expected_value: ComplaintText = Field(default="", description="What would content the customer.")
    wanted_type: CaseType | None = None
    name: PersonName | None = None
    mobile: Mobile | None = None
    customer_id: str = Field(default="", max_length=64)
    vin: Vin | None = None
    plate: Plate | None = None
    source_dealer: Code = ""
    dealer_code: Code = Field(default="", description="Whom it is about.")
    media: bool = False
    institution: bool = False
    safety: bool = False
    received_at: AwareDatetime | None = Field(default=None, description="When the letter came; now where it is not given.")


class Add(Form):
    """The customer says more."""

    step: Literal["add"] = "add"
    addition_id: UUID | None = None
    text: ComplaintText = ""


class Withdraw(Form):
    """The customer takes it back (A-CMP-27): before it is assigned that ends it, later the handler approves."""

    step: Literal["withdraw"] = "withdraw"
    reason: ComplaintText = ""


class Contact(Form):
    """The customer was spoken to or written to: the first one meets the limit of the first reply."""

    step: Literal["contact"] = "contact"
    how: Literal["phone", "wechat", "visit", "letter", "email", "other"]
    reached: bool = True
    note: ComplaintText = ""
    said: ComplaintText = ""


class JudgeInvalid(Form):
    """A-CMP-01, 02, 04, 05"""

    step: Literal["judge_invalid"] = "judge_invalid"
    reason: Literal["no_fault", "no_request", "duplicate", "not_ours", "other"]
    note: Text


class ReplyInvalid(Form):
    """The reply to what is not valid, by the agent or the dealer it came through (A-CMP-05)."""

    step: Literal["reply_invalid"] = "reply_invalid"
    said: Text


class SolveDirectly(Form):
    """A valid grievance, verified, solved, replied to (A-CMP-03)."""

    step: Literal["solve_directly"] = "solve_directly"
    verified: Text
    solution: Text
    said: Text


class RaiseToComplaint(Form):
    step: Literal["raise_to_complaint"] = "raise_to_complaint"
    note: Text


class Link(Form):
    """Another case of the same matter: they are shown beside each other. Both ways."""

    step: Literal["link"] = "link"
    other_id: UUID
    note: ComplaintText = ""


class Unlink(Form):
    """They are not of the same matter after all, or not of the same customer. Both ways."""

    step: Literal["unlink"] = "unlink"
    other_id: UUID
    reason: Text


class Unmatch(Form):
    """The follower who was found by the phone number is not who complains: they hear of the case no more."""

    step: Literal["unmatch"] = "unmatch"
    reason: Text


class TakeOver(Form):
    """Whose case it is: the handler (or, of a grievance, the agent) who answers for it."""

    step: Literal["take_over"] = "take_over"
    to: StaffName


# Filing and assigning


class FileCase(Form):
    """建档, 分类, 分级, and the limits (A-CMP-06, 36). A limit that is not given is the grade's."""

    step: Literal["file"] = "file"
    type: CaseType
    subtypes: Annotated[tuple[Annotated[str, Field(min_length=1, max_length=32)], ...], Field(max_length=10)] = ()
    grade: Grade
    safety: bool = False
    media: bool = False
    institution: bool = False
    close_minutes: Minutes | None = None
    plan_minutes: Minutes | None = None
    basis: Basis = Basis.WORKING


class Reclassify(Form):
    step: Literal["reclassify"] = "reclassify"
    type: CaseType
    subtypes: Annotated[tuple[Annotated[str, Field(min_length=1, max_length=32)], ...], Field(max_length=10)] = ()
    grade: Grade
    safety: bool = False
    media: bool = False
    institution: bool = False
    reason: Text


class Assign(Form):
    """To the region and the dealer (A-CMP-07)."""

    step: Literal["assign"] = "assign"
    region_code: Annotated[str, Field(min_length=1, max_length=32)]
    dealer_code: Annotated[str, Field(min_length=1, max_length=32)]
    note: ComplaintText = ""


class Accept(Form):
    step: Literal["accept"] = "accept"
    said: ComplaintText = ""


class Return(Form):
    """The dealer says that it is not theirs."""

    step: Literal["return"] = "return"
    reason: Text


# Plan and execution


class StartPlanning(Form):
    step: Literal["start_planning"] = "start_planning"


class SubmitPlan(Form):
    """投诉处理方案 (A-CMP-16), with what it costs."""

    step: Literal["submit_plan"] = "submit_plan"
    content: Text
    fee: Money = Decimal(0)


class AuthorisePlan(Form):
    """By the handler within their own authority, else by a leader of the level that the fee asks for (A-CMP-24..26)."""

    step: Literal["authorise_plan"] = "authorise_plan"
    note: ComplaintText = ""


class SendBackPlan(Form):
    step: Literal["send_back_plan"] = "send_back_plan"
    reason: Text


class CarryOut(Form):
    """The plan is carried out; what the customer says of it."""

    step: Literal["carry_out"] = "carry_out"
    accepted: bool
    note: ComplaintText = ""


# Closing


class ProposeClosure(Form):
    """One of four reasons, with evidence (A-CMP-27..30). Where the plan waits, the day on which it is looked at again."""

    step: Literal["propose_closure"] = "propose_closure"
    reason: OneOfFour
    evidence: Text
    files: Annotated[tuple[UUID, ...], Field(max_length=20)] = ()
    follow_up_on: date | None = Field(default=None, description="Wanted for accepted_pending, and for it alone.")


class ApproveClosure(Form):
    step: Literal["approve_closure"] = "approve_closure"
    said: Text


class RefuseClosure(Form):
    step: Literal["refuse_closure"] = "refuse_closure"
    reason: Text


class FollowedUp(Form):
    """What was put off is done (A-CMP-29)."""

    step: Literal["followed_up"] = "followed_up"
    note: Text


class Reopen(Form):
    """The customer disagrees within so many days, or what was put off is not done."""

    step: Literal["reopen"] = "reopen"
    reason: Literal["customer", "follow_up_missed", "low_score", "handler"]
    note: ComplaintText = ""


class RequestSurvey(Form):
    """By the system, after closing (A-CMP-31)."""

    step: Literal["request_survey"] = "request_survey"
    survey_id: UUID


class CallBack(Form):
    """Nobody answered in time: the agent calls."""

    step: Literal["call_back"] = "call_back"
    survey_id: UUID


class AnswerSurveyStep(Form):
    step: Literal["answer_survey"] = "answer_survey"
    survey_id: UUID
    by: Literal["customer", "call"]
    score: int | None = Field(default=None, ge=1, le=5, description="None: called, and not answered or not wanted.")
    comment: ComplaintText = ""


# Beside the case: limits, VRT, escalation, dispute


class SetDeadline(Form):
    """A-CMP-36. Another one of a kind that is there already is a revision."""

    step: Literal["set_deadline"] = "set_deadline"
    kind: DeadlineKind
    deadline_id: UUID | None = Field(default=None, description="Which one is changed, where several of its kind are open.")
    label: Annotated[ComplaintText, Field(max_length=64)] = Field(default="", description="Of a custom one: what is due.")
    minutes: Minutes | None = Field(default=None, description="From its beginning; or `due_at`.")
    due_at: AwareDatetime | None = None
    basis: Basis | None = Field(default=None, description="Where it is not given: as it was; a new one is in working time.")
    reason: ComplaintText = ""


class Pause(Form):
    """Waiting for the customer or a part: the named limits stand still (by the handler, never by the dealer)."""

    step: Literal["pause"] = "pause"
    deadlines: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=20)]
    reason: Literal["customer", "part", "institution", "other"]
    note: Text


class Resume(Form):
    step: Literal["resume"] = "resume"
    deadlines: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=20)]


class MeetDeadline(Form):
    """What a custom limit was set for is done: it is kept, or was met too late. The others are met by what they are for."""

    step: Literal["meet_deadline"] = "meet_deadline"
    deadline_id: UUID
    note: ComplaintText = ""


class DropDeadline(Form):
    """A custom limit is not wanted any more."""

    step: Literal["drop_deadline"] = "drop_deadline"
    deadline_id: UUID
    reason: Text


class Breach(Form):
    """By the system: a limit passed."""

    step: Literal["breach"] = "breach"
    deadline_id: UUID


class StartVrt(Form):
    """A-CMP-08..13. Quality: led by a technical support specialist; other: by the handler."""

    step: Literal["start_vrt"] = "start_vrt"
    kind: VrtKind
    lead: StaffName
    lead_role: Literal[Role.TECHNICAL, Role.HANDLER] | None = Field(
        default=None, description="What the lead's account is, where accounts are known: refused where it does not lead this kind."
    )
    members: Names = ()
    minutes: Minutes
    basis: Basis = Basis.WORKING
    question: Text


class SetVrtMembers(Form):
    step: Literal["set_vrt_members"] = "set_vrt_members"
    vrt_id: UUID
    members: Names


class ConcludeVrt(Form):
    """A-CMP-10..13: whether there is a problem, who is responsible, and the solution or proposal; or none."""

    step: Literal["conclude_vrt"] = "conclude_vrt"
    vrt_id: UUID
    result: VrtResult
    problem_exists: bool | None = Field(default=None, description="Wanted of a quality group.")
    responsibility: ComplaintText = ""
    conclusion: Text
    proposal: ComplaintText = Field(default="", description="The technical solution or the proposal; wanted unless there is none.")


class DraftEscalation(Form):
    """By the system, on each of the five triggers."""

    step: Literal["draft_escalation"] = "draft_escalation"
    escalation_id: UUID
    trigger: Trigger
    vrt_id: UUID | None = None


class Escalate(Form):
    """Raised by the handler (A-CMP-14, 19..25): from a draft, or at once. The level follows from the fee where it is not given."""

    step: Literal["escalate"] = "escalate"
    escalation_id: UUID | None = Field(default=None, description="The draft; none: a new one.")
    trigger: Trigger
    level: int | None = Field(default=None, ge=1, le=9)
    fee: Money = Decimal(0)
    note: Text


class DropEscalation(Form):
    step: Literal["drop_escalation"] = "drop_escalation"
    escalation_id: UUID
    reason: Text


class DecideEscalation(Form):
    """By a leader of the level (A-CMP-25, 26)."""

    step: Literal["decide_escalation"] = "decide_escalation"
    escalation_id: UUID
    decision: Literal["support", "refuse", "higher"]
    note: Text


class Dispute(Form):
    """A-CMP-32"""

    step: Literal["dispute"] = "dispute"
    kind: Literal[DisputeKind.ARBITRATION, DisputeKind.LITIGATION]
    body: Annotated[Text, Field(max_length=128, description="The court or the arbitration body.")]
    filed_on: date
    legal: Names = ()
    note: ComplaintText = ""


class SettleDispute(Form):
    step: Literal["settle_dispute"] = "settle_dispute"
    result: Text
    closes: bool = Field(description="True: nothing is left to do; false: what was decided is carried out.")


class DeclareCrisis(Form):
    """An image, brand or public-opinion crisis (A-CMP-33, A-GEN-09)."""

    step: Literal["declare_crisis"] = "declare_crisis"
    marketing: Names = ()
    note: Text


class EndCrisis(Form):
    step: Literal["end_crisis"] = "end_crisis"
    note: Text


class Note(Form):
    """Among staff; whom it mentions finds it in their queue."""

    step: Literal["note"] = "note"
    text: Text
    mentions: Names = ()


class Attach(Form):
    """A file is in the store. `shown`: the customer sees it too."""

    step: Literal["attach"] = "attach"
    file_id: UUID
    name: Annotated[ComplaintText, Field(max_length=128)]
    shown: bool = False


AnyForm = Annotated[
    Receive
    | Add
    | Withdraw
    | Contact
    | JudgeInvalid
    | ReplyInvalid
    | SolveDirectly
    | RaiseToComplaint
    | Link
    | Unlink
    | Unmatch
    | TakeOver
    | FileCase
    | Reclassify
    | Assign
    | Accept
    | Return
    | StartPlanning
    | SubmitPlan
    | AuthorisePlan
    | SendBackPlan
    | CarryOut
    | ProposeClosure
    | ApproveClosure
    | RefuseClosure
    | FollowedUp
    | Reopen
    | RequestSurvey
    | CallBack
    | AnswerSurveyStep
    | SetDeadline
    | Pause
    | Resume
    | MeetDeadline
    | DropDeadline
    | Breach
    | StartVrt
    | SetVrtMembers
    | ConcludeVrt
    | DraftEscalation
    | Escalate
    | DropEscalation
    | DecideEscalation
    | Dispute
    | SettleDispute
    | DeclareCrisis
    | EndCrisis
    | Note
    | Attach,
    Field(discriminator="step"),
]
FORMS: TypeAdapter[AnyForm] = TypeAdapter(AnyForm)
