"""What `/ops/v1/` of insight takes and answers: the command line and the console speak it, and anyone's own tools may.

Not messages on the bus: JSON over HTTP in the internal zone, behind the operator's token. `X-Operator` names who orders.
Times are RFC 3339; durations milliseconds unless a name says seconds. Lists page by cursor: `next` goes into `after`.
"""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from contracts.ops import Breaker, Cause, QuotaUsed

ParkedState = Literal["parked", "redriven", "dropped"]
Status = Literal["new", "looking", "waiting", "solved"]
"""What an operator says of a parked message: seen by nobody, somebody looks, waiting for somebody else, found."""


class Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class OpsProblem(Answer):
    """Why it was not done, in both languages; `code` is for programs."""

    code: str
    message: str
    message_en: str


# The house at a glance


class Minute(Answer):
    """What one minute brought. `received`: messages handled; `sent`: messages confirmed by the broker; `failed`: retried or parked.

    How it stood at the minute's end (the last that was told): oldest, retries, parked, spooled; and how long the partner's calls of
    this minute took, in milliseconds. None: not told, not known, or no call.
    """

    at: AwareDatetime
    received: int = 0
    sent: int = 0
    failed: int = 0
    calls: int = 0
    calls_failed: int = 0
    oldest_seconds: float | None = None
    retries: int | None = None
    parked: int | None = None
    spooled: int | None = None
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None


class CopyStatus(Answer):
    """One copy of a service. `silent_seconds` since it was heard of."""

    copy_id: UUID
    started_at: AwareDatetime
    silent_seconds: float
    consuming: bool | None
    in_work: int
    failing: dict[str, str] = {}


class QueueStatus(Answer):
    """A service and its queue. `depth` and `dead` are None where the broker could not be asked; rates are of the last minute."""

    service: str
    depth: int | None = None
    dead: int | None = None
    consumers: int | None = None
    paused: bool = False
    oldest_seconds: float = Field(default=0, description="age of the oldest message sent to it and not yet handled, as insight knows")
    received_per_second: float = 0
    sent_per_second: float = 0
    outbox: int = 0
    outbox_oldest_seconds: float = 0
    retries: int = 0
    parked: int = 0
    spooled: int = 0
    copies: tuple[CopyStatus, ...] = ()
    minutes: tuple[Minute, ...] = Field(default=(), description="the last hour, oldest first")


class Queues(Answer):
    queues: tuple[QueueStatus, ...] = ()


class PartnerStatus(Answer):
    """How a partner answers; figures are of the last hour."""

    partner: str
    service: str
    breaker: Breaker | None = None
    calls: int = 0
    failed: int = 0
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None
    outcomes: dict[str, int] = {}
    minutes: tuple[Minute, ...] = ()


class BadAnswer(Answer):
    """A call whose answer was off contract."""

    at: AwareDatetime
    partner: str
    operation: str
    service: str
    message_id: UUID
    causes: tuple[Cause, ...] = ()


class PartnersAnswer(Answer):
    partners: tuple[PartnerStatus, ...] = ()
    bad_answers: tuple[BadAnswer, ...] = Field(default=(), description="the last fifty")


class Overview(Answer):
    """Six numbers and their hour, then who is not well."""

    at: AwareDatetime
    received_per_second: float = 0
    sent_per_second: float = 0
    oldest_seconds: float = 0
    retries: int = 0
    parked: int = 0
    spooled: int = 0
    minutes: tuple[Minute, ...] = ()
    queues: tuple[QueueStatus, ...] = ()
    partners: tuple[PartnerStatus, ...] = ()
    quotas: tuple[QuotaUsed, ...] = ()


# What waits, and what cannot go on


class Waiting(Answer):
    """A message that waits its turn again."""

    service: str
    message_id: UUID
    type: str
    subject: UUID | None = None
    attempt: int
    failed_at: AwareDatetime
    due_at: AwareDatetime | None = None
    causes: tuple[Cause, ...] = ()


class WaitingPage(Answer):
    waiting: tuple[Waiting, ...] = ()
    next: str | None = None


class ParkedFilter(BaseModel):
    """Which parked messages are meant; what is not given does not matter. `field` and `rule` are of its first cause."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: ParkedState | None = "parked"
    service: str | None = Field(default=None, max_length=32)
    type: str | None = Field(default=None, max_length=96)
    kind: str | None = Field(default=None, max_length=16)
    field: str | None = Field(default=None, max_length=128)
    rule: str | None = Field(default=None, max_length=256)
    owner: str | None = Field(default=None, max_length=64)
    status: Status | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


class ParkedItem(Answer):
    """The list is by `at` and then `number`, newest first. `message_id` and `service` together name it."""

    number: int
    service: str
    message_id: UUID
    state: ParkedState
    type: str
    at: AwareDatetime = Field(description="when it came into this state")
    subject: UUID | None = None
    correlation_id: UUID | None = None
    size_bytes: int = 0
    causes: tuple[Cause, ...] = ()
    times: int = Field(default=1, description="how often it was parked")
    owner: str = ""
    status: Status = "new"
    note: str = ""
    job_id: UUID | None = Field(default=None, description="the running job that will order it")


class ParkedPage(Answer):
    parked: tuple[ParkedItem, ...] = ()
    next: str | None = None


class ParkedGroup(Answer):
    """Parked messages with the same first cause, most first."""

    service: str
    type: str
    kind: str
    field: str
    rule: str
    number: int
    first_at: AwareDatetime
    last_at: AwareDatetime


class ParkedGroups(Answer):
    groups: tuple[ParkedGroup, ...] = ()
    total: int = 0


class Payload(Answer):
    """`ready` False: it was asked for just now and is on its way; ask again. `body` is JSON in clear (or text where it is none)."""

    ready: bool
    body: str | None = None


class Care(BaseModel):
    """What an operator writes beside a parked message; None leaves it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    owner: str | None = Field(default=None, max_length=64)
    status: Status | None = None
    note: str | None = Field(default=None, max_length=1000)


class Mending(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    service: str = Field(max_length=32)
    body: str = Field(min_length=2, max_length=1_048_576, description="the data of the message, as JSON, in clear")


# Jobs: one order about many


class JobForm(BaseModel):
    """Redrive or drop what a filter finds now. The messages are fixed when the job begins: later ones are not touched."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: UUID = Field(description="made by who orders: ordering twice is ordering once")
    kind: Literal["redrive", "drop"]
    filter: ParkedFilter
    expected: int = Field(ge=1, description="the count that was shown; 409 when it has changed by more than a tenth")
    per_second: float = Field(default=10, gt=0, le=1000)
    reason: str = Field(default="", max_length=200, description="needed to drop")


class Job(Answer):
    """`handled`, `parked_again` and `dropped` count what became of those ordered, `gone` those that were no longer parked at their turn."""

    id: UUID
    kind: Literal["redrive", "drop"]
    state: Literal["running", "stopped", "done"]
    filter: ParkedFilter
    ordered_by: str
    per_second: float
    reason: str = ""
    begun_at: AwareDatetime
    ended_at: AwareDatetime | None = None
    total: int
    ordered: int = 0
    handled: int = 0
    parked_again: int = 0
    dropped: int = 0
    gone: int = 0


class Jobs(Answer):
    jobs: tuple[Job, ...] = ()


class Accepted(Answer):
    status: Literal["accepted"] = "accepted"
    order_id: UUID


class Counted(Answer):
    number: int


# Where a request is


class Moment(Answer):
    """One thing that happened: a step of a message in a service, or (`step` "told") a fact of its owner."""

    at: AwareDatetime
    since_first_ms: float
    service: str
    step: str
    message_id: UUID
    type: str
    subject: UUID | None = None
    correlation_id: UUID | None = None
    causation_id: UUID | None = None
    milliseconds: float = 0
    attempt: int = 0
    outcome: str = "ok"
    partner: str = ""
    operation: str = ""
    size_bytes: int = 0
    version: int | None = None
    due_at: AwareDatetime | None = None
    causes: tuple[Cause, ...] = ()


class Trace(Answer):
    id: UUID
    cut: bool = Field(default=False, description="there is more than is shown")
    moments: tuple[Moment, ...] = ()


SearchBy = Literal["id", "mobile", "vin", "plate", "number"]
"""`number`: an appointment's or slip's number at DMS or CSC."""


class SearchForm(BaseModel):
    """In a body, never in an address: what is looked for may be personal."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: SearchBy
    value: str = Field(min_length=1, max_length=64)


class Hit(Answer):
    """A subject that something was found about, newest first."""

    subject: UUID
    what: str = Field(description="the kind of subject, from its newest message's type: appointment, registration, customer …")
    last_type: str
    last_at: AwareDatetime
    first_at: AwareDatetime
    messages: int


class Hits(Answer):
    hits: tuple[Hit, ...] = ()
