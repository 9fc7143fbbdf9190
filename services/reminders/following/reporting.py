"""Tells CSC and the DMS how items stand, a page every few seconds: an item that moved thrice meanwhile is told once (A-REM-28)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Row, delete, insert, literal, select

from chassis.clock import milliseconds_now
from chassis.database import Database, Transaction, from_millis
from chassis.outbox import ignoring_repeats
from contracts.reminder_exchange import ItemStanding, RecordReminders, StoreReminders
from contracts.reminders import ContactState, Outcome, WechatState
from contracts.vehicles import MOST_IN_A_PAGE
from services.reminders.tables import items, unreported

if TYPE_CHECKING:
    from services.reminders.items import Item

_NOTE = ignoring_repeats(insert(unreported))


def note(tx: Transaction, which: "Sequence[Item]") -> None:
    """They are told soon, in pages. In the order of their ids: two that note the same wait for, and do not block, each other."""
    now = milliseconds_now()
    tx.execute(_NOTE, [{"item_id": item_id, "since": now} for item_id in sorted({one.item_id for one in which})])


def note_moved(tx: Transaction, *which: ColumnElement[bool]) -> None:
    """Those of a page of tasks that have moved since they were made."""
    moved = select(items.c.item_id, literal(milliseconds_now())).where(*which, items.c.version > 1)
    tx.execute(ignoring_repeats(insert(unreported).from_select(["item_id", "since"], moved)))


def report(database: Database) -> bool:
    """A page of what is to be told; whether there may be more."""
    with database.read() as connection:
        if connection.execute(select(unreported.c.item_id).limit(1)).first() is None:
            return False
    with database.write() as tx:
        ids = tx.execute(_WAITING).scalars().all()
        if ids:
            rows = tx.execute(select(items).where(items.c.item_id.in_(ids)).order_by(items.c.item_id)).all()
            _tell(tx, tuple(_standing_of(row) for row in rows))
            tx.execute(delete(unreported).where(unreported.c.item_id.in_(ids)))
    return len(ids) == MOST_IN_A_PAGE


_WAITING = select(unreported.c.item_id).order_by(unreported.c.item_id).limit(MOST_IN_A_PAGE).with_for_update(skip_locked=True)
"""An item that changes while it is being told keeps its row back: whoever notes it waits, and notes it anew."""


def _tell(tx: Transaction, standings: tuple[ItemStanding, ...]) -> None:
    if not standings:
        return
    page_id = uuid4()  # not made of what is in it: the same standing may have to be told again
    tx.tell(RecordReminders(page_id=page_id, standings=standings), StoreReminders(page_id=page_id, standings=standings))


def _standing_of(row: Row[Any]) -> ItemStanding:
    return ItemStanding(
        item_id=row.item_id,
        version=row.version,
        wechat_state=WechatState(row.wechat_state),
        wechat_reason=row.wechat_reason,
        contact_state=ContactState(row.contact_state),
        outcome=Outcome(row.outcome),
        priority=row.priority,
        appointment_id=row.appointment_id,
        visit_id=row.visit_id,
        changed_at=from_millis(milliseconds_now()),
    )
