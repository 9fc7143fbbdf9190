"""The envelope of every message (CloudEvents 1.0 with our extensions) and the base classes of events and commands.

An **event** is a fact in the past tense; its owner publishes it, its readers listen. A **command** is a wish in the imperative;
anyone sends it, its one owner carries it out. Names, owners and readers are declared on the class; the rest follows. (design section 3)
"""

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, ClassVar, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PrivateAttr

SCHEMA_ROOT = "urn:cheqiao:schema"
CONTENT_TYPE = "application/cloudevents+json"
WATCHER = "insight"
"""The one service that is sent a sealed copy of every event marked `watched`."""


def now() -> datetime:
    return datetime.now(UTC)


ActorKind = Literal["customer", "staff", "system"]


@dataclass(frozen=True)
class Actor:
    """Who caused a message. `id` is ours or a staff number, never an openid."""

    kind: ActorKind = "system"
    id: str = ""
    role: str = ""


class Envelope(BaseModel):
    """CloudEvents 1.0, structured mode. `data` is the contract as JSON with personal fields sealed."""

    model_config = ConfigDict(frozen=True)

    specversion: Literal["1.0"] = "1.0"
    id: UUID
    source: str = Field(min_length=1, max_length=64, description="The service that published it.")
    type: str = Field(min_length=1, max_length=96)
    time: AwareDatetime
    subject: UUID = Field(description="Our own id of what the message is about.")
    dataschema: str = Field(min_length=1, max_length=160)
    datacontenttype: Literal["application/json"] = "application/json"
    subjectversion: int | None = Field(default=None, ge=1, description="Only on the events of the record's owner.")
    partnersequence: int | None = Field(default=None, ge=1, description="Only on partner commands: gapless per source, partner, subject.")
    correlationid: UUID = Field(description="The first message of the chain.")
    causationid: UUID | None = Field(default=None, description="The message that led to this one.")
    traceparent: str | None = Field(default=None, max_length=64)
    regioncode: str = Field(default="", max_length=32)
    dealercode: str = Field(default="", max_length=32)
    actorkind: ActorKind = "system"
    actorid: str = Field(default="", max_length=64)
    actorrole: str = Field(default="", max_length=32)
    lookups: str | None = Field(
        default=None,
        max_length=2048,
        description="Of a watched event: `kind:hash` of each phone number, VIN and plate in it, separated by spaces; keyed, cut short.",
    )
    data: dict[str, Any]


class NewId(UUID):
    """A random id that nobody has used."""

    def __init__(self) -> None:
        super().__init__(bytes=os.urandom(16), version=4)


class Contract(BaseModel):
    """A message's data. Unknown fields are ignored, so that an older reader understands a newer writer.

    `id` is the message's id: new for each instance, or set with `identified` where a repeat must keep it.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    owner: ClassVar[str]
    readers: ClassVar[tuple[str, ...]] = ()
    subject_field: ClassVar[str]
    schema_version: ClassVar[int] = 1

    _id: UUID = PrivateAttr(default_factory=NewId)
    _envelope: Envelope | None = PrivateAttr(default=None)

    @property
    def id(self) -> UUID:
        return self._id

    @property
    def may_repeat(self) -> bool:
        """Its id was not made for it, or it was told once: it may have been sent before."""
        return not isinstance(self._id, NewId)

    def was_told(self) -> None:
        self._id = UUID(int=self._id.int)

    @property
    def subject(self) -> UUID:
        subject: UUID = getattr(self, self.subject_field)
        return subject

    @property
    def actor(self) -> Actor | None:
        """Who caused it, where the message itself knows; otherwise who caused its cause."""
        return None

    @property
    def envelope(self) -> Envelope | None:
        """The envelope it arrived in; None on a message that we are about to send."""
        return self._envelope

    @property
    def correlation_id(self) -> UUID:
        return self._envelope.correlationid if self._envelope else self._id

    def identified(self, id: UUID) -> Self:
        """The same message under a fixed id: sending it twice is sending it once."""
        self._id = id
        return self

    def received_in(self, envelope: Envelope) -> Self:
        self._id, self._envelope = envelope.id, envelope
        return self

    @classmethod
    def type_name(cls) -> str:
        """`AppointmentSlipSaved` is `appointment.slip.saved` on the bus."""
        return _with_dots(cls.__name__)

    @classmethod
    def dataschema(cls) -> str:
        return f"{SCHEMA_ROOT}:{cls.type_name()}:v{cls.schema_version}"

    @classmethod
    def routes(cls) -> tuple[str, ...]:
        """The services whose queues get a copy."""
        return cls.readers

    def addressed_to(self) -> tuple[str, ...]:
        """The services that this very message goes to."""
        return self.routes()


@cache
def _with_dots(name: str) -> str:
    return ".".join(word.lower() for word in re.findall(r"[A-Z][a-z0-9]*", name))


class Event(Contract):
    """A fact. A subclass with a field `version` carries its record's full state: the higher version wins."""

    watched: ClassVar[bool] = True

    @classmethod
    def routes(cls) -> tuple[str, ...]:
        watchers = (WATCHER,) if cls.watched and WATCHER not in cls.readers else ()
        return super().routes() + watchers


class Command(Contract):
    """A wish, carried out by its owner alone."""

    @classmethod
    def routes(cls) -> tuple[str, ...]:
        return (cls.owner,)


class PartnerCommand(Command):
    """A wish that leaves the house. Those of one sender about one subject are carried out in the order they were sent."""
