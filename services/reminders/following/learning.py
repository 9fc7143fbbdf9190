"""What was learnt of items is worked out once for all messages of a transaction, however many they are (docs/decisions/0018)."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, bindparam, select

from chassis.database import Transaction, from_millis
from chassis.settings import Reminders
from chassis.unit_of_work import Gathering
from contracts.reminders import WechatState
from services.reminders.following.settling import ITEMS, keep
from services.reminders.following.transitions import Standing, as_far_as
from services.reminders.tables import items, message_items, messages

UNDER_WAY = {"planned": WechatState.QUEUED, "asked": WechatState.QUEUED}


class Learnt(NamedTuple):
    """What is written down by now: of an item, of a message and so of what it tells of, or of a car's items from a period on."""

    now: datetime
    terms: Reminders
    item_id: UUID | None = None
    message_id: UUID | None = None
    vehicle_id: UUID | None = None
    period: str = ""


_OF_CARS = select(items.c.item_id).where(items.c.vehicle_id.in_(bindparam("ids", expanding=True)), items.c.period >= bindparam("first"))
_TOLD_BY = select(message_items.c.item_id).where(message_items.c.message_id.in_(bindparam("ids", expanding=True)))
_MESSAGES_OF = (
    select(message_items.c.item_id, messages.c.message_id, messages.c.state, messages.c.reason, messages.c.sent_at, messages.c.clicked_at)
    .join(messages, messages.c.message_id == message_items.c.message_id)
    .where(message_items.c.item_id.in_(bindparam("ids", expanding=True)))
)


def learnt(tx: Transaction, *what: Learnt) -> None:
    """Before anybody looks at items again, or at the end of the transaction, they stand accordingly."""
    _LEARNT.add(tx, *what)


def _work_out(tx: Transaction, brought: Sequence[Learnt]) -> None:
    """Whatever is told because of it, such as a task of what is carried over, is nobody's message in particular."""
    told = set(_ids(tx, _TOLD_BY, {one.message_id for one in brought if one.message_id}))
    cars = {one.vehicle_id: one.period for one in brought if one.vehicle_id}
    first = min((one.period for one in brought if one.vehicle_id), default="")
    concerned = {one.item_id for one in brought if one.item_id} | told | set(_ids(tx, _OF_CARS, cars, first=first))
    held = ITEMS.find_all(tx, concerned)
    standings = _standings_of(tx, told)
    steps = [(one, as_far_as(one, standings.get(one.item_id, ()))) for one in held]
    keep(Transaction(tx.connection, tx), steps, max(one.now for one in brought), brought[-1].terms)


def _ids(tx: Transaction, statement: Any, ids: Collection[UUID], **more: str) -> Sequence[UUID]:
    return tx.execute(statement, {"ids": sorted(ids), **more}).scalars().all() if ids else ()


def _standings_of(tx: Transaction, item_ids: Collection[UUID]) -> Mapping[UUID, list[Standing]]:
    found: dict[UUID, list[Standing]] = defaultdict(list)
    for row in tx.execute(_MESSAGES_OF, {"ids": sorted(item_ids)}) if item_ids else ():
        found[row.item_id].append(_standing_of(row))
    return found


def _standing_of(row: Row[Any]) -> Standing:
    """Who opened its page has been told, also where we have not heard yet that it was taken."""
    state = UNDER_WAY.get(row.state) or WechatState(row.state)
    sent_at = row.sent_at or row.clicked_at
    return Standing(row.message_id, state, row.reason, from_millis(sent_at) if sent_at else None)


_LEARNT: Gathering[Learnt] = Gathering(_work_out, items)
