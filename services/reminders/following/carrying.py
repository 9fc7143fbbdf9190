"""下一月继续提醒: what was carried over goes on as the next month's item, merged with a new one of the same car and type (S-17, S-18)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, select

from chassis.database import Transaction
from chassis.settings import Reminders
from contracts.reminders import ContactState, Outcome, ReminderType, WechatState
from services.reminders import meeting
from services.reminders.days import next_period
from services.reminders.following.transitions import urgent, voided
from services.reminders.items import Item, ItemStore
from services.reminders.month.carried import MERGED
from services.reminders.month.differences import RERUN
from services.reminders.rules.ids import carried_id
from services.reminders.tables import cars

TAKEN_BACK = "taken_back"
"""Why a carried item is void: the car came back in time after all, or another decision had been made first."""

OUR_REASONS = frozenset({TAKEN_BACK, MERGED, RERUN})

ITEMS = ItemStore()


class Lineage(NamedTuple):
    """Items of one type and one car in a period: whichever of them are carried over, the next period has one item for them."""

    period: str
    vehicle_id: UUID
    type: ReminderType


class Step(NamedTuple):
    """What becomes of an item of the next period. `before` None: it is new."""

    before: Item | None
    after: Item


def lineage_of(item: Item) -> Lineage:
    return Lineage(item.period, item.vehicle_id, item.type)


def carried_on(tx: Transaction, lineages: Collection[Lineage], now: datetime, terms: Reminders) -> list[Step]:
    """What the next period's items become, by which of these are carried over now; nothing of it is kept yet."""
    meeting.bring(tx, {next_period(one.period) for one in lineages})
    vehicles = {one.vehicle_id for one in lineages}
    found: dict[Lineage, list[Item]] = defaultdict(list)
    for item in ITEMS.since(tx, vehicles, min(one.period for one in lineages)):
        found[lineage_of(item)].append(item)
    owned = {row.vehicle_id: row for row in tx.execute(select(cars).where(cars.c.vehicle_id.in_(vehicles)))}
    steps: list[Step] = []
    for lineage in sorted(set(lineages)):
        there = found[lineage._replace(period=next_period(lineage.period))]
        steps += _steps(found[lineage], there, owned.get(lineage.vehicle_id), now, terms)
    return steps


def _steps(here: Sequence[Item], there: Sequence[Item], car: Row[Any] | None, now: datetime, terms: Reminders) -> Iterable[Step]:
    carried = [one for one in here if one.outcome is Outcome.CARRIED]
    if not carried:
        return _taken_back(here, there)
    lead = max(carried, key=lambda one: (one.carry_count, one.item_id))
    target = _target(there)
    if target:
        return [Step(target, _joined(target, lead))]
    return [Step(None, _successor(here, lead, car, now, terms))]


def _target(there: Sequence[Item]) -> Item | None:
    """One that was carried before, or is new; or one that we took back: it is the same one again.

    One that the manager has made void is in the way of another: the car is not to be called about in that month.
    """
    ours = [one for one in there if one.outcome is Outcome.VOID and one.reason in OUR_REASONS]
    again = [one for one in ours if one.run_id is None]
    return min(
        [one for one in there if one not in ours] or again,
        key=lambda one: (one.outcome is Outcome.VOID, one.run_id is not None, one.item_id),
        default=None,
    )


def _joined(item: Item, lead: Item) -> Item:
    outcome, reason = (Outcome.OPEN, "") if item.reason in OUR_REASONS else (item.outcome, item.reason)
    line: Mapping[str, Any] = {
        "origin_item_id": lead.origin_item_id,
        "carried_from": lead.item_id,
        "carry_count": lead.carry_count + 1,
    }
    return urgent(replace(item, outcome=outcome, reason=reason, **line))


def _successor(here: Sequence[Item], lead: Item, car: Row[Any] | None, now: datetime, terms: Reminders) -> Item:
    """With the car's owner and dealer of now. Its id depends neither on which of several was carried over first nor on their line."""
    period = next_period(lead.period)
    registered = bool(car and car.registered)
    item = Item(
        item_id=carried_id(min(one.item_id for one in here), period),
        version=1,
        origin_item_id=lead.origin_item_id,
        carried_from=lead.item_id,
        carry_count=lead.carry_count + 1,
        run_id=None,
        period=period,
        type=lead.type,
        vehicle_id=lead.vehicle_id,
        customer_id=(car and car.customer_id) or lead.customer_id,
        dealer_code=(car and car.dealer_code) or lead.dealer_code,
        region_code=(car and car.region_code) or lead.region_code,
        due_date=lead.due_date,
        campaign_id=None,
        rulebook=lead.rulebook,
        registered=registered,
        created_at=now,
        wechat_state=WechatState.QUEUED if terms.carried_by_wechat and registered else WechatState.NONE,
        contact_state=ContactState.OPEN,
    )
    return urgent(item)


def _taken_back(here: Sequence[Item], there: Sequence[Item]) -> Iterable[Step]:
    """What was made for it is void; what it had joined is a new one as before."""
    theirs = {one.item_id for one in here}
    for item in there:
        if item.carried_from not in theirs:
            continue
        if item.run_id is None:
            yield Step(item, voided(item, TAKEN_BACK))
        else:
            yield Step(item, urgent(replace(item, origin_item_id=item.item_id, carried_from=None, carry_count=0)))
