"""What the row `reminders` has done, with few cars, on MariaDB: it makes a fleet by itself."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select

from bench.months import __main__ as work
from bench.months import seeding
from bench.rows.reminders import QUESTIONS
from chassis import privacy
from chassis.database import Database, migrate, open_engine
from chassis.outbox import OutboxWriter
from chassis.privacy import Vault
from contracts.reminders import SERVICE_TYPES, ReminderType
from launcher.house import SERVICES
from services.reminders.tables import cars, items, messages, runs

VAULT = Vault({"k1": bytes(32)}, bytes(range(32)))
CARS = 3_000


@pytest.fixture
def months(place: Any) -> Iterator[Database]:
    """A fleet that nobody has made a month for."""
    privacy.use(VAULT)
    place.create_schemas("reminders")
    url = place.database_url.format(schema="reminders")
    migrate(url, SERVICES["reminders"].migrations)
    database = Database(open_engine(url, pool_size=2), OutboxWriter("reminders", VAULT))
    seeding.seed_cars(database, place.servers.mariadb.execute, f"{place.prefix}reminders", CARS, lambda: None)
    yield database
    database.dispose()


def counted(database: Database, *groups: Any) -> dict[Any, int]:
    with database.read() as connection:
        return {row[0]: row[1] for row in connection.execute(select(*groups, func.count()).group_by(*groups))}


def test_a_fleet_is_made_whose_month_has_every_type_and_goes_to_csc(months: Database):
    made = work.make(months)
    handed = work.hand(months)
    sent = work.send(months, most=300)

    by_type = counted(months, items.c.type)
    assert set(by_type) == {type.value for type in ReminderType}
    assert made["rows"] == sum(by_type.values())
    assert CARS / 2 < made["rows"] < CARS * 2
    assert handed["rows"] == sum(by_type[type.value] for type in SERVICE_TYPES)
    assert counted(months, runs.c.state) == {"done": 1}
    assert 300 <= sent["rows"] <= 500
    assert counted(months, messages.c.state) == {"sent": sent["rows"]}


def test_cars_differ_and_can_be_read(months: Database):
    with months.read() as connection:
        some = connection.execute(select(cars).limit(100)).all()

    assert len({car.vehicle_id for car in some}) == 100
    assert {car.vin for car in some} == {seeding.VIN}
    assert len({car.dealer_code for car in some}) > 50


def test_what_is_asked_of_the_statistics_finds_something(months: Database):
    work.make(months)
    with months.write() as tx:
        tx.execute(seeding.sums.delete())
    seeding.seed_sums(months, of_each=300, dealers=10)

    with months.read() as connection:
        found = {name: len(ask(connection)) for name, (ask, _) in QUESTIONS.items()}

    assert found["statistics, a dealer's year, p99"] == found["statistics, the nation's year, p99"] == 12
    assert all(found.values()), found
