"""How messages fare, reported past the hot path to `services/insight`, and what an operator may order (design section 3)."""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from contracts.envelope import Actor, Command, Event
from contracts.personal import Personal

Step = Literal["spooled", "published", "handled", "called", "retried", "parked"]
ORDERS = "orders"
"""`orders.<service>` is the way to a service's queue of orders."""


class Cause(BaseModel):
    """Why a message waits or is parked: field and rule, never the value."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["contract", "unavailable", "mistake", "undecodable", "poison", "exhausted", "order"]
    field: str = Field(default="", max_length=128)
    rule: str = Field(default="", max_length=256)


class Hop(BaseModel):
    """One step of one message in one service. Unique by (service, message_id, step, attempt)."""

    model_config = ConfigDict(frozen=True)

    service: str
    message_id: UUID
    step: Step
    attempt: int = Field(
        ge=0, description="parked: how often it changed; an order about it handled: the change that it made, 0 where it was parked no more"
    )
    type: str
    subject: UUID | None = None
    correlation_id: UUID | None = None
    causation_id: UUID | None = None
    at: AwareDatetime
    milliseconds: float = Field(default=0, ge=0)
    size_bytes: int = Field(default=0, ge=0)
    outcome: str = Field(default="ok", max_length=64, description="ok, parked, redriven, dropped, or a partner's error class.")
    partner: str = Field(default="", max_length=32)
    operation: str = Field(default="", max_length=96, description="What was asked of the partner, e.g. POST /appointments.")
    due_at: AwareDatetime | None = None
    causes: tuple[Cause, ...] = ()


class OpsReport(Event):
    """Up to 500 hops; no bodies."""

    owner: ClassVar[str] = "*"
    readers: ClassVar[tuple[str, ...]] = ("insight",)
    watched: ClassVar[bool] = False
    subject_field: ClassVar[str] = "report_id"

    report_id: UUID
    hops: tuple[Hop, ...] = Field(max_length=500)


class Breaker(BaseModel):
    """The way to one partner, as one copy of an adapter sees it. `held`: an operator keeps it shut."""

    model_config = ConfigDict(frozen=True)

    partner: str = Field(max_length=32)
    state: Literal["closed", "open", "half_open", "held"]
    since: AwareDatetime
    failures: int = Field(default=0, ge=0, description="in a row")


class QuotaUsed(BaseModel):
    """Calls of one kind that WeChat counts, used today (Asia/Shanghai)."""

    model_config = ConfigDict(frozen=True)

    account: str = Field(max_length=32)
    name: str = Field(max_length=64)
    used: int = Field(ge=0)
    most: int = Field(ge=0)


class OpsStatus(Event):
    """How one copy of one service stands now, every few seconds, past the outbox; the newest is all that counts."""

    owner: ClassVar[str] = "*"
    readers: ClassVar[tuple[str, ...]] = ("insight",)
    watched: ClassVar[bool] = False
    subject_field: ClassVar[str] = "copy_id"

    copy_id: UUID = Field(description="new for each start of a service")
    service: str = Field(max_length=32)
    at: AwareDatetime
    started_at: AwareDatetime
    consuming: bool | None = Field(default=None, description="None: it has no queue")
    paused: bool = False
    in_work: int = Field(default=0, ge=0)
    outbox: int = Field(default=0, ge=0, description="told, and not yet confirmed by the broker")
    outbox_oldest_seconds: float = Field(default=0, ge=0)
    retries: int = Field(default=0, ge=0)
    parked: int = Field(default=0, ge=0)
    spooled: int = Field(default=0, ge=0, description="pushes on disk; the gateway alone has any")
    breakers: tuple[Breaker, ...] = Field(default=(), max_length=50)
    quotas: tuple[QuotaUsed, ...] = Field(default=(), max_length=200)
    failing: dict[str, str] = Field(default={}, description="health checks that fail now, with their cause")


class Order(Command):
    """An operator's order to one service. It comes by a queue of its own, so that neither a backlog nor a pause holds it up."""

    owner: ClassVar[str] = "*"

    service: str = Field(max_length=32)
    ordered_by: str = Field(max_length=64)

    @property
    def actor(self) -> Actor:
        return Actor("staff", self.ordered_by, "operator")

    def addressed_to(self) -> tuple[str, ...]:
        return (f"{ORDERS}.{self.service}",)


class ParkedCommand(Order):
    """About one parked message, to the service that holds it."""

    subject_field: ClassVar[str] = "message_id"

    message_id: UUID


class RedriveParked(ParkedCommand):
    """Try it again, now."""


class DropParked(ParkedCommand):
    """Give it up, with a reason; the line behind it moves on."""

    reason: str = Field(min_length=1, max_length=200)


class ShowParked(ParkedCommand):
    """Tell insight what is in it, as `ParkedShown`."""


class MendParked(ParkedCommand):
    """Try a mended copy of it under the same id; the original stays beside it. What is off contract parks anew with its violations."""

    body: Annotated[
        str, Personal("body"), Field(min_length=2, max_length=1_048_576, description="the data of the message, as JSON, in clear")
    ]


class ParkedShown(Event):
    """What is in a parked message: its envelope as JSON with personal fields in clear, or the bytes as text where it is none."""

    owner: ClassVar[str] = "*"
    readers: ClassVar[tuple[str, ...]] = ("insight",)
    watched: ClassVar[bool] = False
    subject_field: ClassVar[str] = "message_id"

    service: str = Field(max_length=32)
    message_id: UUID
    body: Annotated[str, Personal("body"), Field(max_length=1_500_000, description="empty: it is not kept any more")]


class HoldCommand(Order):
    """About the flow of a whole service. Idempotent; it outlives restarts."""

    subject_field: ClassVar[str] = "hold_id"

    hold_id: UUID = Field(description="new for each order")


class PauseConsumer(HoldCommand):
    """Take nothing more from the service's queue, in all its copies; what is in work ends."""


class ResumeConsumer(HoldCommand):
    """Take again."""


class HoldPartner(HoldCommand):
    """Call this partner no more: what is for it waits, and no try is counted."""

    partner: str = Field(max_length=32)


class ReleasePartner(HoldCommand):
    """Call it again; a breaker that is open is closed."""

    partner: str = Field(max_length=32)
