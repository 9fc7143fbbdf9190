"""On MariaDB: ended by kill -9 and done by two at once, the month is the one that a file makes undisturbed."""

import signal
import subprocess
import sys
from contextlib import contextmanager

import eventlet
import pytest
from sqlalchemy import func, select

from chassis.database import Conflict
from services.reminders.month import runs
from services.reminders.tables import runs as run_rows
from tests.services.house import ROOT
from tests.services.reminders.month.month_worlds import PERIOD, a_house, everything, made_cars, make, order, put, put_campaign, work_on

CARS = 400
SECONDS = 60


def filled(house):
    put(house, *made_cars(CARS, seed=3))
    put_campaign(house, 1, audience={"regions": ["EAST"], "first_year": 2021})
    return house


@pytest.fixture
def house(place):
    house = filled(a_house(place.database_url.format(schema="reminders")))
    yield house
    house.database.dispose()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    house = filled(a_house(tmp_path_factory.mktemp("undisturbed") / "reminders.sqlite"))
    make(house, cars_at_once=50)
    return everything(house)


@contextmanager
def a_process_that_makes_it(house):
    command = [sys.executable, "-m", "tests.fakes.makes_the_month", house.schema]
    process = subprocess.Popen(command, cwd=ROOT, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"})
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def cars_looked_at(house):
    with house.database.read() as connection:
        return connection.execute(select(func.sum(run_rows.c.cars))).scalar_one() or 0


def await_more_cars(house, than):
    with eventlet.Timeout(SECONDS):
        while cars_looked_at(house) <= than:
            eventlet.sleep(0.01)


def test_killed_with_kill_9_it_is_as_if_undisturbed(house, undisturbed):
    order(house)

    for _ in range(2):
        before = cars_looked_at(house)
        with a_process_that_makes_it(house) as process:
            await_more_cars(house, before)
            process.send_signal(signal.SIGKILL)
        assert before < cars_looked_at(house) < CARS
    work_on(house)

    assert everything(house) == undisturbed


def test_two_at_work_at_once_make_one_month(house, undisturbed):
    order(house)

    both = [eventlet.spawn(work_on, house, number) for number in (3, 5)]
    for one in both:
        one.wait()

    assert everything(house) == undisturbed


def test_two_orders_at_one_moment_are_one_run(house):
    given = []

    def order_it():
        try:
            with house.write() as tx:
                given.append(runs.start_run(tx, PERIOD, "test", house.service.now()))
                eventlet.sleep(0.05)
        except Conflict:
            given.append(order(house))

    both = [eventlet.spawn(order_it) for _ in range(2)]
    for one in both:
        one.wait()

    assert len(set(given)) == 1
    with house.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(run_rows)).scalar_one() == 1
