"""Who is told of what, and when: from a car's waiting items to one message for each of its followers (A-REM-20..22). No I/O, no clock."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID, uuid5

from chassis.settings import Reminders
from contracts.reminders import SERVICE_TYPES, DueItem, Outcome, ReminderType
from services.reminders.days import BUSINESS_ZONE, day_of, first_day, local, period_of
from services.reminders.following.transitions import BOOKED, CAR_IS_BACK, GONE, WITH_THE_CAR
from services.reminders.items import Item
from services.reminders.rules.rulebook import Rulebook
from services.reminders.sending.message import CAMPAIGN, SERVICE, TOO_LATE, Message, Urgency

MOST_ITEMS = 20
"""Of one message: more would not be read."""
OPTED_OUT = "opted_out"
TOLD_ALREADY = "told_already"
OWNER_CHANGED = "owner_changed"

_ENDED = {
    Outcome.RETURNED: CAR_IS_BACK,
    Outcome.FOR_DECISION: TOO_LATE,
    Outcome.LAPSED: TOO_LATE,
    Outcome.CARRIED: TOO_LATE,
    Outcome.DROPPED: TOO_LATE,
    Outcome.VOID: "void",
}
_ORDER = {type: number for number, type in enumerate(ReminderType)}


@dataclass(frozen=True)
class Car:
    """What of a car decides whether its owner is told."""

    vehicle_id: UUID
    model_name: str
    customer_id: str
    state: str
    quiet: str
    last_visit_on: date | None


@dataclass(frozen=True)
class Campaign:
    campaign_id: UUID
    name: str
    text: str
    ends_on: date
    withdrawn: bool


@dataclass(frozen=True)
class Listener:
    """A follower who is bound to the car."""

    follower_id: UUID
    account: str


@dataclass(frozen=True)
class World:
    """What is known around some cars. `unwanted`: by follower."""

    rulebook: Rulebook
    cars: Mapping[UUID, Car]
    listeners: Mapping[UUID, Sequence[Listener]]
    unwanted: Mapping[UUID, Collection[ReminderType]]
    campaigns: Mapping[UUID, Campaign]

    def wants(self, follower_id: UUID, type: ReminderType) -> bool:
        return type not in self.unwanted.get(follower_id, ())


class Hours(NamedTuple):
    """Between them nobody is disturbed."""

    end: datetime
    begin_again: datetime


@dataclass
class Plan:
    """What becomes of a car's waiting items. `left_out`: item and reason; `without_way`: nobody is registered for them any more."""

    messages: list[tuple[Message, Sequence[Item]]] = field(default_factory=list)
    left_out: list[tuple[Item, str]] = field(default_factory=list)
    without_way: list[Item] = field(default_factory=list)

    def without(self, known: Collection[UUID]) -> "Plan":
        """Each message once, and none that there is: who has two cars is greeted once."""
        first: dict[UUID, tuple[Message, Sequence[Item]]] = {}
        for message, told in self.messages:
            if message.message_id not in known:
                first.setdefault(message.message_id, (message, told))
        kept = {one.item_id for _, told in first.values() for one in told}
        dropped = {one.item_id: one for _, told in self.messages for one in told if one.item_id not in kept}
        left_out = self.left_out + [(one, TOLD_ALREADY) for one in dropped.values()]
        return Plan(list(first.values()), left_out, self.without_way)


def is_within_hours(now: datetime, terms: Reminders) -> bool:
    return time.fromisoformat(terms.send_from) <= local(now).time() < time.fromisoformat(terms.send_until)


def hours_of(now: datetime, terms: Reminders) -> Hours:
    """When those of the day on which it is now end, and the next day's begin."""
    today = day_of(now)
    return Hours(_at(today, terms.send_until), _at(today + timedelta(days=1), terms.send_from))


def _at(day: date, hour: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(hour), BUSINESS_ZONE)


def told_from(item: Item, rulebook: Rulebook) -> date:
    """The first day on which it is told: so long before it is due, within its period."""
    return max(first_day(item.period), item.due_date - timedelta(days=rulebook[item.type].lead_days))


def why_not_to(follower_id: UUID, item: Item, world: World, today: date) -> str:
    return why_not(item, world, today) or ("" if world.wants(follower_id, item.type) else OPTED_OUT)


def why_not(item: Item, world: World, today: date) -> str:
    """Why nobody is told of it, whoever listens; empty: somebody is."""
    if item.outcome is Outcome.VOID and item.reason in WITH_THE_CAR:
        return item.reason
    if item.outcome in _ENDED:
        return _ENDED[item.outcome]
    if item.outcome is Outcome.BOOKED and item.type in SERVICE_TYPES:
        return BOOKED
    if item.period < period_of(today):
        return TOO_LATE
    car = world.cars.get(item.vehicle_id)
    return (_of_the_car(item, car) if car else "") or _of_the_type(item, world, today)


def _of_the_car(item: Item, car: Car) -> str:
    if car.state in GONE:
        return GONE[car.state]
    if "wechat" in car.quiet.split(","):
        return "quiet"
    since = min(day_of(item.created_at), first_day(item.period))
    if item.type in SERVICE_TYPES and car.last_visit_on and car.last_visit_on >= since:
        return CAR_IS_BACK
    another = item.type is ReminderType.BIRTHDAY and car.customer_id != item.customer_id
    return OWNER_CHANGED if another else ""


def _of_the_type(item: Item, world: World, today: date) -> str:
    """A greeting is for the day, and a campaign for its days; what else is due is as due afterwards."""
    campaign = world.campaigns.get(item.campaign_id) if item.campaign_id else None
    if campaign and campaign.withdrawn:
        return "withdrawn"
    is_over = campaign is not None and campaign.ends_on < today
    return TOO_LATE if is_over or (item.type is ReminderType.BIRTHDAY and item.due_date < today) else ""


def planned(cars: Iterable[Sequence[Item]], world: World, now: datetime, terms: Reminders, urgency: Urgency) -> Plan:
    """Of each car's waiting items: what is to be told today, and with it what is to be told within `together_days`.

    Where nothing is told today, that waits. A greeting stands for itself; where service goes first (`urgency`), it is left for later.
    """
    today, plan = day_of(now), Plan()
    soon = today + timedelta(days=terms.together_days)
    for waiting in cars:
        near = [one for one in waiting if told_from(one, world.rulebook) <= soon]
        greetings = [one for one in near if one.type is ReminderType.BIRTHDAY and told_from(one, world.rulebook) <= today]
        others = [one for one in near if one.type is not ReminderType.BIRTHDAY]
        for together in [others] if urgency == SERVICE else [others, greetings]:
            _plan_together(plan, together, world, now)
    return plan


def _plan_together(plan: Plan, together: Iterable[Item], world: World, now: datetime) -> None:
    today, heard = day_of(now), []
    for one in together:
        listeners = world.listeners.get(one.vehicle_id, ())
        reason, is_due = why_not(one, world, today), told_from(one, world.rulebook) <= today
        if not reason and any(world.wants(each.follower_id, one.type) for each in listeners):
            heard.append(one)
        elif is_due and (reason or listeners):
            plan.left_out.append((one, reason or OPTED_OUT))
        elif is_due:
            plan.without_way.append(one)
    if any(told_from(one, world.rulebook) <= today for one in heard):
        plan.messages += _messages(_in_order(heard)[:MOST_ITEMS], world, now)


def _messages(told: Sequence[Item], world: World, now: datetime) -> list[tuple[Message, Sequence[Item]]]:
    """One for each follower who wants to hear of some of it."""
    found: list[tuple[Message, Sequence[Item]]] = []
    for each in world.listeners[told[0].vehicle_id]:
        theirs = [one for one in told if world.wants(each.follower_id, one.type)]
        if theirs:
            found.append((_message(theirs, each, now), theirs))
    return found


def _message(told: Sequence[Item], to: Listener, now: datetime) -> Message:
    """Its id follows from what it tells first, so that it is not planned twice; a greeting's from the follower, who may have two cars."""
    first = told[0]
    is_greeting = first.type is ReminderType.BIRTHDAY
    return Message(
        message_id=greeting_id(to.follower_id, first) if is_greeting else uuid5(first.item_id, f"{to.follower_id}:{first.version}"),
        version=1,
        period=first.period,
        vehicle_id=first.vehicle_id,
        follower_id=to.follower_id,
        account=to.account,
        urgency=SERVICE if any(one.type in SERVICE_TYPES for one in told) else CAMPAIGN,
        not_before=now,
    )


def greeting_id(follower_id: UUID, item: Item) -> UUID:
    return uuid5(follower_id, f"birthday:{item.due_date.isoformat()}")


def _in_order(which: Iterable[Item]) -> list[Item]:
    """Service first, then what is due first."""
    return sorted(which, key=lambda one: (one.type not in SERVICE_TYPES, one.due_date, _ORDER[one.type], one.item_id))


def due_items(which: Iterable[Item], campaigns: Mapping[UUID, Campaign]) -> tuple[DueItem, ...]:
    return tuple(_due_item(one, campaigns.get(one.campaign_id) if one.campaign_id else None) for one in _in_order(which))


def _due_item(item: Item, campaign: Campaign | None) -> DueItem:
    due = DueItem(item_id=item.item_id, type=item.type, due_date=item.due_date)
    return due.model_copy(update={"title": campaign.name, "text": campaign.text, "until": campaign.ends_on}) if campaign else due
