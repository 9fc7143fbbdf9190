"""What is wrong with what is known of a car (脏数据, A-CLD-03). Pure functions."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta

from contracts.vehicles import CarFacts, DirtyField, Flaw
from services.reminders.facts.car import Car
from services.reminders.facts.dirty import Faulty
from services.reminders.facts.learning import CURRENT

BY_DATES = frozenset({Flaw.UNKNOWN_CAR, Flaw.CONTRADICTION})
BY_OWNER = frozenset({Flaw.SOLD})
BY_RECORDS = BY_DATES | BY_OWNER | {Flaw.UNKNOWN_DEALER, Flaw.TWO_OWNERS}
"""What is to be worked out anew when the one or the other is told."""

AHEAD = timedelta(days=1)
"""A partner's clock may be before ours."""
PAST = ("invoice_date", "purchase_date", "first_maintenance_on", "last_visit_on")
NOT_BEFORE_THE_SALE = ("warranty_end_date", "first_maintenance_on")
DATES = ("next_maintenance_date", "compulsory_insurance_expiry", "mandatory_maintenance_expiry", "next_inspection_date")


def sound(facts: CarFacts, today: date) -> CarFacts:
    """The row without what cannot be: days to come that must be over, and days before the sale; these are listed with the rest."""
    future = {name for name in PAST if (day := getattr(facts, name)) and day > today + AHEAD}
    sold_on = _first(getattr(facts, name) for name in ("invoice_date", "purchase_date") if name not in future)
    early = {name for name in NOT_BEFORE_THE_SALE if _is_before(getattr(facts, name), sold_on)} - future
    if not future | early:
        return facts
    found = dict.fromkeys(future, Flaw.IN_FUTURE) | dict.fromkeys(early, Flaw.CONTRADICTION)
    dirty = tuple(DirtyField(field=name, flaw=found[name]) for name in sorted(found))
    return facts.model_copy(update={"dirty": (*facts.dirty, *dirty), **dict.fromkeys(found)})


def against_the_rest(car: Car, rivals: Iterable[CarFacts], known_dealers: Collection[str]) -> Iterator[Faulty]:
    """`rivals`: the DMS's rows about it. Only what the DMS has told of has an owner and a dealer."""
    yield from of_the_owner(car)
    yield from of_the_dates(car)
    if not car.is_known:
        return
    named = (car.vehicle_id, car.dealer_code)
    if car.dealer_code and car.dealer_code not in known_dealers:
        yield Faulty("cars", car.record_id, "dealer_code", Flaw.UNKNOWN_DEALER, *named)
    for rival in rivals:
        if rival.record_id != car.record_id and rival.state == CURRENT:
            yield Faulty("cars", rival.record_id, "vin", Flaw.TWO_OWNERS, *named)


def of_the_owner(car: Car) -> Iterator[Faulty]:
    if car.state == "sold":
        yield Faulty("cars", car.record_id, "state", Flaw.SOLD, car.vehicle_id, car.dealer_code)


def of_the_dates(car: Car) -> Iterator[Faulty]:
    """They are used as they are: what is due before the sale is due in no month to come."""
    if not car.dates_version:
        return
    named = (car.vehicle_id, car.dealer_code)
    if not car.is_known:
        yield Faulty("dates", car.dates_record_id, "vin", Flaw.UNKNOWN_CAR, *named)
    sold_on = _first((car.invoice_date, car.purchase_date))
    for name in DATES:
        if _is_before(getattr(car, name), sold_on):
            yield Faulty("dates", car.dates_record_id, name, Flaw.CONTRADICTION, *named)


def _is_before(day: date | None, sold_on: date | None) -> bool:
    return day is not None and sold_on is not None and day < sold_on


def _first(days: Iterable[date | None]) -> date | None:
    return min((day for day in days if day), default=None)
