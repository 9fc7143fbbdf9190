"""One made car after the other: when it was sold and where, how long its owner came to the workshop, and what is due from that."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate

from sandbox.seeding.calendar import anniversary, inspected, months_after
from sandbox.seeding.market import MODELS, MadeDealer, Model, days_of_sale

BLOCK = 1000

LOYAL = (0.95, 0.86, 0.76, 0.62, 0.5, 0.4, 0.32, 0.26, 0.2, 0.16)
"""Who still comes to the maker's workshops, by the car's age in years."""
NOTATIONS = ("%Y%m%d", "%Y/%m/%d", "%Y-%m-%d 00:00:00", "%Y-%m-%dT00:00:00+08:00")
"""Other ways in which good dates are written."""
VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
VIN_VALUES = {
    **{str(digit): digit for digit in range(10)},
    **dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", (*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True)),
}
VIN_YEARS = "ABCDEFGHJKLMNPRSTVWXY123456789"
"""From 2010 on."""

Record = dict[str, object]


@dataclass
class Made:
    """A car as the DMS and the CSC have it; more rows than one, or none, where something went wrong with it."""

    cars: list[Record]
    dates: list[Record]
    flaws: list[str] = field(default_factory=list)


class Maker:
    """Cars by their number, from 1; each block of them follows from the seed and its own number alone."""

    def __init__(self, seed: int, today: date, dealers: Sequence[MadeDealer]) -> None:
        self._seed = seed
        self._today = today
        self._dealers = dealers
        self._reach = list(accumulate(dealer.weight for dealer in dealers))
        self._days, self._sold = days_of_sale(today)

    def block(self, number: int) -> Iterator[tuple[Made, random.Random]]:
        """Cars `number * BLOCK + 1` and on. The chance is given along, for what may still happen to a record."""
        chance = random.Random(f"{self._seed}/{number}")  # noqa: S311 - no secret: the same cars each time
        models = chance.choices(MODELS, [model.weight for model in MODELS], k=BLOCK)
        dealers = chance.choices(self._dealers, cum_weights=self._reach, k=BLOCK)
        days = chance.choices(self._days, cum_weights=self._sold, k=BLOCK)
        owner = 0
        for place in range(BLOCK):
            serial = number * BLOCK + place + 1
            owner = owner if owner and chance.random() < 0.07 else serial
            yield self._car(chance, Sale(serial, owner, models[place], dealers[place], days[place])), chance

    def _car(self, chance: random.Random, sale: "Sale") -> Made:
        model, dealer, sold = sale.model, sale.dealer, sale.day
        visits = self._visits(chance, model, sold)
        vin = vin_of(model, sold.year, sale.serial)
        warranty = months_after(sold, model.warranty) if chance.random() < 0.7 else None
        birth = date(2000, 1, 1) + timedelta(days=chance.randrange(366))
        car: Record = {
            "vin": vin,
            "customer_id": f"M{sale.owner:07d}",
            "model_code": model.code,
            "model_name": chance.choice(model.names),
            "model_year": sold.year + (sold.month >= 10),
            "dealer_code": dealer.code,
            "region_code": dealer.region,
            "state": "in_use",
            "invoice_date": written(chance, sold),
            "purchase_date": written(chance, sold) if chance.random() < 0.6 else None,
            "warranty_end_date": written(chance, warranty) if warranty else None,
            "first_maintenance_date": written(chance, visits.first) if visits.first else None,
            "last_visit_date": written(chance, visits.last) if visits.last else None,
            "birth_date": birth.strftime("%m-%d") if chance.random() < 0.93 else None,
            "quiet": chance.choice(("phone", "wechat", "sms", "phone wechat")) if chance.random() < 0.04 else "",
        }
        return Made([car], [self._dates(chance, model, sold, visits.last, vin)])

    def _visits(self, chance: random.Random, model: Model, sold: date) -> "Visits":
        """Owners come regularly until one day they do not."""
        first_due = months_after(sold, model.first)
        first = first_due + timedelta(days=round(chance.gauss(-5, 22)))
        if first > self._today or chance.random() > 0.9:
            return Visits(None, None)
        age = (self._today - sold).days // 365
        gap = model.interval * 30
        if chance.random() < LOYAL[min(age, len(LOYAL) - 1)]:
            last = self._today - timedelta(days=chance.randrange(gap))
        else:
            last = first + timedelta(days=chance.randrange(max(1, (self._today - first).days)))
        return Visits(first, max(first, last))

    def _dates(self, chance: random.Random, model: Model, sold: date, last: date | None, vin: str) -> Record:
        """As the adviser left them at the last visit, or the clerk at the sale."""
        known = last or sold
        maintenance = months_after(known, model.interval if last else model.first) + timedelta(days=chance.randrange(-10, 11))
        mandatory = written(chance, maintenance + timedelta(days=30)) if chance.random() < 0.2 else None
        years = (known - sold).days / 365
        return {
            "vin": vin,
            "next_maintenance_date": written(chance, maintenance) if chance.random() < 0.93 else None,
            "compulsory_insurance_expiry": written(chance, anniversary(sold, known)) if chance.random() < 0.85 else None,
            "mandatory_maintenance_expiry": mandatory,
            "next_inspection_date": written(chance, inspected(sold, known)) if chance.random() < 0.8 else None,
            "mileage_km": max(5, round(years * chance.gauss(model.yearly, model.yearly / 4))) if last else None,
        }


@dataclass(frozen=True)
class Sale:
    serial: int
    owner: int
    model: Model
    dealer: MadeDealer
    day: date


@dataclass(frozen=True)
class Visits:
    first: date | None
    last: date | None


def written(chance: random.Random, day: date) -> str:
    """As most clerks write it; every thirtieth otherwise."""
    return day.isoformat() if chance.random() > 0.03 else day.strftime(chance.choice(NOTATIONS))


def vin_of(model: Model, year: int, serial: int) -> str:
    """With a check digit that is right (GB 16735)."""
    plant, last = divmod(serial, 1_000_000)
    bare = f"LS6{model.vds}0{VIN_YEARS[(year - 2010) % 30]}{'ABCDEFGH'[plant % 8]}{last:06d}"
    rest = sum(VIN_VALUES[char] * weight for char, weight in zip(bare, VIN_WEIGHTS, strict=True)) % 11
    return f"{bare[:8]}{'X' if rest == 10 else rest}{bare[9:]}"
