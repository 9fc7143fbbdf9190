"""Counts set-wise what a run has made, in the transaction that makes it."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select
from sqlalchemy.dialects import mysql, sqlite

from chassis.database import Transaction
from contracts.reminders import SERVICE_TYPES, Period
from services.reminders.figures.rows import SUMS, Key
from services.reminders.tables import MEASURES, items, runs, sums

_SERVICE = items.c.type.in_(sorted(SERVICE_TYPES))
_AS_NEW: dict[str, ColumnElement[int]] = {
    "due_new": case((items.c.carry_count == 0, 1), else_=0),
    "due_carried": case((items.c.carry_count > 0, 1), else_=0),
    "not_reminded": case((_SERVICE, 1), else_=0),
    "not_tracked": case((and_(_SERVICE, items.c.registered), 1), else_=0),
    "not_returned": case((_SERVICE, 1), else_=0),
}
"""What an item counts for of which nobody was told, and which nobody was called about."""


def counted_in(tx: Transaction, run_id: UUID, first_vehicle: UUID, last_vehicle: UUID) -> None:
    """Count the items that this run has made for these cars (both included): as new as they are, nobody was told, called, or back.

    Call it once for each range, after its items are there. Of a frozen period they are corrections.
    """
    period = tx.execute(select(runs.c.period).where(runs.c.run_id == run_id)).scalar_one()
    made = and_(items.c.period == period, items.c.vehicle_id.between(first_vehicle, last_vehicle), items.c.run_id == run_id)
    if SUMS.frozen(tx, {period}):
        _correct(tx, made)
    else:
        tx.execute(_adding(tx.connection.dialect.name == "sqlite", period, made))


def _adding(lite: bool, period: Period, made: ColumnElement[bool]) -> Any:
    """In the order of the key, so that two that write the same rows wait for each other."""
    group = (items.c.dealer_code, items.c.type, items.c.region_code)
    numbers = {name: func.sum(_AS_NEW[name]) if name in _AS_NEW else literal(0) for name in MEASURES}
    counted: Select[Any] = select(literal(period), *group, *numbers.values()).where(made).group_by(*group).order_by(*group)
    columns = ["period", "dealer_code", "type", "region_code", *numbers]
    if lite:
        into_file = sqlite.insert(sums).from_select(columns, counted)
        grown = {name: sums.c[name] + into_file.excluded[name] for name in _AS_NEW}
        return into_file.on_conflict_do_update(index_elements=list(sums.primary_key), set_=grown)
    on_server = mysql.insert(sums).from_select(columns, counted)
    return on_server.on_duplicate_key_update({name: sums.c[name] + on_server.inserted[name] for name in _AS_NEW})


def _correct(tx: Transaction, made: ColumnElement[bool]) -> None:
    """A run that comes so late makes few."""
    key = (items.c.period, items.c.dealer_code, items.c.type, items.c.region_code)
    rows = tx.execute(select(items.c.item_id, *key, *(number.label(name) for name, number in _AS_NEW.items())).where(made)).all()
    found = (row._mapping for row in rows)
    SUMS.write(tx, {(Key(*(one[column] for column in key)), one[items.c.item_id]): {name: one[name] for name in _AS_NEW} for one in found})
