"""By what time an item stands: never an earlier one than the end of its period by which it was looked at already.

Who began just before midnight, and then waited for an item that the period's end was just changing, would else make it open again; and
nobody would look at it any more.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select

from chassis.database import Transaction
from chassis.settings import Reminders
from services.reminders.days import ends, settled_at
from services.reminders.items import Item
from services.reminders.tables import periods

_PERIODS = select(periods).where(periods.c.period.in_(bindparam("periods", expanding=True)))


def moments_of(tx: Transaction, which: Iterable[Item], now: datetime, terms: Reminders) -> Mapping[UUID, datetime]:
    """By item. Read it with the items held: how far a period's end came is written with what it changed."""
    held = list(which)
    wanted = sorted({one.period for one in held})
    rows = {row.period: row for row in tx.execute(_PERIODS, {"periods": wanted})} if wanted else {}
    return {one.item_id: max([now, *_passed(rows.get(one.period), one, terms)]) for one in held}


def _passed(row: Row[Any] | None, item: Item, terms: Reminders) -> Iterator[datetime]:
    if row is None:
        return
    if row.ended_at is not None or (row.ended_up_to and item.vehicle_id <= row.ended_up_to):
        yield ends(item.period)
    if row.settled_at is not None or (row.settled_up_to and item.vehicle_id <= row.settled_up_to):
        yield settled_at(item.period, terms)
