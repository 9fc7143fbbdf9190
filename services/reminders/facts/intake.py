"""Takes in what is told of cars, many at once: in a handful of statements whatever their number (A-REM-04, 10..12, 17, A-CLD-03)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import eventlet

from chassis.database import Transaction
from chassis.settings import Reminders
from contracts.vehicles import CarFacts, DirtyRow, ServiceDates
from services.reminders.days import day_of
from services.reminders.facts import dirty, flaws, learning
from services.reminders.facts.car import Car, CarStore
from services.reminders.facts.dealers import DealerStore
from services.reminders.facts.records import Known, RecordStore
from services.reminders.following.cars import Change, changed
from services.reminders.rules.due import DueDates, due_dates
from services.reminders.rules.rulebook import rulebook_in_force

Learn = Callable[[Car], Car]
Cars = Mapping[UUID, Car]
T = TypeVar("T")

A_BREATH = 50
"""Cars after which others have a turn."""


@dataclass(frozen=True)
class SortedOut:
    """What the DMS's new rows are of: the rows that there are now about each car that they change, and those that are news."""

    rows: dict[UUID, dict[str, CarFacts]]
    taken: tuple[CarFacts, ...]


@dataclass(frozen=True)
class Intake:
    """One transaction's work on cars. `terms`: reminders of config.yaml."""

    tx: Transaction
    terms: Reminders
    now: datetime

    cars = CarStore()
    records = RecordStore()
    dealers = DealerStore()

    def learn(self, vehicle_id: UUID, vin: str, learn: Learn) -> Car:
        """What others than the DMS's rows and CSC's say of a car. One that is not known is begun. Gives it as it is now."""
        before = self.cars.of(self.tx, [vehicle_id])
        begun = _with_new(before, {vehicle_id: vin})[vehicle_id]
        (kept,) = self._keep(before, [learn(begun)])
        if kept.state != begun.state:
            dirty.keep_known(self.tx, [vehicle_id], flaws.BY_OWNER, flaws.of_the_owner(kept), self.now)
        return kept

    def take_dates(self, told: Sequence[ServiceDates]) -> None:
        """CSC's half."""
        before = self.cars.of(self.tx, {dates.vehicle_id for dates in told})
        after = _with_new(before, {dates.vehicle_id: dates.vin for dates in told})
        for dates in _breathing(told):
            after[dates.vehicle_id] = learning.told_by_csc(after[dates.vehicle_id], dates)
        news = [one for one in told if _is_news(one, before.get(one.vehicle_id), after[one.vehicle_id])]
        dirty.forget_rows(
            self.tx, "dates", {car.dates_record_id for car in before.values()} - {car.dates_record_id for car in after.values()}
        )
        self._list("dates", [(one, after[one.vehicle_id].dealer_code) for one in news])
        self._keep(before, after.values())
        changed = {one.vehicle_id: after[one.vehicle_id] for one in news}
        dirty.keep_known(self.tx, changed, flaws.BY_DATES, [one for car in changed.values() for one in flaws.of_the_dates(car)], self.now)

    def take_cars(self, told: Sequence[CarFacts]) -> None:
        """The DMS's half. A row that has another VIN now leaves the car that it stood for."""
        today = day_of(self.now)
        latest = learning.latest(flaws.sound(facts, today) for facts in _breathing(told))
        elsewhere = self.records.whereabouts(self.tx, latest)
        regions = self.dealers.regions(self.tx, (facts.dealer_code for facts in latest.values()))  # first, as who learns of a dealer does
        before = self.cars.of(self.tx, {*(one.vehicle_id for one in latest.values()), *(car for car, _ in elsewhere.values())})
        known = self.records.of_cars(self.tx, before.values())
        found = sorted_out(known, latest.values())
        self._list("cars", [(one, one.dealer_code) for one in found.taken])
        after, beside, regions = self._told(_with_new(before, {one.vehicle_id: one.vin for one in found.taken}), found, regions)
        self.records.keep(self.tx, known, [*beside, *_beside_others(known, found)])
        kept = self._keep(before, after)
        dirty.hand_to(self.tx, {car.vehicle_id: car.dealer_code for car in kept if _is_another_dealers(car, before.get(car.vehicle_id))})
        faults = [one for car in kept for one in flaws.against_the_rest(car, found.rows[car.vehicle_id].values(), regions)]
        dirty.keep_known(self.tx, found.rows, flaws.BY_RECORDS, faults, self.now)

    def list_unusable(self, source: dirty.Source, rows: Sequence[DirtyRow]) -> None:
        """Rows that name no car. What is known of a later version of the row goes before."""
        known = self.records.whereabouts(self.tx, {row.record_id for row in rows}) if source == "cars" else {}
        read = [dirty.Read(row.record_id, row.version, row.fields) for row in rows if row.version > known.get(row.record_id, _NOWHERE)[1]]
        dirty.keep_read(self.tx, source, read, self.now)

    def _told(self, cars: Cars, found: SortedOut, regions: dict[str, str]) -> tuple[list[Car], list[CarFacts], dict[str, str]]:
        """The cars, the rows that do not count, and the regions of all their dealers."""
        after, beside = [], []
        for vehicle_id, rows in _breathing(found.rows.items()):
            counts = learning.counting(rows.values()) if rows else None
            after.append(learning.told_by_the_dms(cars[vehicle_id], counts))
            beside += [facts for facts in rows.values() if facts is not counts]
        regions = regions | self.dealers.regions(self.tx, {car.dealer_code for car in after} - set(regions))
        return [car.but(region_code=regions.get(car.dealer_code) or car.told_region_code) for car in after], beside, regions

    def _list(self, source: dirty.Source, rows: Iterable[tuple[CarFacts | ServiceDates, str]]) -> None:
        read = [dirty.Read(one.record_id, one.version, one.dirty, one.vehicle_id, dealer_code) for one, dealer_code in rows]
        dirty.keep_read(self.tx, source, read, self.now)

    def _keep(self, before: Cars, after: Iterable[Car]) -> list[Car]:
        """With due dates and items that follow. Of a car that the DMS has not told of nothing is due: nobody is known to be reminded."""
        rulebook = rulebook_in_force(self.tx)

        def with_due_dates(car: Car) -> Car:
            due = due_dates(car, rulebook, self.terms) if car.is_known else DueDates()
            return car.but(rulebook=rulebook.version, **due.columns())

        kept = [car if car == before.get(car.vehicle_id) else with_due_dates(car) for car in _breathing(after)]
        self.cars.keep(self.tx, before, kept)
        changes = (Change(before[car.vehicle_id], car) for car in kept if car.vehicle_id in before)
        changed(self.tx, changes, self.now, self.terms)
        return kept


def sorted_out(known: Known, told: Iterable[CarFacts]) -> SortedOut:
    """Where each row is now: of a row that was told before, in another car or the same, the higher version counts."""
    rows = {vehicle_id: dict(records) for vehicle_id, records in known.of_cars.items()}
    stands = {record_id: facts for records in rows.values() for record_id, facts in records.items()}
    changed: set[UUID] = set()
    taken = []
    for facts in told:
        was = stands.get(facts.record_id)
        if was and was.version >= facts.version:
            continue
        if was:
            del rows[was.vehicle_id][was.record_id]
            changed.add(was.vehicle_id)
        rows.setdefault(facts.vehicle_id, {})[facts.record_id] = facts
        changed.add(facts.vehicle_id)
        taken.append(facts)
    return SortedOut({vehicle_id: rows[vehicle_id] for vehicle_id in changed}, tuple(taken))


_NOWHERE = (UUID(int=0), 0)


def _beside_others(known: Known, found: SortedOut) -> list[CarFacts]:
    """What stands beside cars that are held and do not change."""
    return [facts for facts in known.beside.values() if facts.vehicle_id not in found.rows]


def _with_new(before: Cars, vins: Mapping[UUID, str]) -> dict[UUID, Car]:
    return {**before, **{vehicle_id: Car(vehicle_id, vin) for vehicle_id, vin in vins.items() if vehicle_id not in before}}


def _is_another_dealers(car: Car, before: Car | None) -> bool:
    return before is not None and before.dealer_code != car.dealer_code


def _is_news(dates: ServiceDates, before: Car | None, after: Car) -> bool:
    """It is what the car has now, and had not."""
    its = (dates.version, dates.record_id)
    return its == (after.dates_version, after.dates_record_id) and (before is None or its > (before.dates_version, before.dates_record_id))


def _breathing(things: Iterable[T]) -> Iterator[T]:
    for number, thing in enumerate(things, 1):
        yield thing
        if number % A_BREATH == 0:
            eventlet.sleep(0)
