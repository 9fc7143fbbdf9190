"""Where in a contract the personal fields are, found once per class, so that sealing a message is a short walk."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Protocol, Union, get_args, get_origin

from pydantic import BaseModel

from contracts.personal import Personal

Change = Callable[[str, Any, str], str]
"""Kind, value, path to the field (`calls.0.note`) → what stands there instead."""
JsonSchema = dict[str, Any]
SEALED_SCHEMA: JsonSchema = {"type": "string", "format": "sealed"}


class Plan(Protocol):
    """Where something personal is in a value of one type."""

    def apply(self, data: Any, change: Change, path: str) -> Any:
        """A copy of JSON data with each personal text changed. Data of another shape is left for pydantic to refuse."""
        ...

    def mark(self, schema: JsonSchema, definitions: JsonSchema) -> None:
        """Make a JSON schema say that the texts are sealed, in place."""
        ...


@dataclass(frozen=True)
class PersonalText:
    kind: str

    def apply(self, data: Any, change: Change, path: str) -> Any:
        return None if data is None else change(self.kind, data, path)

    def mark(self, schema: JsonSchema, definitions: JsonSchema) -> None:  # noqa: ARG002 - a text refers to no definition
        described: JsonSchema = {key: schema[key] for key in schema if key in ("title", "description", "default")}
        schema.clear()
        schema.update(described | SEALED_SCHEMA)


@dataclass(frozen=True)
class Fields:
    """Some fields of a model."""

    plans: tuple[tuple[str, Plan], ...]

    def apply(self, data: Any, change: Change, path: str) -> Any:
        if not isinstance(data, Mapping):
            return data
        changed = dict(data)
        for name, plan in self.plans:
            if name in changed:
                changed[name] = plan.apply(changed[name], change, f"{path}.{name}" if path else name)
        return changed

    def mark(self, schema: JsonSchema, definitions: JsonSchema) -> None:
        model = _resolved(schema, definitions)
        for name, plan in self.plans:
            if name in model.get("properties", {}):
                _mark_arms(plan, model["properties"][name], definitions)


@dataclass(frozen=True)
class Each:
    """Every item of an array."""

    plan: Plan

    def apply(self, data: Any, change: Change, path: str) -> Any:
        if not isinstance(data, list | tuple):
            return data
        return [self.plan.apply(item, change, f"{path}.{index}") for index, item in enumerate(data)]

    def mark(self, schema: JsonSchema, definitions: JsonSchema) -> None:
        if isinstance(items := schema.get("items"), dict):
            _mark_arms(self.plan, items, definitions)


def _mark_arms(plan: Plan, schema: JsonSchema, definitions: JsonSchema) -> None:
    """An optional field is `anyOf` what it is and null; null stays."""
    for arm in schema.get("anyOf", [schema]):
        if arm.get("type") != "null":
            plan.mark(arm, definitions)


def _resolved(schema: JsonSchema, definitions: JsonSchema) -> JsonSchema:
    reference = schema.get("$ref")
    found: JsonSchema = definitions[reference.rsplit("/", 1)[-1]] if reference else schema
    return found


@cache
def plan_of(model: type[BaseModel]) -> Fields | None:
    """The personal fields of a model, nested ones too; None when it has none. Models that contain themselves are not foreseen.

    Raises TypeError for a mark where sealing could not be undone: on something other than text, or under a mapping.
    """
    found: list[tuple[str, Plan]] = []
    for name, field in model.model_fields.items():
        plan = _personal(field.metadata, field.annotation) or _plan_of_type(field.annotation)
        if plan is not None:
            found.append((name, plan))
    return Fields(tuple(found)) if found else None


def _plan_of_type(annotation: Any) -> Plan | None:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _personal(arguments[1:], arguments[0]) or _plan_of_type(arguments[0])
    if origin in (Union, UnionType):
        return _only_one(annotation, [_plan_of_type(arm) for arm in arguments if arm is not NoneType])
    if origin in (tuple, list):
        plan = _only_one(annotation, [_plan_of_type(item) for item in arguments if item is not Ellipsis])
        return Each(plan) if plan else None
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return plan_of(annotation)
    if any(_plan_of_type(argument) for argument in arguments if argument is not annotation):
        raise TypeError(f"{annotation}: personal fields are sealed in models, optionals, tuples and lists only")
    return None


def _personal(metadata: Iterable[Any], annotation: Any) -> Plan | None:
    kinds = [mark.kind for mark in metadata if isinstance(mark, Personal)]
    if not kinds:
        return None
    if annotation is not str or len(kinds) > 1:
        raise TypeError(f"{annotation}: only text of one kind is sealed")
    return PersonalText(kinds[0])


def _only_one(annotation: Any, plans: list[Plan | None]) -> Plan | None:
    """The arms of a union are told apart by nothing in the data, so all must be sealed alike."""
    distinct = set(plans)
    if len(distinct) > 1:
        raise TypeError(f"{annotation}: its parts are not sealed alike")
    return distinct.pop() if distinct else None
