"""The messages to followers as rows, and what is read around the cars whose owners are to be told: set-wise, whatever their number."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, delete, func, insert, select

from chassis.database import Transaction, from_millis, millis
from chassis.unit_of_work import Repository
from contracts.reminders import Period, ReminderType, WechatState
from services.reminders.rules.rulebook import rulebook_in_force
from services.reminders.sending.message import ASKED, PLANNED, Message, Urgency
from services.reminders.sending.planning import Campaign, Car, Listener, World
from services.reminders.tables import bindings, campaigns, cars, items, message_items, messages, opt_outs

ANSWERED_WITHIN = timedelta(hours=24)
"""What nobody has answered by then is parked somewhere, where an operator sees it: it holds up no other message any more."""
_MOMENTS = ("not_before", "asked_at", "sent_at", "clicked_at")


def _message_of(row: Row[Any]) -> Message:
    values = dict(row._mapping)
    return Message(**values | {name: from_millis(values[name]) if values[name] is not None else None for name in _MOMENTS})


def _columns_of(message: Message) -> dict[str, Any]:
    return vars(message) | {name: millis(at) if (at := getattr(message, name)) is not None else None for name in _MOMENTS}


_MESSAGES = Repository(messages, lambda _tx, rows: [_message_of(row) for row in rows], _columns_of, by_subject=True)


class MessageStore:
    """Whoever reads a message here holds it until the transaction ends. Hold messages before their items."""

    def find(self, tx: Transaction, message_id: UUID) -> Message | None:
        return _MESSAGES.find(tx, message_id)

    def add(self, tx: Transaction, message: Message, item_ids: Iterable[UUID]) -> None:
        _MESSAGES.add(tx, message)
        for one in item_ids:
            key = (message.message_id, one)
            tx.unit.later(message_items, _TELLS_OF, key, {"message_id": key[0], "item_id": key[1]})

    def save(self, tx: Transaction, message: Message) -> None:
        _MESSAGES.save(tx, message)

    def known(self, tx: Transaction, message_ids: Collection[UUID]) -> set[UUID]:
        """Which of these there are."""
        return set(tx.execute(_KNOWN, {"ids": sorted(message_ids)}).scalars()) if message_ids else set()

    def in_flight(self, tx: Transaction, now: datetime) -> int:
        """Handed over, and not answered yet."""
        since = millis(now - ANSWERED_WITHIN)
        counting = select(func.count()).where(messages.c.state == ASKED, messages.c.asked_at >= since)
        return int(tx.execute(counting).scalar_one())

    def held(self, tx: Transaction, urgencies: Collection[Urgency], now: datetime) -> dict[str, datetime]:
        """Accounts whose share of today's quota is used up, and until when: a message was postponed."""
        theirs = (messages.c.state == PLANNED, messages.c.urgency.in_(urgencies), messages.c.not_before > millis(now))
        rows = tx.execute(select(messages.c.account, func.max(messages.c.not_before).label("until")).where(*theirs).group_by("account"))
        return {row.account: from_millis(row.until) for row in rows}

    def due(self, tx: Transaction, urgency: Urgency, now: datetime, most: int) -> list[Message]:
        """Planned before, whose time has come; the first first."""
        theirs = (messages.c.state == PLANNED, messages.c.urgency == urgency, messages.c.not_before <= millis(now))
        wanted = select(messages).where(*theirs).order_by(messages.c.not_before).limit(most).with_for_update(skip_locked=True)
        return [_MESSAGES.seen(tx, row) for row in tx.execute(wanted).all()]

    def item_ids(self, tx: Transaction, which: Sequence[Message]) -> Mapping[UUID, list[UUID]]:
        """By message."""
        found: dict[UUID, list[UUID]] = defaultdict(list)
        for row in tx.execute(_ITEMS_OF, {"ids": [one.message_id for one in which]}) if which else ():
            found[row.message_id].append(row.item_id)
        return found

    def leave_out(self, tx: Transaction, message_id: UUID, item_ids: Collection[UUID]) -> None:
        theirs = (message_items.c.message_id == message_id) & message_items.c.item_id.in_(item_ids)
        tx.execute(delete(message_items).where(theirs))

    def telling_of(self, tx: Transaction, item_ids: Collection[UUID]) -> Mapping[UUID, list[UUID]]:
        """By item, the messages that tell of it; none of those that no message tells of."""
        found: dict[UUID, list[UUID]] = defaultdict(list)
        for row in tx.execute(_TELLING_OF, {"ids": sorted(item_ids)}) if item_ids else ():
            found[row.item_id].append(row.message_id)
        return found


_TELLS_OF = insert(message_items)
_KNOWN = select(messages.c.message_id).where(messages.c.message_id.in_(bindparam("ids", expanding=True)))
_ITEMS_OF = select(message_items).where(message_items.c.message_id.in_(bindparam("ids", expanding=True)))
_TELLING_OF = select(message_items).where(message_items.c.item_id.in_(bindparam("ids", expanding=True)))


def waiting_items(tx: Transaction, vehicle_ids: Collection[UUID], period: Period) -> list[UUID]:
    """What of these cars nobody has been told of, up to this period."""
    return list(tx.execute(_WAITING, {"ids": sorted(vehicle_ids), "period": period}).scalars()) if vehicle_ids else []


_WAITING = select(items.c.item_id).where(
    items.c.vehicle_id.in_(bindparam("ids", expanding=True)),
    items.c.wechat_state == WechatState.QUEUED.value,
    items.c.message_id.is_(None),
    items.c.period <= bindparam("period"),
)


def world_around(tx: Transaction, vehicle_ids: Collection[UUID], campaign_ids: Collection[UUID]) -> World:
    """All that decides who is told of what is due for these cars."""
    ids = {"ids": sorted(vehicle_ids)}
    listeners: dict[UUID, list[Listener]] = defaultdict(list)
    for row in tx.execute(_LISTENERS, ids) if vehicle_ids else ():
        if (one := Listener(row.follower_id, row.account)) not in listeners[row.vehicle_id]:
            listeners[row.vehicle_id].append(one)
    followers = sorted({each.follower_id for some in listeners.values() for each in some})
    unwanted: dict[UUID, set[ReminderType]] = defaultdict(set)
    for row in tx.execute(_UNWANTED, {"ids": followers}) if followers else ():
        unwanted[row.follower_id].add(ReminderType(row.type))
    found = {row.vehicle_id: Car(**row._mapping) for row in tx.execute(_CARS, ids)} if vehicle_ids else {}
    on = (
        {row.campaign_id: Campaign(**row._mapping) for row in tx.execute(_CAMPAIGNS, {"ids": sorted(campaign_ids)})} if campaign_ids else {}
    )
    return World(rulebook_in_force(tx), found, listeners, unwanted, on)


_CARS = select(*(cars.c[name] for name in Car.__annotations__)).where(cars.c.vehicle_id.in_(bindparam("ids", expanding=True)))
_CAMPAIGNS = select(*(campaigns.c[name] for name in Campaign.__annotations__)).where(
    campaigns.c.campaign_id.in_(bindparam("ids", expanding=True))
)
_LISTENERS = (
    select(bindings.c.vehicle_id, bindings.c.follower_id, bindings.c.account)
    .where(bindings.c.vehicle_id.in_(bindparam("ids", expanding=True)), bindings.c.active)
    .order_by(bindings.c.binding_id)
)
_UNWANTED = select(opt_outs.c.follower_id, opt_outs.c.type).where(
    opt_outs.c.follower_id.in_(bindparam("ids", expanding=True)), ~opt_outs.c.wanted
)
