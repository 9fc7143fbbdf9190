"""One step of sending: hands over the next messages, as many as may be in flight; service before campaigns (A-REM-20..22).

What is decided is decided here and now (S-33): who is bound to the car, who wants to hear of it, and whether there is still reason to.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from chassis.database import Transaction
from chassis.settings import Reminders
from contracts.reminders import SERVICE_TYPES, ReminderType, WechatState
from services.reminders.days import day_of, last_day, period_of
from services.reminders.following import settling, telling, transitions
from services.reminders.items import Item, ItemStore
from services.reminders.rules.rulebook import rulebook_in_force
from services.reminders.sending.looking import Places, cars_to_tell
from services.reminders.sending.message import CAMPAIGN, SERVICE, Message, Urgency
from services.reminders.sending.news import due
from services.reminders.sending.planning import OPTED_OUT, Plan, World, hours_of, is_within_hours, planned, why_not_to
from services.reminders.sending.store import MessageStore, waiting_items, world_around

MOST_AT_ONCE = 100
"""Messages of one transaction, which is to be short: fifty a second are many times what a day's quota wants."""
UNBOUND = "unsubscribed"

TYPES: dict[Urgency, Sequence[ReminderType]] = {
    SERVICE: sorted(SERVICE_TYPES),
    CAMPAIGN: (ReminderType.BIRTHDAY, ReminderType.CAMPAIGN),
}
BEFORE: dict[Urgency, Sequence[Urgency]] = {SERVICE: (SERVICE,), CAMPAIGN: (SERVICE, CAMPAIGN)}
"""Where service finds its share of the quota used up, campaigns need not ask: theirs is the smaller one."""


class Step:
    """`accounts`: all by which followers are sent to. `places`: how far earlier steps of this process looked."""

    def __init__(self, tx: Transaction, now: datetime, terms: Reminders, accounts: Collection[str], places: Places) -> None:
        self._tx, self._now, self._terms, self._accounts, self._places = tx, now, terms, accounts, places
        self._messages, self._items = MessageStore(), ItemStore()
        self._changed: list[UUID] = []
        self._steps: list[tuple[Item, Item]] = []

    def take(self) -> None:
        """What becomes of items by service is kept before campaigns are looked at: a campaign may have gone along."""
        if not is_within_hours(self._now, self._terms):
            return
        room = min(MOST_AT_ONCE, self._terms.most_in_flight - self._messages.in_flight(self._tx, self._now))
        for urgency in (SERVICE, CAMPAIGN):
            if room > 0:
                room -= self._hand_over(urgency, room)
                self._keep()

    def _keep(self) -> None:
        telling.told(self._tx, self._changed, self._now, self._terms)
        settling.keep(self._tx, self._steps, self._now, self._terms)
        self._changed, self._steps = [], []

    def _hand_over(self, urgency: Urgency, room: int) -> int:
        """How much of the room was taken."""
        held = self._messages.held(self._tx, BEFORE[urgency], self._now)
        taken = self._hand_over_again(urgency, room)
        if taken < room and not held.keys() >= set(self._accounts):
            taken += self._hand_over_new(urgency, room - taken, held)
        return taken

    def _hand_over_again(self, urgency: Urgency, room: int) -> int:
        """What was planned before, as far as there is still reason to."""
        which = self._messages.due(self._tx, urgency, self._now, room)
        ids = self._messages.item_ids(self._tx, which)
        theirs = {one.item_id: one for one in self._held({each for some in ids.values() for each in some})}
        world = self._world({one.vehicle_id for one in which}, theirs.values())
        return sum(self._again(one, [theirs[each] for each in ids[one.message_id]], world) for one in which)

    def _again(self, message: Message, told: Sequence[Item], world: World) -> bool:
        """Whether it was handed over."""
        self._changed.append(message.message_id)
        if all(message.follower_id != each.follower_id for each in world.listeners.get(message.vehicle_id, ())):
            self._messages.save(self._tx, message.failed(UNBOUND))
            return False
        judged = [(one, why_not_to(message.follower_id, one, world, day_of(self._now))) for one in told]
        left = [one for one, reason in judged if not reason]
        if not left:
            self._messages.save(self._tx, message.suppressed(judged[0][1] if judged else OPTED_OUT))
            return False
        self._leave_out(message, [(one, reason) for one, reason in judged if reason])
        self._messages.save(self._tx, self._asked(message, left, world))
        return True

    def _leave_out(self, message: Message, judged: Sequence[tuple[Item, str]]) -> None:
        """What another message tells of, or was to tell of, stands as far as that one came."""
        ids = [one.item_id for one, _ in judged]
        if ids:
            self._messages.leave_out(self._tx, message.message_id, ids)
            elsewhere = self._messages.telling_of(self._tx, ids)
            self._changed += {each for some in elsewhere.values() for each in some}
            self._suppress((one, reason) for one, reason in judged if one.item_id not in elsewhere)

    def _hand_over_new(self, urgency: Urgency, room: int, held: dict[str, datetime]) -> int:
        """A follower of an account that is held is planned for when it is free again."""
        plan, world = self._planned(urgency, room, held)
        taken = 0
        for message, told in plan.messages:
            if until := held.get(message.account):
                begun = replace(message, not_before=until)
            else:
                begun = self._asked(message, told, world) if taken < room else message
                taken += begun is not message
            self._messages.add(self._tx, begun, [one.item_id for one in told])
            self._changed.append(message.message_id)
        self._suppress(plan.left_out)
        self._steps += [(one, transitions.unqueued(one)) for one in plan.without_way]
        return taken

    def _planned(self, urgency: Urgency, room: int, held: Collection[str]) -> tuple[Plan, World]:
        today = day_of(self._now)
        period, rulebook = period_of(today), rulebook_in_force(self._tx)
        until = {type: min(today + timedelta(days=rulebook[type].lead_days), last_day(period)) for type in TYPES[urgency]}
        vehicle_ids = cars_to_tell(self._tx, until, period, most=room, held=held, places=self._places)
        waiting: dict[UUID, list[Item]] = defaultdict(list)
        for one in self._held(waiting_items(self._tx, vehicle_ids, period)):
            if one.wechat_state is WechatState.QUEUED and one.message_id is None:
                waiting[one.vehicle_id].append(one)
        world = self._world(vehicle_ids, [one for some in waiting.values() for one in some])
        plan = planned((waiting[each] for each in vehicle_ids), world, self._now, self._terms, urgency)
        return plan.without(self._messages.known(self._tx, [message.message_id for message, _ in plan.messages])), world

    def _held(self, item_ids: Collection[UUID]) -> Sequence[Item]:
        """By all that is known now: an appointment, or a car that was sold, may have been heard of before the item was made."""
        return settling.look_again(self._tx, self._items.find_all(self._tx, item_ids), self._now, self._terms)

    def _world(self, vehicle_ids: Collection[UUID], which: Iterable[Item]) -> World:
        return world_around(self._tx, vehicle_ids, {one.campaign_id for one in which if one.campaign_id})

    def _suppress(self, judged: Iterable[tuple[Item, str]]) -> None:
        self._steps += [(one, transitions.suppressed(one, reason)) for one, reason in judged]

    def _asked(self, message: Message, told: Sequence[Item], world: World) -> Message:
        asked = message.asked(self._now)
        self._tx.tell(due(asked, told, world, hours_of(self._now, self._terms)))
        return asked
