"""A new item and one that was carried over into the same period are one (S-18).

Mostly the new one is there first, and what is carried goes into it (services/reminders/following). Where the month is made late it is
the other way round: the new one takes the carried one's place, unless somebody has begun to work on that.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, select, update

from chassis.database import Transaction
from contracts.reminders import ContactState, Outcome, Period, ReminderType
from services.reminders.following.transitions import voided
from services.reminders.items import Item, ItemStore
from services.reminders.tables import items

MERGED = "merged"

Carried = Mapping[tuple[UUID, ReminderType], Item]
"""By car and type."""


def there(tx: Transaction, period: Period, which: ColumnElement[bool]) -> Carried:
    """Those of the period and of these cars that stand."""
    theirs = (items.c.period == period, items.c.run_id.is_(None), items.c.outcome != Outcome.VOID.value, which)
    found = tx.execute(select(items.c.item_id).where(*theirs)).scalars().all()
    return {(one.vehicle_id, one.type): one for one in ItemStore().find_all(tx, found)}


def is_begun(carried: Item) -> bool:
    """Somebody has called about it, or more."""
    return carried.outcome is not Outcome.OPEN or carried.contact_state not in (ContactState.NONE, ContactState.OPEN)


def begun(carried: Carried, type: ReminderType) -> Collection[UUID]:
    """Cars that need no new item of the type."""
    return [vehicle_id for (vehicle_id, its), one in carried.items() if its is type and is_begun(one)]


def taking_its_place(new: Item, carried: Item) -> Item:
    return replace(
        new,
        origin_item_id=carried.origin_item_id,
        carried_from=carried.carried_from,
        carry_count=carried.carry_count,
        priority="high",
    )


def merge(tx: Transaction, run_id: UUID, carried: Carried) -> Sequence[Item]:
    """New items of the run, not counted yet, take the place of the carried ones. Gives those whose place was taken."""
    waiting = {key: one for key, one in carried.items() if not is_begun(one)}
    made = (items.c.run_id == run_id, items.c.vehicle_id.in_({vehicle_id for vehicle_id, _type in waiting}))
    rows = tx.execute(select(items.c.item_id, items.c.vehicle_id, items.c.type).where(*made)).all() if waiting else []
    places = {row.item_id: old for row in rows if (old := waiting.get((row.vehicle_id, ReminderType(row.type))))}
    if places:
        tx.execute(_TAKE_PLACE, [{"its_id": item_id, **_place_of(old)} for item_id, old in sorted(places.items())])
    return list(places.values())


def take_back(tx: Transaction, replaced: Sequence[Item]) -> None:
    """What was carried is void: it goes on in the new one."""
    ItemStore().keep_all(tx, [(one, voided(one, MERGED)) for one in replaced])


def _place_of(carried: Item) -> dict[str, object]:
    return {"origin": carried.origin_item_id, "came_from": carried.carried_from, "count": carried.carry_count}


_TAKE_PLACE = (
    update(items)
    .where(items.c.item_id == bindparam("its_id"))
    .values(origin_item_id=bindparam("origin"), carried_from=bindparam("came_from"), carry_count=bindparam("count"), priority="high")
)
