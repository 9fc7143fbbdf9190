"""What happened to one item, step by step, for who decides about it."""

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select

from chassis.database import Transaction, from_millis
from chassis.internal_api import Scope
from contracts.reminding import ItemStory, Step
from services.reminders.figures.lists import item_row, with_words
from services.reminders.figures.reading import within
from services.reminders.tables import bookings, decisions, items, message_items, messages, slips


def story(connection: Connection, item_id: UUID, scope: Scope) -> ItemStory | None:
    """None: there is none, or it is not theirs to see."""
    row = connection.execute(with_words().where(items.c.item_id == item_id, *within(items, scope))).first()
    if row is None:
        return None
    steps = sorted([*_of_item(row), *_told(connection, item_id), *_called(connection, item_id), *_decided(connection, row)], key=_at)
    onward = connection.execute(
        select(items.c.item_id).where(items.c.vehicle_id == row.vehicle_id, items.c.carried_from == item_id)
    ).first()
    return ItemStory(item=item_row(row), steps=tuple(steps), carried_from=row.carried_from, carried_to=onward.item_id if onward else None)


def within_scope(tx: Transaction, item_ids: Collection[UUID], scope: Scope) -> list[UUID]:
    """Those that are theirs."""
    if scope.level is None:
        return list(dict.fromkeys(item_ids))
    return list(tx.execute(select(items.c.item_id).where(items.c.item_id.in_(item_ids), *within(items, scope))).scalars())


def _at(step: Step) -> Any:
    return step.at


def _of_item(row: Row[Any]) -> Iterator[Step]:
    yield Step(at=from_millis(row.created_at), what="made" if row.carry_count == 0 else "carried", detail=row.due_date.isoformat())
    if row.returned_at:
        yield Step(at=from_millis(row.returned_at), what="returned", detail=row.visit_dealer)


def _told(connection: Connection, item_id: UUID) -> Iterator[Step]:
    theirs = select(messages).join(message_items, message_items.c.message_id == messages.c.message_id)
    for row in connection.execute(theirs.where(message_items.c.item_id == item_id)):
        for at, what in ((row.asked_at, "asked"), (row.sent_at, "sent"), (row.clicked_at, "clicked")):
            if at:
                yield Step(at=from_millis(at), what=what, detail=row.urgency)
        last = row.clicked_at or row.sent_at or row.asked_at
        if last and row.state in ("failed", "suppressed", "delivered"):
            yield Step(at=from_millis(last), what=row.state, detail=row.reason)


def _called(connection: Connection, item_id: UUID) -> Iterator[Step]:
    """A slip's calls, and when it was saved."""
    row = connection.execute(select(slips).where(slips.c.item_id == item_id)).first()
    if row is None:
        return
    for call in row.calls:
        yield Step(at=call["at"], what="called", detail=call["result"])
    if row.saved_at:
        yield Step(at=from_millis(row.saved_at), what="slip_saved", detail=row.customer_answer or "")


def _decided(connection: Connection, item: Row[Any]) -> Iterator[Step]:
    row = connection.execute(select(decisions).where(decisions.c.item_id == item.item_id)).first()
    if row:
        yield Step(at=from_millis(row.made_at), what=row.decision, detail=row.reason)
    if item.appointment_id:
        booked = connection.execute(select(bookings.c.requested_at).where(bookings.c.appointment_id == item.appointment_id)).first()
        if booked:
            yield Step(at=from_millis(booked.requested_at), what="booked")
