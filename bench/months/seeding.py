"""Cars by the million, and a year of sums, made by the database itself: the same ones each time."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Integer, SmallInteger, Table, insert

from bench.months import PERIOD
from chassis.database import Database
from contracts.reminders import SERVICE_TYPES, ReminderType
from services.reminders.days import first_day
from services.reminders.tables import ALL_SERVICE, MEASURES, campaigns, cars, sums

CHUNK = 50_000
DEALERS, REGIONS, MODELS = 600, 8, 8
VIN = "LS5A3ABE0BA012345"
CAMPAIGN = UUID(int=1)
MONTHS = tuple(f"2026-{month:02d}" for month in range(1, 13))
FIRST = first_day(PERIOD)
Run = Callable[[str], Any]


def _any(what: str, most: int) -> str:
    """A number below `most` that follows from the car's."""
    return f"(CRC32(CONCAT('{what}', seq)) % {most})"


def _due(what: str, days: int, share: float = 1.0) -> str:
    """Evenly over so many days from a month before the period on; only a share of the cars has such a date."""
    day = f"DATE('{FIRST}') - INTERVAL 30 DAY + INTERVAL {_any(what, days)} DAY"
    return day if share >= 1 else f"IF({_any(f'{what}?', 1000)} < {int(share * 1000)}, {day}, NULL)"


CARS: Mapping[str, str] = {
    "vehicle_id": "MD5(CONCAT('car', seq))",
    "record_id": "CONCAT('B', seq)",
    "customer_id": "CONCAT('C', seq)",
    "model_code": f"CONCAT('M', {_any('model', MODELS)})",
    "model_year": f"2014 + {_any('year', 13)}",
    "dealer_code": f"CONCAT('D', LPAD({_any('dealer', DEALERS)}, 4, '0'))",
    "region_code": f"CONCAT('R', {_any('dealer', DEALERS)} % {REGIONS})",
    "state": f"IF({_any('sold', 100)} < 3, 'sold', 'in_use')",
    "birth_month": f"IF({_any('born', 10)} = 0, NULL, 1 + {_any('month', 12)})",
    "birth_day": f"IF({_any('born', 10)} = 0, NULL, 1 + {_any('day', 28)})",
    "registered": f"{_any('registered', 100)} < 40",
    "due_first_maintenance": _due("first", 183, 0.08),
    "due_maintenance": _due("maintenance", 183, 0.92),
    "due_warranty": _due("warranty", 1095, 0.6),
    "due_insurance": _due("insurance", 365),
    "due_inspection": _due("inspection", 730),
}
"""Every car has about one item in a month: a sixth is due for maintenance, a twelfth for insurance, a quarter is in the campaign."""
BOUND: Mapping[str, str] = {
    "binding_id": "MD5(CONCAT('binding', seq))",
    "version": "1",
    "active": "1",
    "account": "'main'",
    "follower_id": "MD5(CONCAT('follower', seq))",
    "vehicle_id": CARS["vehicle_id"],
}
"""Whoever is registered has one follower."""
ALIKE: Mapping[str, Any] = {"vehicle_id": UUID(int=0), "vin": VIN, "sale_version": 1, "state": "in_use", "rulebook": 1}


def seed_cars(database: Database, run: Run, schema: str, number: int, step: Callable[[], None]) -> None:
    with database.write() as tx:
        tx.execute(insert(cars).values(_plain(cars) | dict(ALIKE)))
        tx.execute(insert(campaigns).values(_campaign()))
    run(f"CREATE OR REPLACE TABLE {schema}.pattern AS SELECT * FROM {schema}.cars")
    run(f"DELETE FROM {schema}.cars")
    values = ", ".join(CARS.get(column.name, f"p.{column.name}") for column in cars.c)
    names, bound = ", ".join(column.name for column in cars.c), ", ".join(BOUND)
    for first in range(1, number + 1, CHUNK):
        numbers = f"{schema}.seq_{first}_to_{min(first + CHUNK - 1, number)}"
        run(f"INSERT INTO {schema}.cars ({names}) SELECT {values} FROM {schema}.pattern AS p JOIN {numbers}")
        bind = f"INSERT INTO {schema}.bindings ({bound}) SELECT {', '.join(BOUND.values())}"
        run(f"{bind} FROM {numbers} WHERE {CARS['registered']}")
        step()
    run(f"DROP TABLE {schema}.pattern")
    run(f"ANALYZE TABLE {schema}.cars")


def seed_sums(database: Database, of_each: int, dealers: int = DEALERS) -> None:
    """Twelve months of every dealer and type, as if each had `of_each` items."""
    counted = dict.fromkeys(MEASURES, of_each)
    rows = [
        {"period": period, "dealer_code": f"D{dealer:04d}", "type": type, "region_code": f"R{dealer % REGIONS}", **counted}
        for period in MONTHS
        for dealer in range(dealers)
        for type in [*(one.value for one in ReminderType), ALL_SERVICE]
    ]
    with database.write() as tx:
        tx.execute(insert(sums), rows)


def items_of_each(items: int) -> int:
    """For so many items a month."""
    return round(items / (DEALERS * len(SERVICE_TYPES)))


def _plain(table: Table) -> dict[str, Any]:
    """A row that says nothing."""
    return {
        column.name: None if column.nullable else 0 if isinstance(column.type, Integer | SmallInteger) else _nothing(column.type)
        for column in table.c
    }


def _nothing(type: Any) -> Any:
    return date.min if isinstance(type, Date) else False if type.python_type is bool else ""


def _campaign() -> dict[str, Any]:
    return {
        "campaign_id": CAMPAIGN,
        "campaign_no": "BENCH",
        "version": 1,
        "kind": "national",
        "dealer_code": "",
        "name": "冬季免费检测",
        "text": "36 项免费检测",
        "starts_on": FIRST,
        "ends_on": FIRST.replace(day=28),
        "audience": {"models": ["M1", "M2"]},
        "withdrawn": False,
    }
