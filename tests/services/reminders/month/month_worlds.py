"""A house with made cars, and what its months look like."""

import random
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import insert, select

from chassis.settings import Reminders
from services.reminders.facts.car import Car, columns_of
from services.reminders.month import generation, runs
from services.reminders.rules.due import due_dates
from services.reminders.rules.rulebook import DEFAULT
from services.reminders.service import RemindersService
from services.reminders.tables import campaigns, cars, items, sums
from services.reminders.tables import runs as run_rows
from tests.services.house import House, Times

PERIOD = "2026-12"
LAST_DAY = datetime(2026, 11, 29, 17, 30, tzinfo=UTC)
"""01:30 of 30 November in Shanghai."""
MODELS = ("SWIFT", "ALTO", "JIMNY")


def a_house(schema, *, at=LAST_DAY, **terms):
    service = RemindersService()
    service.now, service.terms = Times(at), Reminders(**terms)
    return House(service, schema)


def a_car(number, **facts):
    """Worked out by the default rules, as FACTS does."""
    told = {"record_id": f"R{number}", "sale_version": 1, "customer_id": f"C{number:05d}", "model_code": "SWIFT", "model_year": 2024}
    told |= {"dealer_code": "D001", "region_code": "EAST"}
    car = Car(UUID(int=(number * 0x9E3779B97F4A7C15F39CC0605CEDC835) % 2**128), f"LS4AAAAA1AA{number:06d}", **{**told, **facts})
    return with_due_dates(car)


def with_due_dates(car, rulebook=DEFAULT, **terms):
    return Car(**{**columns_of(car), **due_dates(car, rulebook, Reminders(**terms)).columns(), "rulebook": rulebook.version})


def made_cars(number, seed=1):
    """As they come: some due, some not, sold, quiet, without an owner, unknown to the DMS."""
    chance = random.Random(seed)
    return [_made_car(chance, one) for one in range(number)]


def _made_car(chance, number):
    return a_car(
        number,
        sale_version=chance.choice([0] + [1] * 15),
        customer_id=chance.choice(["", *[f"C{number:05d}"] * 15]),
        state=chance.choice(["sold", "scrapped", *["in_use"] * 10]),
        quiet=chance.choice(["phone,wechat", "phone", *[""] * 5]),
        registered=chance.random() < 0.4,
        model_code=chance.choice(MODELS),
        model_year=chance.choice([None, 2020, 2023, 2026]),
        dealer_code=chance.choice(["D001", "D002", "D003"]),
        region_code=chance.choice(["EAST", "WEST"]),
        invoice_date=_some_day(chance, date(2026, 6, 1), 60) or _some_day(chance, date(2023, 12, 1), 90),
        purchase_date=_some_day(chance, date(2026, 6, 10), 60),
        warranty_end_date=_some_day(chance, date(2026, 12, 10), 60),
        first_maintenance_on=_some_day(chance, date(2026, 8, 1), 30),
        last_visit_on=_some_day(chance, date(2026, 6, 10), 60),
        next_maintenance_date=_some_day(chance, date(2026, 12, 10), 60),
        compulsory_insurance_expiry=_some_day(chance, date(2026, 12, 10), 60),
        next_inspection_date=_some_day(chance, date(2026, 12, 10), 60),
        birth_month=chance.choice([None, 2, 11, 12]),
        birth_day=chance.choice([1, 28, 29, 30, 31]),
    )


def _some_day(chance, around, days):
    return around + timedelta(days=chance.randrange(-days, days)) if chance.random() < 0.6 else None


def put(house, *some):
    with house.write() as tx:
        tx.execute(insert(cars), [columns_of(car) for car in some])


def put_campaign(house, number, **facts):
    row = {
        "campaign_id": UUID(int=number),
        "campaign_no": f"A{number}",
        "version": 1,
        "kind": "national",
        "dealer_code": "",
        "name": "冬季检测",
        "text": "",
        "starts_on": date(2026, 12, 10),
        "ends_on": date(2026, 12, 20),
        "audience": {},
        "withdrawn": False,
    }
    with house.write() as tx:
        tx.execute(insert(campaigns), [{**row, **facts}])


def order(house, period=PERIOD):
    with house.write() as tx:
        return runs.start_run(tx, period, "test", house.service.now())


def make(house, period=PERIOD, cars_at_once=7):
    """A whole run."""
    run_id = order(house, period)
    work_on(house, cars_at_once)
    return run_id


def work_on(house, cars_at_once=7):
    while generation.carry_on(house.database, house.service.terms, cars_at_once):
        pass


def rows_of(house, table=items):
    """All rows, as they would be compared."""
    with house.database.read() as connection:
        return sorted((tuple(row) for row in connection.execute(select(table))), key=str)


def items_of(house, **columns):
    with house.database.read() as connection:
        which = [items.c[name] == value for name, value in columns.items()]
        return connection.execute(select(items).where(*which).order_by(items.c.due_date, items.c.item_id)).all()


def run_of(house, run_id):
    with house.database.read() as connection:
        return connection.execute(select(run_rows).where(run_rows.c.run_id == run_id)).one()


def everything(house):
    """What a month leaves: items, sums, and the run without its moments."""
    found = [row[:-2] for row in rows_of(house, run_rows)]
    return rows_of(house), rows_of(house, sums), found
