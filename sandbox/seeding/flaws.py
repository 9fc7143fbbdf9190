"""What goes wrong with records over the years (脏数据): every flaw that contracts/vehicles.py names, and cars that have gone."""

import random
from collections.abc import Callable
from datetime import date, timedelta

from contracts.vehicles import Flaw
from sandbox.seeding.cars import Made, Record

ZEROS = ("0", 0, "00000000", "0000-00-00")
PLACEHOLDERS = ("1900-01-01", "19000101", "9999-12-31", "2099-12-31")
UNREADABLE = ("2025-02-30", "待补", "13月5日", "2O25-01-03")
CAR_DATES = ("invoice_date", "purchase_date", "warranty_end_date", "last_visit_date")
DUE_DATES = ("next_maintenance_date", "compulsory_insurance_expiry", "next_inspection_date")

Spoiler = Callable[[random.Random, Made, date], None]


def spoil(chance: random.Random, made: Made, today: date, share: float) -> None:
    """`share` of the records get a flaw of some kind; 2 % of the cars were sold or scrapped besides."""
    car = made.cars[0]
    if chance.random() < 0.02:
        car["state"] = "sold" if chance.random() < 0.75 else "scrapped"
        made.flaws.append(Flaw.SOLD if car["state"] == "sold" else "scrapped")
    if chance.random() < share:
        flaw = chance.choice(KINDS)
        SPOILERS[flaw](chance, made, today)
        made.flaws.append(flaw)


def _missing(chance: random.Random, made: Made, _today: date) -> None:
    """No date at all at the one or the other, or no VIN."""
    which = chance.randrange(3)
    if which == 0:
        made.cars[0].update(dict.fromkeys(CAR_DATES))
    elif which == 1:
        made.dates[0].update(dict.fromkeys((*DUE_DATES, "mandatory_maintenance_expiry")))
    else:
        made.cars[0]["vin"] = chance.choice(("", str(made.cars[0]["vin"])[:12]))


def _instead(values: tuple[object, ...]) -> Spoiler:
    def spoiler(chance: random.Random, made: Made, _today: date) -> None:
        record, fields = _one_of_both(chance, made)
        record[chance.choice(fields)] = chance.choice(values)

    return spoiler


def _in_future(chance: random.Random, made: Made, today: date) -> None:
    made.cars[0][chance.choice(("invoice_date", "last_visit_date"))] = (today + timedelta(days=chance.randrange(30, 700))).isoformat()


def _contradiction(chance: random.Random, made: Made, today: date) -> None:
    """Due before it was sold."""
    record, name = chance.choice(((made.cars[0], "warranty_end_date"), (made.dates[0], "next_maintenance_date")))
    record[name] = (today - timedelta(days=365 * 15 + chance.randrange(900))).isoformat()


def _two_owners(chance: random.Random, made: Made, _today: date) -> None:
    """The dealer who sold it on never ended the old record."""
    made.cars.append({**made.cars[0], "customer_id": f"X{chance.randrange(10_000_000):07d}"})


def _unknown_car(chance: random.Random, made: Made, _today: date) -> None:
    """An adviser's typing error: dates of a car that nobody sold."""
    vin = str(made.dates[0]["vin"])
    made.dates[0]["vin"] = f"{vin[:3]}Z{vin[4:11]}{chance.randrange(1_000_000):06d}"


def _unknown_dealer(_chance: random.Random, made: Made, _today: date) -> None:
    made.cars[0].update(dealer_code="Z999", region_code="")


def _one_of_both(chance: random.Random, made: Made) -> tuple[Record, tuple[str, ...]]:
    return (made.cars[0], CAR_DATES) if chance.random() < 0.5 else (made.dates[0], DUE_DATES)


SPOILERS: dict[str, Spoiler] = {
    Flaw.MISSING: _missing,
    Flaw.ZERO: _instead(ZEROS),
    Flaw.PLACEHOLDER: _instead(PLACEHOLDERS),
    Flaw.UNREADABLE: _instead(UNREADABLE),
    Flaw.IN_FUTURE: _in_future,
    Flaw.CONTRADICTION: _contradiction,
    Flaw.TWO_OWNERS: _two_owners,
    Flaw.UNKNOWN_CAR: _unknown_car,
    Flaw.UNKNOWN_DEALER: _unknown_dealer,
}
KINDS = tuple(SPOILERS)
