"""Which cars have something to be told today: a bounded look, however many items wait and whatever accounts are held."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select

from chassis.database import Transaction
from contracts.reminders import Period, ReminderType, WechatState
from services.reminders.tables import bindings, items

LOOKED_AT = 2_000
"""Items of one type gone through in one step, where some accounts are held: the others may be far behind theirs."""

Place = tuple[date, UUID]
"""Due date and item."""
Places = dict[ReminderType, Place | None]
"""Up to where each type was gone through. Forgotten with the process, which only begins again."""


def cars_to_tell(
    tx: Transaction, until: Mapping[ReminderType, date], period: Period, *, most: int, held: Collection[str], places: Places
) -> list[UUID]:
    """Cars with something of this period that is due `until` then, by type, and with what earlier periods left; what is due first first.

    `held`: accounts by which nothing is sent now. A car that has no other waits; `places` keeps how far was looked.
    """
    if not held:
        places.clear()
    first: dict[UUID, date] = {}
    for type, last in until.items():
        due = _waiting(type).where(items.c.period == period, items.c.due_date <= last).order_by(items.c.due_date, items.c.item_id)
        if held:
            theirs, places[type] = _gone_through(tx, due, most, held, places.get(type))
        else:
            theirs = list(tx.execute(due.limit(most)))
        for row in [*tx.execute(_left_over(type, period).limit(most)), *theirs]:
            first[row.vehicle_id] = min(row.due_date, first.get(row.vehicle_id, row.due_date))
    return sorted(first, key=lambda one: (first[one], one))[:most]


def _waiting(type: ReminderType) -> Select[Any]:
    waits = (items.c.wechat_state == WechatState.QUEUED.value, items.c.type == type.value, items.c.message_id.is_(None))
    return select(items.c.vehicle_id, items.c.due_date, items.c.item_id).where(*waits)


def _left_over(type: ReminderType, period: Period) -> Select[Any]:
    """In the order of the index: so many may be left that sorting them each time would take long."""
    return _waiting(type).where(items.c.period < period).order_by(items.c.period, items.c.message_id, items.c.due_date)


def _gone_through(
    tx: Transaction, due: Select[Any], most: int, held: Collection[str], place: Place | None
) -> tuple[list[Row[Any]], Place | None]:
    """From there on: what has another way than the accounts that are held, and where the next look begins; none: at the first again."""
    rows = tx.execute(due.where(_after(*place)).limit(LOOKED_AT) if place else due.limit(LOOKED_AT)).all()
    ways = select(bindings.c.vehicle_id).where(
        bindings.c.vehicle_id.in_({row.vehicle_id for row in rows}), bindings.c.active, bindings.c.account.not_in(held)
    )
    reachable = set(tx.execute(ways).scalars()) if rows else set()
    found = [row for row in rows if row.vehicle_id in reachable]
    if len(found) < most and len(rows) < LOOKED_AT:
        return found, None
    end = found[most - 1] if len(found) >= most else rows[-1]
    return found[:most], (end.due_date, end.item_id)


def _after(day: date, item_id: UUID) -> ColumnElement[bool]:
    return or_(items.c.due_date > day, and_(items.c.due_date == day, items.c.item_id > item_id))
