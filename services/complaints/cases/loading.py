"""A case and its rows: one row of `cases`, and one for each of its parts in a table of its own. No SQL beyond the parts' own tables.

A part's dataclass and its table have the same names; how a value is written follows from its type: times as milliseconds, enumerations
as their word, tuples as JSON. What is sealed and may be null is null where it is empty: most of it is, and a seal takes its time.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from enum import Enum
from functools import cache, cached_property
from typing import Any, cast, get_args, get_type_hints
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import JSON, BigInteger, Column, Row, Table, bindparam, select

from chassis import upserts
from chassis.database import Transaction, from_millis, millis
from chassis.lookups import lookup
from chassis.privacy import Sealed, vault
from services.complaints.cases.case import Case, Complainant
from services.complaints.cases.parts import Closure, Deadline, DisputeRecord, Escalation, Plan, Survey, Vrt
from services.complaints.tables import cases, closures, deadlines, disputes, escalations, plans, surveys, vrts

Codec = tuple[Callable[[Any], Any], Callable[[Any], Any]]
"""How a value is written, and read."""


class Kept:
    """A dataclass and the columns of the same names."""

    def __init__(self, type: type[Any], table: Table) -> None:
        self.type, self.table = type, table

    @cached_property
    def _codecs(self) -> dict[str, Codec]:
        hints = get_type_hints(self.type)
        columns = self.table.c
        return {field.name: _codec(hints[field.name], columns[field.name]) for field in fields(self.type) if field.name in columns}

    def columns_of(self, one: Any) -> dict[str, Any]:
        return {name: write(getattr(one, name)) for name, (write, _) in self._codecs.items()}

    def values_of(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {name: read(row[name]) for name, (_, read) in self._codecs.items()}


def _codec(hint: Any, column: Column[Any]) -> Codec:
    if isinstance(column.type, JSON):
        adapter: TypeAdapter[Any] = TypeAdapter(hint)
        return (lambda value: adapter.dump_python(value, mode="json")), adapter.validate_python
    if isinstance(column.type, Sealed) and column.nullable:
        return _sealed_if_any(hint)
    plain = next((one for one in get_args(hint) if one is not type(None)), hint) if type(None) in get_args(hint) else hint
    if plain is datetime and isinstance(column.type, BigInteger):
        return _if_any(millis), _if_any(from_millis)
    if isinstance(plain, type) and issubclass(plain, Enum):
        return _if_any(lambda value: value.value), _if_any(plain)
    return _as_it_is, _as_it_is


def _sealed_if_any(hint: Any) -> Codec:
    if hint is str:
        return (lambda text: text or None), (lambda text: text or "")
    adapter: TypeAdapter[Any] = TypeAdapter(hint)
    return (lambda value: adapter.dump_json(value).decode() if value else None), (lambda text: adapter.validate_json(text or "[]"))


def _as_it_is(value: Any) -> Any:
    return value


def _if_any(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else change(value)


class Part(Kept):
    """What stands beside a case: `attribute` of it, in the order of `order`."""

    def __init__(self, attribute: str, type: type[Any], table: Table, order: str) -> None:
        super().__init__(type, table)
        self.attribute = attribute
        (key,) = table.primary_key
        self.key: str = key.name
        self._of_cases = (
            select(table)
            .where(table.c.complaint_id.in_(bindparam("cases", expanding=True)))
            .order_by(table.c.complaint_id, table.c[order], key)
        )
        self._changing = tuple(column.name for column in table.c if column.name not in (self.key, "complaint_id"))

    def read(self, execute: Callable[..., Any], complaint_ids: Iterable[UUID]) -> dict[UUID, tuple[Any, ...]]:
        found: dict[UUID, list[Any]] = defaultdict(list)
        for row in execute(self._of_cases, {"cases": list(complaint_ids)}):
            found[row.complaint_id].append(self.type(**self.values_of(cast(Any, row._mapping))))
        return {complaint_id: tuple(parts) for complaint_id, parts in found.items()}

    def write(self, tx: Transaction, before: Case | None, after: Case) -> None:
        """What is new, and what changed, with that of other cases at once. A part is never taken away."""
        known = {getattr(one, self.key): one for one in getattr(before, self.attribute)} if before else {}
        changed = [one for one in getattr(after, self.attribute) if known.get(getattr(one, self.key)) != one]
        upserts.replace_later(tx, self.table, [self.row(after.complaint_id, one) for one in changed], *self._changing)

    def row(self, complaint_id: UUID, one: Any) -> dict[str, Any]:
        return {"complaint_id": complaint_id, **self.columns_of(one)}


DEADLINES = Part("deadlines", Deadline, deadlines, "started_at")
PARTS = (
    DEADLINES,
    Part("vrts", Vrt, vrts, "started_at"),
    Part("plans", Plan, plans, "plan_no"),
    Part("escalations", Escalation, escalations, "drafted_at"),
    Part("closures", Closure, closures, "closure_no"),
    Part("disputes", DisputeRecord, disputes, "opened_at"),
    Part("surveys", Survey, surveys, "requested_at"),
)


@cache
def _case() -> tuple[Kept, Kept]:
    return Kept(Case, cases), Kept(Complainant, cases)


def cases_of(execute: Callable[..., Any], rows: Sequence[Row[Any]]) -> list[Case]:
    """With their parts: one statement for each table of parts. `execute` of a transaction or a connection."""
    ids = [row.complaint_id for row in rows]
    parts = {part.attribute: part.read(execute, ids) for part in PARTS} if ids else {}
    return [bare_case(row, {name: theirs.get(row.complaint_id, ()) for name, theirs in parts.items()}) for row in rows]


def bare_case(row: Row[Any], parts: Mapping[str, tuple[Any, ...]]) -> Case:
    own, complainants = _case()
    columns: Any = row._mapping
    values: dict[str, Any] = {**own.values_of(columns), **parts}
    return Case(complainant=Complainant(**complainants.values_of(columns)), **values)


def columns_of(case: Case) -> dict[str, Any]:
    """Of its own row, without `changed_at`."""
    own, complainants = _case()
    who = case.complainant
    next_due = min((one.due_at for one in case.deadlines if one.is_open and not one.stands_still), default=None)
    return {
        **own.columns_of(case),
        **complainants.columns_of(who),
        "is_open": case.is_open,
        "escalated": any(one.is_draft or one.waits for one in case.escalations),
        "next_due_at": millis(next_due) if next_due else None,
        **{f"{kind}_lookup": looked_up(kind, getattr(who, kind)) for kind in ("mobile", "vin", "plate")},
    }


def looked_up(kind: str, clear: str) -> str:
    """Keyed hash of a phone number, VIN or plate; empty where there is none."""
    return lookup(vault(), kind, clear) if clear else ""
