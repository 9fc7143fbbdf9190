"""A period ends, and is settled: what is open goes to the lists, what nobody decided is carried over (flows 2.3, A-REM-38..44).

Up to 1,000,000 items are gone through car by car in chunks; how far we came stands in `periods`, in the transaction that did it.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Column, Connection, Row, Select, func, insert, or_, select, update

from chassis.database import Database, Transaction, millis
from chassis.logs import get_logger
from chassis.outbox import ignoring_repeats
from chassis.settings import Reminders
from contracts.reminders import ContactState, Outcome
from services.reminders.days import ends, next_period, settled_at
from services.reminders.following.settling import ITEMS, look_again
from services.reminders.following.transitions import WITH_THE_CAR
from services.reminders.tables import items, periods

log = get_logger(__name__)

CARS_AT_ONCE = 100
FIRST = UUID(int=0)


class Step(NamedTuple):
    """One of the two things that come of a period's end."""

    name: str
    done_at: Column[Any]
    up_to: Column[Any]
    due_at: Callable[[str, Reminders], datetime]
    concerned: Any
    """Which items it may change."""


END = Step(
    "ended",
    periods.c.ended_at,
    periods.c.ended_up_to,
    lambda period, _terms: ends(period),
    or_(
        items.c.outcome.in_([Outcome.OPEN.value, Outcome.BOOKED.value]),
        items.c.contact_state.in_([ContactState.OPEN.value, ContactState.ATTEMPTED.value]),
        items.c.reason.in_(WITH_THE_CAR),
    ),
)
SETTLE = Step("settled", periods.c.settled_at, periods.c.settled_up_to, settled_at, items.c.outcome == Outcome.FOR_DECISION.value)


def turn(database: Database, now: datetime, terms: Reminders, cars: int = CARS_AT_ONCE) -> bool:
    """A chunk of what is due, the oldest first: so many cars; whether there was one."""
    with database.read() as connection:
        due = _due(connection, now, terms)
    if due is None:
        return False
    period, step = due
    with database.write() as tx:
        tx.execute(ignoring_repeats(insert(periods)), [{"period": period}])
        row = tx.execute(select(periods).where(periods.c.period == period).with_for_update()).one()
        if row._mapping[step.done_at] is None:
            _move(tx, row, step, now, terms, cars=cars)
    return True


def _due(connection: Connection, now: datetime, terms: Reminders) -> tuple[str, Step] | None:
    period = connection.execute(select(func.min(items.c.period))).scalar_one_or_none()
    rows = {row.period: row for row in connection.execute(select(periods))}
    while period and ends(period) <= now:
        for step in (END, SETTLE):
            is_done = period in rows and rows[period]._mapping[step.done_at] is not None
            if not is_done and step.due_at(period, terms) <= now:
                return period, step
        period = next_period(period)
    return None


def _move(tx: Transaction, row: Row[Any], step: Step, now: datetime, terms: Reminders, *, cars: int) -> None:
    after = row._mapping[step.up_to] or FIRST
    vehicles = tx.execute(_vehicles(row.period, after, cars)).scalars().all()
    if vehicles:
        ids = tx.execute(_items_of(row.period, after, vehicles[-1], step)).scalars().all()
        look_again(tx, ITEMS.find_all(tx, ids), now, terms)
    moved = {step.up_to.name: vehicles[-1]} if vehicles else {step.done_at.name: millis(now)}
    tx.execute(update(periods).where(periods.c.period == row.period).values(moved))
    if not vehicles:
        log.info("reminder_period_moved_on", period=row.period, step=step.name)


def _vehicles(period: str, after: UUID, cars: int) -> Select[Any]:
    theirs = (items.c.period == period) & (items.c.vehicle_id > after)
    return select(items.c.vehicle_id).distinct().where(theirs).order_by(items.c.vehicle_id).limit(cars)


def _items_of(period: str, after: UUID, last: UUID, step: Step) -> Select[Any]:
    theirs = (items.c.period == period) & (items.c.vehicle_id > after) & (items.c.vehicle_id <= last)
    return select(items.c.item_id).where(theirs, step.concerned)
