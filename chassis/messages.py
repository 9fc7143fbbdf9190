"""From a contract to the bytes on the bus and back: the envelope is written and read here and nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from pydantic import ValidationError

from chassis import tracing
from chassis.errors import ContractBroken
from chassis.lookups import lookups_of
from chassis.privacy import Vault, violations_of
from contracts.envelope import Actor, Command, Contract, Envelope, now

C = TypeVar("C", bound=Contract)


def wrap(message: Contract, *, source: str, vault: Vault, cause: Envelope | None, sequence: int | None = None) -> Envelope:
    """The envelope of a message we are about to send; it carries on the chain of its cause."""
    actor = message.actor or (Actor(cause.actorkind, cause.actorid, cause.actorrole) if cause else Actor())
    return Envelope(
        id=message.id,
        source=source,
        type=message.type_name(),
        time=now(),
        subject=message.subject,
        dataschema=message.dataschema(),
        subjectversion=None if isinstance(message, Command) else getattr(message, "version", None),
        partnersequence=sequence,
        correlationid=cause.correlationid if cause else message.id,
        causationid=cause.id if cause else None,
        traceparent=cause.traceparent if cause else tracing.origin(source, message.type_name()),
        dealercode=getattr(message, "dealer_code", "") or (cause.dealercode if cause else ""),
        actorkind=actor.kind,
        actorid=actor.id,
        actorrole=actor.role,
        lookups=lookups_of(message, vault),
        data=vault.seal_contract(message),
    )


def encode(envelope: Envelope) -> str:
    return envelope.model_dump_json(exclude_none=True)


def decode(body: bytes | str) -> Envelope:
    """Raises ContractBroken where the bytes are no envelope; names fields and rules, never values."""
    try:
        return Envelope.model_validate_json(body)
    except ValidationError as error:
        raise broken("envelope", error) from None  # its text holds the values


def broken(where: str, error: ValidationError) -> ContractBroken:
    """What pydantic found, as field and rule."""
    return ContractBroken(where, violations_of(error))


def unwrap(contract: type[C], envelope: Envelope, vault: Vault) -> C:
    """The contract in clear, knowing the envelope it came in. Raises ContractBroken."""
    return vault.unseal_contract(contract, envelope.data).received_in(envelope)


@dataclass(frozen=True)
class Described:
    """What the tables keep of a message beside its body."""

    type: str
    subject: UUID | None
    correlation_id: UUID | None
    causation_id: UUID | None
    size_bytes: int

    @classmethod
    def of(cls, envelope: Envelope, size: int) -> "Described":
        return cls(envelope.type, envelope.subject, envelope.correlationid, envelope.causationid, size)

    def columns(self) -> Mapping[str, object]:
        return vars(self)
