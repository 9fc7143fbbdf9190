"""Keeps the sums as items change: each change adds its difference, and of a frozen period it is kept as a correction (flows 6)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from sqlalchemy import select

from chassis.database import Transaction
from chassis.monthly_sums import grow
from chassis.unit_of_work import Gathering
from contracts.reminders import SERVICE_TYPES, Outcome, ReminderType
from services.reminders.figures.counting import counted_in
from services.reminders.figures.measures import RETURNED_CARS, came_back, measures
from services.reminders.figures.rows import SUMS, Key
from services.reminders.tables import ALL_SERVICE, corrections, items, sums

if TYPE_CHECKING:
    from services.reminders.items import Item

__all__ = ["counted_in", "moved"]


class Car(NamedTuple):
    """Its items of one period are one visit's: it is counted once, however many of them it came back for."""

    period: str
    vehicle_id: UUID


@dataclass(frozen=True)
class Change:
    before: "Item | None"
    after: "Item"

    def differences(self) -> Mapping[Key, Mapping[str, int]]:
        """By row of the sums, without the cars."""
        found: dict[Key, dict[str, int]] = defaultdict(SUMS.nothing)
        for item, sign in ((self.before, -1), (self.after, 1)):
            if item:
                for name, number in measures(item).items():
                    found[key_of(item)][name] += sign * number
        return found

    def returning(self) -> bool:
        """It came back, or did not after all, or counts elsewhere."""
        return _returned_keys(self.before) != _returned_keys(self.after)


def moved(tx: Transaction, before: "Item | None", after: "Item") -> None:
    """Add what the change of one item makes of the figures; written with all other changes of the transaction."""
    _CHANGES.add(tx, Change(before, after))


def key_of(item: "Item") -> Key:
    return Key(item.period, item.dealer_code, item.type.value, item.region_code)


def _keep(tx: Transaction, changes: Sequence[Change]) -> None:
    """A transaction may change an item more than once: what counts is the first `before` and the last `after`."""
    last: dict[UUID, Change] = {}
    for change in changes:
        known = last.get(change.after.item_id)
        last[change.after.item_id] = Change(known.before if known else change.before, change.after)
    differences: dict[tuple[Key, UUID], dict[str, int]] = defaultdict(SUMS.nothing)
    for item_id, change in last.items():
        for key, difference in change.differences().items():
            grow(differences[key, item_id], difference)
    for key, item_id, number in _cars_that_count(tx, [change for change in last.values() if change.returning()]):
        differences[key, item_id][RETURNED_CARS] += number
    SUMS.write(tx, {where: found for where, found in differences.items() if any(found.values())})


def _cars_that_count(tx: Transaction, changes: Sequence[Change]) -> Iterable[tuple[Key, UUID, int]]:
    """Cars that came back, by row of the sums, or are no longer known to have; with the item that it is because of.

    A car is counted once where any of its items came back: so what its other items stand at decides.
    """
    now = _returned_now(tx, {car for change in changes for car in _cars_of(change)})
    was = {car: dict(found) for car, found in now.items()}
    because: dict[tuple[Car, Key], UUID] = {}
    for change in changes:
        item_id = change.after.item_id
        for car in _cars_of(change):
            was[car].pop(item_id, None)
            because |= {(car, key): item_id for item in (change.before, change.after) for key in _returned_keys(item)}
        if change.before and (keys := _returned_keys(change.before)):
            was[_car_of(change.before)][item_id] = keys
    for (car, key), item_id in because.items():
        number = _counts(now[car], key) - _counts(was[car], key)
        if number:
            yield key, item_id, number


def _counts(returned: Mapping[UUID, frozenset[Key]], key: Key) -> int:
    return int(any(key in keys for keys in returned.values()))


def _car_of(item: "Item") -> Car:
    return Car(item.period, item.vehicle_id)


def _cars_of(change: Change) -> set[Car]:
    return {_car_of(item) for item in (change.before, change.after) if item}


def _returned_keys(item: "Item | None") -> frozenset[Key]:
    """The rows in which its car is counted."""
    if item is None or not came_back(item):
        return frozenset()
    return _keys(key_of(item))


def _keys(key: Key) -> frozenset[Key]:
    return frozenset({key, key._replace(type=ALL_SERVICE)} if ReminderType(key.type) in SERVICE_TYPES else {key})


def _returned_now(tx: Transaction, cars: set[Car]) -> dict[Car, dict[UUID, frozenset[Key]]]:
    """All items of these cars are held until the transaction ends: two items that come back at once are one car all the same."""
    found: dict[Car, dict[UUID, frozenset[Key]]] = {car: {} for car in cars}
    if cars:
        theirs = items.c.period.in_({car.period for car in cars}) & items.c.vehicle_id.in_({car.vehicle_id for car in cars})
        rows: Sequence[Any] = tx.execute(select(items).where(theirs).order_by(items.c.item_id).with_for_update()).all()
        for row in rows:
            car = Car(row.period, row.vehicle_id)
            if row.visit_id and row.outcome != Outcome.VOID.value and car in found:
                found[car][row.item_id] = _keys(Key(row.period, row.dealer_code, row.type, row.region_code))
    return found


_CHANGES: Gathering[Change] = Gathering(_keep, sums, corrections, last=True)
