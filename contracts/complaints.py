"""Complaints (flows 4, A-CMP-01..38): what a follower may ask, and what is told of a case.

`services/complaints` owns the case. What somebody does to it is a step (contracts/complaint_steps), wherever it is taken.
"""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.complaint_files import MOST_FILES, PhoneFile
from contracts.complaint_words import CaseType, Channel, CloseReason, Code, DeadlineKind, FollowerState, Grade, Kind, State
from contracts.envelope import Actor, Command, Event
from contracts.personal import ComplaintText, Mobile, PersonName


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
