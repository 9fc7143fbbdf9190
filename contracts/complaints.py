"""Complaints (flows 4, A-CMP-01..38): the words that all sides share, what a follower may ask, what is told, and what CSC is told and says.

`services/complaints` owns the case. What somebody does to it is a step (contracts/complaint_steps.py), wherever it is taken.
"""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from contracts.envelope import Actor, Command, Event, PartnerCommand
from contracts.personal import ComplaintText, Mobile, PersonName, Plate, StepForm, Vin

MOST_FILES = 9
"""With one submission, and with each addition: what WeChat lets one choose at a time."""


class Kind(StrEnum):
    """A grievance (抱怨) wants to be heard, a complaint (投诉) wants a result (S-03)."""

    GRIEVANCE = "grievance"
    COMPLAINT = "complaint"


class Channel(StrEnum):
    """A-CMP-01, 04, 35."""

    OFFICIAL_ACCOUNT = "official_account"
    CALL_CENTRE_PHONE = "call_centre_phone"
    LETTER = "letter"
    EMAIL = "email"
    FAX = "fax"
    DEALER = "dealer"
    MEDIA = "media"
    INSTITUTION = "institution"
    INTERNAL = "internal"
    OTHER = "other"


class CaseType(StrEnum):
    """品质, 销售, 服务, 部品, 其他 (A-CMP-06, A-GEN-07, 08)."""

    QUALITY = "quality"
    SALES = "sales"
    SERVICE = "service"
    PARTS = "parts"
    OTHER = "other"


class Grade(StrEnum):
    """一般, 严重, 重大 (S-03)."""

    GENERAL = "general"
    SERIOUS = "serious"
    MAJOR = "major"


class State(StrEnum):
    """Flows 4.2. `services/complaints/cases/steps.py` says which step leads from which to which."""

    RECEIVED = "received"
    INVALID = "invalid"
    CLOSED_INVALID = "closed_invalid"
    SOLVED_DIRECT = "solved_direct"
    FILED = "filed"
    ASSIGNED = "assigned"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    PLANNING = "planning"
    PLAN_SUBMITTED = "plan_submitted"
    EXECUTING = "executing"
    CLOSURE_PROPOSED = "closure_proposed"
    CLOSED = "closed"
    SURVEYED = "surveyed"
    REOPENED = "reopened"
    DISPUTED = "disputed"


ENDED = frozenset({State.CLOSED_INVALID, State.SOLVED_DIRECT, State.CLOSED, State.SURVEYED})
"""States from which nothing need follow; from the last two a case may be opened again."""


class FollowerState(StrEnum):
    """What the follower is shown of a state: plain words, nothing of what happens inside."""

    RECEIVED = "received"
    CHECKING = "checking"
    HANDLING = "handling"
    ANSWERED = "answered"
    CLOSED = "closed"


class Role(StrEnum):
    """Who takes steps (A-GEN-02, A-CMP-01..33). `CUSTOMER` and `SYSTEM` are not staff."""

    CUSTOMER = "customer"
    AGENT = "agent"
    HANDLER = "handler"
    TECHNICAL = "technical"
    VRT = "vrt"
    REGION = "region"
    DEALER = "dealer"
    LEADER = "leader"
    LEGAL = "legal"
    MARKETING = "marketing"
    MONITOR = "monitor"
    SYSTEM = "system"


class CloseReason(StrEnum):
    """A-CMP-27..30: withdrawn, satisfied, 方案暂未实施, 不符合法规保修政策; `SETTLED` with a dispute (A-CMP-32)."""

    WITHDRAWN = "withdrawn"
    SATISFIED = "satisfied"
    ACCEPTED_PENDING = "accepted_pending"
    NOT_SUPPORTED = "not_supported"
    SETTLED = "settled"


class DeadlineKind(StrEnum):
    FIRST_REPLY = "first_reply"
    DEALER_PLAN = "dealer_plan"
    VRT_CONCLUSION = "vrt_conclusion"
    CLOSE = "close"
    CUSTOM = "custom"


class Basis(StrEnum):
    """How time is counted: by the clock, or in working hours of a calendar."""

    CALENDAR = "calendar"
    WORKING = "working"


class Trigger(StrEnum):
    """Why a case is escalated (A-CMP-14, 19..22)."""

    OVERDUE = "overdue"
    FORESEEN_OVERDUE = "foreseen_overdue"
    VRT_LATE = "vrt_late"
    NO_PROPOSAL = "no_proposal"
    PLAN_LATE = "plan_late"


class VrtKind(StrEnum):
    QUALITY = "quality"
    OTHER = "other"


class VrtResult(StrEnum):
    SOLUTION = "solution"
    PROPOSAL = "proposal"
    NONE = "none"


class DisputeKind(StrEnum):
    """仲裁, 诉讼 (A-CMP-32); an image crisis (A-CMP-33) runs beside the case and is no state."""

    ARBITRATION = "arbitration"
    LITIGATION = "litigation"
    CRISIS = "crisis"


Code = Annotated[str, Field(max_length=32)]
StaffName = Annotated[str, Field(min_length=1, max_length=64)]


class PhoneFile(BaseModel):
    """A photo or a voice that WeChat keeps for three days under `media_id`: it is fetched from there."""

    model_config = ConfigDict(frozen=True)

    file_id: UUID
    media_id: str = Field(min_length=1, max_length=128)
    kind: Literal["photo", "voice"]


class FollowersComplaint(Command):
    """What a follower says of a case of theirs."""

    owner: ClassVar[str] = "complaints"
    subject_field: ClassVar[str] = "complaint_id"

    complaint_id: UUID
    follower_id: UUID

    @property
    def actor(self) -> Actor:
        return Actor("customer", str(self.follower_id), "follower")


class SubmitComplaint(FollowersComplaint):
    """A follower complains (A-CMP-35). The id of the case is made by the caller.

    Of who has bound a car, name, mobile and customer are known; who has not gives `name` and `mobile`.
    """

    account: str = Field(max_length=32)
    vehicle_id: UUID | None = None
    dealer_code: Code = Field(default="", description="Whom it is about; empty: none in particular.")
    wanted_type: CaseType | None = Field(default=None, description="What the follower says it is about; the handler judges.")
    text: ComplaintText = Field(min_length=1)
    demand: ComplaintText = Field(default="", description="What the follower wants.")
    name: PersonName | None = None
    mobile: Mobile | None = None
    files: tuple[PhoneFile, ...] = Field(default=(), max_length=MOST_FILES)
    submitted_at: AwareDatetime


class AddToComplaint(FollowersComplaint):
    """More words or pictures. `addition_id` is made by the caller, so that a repeat is no second one."""

    addition_id: UUID
    account: str = Field(max_length=32)
    text: ComplaintText = ""
    files: tuple[PhoneFile, ...] = Field(default=(), max_length=MOST_FILES)
    submitted_at: AwareDatetime


class WithdrawComplaint(FollowersComplaint):
    """It need not be followed any more (A-CMP-27)."""

    reason: ComplaintText = ""
    submitted_at: AwareDatetime


class ReopenComplaint(FollowersComplaint):
    """The follower disagrees that it is settled."""

    reopening_no: int = Field(ge=1, description="Counts the reopenings of a case, so that a repeat is no second one.")
    text: ComplaintText = Field(min_length=1)
    submitted_at: AwareDatetime


class AnswerSurvey(FollowersComplaint):
    """How content the follower is with what was done (A-CMP-31)."""

    survey_id: UUID
    score: int = Field(ge=1, le=5)
    comment: ComplaintText = ""
    submitted_at: AwareDatetime


class TakeComplaintStep(Command):
    """CSC (or the DMS) takes a step in a case: what `form` says, as JSON of contracts/complaint_steps.py."""

    owner: ClassVar[str] = "complaints"
    subject_field: ClassVar[str] = "complaint_id"

    complaint_id: UUID
    partner: Literal["csc", "dms"]
    step: str = Field(max_length=32)
    form: StepForm
    by: StaffName
    role: Role
    level: int = Field(default=0, ge=0, le=9, description="Of a leader's authority; without one a leader's step is refused.")
    dealer_code: Code = Field(default="", description="Of whom a dealer's step is.")
    region_code: Code = ""
    at: AwareDatetime

    @property
    def actor(self) -> Actor:
        return Actor("staff", self.by, self.role.value)


class ComplaintNews(Event):
    """Where a case stands at one version, in words that may leave the desk; the subclasses say what happened.

    `said` is meant for the follower's eyes and is empty where nothing is to be said.
    """

    owner: ClassVar[str] = "complaints"
    readers: ClassVar[tuple[str, ...]] = ()
    subject_field: ClassVar[str] = "complaint_id"

    complaint_id: UUID
    version: int = Field(ge=1)
    step: str = Field(max_length=32)
    number: str = Field(max_length=20, description="投诉编号, as the customer is told it.")
    kind: Kind
    channel: Channel
    state: State
    shown: FollowerState
    type: CaseType | None = None
    grade: Grade | None = None
    region_code: Code = ""
    dealer_code: Code = ""
    account: str = Field(default="", max_length=32)
    follower_id: UUID | None = None
    vehicle_id: UUID | None = None
    customer_id: str = Field(default="", max_length=64)
    mobile: Mobile | None = Field(default=None, description="For a text message, where WeChat does not reach them.")
    said: ComplaintText = ""
    expected_at: AwareDatetime | None = Field(default=None, description="By when the customer may expect the next word, or the end.")
    close_reason: CloseReason | None = None
    reopen_until: AwareDatetime | None = None
    reopened_count: int = 0
    survey_id: UUID | None = Field(default=None, description="A survey that waits for an answer.")
    at: AwareDatetime


AND_FOLLOWER = ("messaging", "pages")
"""Of news that change what the follower sees."""


class ComplaintReceived(ComplaintNews):
    """Taken in and given a number: the customer is told it and by when they hear more (acknowledged)."""

    readers: ClassVar[tuple[str, ...]] = AND_FOLLOWER


class ComplaintJudged(ComplaintNews):
    """Not valid, solved at once, or raised from a grievance (A-CMP-01..05)."""

    readers: ClassVar[tuple[str, ...]] = AND_FOLLOWER


class ComplaintFiled(ComplaintNews):
    readers: ClassVar[tuple[str, ...]] = AND_FOLLOWER


class ComplaintAssigned(ComplaintNews):
    readers: ClassVar[tuple[str, ...]] = AND_FOLLOWER


class ComplaintProgressed(ComplaintNews):
    """Any other step; `step` says which."""

    readers: ClassVar[tuple[str, ...]] = AND_FOLLOWER


class ComplaintClosed(ComplaintNews):
    readers: ClassVar[tuple[str, ...]] = AND_FOLLOWER


class ComplaintReopened(ComplaintNews):
    readers: ClassVar[tuple[str, ...]] = AND_FOLLOWER


class ComplaintDisputed(ComplaintNews):
    readers: ClassVar[tuple[str, ...]] = AND_FOLLOWER


class ComplaintSurveyRequested(ComplaintNews):
    """How content is the customer? (A-CMP-31)"""

    readers: ClassVar[tuple[str, ...]] = AND_FOLLOWER


class ComplaintSurveyAnswered(ComplaintNews):
    readers: ClassVar[tuple[str, ...]] = ("pages",)


Wish = Literal["add", "withdraw", "reopen", "survey"]


class ComplaintWishRefused(Event):
    """What a follower asked for could not be done any more: the case had moved on meanwhile. It is no step; unnumbered."""

    owner: ClassVar[str] = "complaints"
    readers: ClassVar[tuple[str, ...]] = ("pages",)
    subject_field: ClassVar[str] = "complaint_id"

    complaint_id: UUID
    follower_id: UUID
    command_id: UUID = Field(description="Of the command that it answers.")
    wish: Wish
    reason: str = Field(max_length=64, description="A code of contracts/complaining.py.")
    state: State = Field(description="Where the case stood.")
    at: AwareDatetime


class ComplaintVrtStarted(ComplaintNews):
    """A-CMP-08..13"""


class ComplaintVrtConcluded(ComplaintNews):
    """A-CMP-10..12"""


class ComplaintEscalated(ComplaintNews):
    """A-CMP-19..25"""


class ComplaintEscalationDecided(ComplaintNews):
    """A-CMP-26"""


class DeadlineNews(Event):
    """A time limit of a case (A-CMP-36, 37). `threshold`: `50%`, `24h` …; empty where none was passed."""

    owner: ClassVar[str] = "complaints"
    readers: ClassVar[tuple[str, ...]] = ()
    subject_field: ClassVar[str] = "complaint_id"

    complaint_id: UUID
    deadline_id: UUID
    number: str = Field(max_length=20)
    kind: DeadlineKind
    due_at: AwareDatetime
    threshold: str = Field(default="", max_length=16)
    region_code: Code = ""
    dealer_code: Code = ""
    at: AwareDatetime


class ComplaintDeadlineWarning(DeadlineNews):
    """Once for each threshold."""


class ComplaintDeadlineBreached(DeadlineNews):
    """Once."""


class OpenPart(BaseModel):
    """What a later step names by its id: a limit, a VRT group, an escalation, a survey."""

    model_config = ConfigDict(frozen=True)

    part: Literal["deadline", "vrt", "escalation", "survey"]
    id: UUID
    name: Annotated[ComplaintText, Field(max_length=64)] = Field(
        default="", description="The kind of the limit or group, or what a custom limit is for; the trigger of the escalation."
    )
    due_at: AwareDatetime | None = None
    waits: bool = Field(default=False, description="The limit stands still; the escalation waits for a leader, the survey for a call.")


class RecordComplaintStep(PartnerCommand):
    """CSC gets every step (A-GEN-03): what was done, by whom, and where the case stands after it."""

    owner: ClassVar[str] = "csc"
    subject_field: ClassVar[str] = "complaint_id"

    complaint_id: UUID
    version: int = Field(ge=1)
    number: str = Field(max_length=20)
    step: str = Field(max_length=32)
    form: StepForm
    by: str = Field(default="", max_length=64)
    role: Role
    kind: Kind
    channel: Channel
    state: State
    type: CaseType | None = None
    grade: Grade | None = None
    region_code: Code = ""
    dealer_code: Code = ""
    customer_id: str = Field(default="", max_length=64)
    vin: Vin | None = None
    plate: Plate | None = None
    name: PersonName | None = None
    mobile: Mobile | None = None
    text: ComplaintText = ""
    demand: ComplaintText = ""
    parts: tuple[OpenPart, ...] = Field(default=(), description="Open ones.")
    at: AwareDatetime


class RecordComplaintWarning(PartnerCommand):
    """CSC hears that a threshold of a limit was passed (A-CMP-36, 37). That a limit was set or breached it hears as a step."""

    owner: ClassVar[str] = "csc"
    subject_field: ClassVar[str] = "complaint_id"

    complaint_id: UUID
    number: str = Field(max_length=20)
    deadline_id: UUID
    kind: DeadlineKind
    due_at: AwareDatetime
    threshold: str = Field(min_length=1, max_length=16, description="`50%`, `24h`")
    region_code: Code = ""
    dealer_code: Code = ""
    at: AwareDatetime


class RefusedStep(PartnerCommand):
    """A step that a partner asked for could not be taken: why, and where the case stands."""

    subject_field: ClassVar[str] = "complaint_id"

    complaint_id: UUID
    step: str = Field(max_length=32)
    by: StaffName
    reason: str = Field(max_length=64, description="e.g. not_here, level_missing; unknown_case: there is none that they may step into.")
    message: str = Field(default="", max_length=500, description="The same for who asked: 中文 / English.")
    state: State | None = Field(default=None, description="None: of a case that they may not know.")
    at: AwareDatetime


class RefuseComplaintStep(RefusedStep):
    """To CSC."""

    owner: ClassVar[str] = "csc"


class RefuseDealersStep(RefusedStep):
    """To the DMS, for a dealer."""

    owner: ClassVar[str] = "dms"

    dealer_code: Code


class FetchComplaintFile(PartnerCommand):
    """Fetch a photo or voice from WeChat and bring it to complaints, who check it by its content, clean and keep it."""

    owner: ClassVar[str] = "sender"
    subject_field: ClassVar[str] = "file_id"

    file_id: UUID
    complaint_id: UUID
    account: str = Field(max_length=32)
    media_id: str = Field(min_length=1, max_length=128)
    kind: Literal["photo", "voice"]


class ComplaintFileFetched(Event):
    """It is in the store of complaints; unnumbered."""

    owner: ClassVar[str] = "sender"
    readers: ClassVar[tuple[str, ...]] = ("complaints", "pages")
    subject_field: ClassVar[str] = "file_id"

    file_id: UUID
    complaint_id: UUID


class ComplaintFileLost(Event):
    """It cannot be had: `gone` at WeChat, `not_a_photo`, `not_a_voice`, `too_large`."""

    owner: ClassVar[str] = "sender"
    readers: ClassVar[tuple[str, ...]] = ("complaints", "pages")
    subject_field: ClassVar[str] = "file_id"

    file_id: UUID
    complaint_id: UUID
    reason: str = Field(max_length=64)
