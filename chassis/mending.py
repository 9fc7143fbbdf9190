"""A parked message opened for a person, and made anew with the data that a person wrote in place of its own."""

import json
from typing import Any

from pydantic import ValidationError

from chassis.errors import ContractBroken
from chassis.messages import broken, decode, encode
from chassis.privacy import SealBroken, Vault
from chassis.sealing import plan_of
from contracts.catalogue import BY_TYPE
from contracts.envelope import Contract, Envelope

MUST_STAY = "must stay what it was"


def remade(original: bytes, data: str, vault: Vault) -> str:
    """The message with this data (JSON in clear) in place of its own, as it goes on the bus: envelope kept, personal fields sealed.

    Raises ContractBroken with field and rule, never a value.
    """
    envelope = decode(original)
    contract = BY_TYPE.get(envelope.type)
    if contract is None:
        raise ContractBroken("envelope", (("type", "not known to this version"),))
    try:
        message = contract.model_validate_json(data)
    except ValidationError as error:
        raise broken(contract.type_name(), error) from None  # its text holds the values
    if changed := _about_another(message, envelope):
        raise ContractBroken(contract.type_name(), ((changed, MUST_STAY),))
    return encode(envelope.model_copy(update={"data": vault.seal_contract(message)}))


def _about_another(message: Contract, envelope: Envelope) -> str | None:
    """The envelope is kept, so what it repeats from the data must not change: the field that would, if any."""
    if message.subject != envelope.subject:
        return message.subject_field
    if envelope.subjectversion not in (None, getattr(message, "version", None)):
        return "version"
    return None


def in_clear(original: bytes, mended: str | None, vault: Vault) -> str:
    """The envelope as JSON, personal fields in clear, with what was written in place of its data; bytes as text where it is none."""
    try:
        envelope = decode(original)
    except ContractBroken:
        return original.decode(errors="backslashreplace")
    shown = envelope.model_dump(mode="json", exclude_none=True)
    shown["data"] = _opened(envelope, vault) if mended is None else _parsed(mended)
    # Half a surrogate pair, which JSON may spell and UTF-8 may not, becomes its JSON escape again.
    return json.dumps(shown, ensure_ascii=False).encode(errors="backslashreplace").decode()


def _opened(envelope: Envelope, vault: Vault) -> Any:
    """What cannot be opened stays sealed."""
    contract = BY_TYPE.get(envelope.type)
    plan = plan_of(contract) if contract else None
    return plan.apply(envelope.data, lambda kind, sealed, _path: _open(vault, kind, sealed), "") if plan else envelope.data


def _open(vault: Vault, kind: str, sealed: Any) -> Any:
    try:
        return vault.unseal(kind, sealed) if isinstance(sealed, str) else sealed
    except SealBroken:
        return sealed


def _parsed(text: str) -> Any:
    """What a person wrote need not be JSON."""
    try:
        return json.loads(text)
    except ValueError:
        return text
