"""The form of each step, drawn from its contract (contracts/complaint_steps): which fields it has, how they are filled in and read."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

from pydantic import AwareDatetime
from pydantic.fields import FieldInfo

from contracts.complaint_exchange import OpenPart
from contracts.complaint_steps import AnyForm
from contracts.personal import Personal
from sandbox.clock import CHINA
from sandbox.complaints.words import FIELDS, PARTS, VALUES
from sandbox.desks.forms import Form
from sandbox.desks.words import Words, moment_words, say

Way = Literal["line", "text", "number", "money", "day", "moment", "tick", "choice", "ticks", "names"]

MODELS: Mapping[str, type[AnyForm]] = {str(model.model_fields["step"].default): model for model in get_args(get_args(AnyForm)[0])}
"""By the name of the step."""
NOT_ASKED = frozenset({"step", "addition_id", "files", "due_at", "other_id", "file_id"})
FIXED: Mapping[tuple[str, str], str] = {("answer_survey", "by"): "call"}
"""What the desk does not choose."""
PART_OF: Mapping[str, str] = {
    "deadline_id": "deadline",
    "deadlines": "deadline",
    "vrt_id": "vrt",
    "escalation_id": "escalation",
    "survey_id": "survey",
}
WAYS: Mapping[type, Way] = {int: "number", Decimal: "money", date: "day", AwareDatetime: "moment"}
BETWEEN_NAMES = re.compile(r"[\s,，、;；]+")
YES_OR_NO: Mapping[str, Words] = {"true": ("是", "yes"), "false": ("否", "no")}


@dataclass(frozen=True)
class Field:
    """One field as it is drawn. `options`: value and words of each, of a choice or of ticks."""

    name: str
    words: str
    way: Way
    needed: bool
    usual: str = ""
    options: Sequence[tuple[str, str]] = ()


def fields_of(step: str, parts: Sequence[OpenPart] = ()) -> list[Field] | None:
    """None: the step names a part that the case does not have."""
    model = MODELS[step]
    drawn = [_field(name, info, parts) for name, info in model.model_fields.items() if name not in NOT_ASKED and (step, name) not in FIXED]
    return None if any(one.name in PART_OF and one.needed and not any(key for key, _ in one.options) for one in drawn) else drawn


def read(step: str, form: Form, chosen: Mapping[str, Sequence[str]], **fixed: object) -> AnyForm | None:
    """What was filled in, as its contract has it; what is wrong is noted beside its field.

    `chosen`: the values of what was ticked; `fixed`: what this desk does not let choose.
    """
    given: dict[str, object] = {name: value for (of, name), value in FIXED.items() if of == step}
    for name, info in MODELS[step].model_fields.items():
        if name in NOT_ASKED or (step, name) in FIXED:
            continue
        value = _value(name, info, form, chosen)
        if value is not None:
            given[name] = value
        elif not info.is_required():
            given[name] = info.default
    return form.read(MODELS[step], **{**given, **fixed})


def _value(name: str, info: FieldInfo, form: Form, chosen: Mapping[str, Sequence[str]]) -> object | None:
    way = _way(name, info)
    typed = form.typed.get(name, "").strip()
    if way == "tick":
        return bool(typed)
    if way == "ticks":
        return tuple(chosen.get(name, ()))
    if way == "names":
        return tuple(each for each in BETWEEN_NAMES.split(typed) if each)
    if way == "moment" and typed:
        return _moment(typed)
    return typed or None


def _moment(typed: str) -> object:
    """In China; what is none is left to the contract to refuse."""
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=CHINA)
    except ValueError:
        return typed


def _field(name: str, info: FieldInfo, parts: Sequence[OpenPart]) -> Field:
    way = _way(name, info)
    default = info.default
    usual = "" if info.is_required() or default is None or isinstance(default, tuple) else str(default)
    if way == "tick":
        usual = "on" if default is True else ""
    options = _options(name, info, parts)
    if way == "choice" and not usual and not (info.is_required() and len(options) == 1):
        options = [("", "–"), *options]
    return Field(name, say(FIELDS.get(name, (name, name))), way, info.is_required(), usual, options)


def _options(name: str, info: FieldInfo, parts: Sequence[OpenPart]) -> list[tuple[str, str]]:
    if name in PART_OF:
        return [(str(one.id), part_words(one)) for one in parts if one.part == PART_OF[name]]
    kind = _bare(info.annotation)
    if kind is bool:
        return [(value, say(words)) for value, words in YES_OR_NO.items()]
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return [(each.value, say(VALUES.get(each.value, (each.value, each.value)))) for each in kind]
    if get_origin(kind) is Literal:
        return [(str(each), say(VALUES.get(str(each), (str(each), str(each))))) for each in get_args(kind)]
    return []


def part_words(part: OpenPart) -> str:
    name = say(VALUES.get(part.name, (part.name, part.name))) if part.name else say(PARTS[part.part])
    return f"{name} · {moment_words(part.due_at)}" if part.due_at else name


def _way(name: str, info: FieldInfo) -> Way:
    kind = _bare(info.annotation)
    if kind is bool:
        return "choice" if _may_be_none(info.annotation) else "tick"
    if get_origin(kind) is tuple:
        return "ticks" if name in PART_OF else "names"
    if kind is UUID or get_origin(kind) is Literal or (isinstance(kind, type) and issubclass(kind, StrEnum)):
        return "choice"
    long = any(isinstance(each, Personal) and each.kind == "complaint_text" for each in info.metadata)
    return WAYS.get(kind, "text" if long else "line")


def _bare(annotation: Any) -> Any:
    """Without None and without what is annotated."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return _bare(next(each for each in get_args(annotation) if each is not type(None)))
    return annotation


def _may_be_none(annotation: Any) -> bool:
    return type(None) in get_args(annotation)
