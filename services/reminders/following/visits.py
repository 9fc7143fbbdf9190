"""Visits (回厂) are kept, and looked at again when something else is learnt of the car's items (S-15)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import case, func, select, update

from chassis import upserts
from chassis.database import Transaction, from_millis, millis
from chassis.settings import Reminders
from contracts.dms import VisitArrived, VisitClosed
from services.reminders.days import day_of, period_at
from services.reminders.facts.learning import FIRST_MAINTENANCE
from services.reminders.following.settling import ITEMS, keep, look_again
from services.reminders.following.transitions import waiting_since_not_back
from services.reminders.tables import visits


class Stay(NamedTuple):
    """A car in the workshop, as it was told at some time."""

    vehicle_id: UUID
    arrived_at: datetime


class Days(NamedTuple):
    """What a car's visits tell of it. Days of Asia/Shanghai."""

    visited_on: date | None
    maintained_on: date | None


def keep_visit(tx: Transaction, told: VisitArrived | VisitClosed) -> Stay | None:
    """Keep and hold it. What is said when it is closed stands, whichever comes last. Gives what it was taken for, where that was wrong.

    The DMS's words of a visit have no version: of two that were said at its arrival, or at its end, the later day counts, so that it does
    not matter which was heard of first.
    """
    row = _row_of(told)
    upserts.replace(tx, visits, [row], "visit_id")  # to begin it is to hold it
    its = visits.c.visit_id == told.visit_id
    known = tx.execute(select(visits).where(its).with_for_update()).one()
    if _rank(row) <= _rank(known._mapping):
        return None
    tx.execute(update(visits).where(its).values(row))
    before, after = _stay_of(known._mapping), _stay_of(row)
    return before if before != after else None


def days_of(tx: Transaction, vehicle_id: UUID) -> Days:
    """Read it with the car held."""
    first = func.min(case((visits.c.maintained, visits.c.arrived_at)))
    asked = select(func.max(visits.c.arrived_at).label("last"), first.label("first")).where(visits.c.vehicle_id == vehicle_id)
    row = tx.execute(asked).one()
    return Days(_day_of(row.last), _day_of(row.first))


def look_back(tx: Transaction, wrong: Stay, now: datetime, terms: Reminders) -> None:
    """The car was not there then: its items stand as they would without, and what was kept back waits for its message again."""
    held = look_again(tx, ITEMS.since(tx, [wrong.vehicle_id], first_period(wrong.arrived_at, terms)), now, terms)
    keep(tx, [(one, waiting_since_not_back(one)) for one in held], now, terms)


def first_period(arrived_at: datetime, terms: Reminders) -> str:
    """Items of earlier periods are none of its: their grace was over."""
    return period_at(arrived_at - timedelta(days=terms.grace_days))


def _row_of(told: VisitArrived | VisitClosed) -> dict[str, Any]:
    closed = told if isinstance(told, VisitClosed) else None
    return {
        "visit_id": told.visit_id,
        "vehicle_id": told.vehicle_id,
        "dealer_code": told.dealer_code,
        "arrived_at": millis(told.arrived_at),
        "closed_at": millis(closed.closed_at) if closed else None,
        "maintained": closed is not None and FIRST_MAINTENANCE in closed.services,
    }


def _rank(row: Mapping[Any, Any]) -> tuple[Any, ...]:
    return row["closed_at"] or 0, row["arrived_at"], row["dealer_code"], row["vehicle_id"], row["maintained"]


def _stay_of(row: Mapping[Any, Any]) -> Stay:
    return Stay(row["vehicle_id"], from_millis(row["arrived_at"]))


def _day_of(at: int | None) -> date | None:
    return None if at is None else day_of(from_millis(at))
