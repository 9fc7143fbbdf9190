"""What of a message may be shown to whom: personal fields by their kind, and all that no contract speaks for, behind dots.

The contract says which fields are personal. What is in a message and not in its contract, and text that looks like somebody's number
in a field that should hold none, is behind dots too: a message is parked because it is not what it should be.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from chassis.redaction import GONE as REDACTED
from chassis.redaction import cleaned_text
from chassis.sealing import plan_of
from contracts.envelope import Contract, Envelope

DOT = "•"
GONE = DOT * 4
LONGEST_SHOWN = 4000
_LIKE_OURS = re.compile(r"[A-Za-z_]\w{0,63}", re.ASCII)


@dataclass(frozen=True)
class Opened:
    """A payload. `data` None: it is no envelope, and `text` is all there is."""

    text: str
    envelope: Mapping[str, Any] | None = None
    data: dict[str, Any] | None = None


def open_payload(body: str) -> Opened:
    """The data of a message as its holder told it, or the bytes as text where they are no message."""
    try:
        envelope = Envelope.model_validate_json(body)
    except ValidationError:
        return Opened(body)
    return Opened(body, envelope.model_dump(mode="json", exclude={"data"}, exclude_none=True), envelope.data)


def without_personal(text: str) -> str:
    """What an operator wrote, with what looks like somebody's number behind dots: notes and reasons are kept in clear, and for long."""
    return cleaned_text(text).replace(REDACTED, GONE)


def masked_value(kind: str, value: Any) -> str:
    """Enough to talk about it on the phone, too little to be of use: 138••••8001."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    match kind:
        case "mobile" if len(text) >= 9:
            return text[:3] + GONE + text[-4:]
        case "name" if text:
            return text[0] + DOT * 2
        case "vin" if len(text) > 6:
            return GONE + text[-4:]
        case "plate" if len(text) > 3:
            return text[:2] + GONE + text[-1]
        case "id_number" if len(text) > 8:
            return GONE + text[-2:]
        case _:
            return GONE if text else ""


def masked(contract: type[Contract], data: Mapping[str, Any]) -> dict[str, Any]:
    """A copy for those who may not see personal data."""
    plan = plan_of(contract)
    hidden = plan.apply(data, lambda kind, value, _path: masked_value(kind, value), "") if plan else dict(data)
    shown: dict[str, Any] = _known(contract, hidden)
    return shown


def personal_paths(contract: type[Contract], data: Mapping[str, Any]) -> dict[str, str]:
    """Path (`calls.0.note`) to kind of every personal field that is there."""
    found: dict[str, str] = {}

    def note(kind: str, value: Any, path: str) -> str:
        found[path] = kind
        return str(value)

    if plan := plan_of(contract):
        plan.apply(data, note, "")
    return found


def _known(model: Any, value: Any) -> Any:
    """Only what the model names; texts without what looks personal."""
    if isinstance(value, Mapping):
        fields = model.model_fields if isinstance(model, type) and issubclass(model, BaseModel) else {}
        known = {name: _known(_inner(fields[name].annotation), item) for name, item in value.items() if name in fields}
        return known | {_name(name): GONE for name in value if name not in fields}
    if isinstance(value, list):
        return [_known(model, item) for item in value]
    if isinstance(value, bool | None):
        return value
    shown = cleaned_text(str(value)).replace(REDACTED, GONE)
    return shown if isinstance(value, str) or shown != str(value) else value


def _name(given: str) -> str:
    """Of a field that no contract names; what does not look like a name may itself be a value."""
    return given if _LIKE_OURS.fullmatch(given) and cleaned_text(given) == given else GONE


def _inner(annotation: Any) -> Any:
    """The model in an optional, a tuple or a list of it; None where there is none."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in getattr(annotation, "__args__", ()) if (found := _inner(part))), None)


def pretty(data: Any) -> str:
    """JSON as a person reads it, cut where it is endless."""
    text = json.dumps(data, ensure_ascii=False, indent=2)
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "\n…"
