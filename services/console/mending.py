"""A form made of a message's data and its contract, so that a person can mend a copy; and the data that comes back out of it.

The broken fields stand first. What was typed is kept whatever is wrong with it. A personal field whose value the reader may not see
is empty in the form, and stays as it was unless something is typed there.
"""

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from chassis.privacy import violations_of
from chassis.redaction import cleaned_text
from contracts.envelope import Contract
from services.console import contract_words as words
from services.console.masking import GONE, masked_value, personal_paths

PREFIX = "f."
"""Of the names in the form, so that no field of a message is taken for one of ours."""
MOST_FIELDS = 400
ABSENT = object()
_INPUTS = {"integer": "number", "number": "number", "boolean": "boolean", "string": "text", "object": "json", "array": "json"}


@dataclass(frozen=True)
class Field:
    """One value that can be mended. `input`: text, long, number, boolean, choice or json, as it is shown; `reads`: as it is meant.

    `hidden` is what may be seen of a value that may not.
    """

    path: str
    input: str
    reads: str
    value: str
    wants: str
    required: bool
    nullable: bool = False
    choices: tuple[str, ...] = ()
    hidden: str = ""
    problem: str = ""
    touched: bool = False
    """The value is what somebody typed, not what the message holds."""

    @property
    def name(self) -> str:
        return PREFIX + self.path


@dataclass(frozen=True)
class MendForm:
    """Broken fields first, in the order of the contract otherwise. `problems` belong to no field that is shown."""

    fields: tuple[Field, ...]
    problems: tuple[str, ...] = ()

    @property
    def broken(self) -> int:
        return sum(1 for field in self.fields if field.problem) + len(self.problems)


@dataclass(frozen=True)
class Mended:
    """`form` is what to show again; `data` is None while it is not what the contract wants. `changed` names paths, never values."""

    form: MendForm
    data: dict[str, Any] | None
    changed: tuple[str, ...] = ()


def form_of(contract: type[Contract], data: Mapping[str, Any], *, clear: bool) -> MendForm:
    """The form for this data; `clear`: personal values may be seen."""
    return _with_problems(_fields_of(contract, data, clear=clear), violations(contract, data))


def mend(contract: type[Contract], data: Mapping[str, Any], typed: Mapping[str, str], *, clear: bool) -> Mended:
    """What was typed put in the place of what was there, held against the contract."""
    copy: dict[str, Any] = deepcopy(dict(data))
    kept, changed = [], []
    for field in _fields_of(contract, data, clear=clear):
        if field.name not in typed or (text := typed[field.name].replace("\r\n", "\n")) == field.value or (field.hidden and not text):
            kept.append(field)
            continue
        kept.append(replace(field, value=text, touched=True))
        changed.append(field.path)
        _put(copy, field.path.split("."), _read(field, text))
    found = violations(contract, copy)
    return Mended(_with_problems(kept, found), None if found else copy, tuple(changed))


def violations(contract: type[Contract], data: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Field and rule of everything that is off contract; empty when nothing is."""
    try:
        contract.model_validate(data)
    except ValidationError as error:
        return violations_of(error)
    return ()


def _with_problems(fields: list[Field], found: tuple[tuple[str, str], ...]) -> MendForm:
    """A violation inside of a value that is edited whole, or of a whole of which only parts are edited, is told where it can be mended."""
    problems: dict[str, str] = {}
    elsewhere: list[str] = []
    paths = [field.path for field in fields]
    for path, rule in found:
        at = next((one for one in paths if path == one or path.startswith(f"{one}.")), None)
        said = words.rule_words(rule)
        if at is None:
            elsewhere.append(f"{path}: {said}")
        else:
            problems.setdefault(at, said if at == path else f"{path.removeprefix(at + '.')}: {said}")
    marked = [replace(field, problem=problems.get(field.path, "")) for field in fields]
    return MendForm(tuple(sorted(marked, key=lambda field: not field.problem)), tuple(elsewhere))


def _fields_of(contract: type[Contract], data: Mapping[str, Any], *, clear: bool) -> list[Field]:
    schema = words.schema_of(contract)
    personal = {} if clear else personal_paths(contract, data)
    fields = _inside(schema, schema, data, "")[:MOST_FIELDS]
    return fields if clear else [_hidden(field, personal, data) for field in fields]


def _hidden(field: Field, personal: Mapping[str, str], data: Mapping[str, Any]) -> Field:
    """Personal by contract, or what looks like it, or a shape that nobody agreed on and that may hold anything."""
    if field.path in personal:
        return replace(field, value="", hidden=masked_value(personal[field.path], _taken(data, field.path.split("."))))
    odd = field.input == "json" and field.value not in ("", "[]", "{}")
    return replace(field, value="", hidden=GONE) if odd or cleaned_text(field.value) != field.value else field


def _inside(root: words.Schema, model: words.Schema, data: Mapping[str, Any], above: str) -> list[Field]:
    """The fields that the contract names; what else is in the data stays there and is not shown."""
    fields = []
    for name, part in model.get("properties", {}).items():
        path = f"{above}.{name}" if above else name
        fields += _of_part(root, part, data.get(name, ABSENT), path, required=name in model.get("required", ()))
    return fields


def _of_part(root: words.Schema, part: words.Schema, value: Any, path: str, *, required: bool) -> list[Field]:
    """A set of fields is taken apart where it is one, a list item by item; anything else of a shape that was not agreed on is JSON."""
    meant = words.resolved(root, part)
    if meant.get("type") == "object" and "properties" in meant and isinstance(value, Mapping):
        return _inside(root, meant, value, path)
    if meant.get("type") == "array" and isinstance(value, list) and value and "items" in meant:
        return [field for at, item in enumerate(value) for field in _of_part(root, meant["items"], item, f"{path}.{at}", required=True)]
    return [_leaf(meant, value, path, required=required, nullable=words.is_nullable(part))]


def _leaf(part: words.Schema, value: Any, path: str, *, required: bool, nullable: bool) -> Field:
    meant = wanted = _INPUTS.get(part.get("type", ""), "json")
    choices = tuple(str(one) for one in part.get("enum", ()))
    if choices:
        wanted = "choice"
    if wanted != "json" and not _fits(wanted, value):
        wanted = "json" if isinstance(value, list | dict) else "text"
    text = _text_of(value, wanted)
    if wanted == "text" and (len(text) > 80 or "\n" in text or part.get("maxLength", 0) > 250):
        wanted = "long"
    return Field(path, wanted, meant, text, words.schema_words(part), required, nullable, choices)


def _fits(input: str, value: Any) -> bool:
    if value is ABSENT or value is None:
        return True
    match input:
        case "boolean":
            return isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case _:
            return isinstance(value, str)


def _text_of(value: Any, input: str) -> str:
    if value is ABSENT or value is None:
        return ""
    if input == "json":
        return json.dumps(value, ensure_ascii=False, indent=2)
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value)


def _read(field: Field, text: str) -> Any:
    """The value that was meant. What cannot be read as one stays text, and the contract says what is wrong with it."""
    if text == "" and (field.nullable or not field.required):
        return None if field.nullable else ABSENT
    match field.reads:
        case "number" | "json":
            try:
                return json.loads(text)
            except (ValueError, RecursionError):  # also a number of thousands of digits, and brackets without an end
                return text
        case "boolean":
            return {"true": True, "false": False}.get(text, text)
        case _:
            return text


def _taken(data: Any, path: list[str]) -> Any:
    for name in path:
        data = data[int(name)] if isinstance(data, list) else data[name]
    return data


def _put(data: Any, path: list[str], value: Any) -> None:
    inner = _taken(data, path[:-1])
    if isinstance(inner, list):
        inner[int(path[-1])] = None if value is ABSENT else value
    elif value is ABSENT:
        inner.pop(path[-1], None)
    else:
        inner[path[-1]] = value
