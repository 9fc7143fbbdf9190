"""What a car becomes of each word about it. Pure functions: any order of the words, with any repeats, ends the same. No I/O, no clock.

The DMS may have several rows about one car. The lowest record that is current counts, or the lowest where none is: a pure choice, so
that it does not matter which was heard of first. (flows 0: an owner for each field)
"""

from collections.abc import Iterable
from datetime import date

from contracts.dms import OwnershipChanged
from contracts.vehicles import CarFacts, ServiceDates
from services.reminders.facts.car import Car

CURRENT = "in_use"
FIRST_MAINTENANCE = "FIRST_MAINTENANCE"
"""The code of it among the services of a visit."""
_AS_TOLD = ("model_code", "model_name", "model_year", "dealer_code", "invoice_date", "purchase_date", "warranty_end_date")
_DMS_HALF = (
    *_AS_TOLD,
    "record_id",
    "sale_version",
    "told_customer_id",
    "told_state",
    "told_region_code",
    "told_birthday",
    "told_first_maintenance_on",
    "told_last_visit_on",
    "quiet",
)


def counting(rivals: Iterable[CarFacts]) -> CarFacts:
    """Of the latest of each record about one car, the one that counts."""
    return min(rivals, key=lambda facts: (facts.state != CURRENT, facts.record_id))


def latest(rivals: Iterable[CarFacts]) -> dict[str, CarFacts]:
    """The highest version of each record."""
    found: dict[str, CarFacts] = {}
    for facts in rivals:
        known = found.get(facts.record_id)
        if known is None or facts.version > known.version:
            found[facts.record_id] = facts
    return found


def told_by_the_dms(car: Car, facts: CarFacts | None) -> Car:
    """`facts` is what counts now; None: the DMS says no more that there is such a car."""
    if facts is None:
        never_told = Car(car.vehicle_id, car.vin)
        return settled(car.but(**{name: getattr(never_told, name) for name in _DMS_HALF}))
    birthday = facts.birth_month * 100 + facts.birth_day if facts.birth_month and facts.birth_day else None
    return settled(
        car.but(
            record_id=facts.record_id,
            sale_version=facts.version,
            told_customer_id=facts.customer_id,
            told_state=facts.state,
            told_region_code=facts.region_code,
            told_birthday=birthday,
            told_first_maintenance_on=facts.first_maintenance_on,
            told_last_visit_on=facts.last_visit_on,
            quiet=",".join(sorted(facts.quiet)),
            **{name: getattr(facts, name) for name in _AS_TOLD},
        )
    )


def facts_of(car: Car) -> CarFacts:
    """What the DMS told of it, to be held against another of its rows."""
    birthday = car.told_birthday
    return CarFacts.model_validate(
        {
            "vehicle_id": car.vehicle_id,
            "record_id": car.record_id,
            "version": car.sale_version,
            "vin": car.vin,
            "customer_id": car.told_customer_id,
            "region_code": car.told_region_code,
            "state": car.told_state,
            "first_maintenance_on": car.told_first_maintenance_on,
            "last_visit_on": car.told_last_visit_on,
            "birth_month": birthday // 100 if birthday else None,
            "birth_day": birthday % 100 if birthday else None,
            "quiet": car.quiet.split(",") if car.quiet else (),
            **{name: getattr(car, name) for name in _AS_TOLD},
        }
    )


def told_by_csc(car: Car, dates: ServiceDates) -> Car:
    """The higher version wins; of two rows that CSC has of one car at the same version, the higher record."""
    if (dates.version, dates.record_id) <= (car.dates_version, car.dates_record_id):
        return car
    return car.but(
        dates_record_id=dates.record_id,
        dates_version=dates.version,
        next_maintenance_date=dates.next_maintenance_date,
        compulsory_insurance_expiry=dates.compulsory_insurance_expiry,
        mandatory_maintenance_expiry=dates.mandatory_maintenance_expiry,
        next_inspection_date=dates.next_inspection_date,
        mileage_km=dates.mileage_km,
    )


def owned(car: Car, news: OwnershipChanged) -> Car:
    """A change of owner that is told as such goes before what the row says of the customer, as it does for who is registered."""
    if news.ownership_version <= car.owner_version:
        return car
    return settled(car.but(owner_version=news.ownership_version, owner_customer_id=news.customer_id))


def visited(car: Car, last_on: date | None, maintained_on: date | None) -> Car:
    """A-APT-28; by all its visits as they are known now: the last, and the first at which the first maintenance was done."""
    return settled(car.but(visited_on=last_on, maintained_on=maintained_on))


def settled(car: Car) -> Car:
    """What counts, of all that was told."""
    customer_id = car.owner_customer_id or car.told_customer_id
    birthday = car.told_birthday if customer_id == car.told_customer_id else None
    return car.but(
        customer_id=customer_id,
        state=_state(car),
        first_maintenance_on=_first(car.told_first_maintenance_on, car.maintained_on),
        last_visit_on=_last(car.told_last_visit_on, car.visited_on),
        birth_month=birthday // 100 if birthday else None,
        birth_day=birthday % 100 if birthday else None,
    )


def _state(car: Car) -> str:
    """Who sold it is named in the row that says so; if another owns it now, it is in use. Where nobody is named, nobody is reminded."""
    sold_by_another = car.told_customer_id and car.owner_customer_id and car.told_customer_id != car.owner_customer_id
    return CURRENT if car.told_state == "sold" and sold_by_another else car.told_state


def _first(*days: date | None) -> date | None:
    return min((day for day in days if day), default=None)


def _last(*days: date | None) -> date | None:
    return max((day for day in days if day), default=None)
