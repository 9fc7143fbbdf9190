"""Writes made cars into the files of the DMS and the CSC, block after block; each file knows how far it is.

No car is registered: a registration is Cheqiao's own (a follower, a code by SMS, consent) and only told to DMS and CSC. One made here would
stand with both partners and be unknown to Cheqiao, which sends to followers that it knows itself and counts no others as registered.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from contracts.partners.dms import DealerHours, DealerRecord
from sandbox import ledger, outgoing, partner
from sandbox.clock import CHINA, Now, utc_now
from sandbox.csc import records as csc_records
from sandbox.csc.campaigns import Campaigns
from sandbox.csc.dealer_names import DealerNames
from sandbox.csc.service_dates import CarDates
from sandbox.dms import records as dms_records
from sandbox.dms.records import DmsRecords
from sandbox.seeding.campaigns import campaigns_of
from sandbox.seeding.cars import BLOCK, Made, Maker, Record
from sandbox.seeding.flaws import spoil
from sandbox.seeding.market import MadeDealer, dealers_of
from sandbox.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS seeded (
  only INTEGER PRIMARY KEY CHECK (only = 1), seed INTEGER NOT NULL, as_of TEXT NOT NULL, dealers INTEGER NOT NULL, dirty REAL NOT NULL,
  blocks INTEGER NOT NULL DEFAULT 0, flaws TEXT NOT NULL DEFAULT '{}'
);
"""
CAR = (
    "INSERT INTO cars (version, changed_at, vin, customer_id, model_code, model_name, model_year, dealer_code, region_code, state,"
    " invoice_date, purchase_date, warranty_end_date, first_maintenance_date, last_visit_date, birth_date, quiet) VALUES (1, :at, :vin,"
    " :customer_id, :model_code, :model_name, :model_year, :dealer_code, :region_code, :state, :invoice_date, :purchase_date,"
    " :warranty_end_date, :first_maintenance_date, :last_visit_date, :birth_date, :quiet)"
)
DATES = (
    "INSERT INTO service_dates (version, changed_at, vin, next_maintenance_date, compulsory_insurance_expiry,"
    " mandatory_maintenance_expiry, next_inspection_date, mileage_km) VALUES (1, :at, :vin, :next_maintenance_date,"
    " :compulsory_insurance_expiry, :mandatory_maintenance_expiry, :next_inspection_date, :mileage_km)"
)


@dataclass(frozen=True)
class Plan:
    """What is wanted. `dirty` is a share, 0 to 1. Of the second call on a file only `cars` counts: the rest is as it was begun."""

    cars: int
    seed: int = 1
    dealers: int | None = None
    dirty: float = 0.02

    @property
    def blocks(self) -> int:
        return -(-self.cars // BLOCK)

    @property
    def dealers_wanted(self) -> int:
        return self.dealers or max(8, min(400, self.cars // 2500))


@dataclass(frozen=True)
class Seeded:
    """What is there now: cars, of which day, and how many records have which flaw."""

    cars: int
    as_of: date
    flaws: dict[str, int]


def seed(state: Path, plan: Plan, told: Callable[[int], None], now: Now = utc_now) -> Seeded:
    """Make cars until there are as many as wanted, in whole blocks. `told` hears how many there are after each.

    A sandbox that runs on these files goes on meanwhile: each block is a short transaction.
    """
    with _opened(state, now) as books:
        begun = books.begun(plan)
        maker = Maker(begun["seed"], date.fromisoformat(begun["as_of"]), dealers_of(begun["seed"], begun["dealers"]))
        for number in range(min(books.blocks()), plan.blocks):
            made = list(_spoilt(maker, number, begun))
            books.keep(number, made)
            told((number + 1) * BLOCK)
        return books.seeded()


def _spoilt(maker: Maker, number: int, begun: sqlite3.Row) -> Iterator[Made]:
    today = date.fromisoformat(begun["as_of"])
    for made, chance in maker.block(number):
        spoil(chance, made, today, begun["dirty"])
        yield made


class Books:
    """The records of both, as they are written to here."""

    def __init__(self, dms: Store, csc: Store, now: Now) -> None:
        self._dms = dms
        self._csc = csc
        self._now = now
        DmsRecords(dms, now)
        CarDates(csc, now)
        self._campaigns = Campaigns(csc, now)
        self._names = DealerNames(csc)

    def begun(self, plan: Plan) -> sqlite3.Row:
        """How it was begun; dealers and campaigns come first. The CSC follows the DMS: whoever ends between the two is taken up here."""
        today = self._now().astimezone(CHINA).date().isoformat()
        with self._dms.write() as tx:
            _begin(tx, (plan.seed, today, plan.dealers_wanted, plan.dirty))
            row: sqlite3.Row = tx.execute("SELECT * FROM seeded").fetchone()
            dealers = dealers_of(row["seed"], row["dealers"])
            tx.executemany("INSERT OR IGNORE INTO dealers (dealer_code, version, record) VALUES (?, 1, ?)", _records(dealers))
        with self._csc.write() as tx:
            if _begin(tx, (row["seed"], row["as_of"], row["dealers"], row["dirty"])):
                self._names.keep(tx, [(dealer.code, dealer.name, dealer.region) for dealer in dealers])
                for campaign in campaigns_of(row["seed"], date.fromisoformat(row["as_of"]), dealers):
                    self._campaigns.keep(tx, campaign)
        return row

    def blocks(self) -> tuple[int, int]:
        """How many each of them has."""
        dms, csc = (store.rows("SELECT blocks FROM seeded")[0]["blocks"] for store in (self._dms, self._csc))
        return dms, csc

    def keep(self, number: int, made: Sequence[Made]) -> None:
        """One block, where it is not there yet."""
        at = self._now().timestamp()
        flaws = Counter(flaw for each in made for flaw in each.flaws)
        self._keep(self._dms, number, CAR, [{**car, "at": at} for each in made for car in each.cars], flaws)
        self._keep(self._csc, number, DATES, [{**dates, "at": at} for each in made for dates in each.dates], flaws)

    def seeded(self) -> Seeded:
        row = self._dms.rows("SELECT * FROM seeded")[0]
        return Seeded(row["blocks"] * BLOCK, date.fromisoformat(row["as_of"]), json.loads(row["flaws"]))

    def _keep(self, store: Store, number: int, insert: str, rows: Sequence[Record], flaws: Counter[str]) -> None:
        with store.write() as tx:
            held = tx.execute("SELECT flaws FROM seeded WHERE blocks=?", (number,)).fetchone()
            if held is not None:
                tx.executemany(insert, rows)
                flaws_now = dict(Counter(json.loads(held["flaws"])) + flaws)
                tx.execute("UPDATE seeded SET blocks=blocks+1, flaws=?", (json.dumps(flaws_now),))


@contextmanager
def _opened(state: Path, now: Now) -> Iterator[Books]:
    shared = (ledger.SCHEMA, outgoing.SCHEMA, partner.SCHEMA, SCHEMA)
    dms = Store(state / "dms.db", *shared, dms_records.SCHEMA)
    csc = Store(state / "csc.db", *shared, csc_records.SCHEMA)
    try:
        yield Books(dms, csc, now)
    finally:
        dms.close()
        csc.close()


def _begin(tx: sqlite3.Connection, how: tuple[int, str, int, float]) -> bool:
    """Whether it begins now."""
    return tx.execute("INSERT OR IGNORE INTO seeded (only, seed, as_of, dealers, dirty) VALUES (1, ?, ?, ?, ?)", how).rowcount == 1


def _records(dealers: Sequence[MadeDealer]) -> list[tuple[str, str]]:
    week = tuple(DealerHours(weekday=weekday, begins="08:30", ends="17:30") for weekday in range(1, 8))
    return [
        (
            dealer.code,
            DealerRecord(
                version=1, dealer_code=dealer.code, name=dealer.name, region_code=dealer.region, address=dealer.city, hours=week
            ).model_dump_json(),
        )
        for dealer in dealers
    ]
