"""How messages fare, reported past the hot path to `services/insight`, and what an operator may order (design section 3)."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from contracts.envelope import Actor, Command, Event

Step = Literal["spooled", "published", "handled", "called", "retried", "parked"]


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
    attempt: int = Field(ge=0)
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


class ParkedCommand(Command):
    """An operator's order about one parked message, sent to the service that holds it."""

    owner: ClassVar[str] = "*"
    subject_field: ClassVar[str] = "message_id"

    service: str = Field(max_length=32)
    message_id: UUID
    ordered_by: str = Field(max_length=64)

    @property
    def actor(self) -> Actor:
        return Actor("staff", self.ordered_by, "operator")

    def addressed_to(self) -> tuple[str, ...]:
        return (self.service,)


class RedriveParked(ParkedCommand):
    """Try it again, now."""


class DropParked(ParkedCommand):
    """Give it up, with a reason; the line behind it moves on."""

    reason: str = Field(min_length=1, max_length=200)
