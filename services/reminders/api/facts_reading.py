"""Loads, and what of them could not be used, as they stand in the tables."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, and_, or_, select

from chassis.database import from_millis
from contracts.reminding import DirtyAnswer, DirtyFlaw, DirtyRows, LoadAnswer
from contracts.vehicles import Flaw
from services.reminders.facts import dirty
from services.reminders.figures.lists import masked
from services.reminders.tables import cars, dirty_rows, loads

MOST_LOADS = 50
ROWS = 100
_KEY = (dirty_rows.c.seen_at, dirty_rows.c.source, dirty_rows.c.record_id, dirty_rows.c.field, dirty_rows.c.flaw)


class Place(NamedTuple):
    """Where a page ended: as text it is `next`. A record's id, which may hold anything, is its last part."""

    seen_at: int
    source: str
    field: str
    flaw: str
    record_id: str

    @classmethod
    def of(cls, text: str) -> "Place":
        """Raises ValueError."""
        seen_at, source, field, flaw, record_id = text.split("~", 4)
        return cls(int(seen_at), source, field, flaw, record_id)

    def __str__(self) -> str:
        return "~".join(str(part) for part in self)


def newest(connection: Connection) -> list[LoadAnswer]:
    rows = connection.execute(select(loads).order_by(loads.c.started_at.desc()).limit(MOST_LOADS)).all()
    return [load_answer(row) for row in rows]


def load(connection: Connection, load_id: UUID) -> LoadAnswer | None:
    row = connection.execute(select(loads).where(loads.c.load_id == load_id)).first()
    return load_answer(row) if row else None


def load_answer(row: Row[Any]) -> LoadAnswer:
    values = row._mapping
    moments = ("changed_since", "started_at", "moved_at", "finished_at")
    told = {name: values[name] for name in LoadAnswer.model_fields if name not in moments}
    return LoadAnswer(**told, **{name: from_millis(values[name]) if values[name] is not None else None for name in moments})


def dirty_page(connection: Connection, source: str | None, flaw: DirtyFlaw | None, dealer: str, after: Place | None) -> DirtyRows:
    """The newest first."""
    which: list[ColumnElement[bool]] = []
    which += [dirty_rows.c.source == source] if source else []
    which += [dirty_rows.c.flaw == str(flaw)] if flaw else []
    which += [dirty_rows.c.dealer_code == dealer] if dealer else []
    which += [_behind(after)] if after else []
    joined = dirty_rows.outerjoin(cars, cars.c.vehicle_id == dirty_rows.c.vehicle_id)
    some = select(dirty_rows, cars.c.vin).select_from(joined).where(*which)
    rows = connection.execute(some.order_by(*(column.desc() for column in _KEY)).limit(ROWS + 1)).all()
    shown = rows[:ROWS]
    last = str(_place_of(shown[-1])) if len(rows) > ROWS else None
    counted = dirty.by_flaw(connection, dealer_codes=[dealer] if dealer else None)
    return DirtyRows(rows=tuple(_dirty_answer(row) for row in shown), by_flaw=_named(counted), next=last)


def _named(counted: Mapping[str, int]) -> dict[DirtyFlaw, int]:
    return {"refused" if flaw == "refused" else Flaw(flaw): number for flaw, number in counted.items()}


def _behind(place: Place) -> Any:
    equal: list[Any] = []
    behind = []
    for column in _KEY:
        value = getattr(place, column.name)
        behind.append(and_(*equal, column < value))
        equal.append(column == value)
    return and_(dirty_rows.c.seen_at <= place.seen_at, or_(*behind))


def _place_of(row: Row[Any]) -> Place:
    return Place(row.seen_at, row.source, row.field, row.flaw, row.record_id)


def _dirty_answer(row: Row[Any]) -> DirtyAnswer:
    told = {name: row._mapping[name] for name in ("source", "record_id", "field", "flaw", "dealer_code")}
    return DirtyAnswer(**told, vin=masked(row.vin), seen_at=from_millis(row.seen_at))
