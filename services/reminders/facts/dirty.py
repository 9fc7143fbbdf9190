"""脏数据: what could not be used, with the reason (A-CLD-03). What comes clean is taken off the list; nothing on it stops anything.

A row is at fault by itself, as its adapter reads it (at the version of the row), or against what else is known (version 0): that part
is worked out anew with every change of the car.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from chassis.database import Transaction, millis
from contracts.vehicles import DirtyField, Flaw
from services.reminders.tables import dirty_rows

Source = Literal["cars", "dates", "campaigns", "items"]
AGAINST_THE_REST = 0

_THESE_RECORDS = (
    dirty_rows.c.source == bindparam("of"),
    dirty_rows.c.record_id.in_(bindparam("records", expanding=True)),
    dirty_rows.c.version > AGAINST_THE_REST,
)
_THESE_CARS = (
    dirty_rows.c.vehicle_id.in_(bindparam("cars", expanding=True)),
    dirty_rows.c.flaw.in_(bindparam("flaws", expanding=True)),
    dirty_rows.c.version == AGAINST_THE_REST,
)
_OF_RECORDS, _DROP_RECORDS = select(dirty_rows).where(*_THESE_RECORDS), delete(dirty_rows).where(*_THESE_RECORDS)
_OF_CARS, _DROP_CARS = select(dirty_rows).where(*_THESE_CARS), delete(dirty_rows).where(*_THESE_CARS)
_PUT = insert(dirty_rows)
_HAND_TO = (
    update(dirty_rows)
    .where(dirty_rows.c.vehicle_id == bindparam("car"), dirty_rows.c.source == "dates")
    .values(dealer_code=bindparam("dealer"))
)


@dataclass(frozen=True)
class Faulty:
    """One field that could not be used. `dealer_code`: who can put it right; `vehicle_id` None: the row names no car."""

    source: Source
    record_id: str
    field: str
    flaw: Flaw
    vehicle_id: UUID | None = None
    dealer_code: str = ""


@dataclass(frozen=True)
class Read:
    """A row as its adapter read it, at its version."""

    record_id: str
    version: int
    fields: tuple[DirtyField, ...]
    vehicle_id: UUID | None = None
    dealer_code: str = ""

    def faults(self, source: Source) -> Iterable[Faulty]:
        named = (self.vehicle_id, self.dealer_code)
        return (Faulty(source, self.record_id, one.field, one.flaw, *named) for one in self.fields)


def keep_read(tx: Transaction, source: Source, rows: Sequence[Read], now: datetime) -> None:
    """Of each row the list says what its highest version says. A row that is not the latest must not be among them, where that is known."""
    latest: dict[str, Read] = {}
    for row in rows:
        if row.record_id not in latest or row.version >= latest[row.record_id].version:
            latest[row.record_id] = row
    if not latest:
        return
    listed = tx.execute(_OF_RECORDS, {"of": source, "records": sorted(latest)}).all()
    versions = {found.record_id: found.version for found in listed}
    news = {record_id: row for record_id, row in latest.items() if row.version > versions.get(record_id, 0)}
    gone = sorted(set(news) & set(versions))
    if gone:
        tx.execute(_DROP_RECORDS, {"of": source, "records": gone})
    _put(tx, [_columns_of(one, row.version, now) for row in news.values() for one in row.faults(source)])


def keep_known(tx: Transaction, vehicle_ids: Collection[UUID], about: Collection[Flaw], faults: Iterable[Faulty], now: datetime) -> None:
    """Of these cars, and of these flaws, the list says this and no more, as far as it follows from what else is known."""
    if not vehicle_ids:
        return
    flaws = sorted(flaw.value for flaw in about)
    seen = {}
    for found in tx.execute(_OF_CARS, {"cars": sorted(vehicle_ids), "flaws": flaws}):
        one = Faulty(found.source, found.record_id, found.field, Flaw(found.flaw), found.vehicle_id, found.dealer_code)
        seen[one] = found.seen_at
    wanted = {one for one in faults if one.flaw in about}
    changed = {one.vehicle_id for one in wanted ^ set(seen)}
    if any(one.vehicle_id in changed for one in seen):
        tx.execute(_DROP_CARS, {"cars": sorted(one for one in changed if one), "flaws": flaws})
    news = [one for one in wanted if one.vehicle_id in changed]
    _put(tx, [_columns_of(one, AGAINST_THE_REST, now) | ({"seen_at": seen[one]} if one in seen else {}) for one in news])


def forget_unknown_dealer(tx: Transaction, dealer_code: str) -> None:
    """It is known now."""
    its = (dirty_rows.c.dealer_code == dealer_code, dirty_rows.c.flaw == Flaw.UNKNOWN_DEALER.value)
    tx.execute(delete(dirty_rows).where(*its))


def forget_rows(tx: Transaction, source: Source, record_ids: Collection[str]) -> None:
    """They count no more."""
    if record_ids:
        tx.execute(delete(dirty_rows).where(dirty_rows.c.source == source, dirty_rows.c.record_id.in_(sorted(record_ids))))


def hand_to(tx: Transaction, dealers: Mapping[UUID, str]) -> None:
    """These cars are another dealer's now: so is what others than the DMS told of them."""
    if dealers:
        rows = [{"car": vehicle_id, "dealer": dealer_code} for vehicle_id, dealer_code in sorted(dealers.items())]
        tx.execute(_HAND_TO, rows)


def of_car(connection: Connection, vehicle_id: UUID) -> tuple[tuple[str, Flaw], ...]:
    """Field and flaw, of every row about it."""
    its = select(dirty_rows.c.field, dirty_rows.c.flaw).where(dirty_rows.c.vehicle_id == vehicle_id)
    rows = connection.execute(its.order_by(dirty_rows.c.source, dirty_rows.c.record_id, dirty_rows.c.field))
    return tuple((row.field, Flaw(row.flaw)) for row in rows)


def by_flaw(connection: Connection, *, dealer_codes: Collection[str] | None = None) -> Mapping[str, int]:
    """How many there are of each, tasks that CSC refused among them. `dealer_codes` None: all."""
    counting = select(dirty_rows.c.flaw, func.count().label("number")).group_by(dirty_rows.c.flaw)
    if dealer_codes is not None:
        counting = counting.where(dirty_rows.c.dealer_code.in_(sorted(dealer_codes)))
    return {row.flaw: row.number for row in connection.execute(counting)}


def _put(tx: Transaction, rows: Iterable[dict[str, Any]]) -> None:
    """Of a field that has one flaw twice one is enough."""
    by_key = {(row["source"], row["record_id"], row["field"], row["flaw"]): row for row in rows}
    if by_key:
        tx.execute(_PUT, [by_key[key] for key in sorted(by_key)])


def _columns_of(one: Faulty, version: int, now: datetime) -> dict[str, Any]:
    return {
        "source": one.source,
        "record_id": one.record_id,
        "field": one.field,
        "flaw": one.flaw.value,
        "version": version,
        "vehicle_id": one.vehicle_id,
        "dealer_code": one.dealer_code,
        "seen_at": millis(now),
    }
