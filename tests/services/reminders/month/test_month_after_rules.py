"""A month that begins right after the rules were changed is made by the new ones, in transactions as short as any other."""

import random

import pytest
from sqlalchemy import func, select

from contracts.reminders import ReminderType
from services.reminders.month import generation
from services.reminders.month.applying import CARS_OF_A_FILE
from services.reminders.rules.rulebook import Rule, change_rules
from services.reminders.tables import cars
from tests.services.reminders.month.month_worlds import a_house, everything, made_cars, order, put, run_of, with_due_dates, work_on
from tests.services.reminders.month.test_month_killed import Killed, killed_at

SOME = made_cars(450, seed=5)
SOONER = {ReminderType.MAINTENANCE: Rule(months=5, lead_days=5, window_days=9), ReminderType.WARRANTY: Rule(months=35, lead_days=5)}


def changed(house):
    with house.write() as tx:
        return change_rules(tx, 1, SOONER, insurance_from="insurance", made_by="S1", now=house.service.now())


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """Of cars that followed the new rules long ago."""
    house = a_house(tmp_path_factory.mktemp("expected") / "reminders.sqlite")
    rules = changed(house)
    put(house, *(with_due_dates(car, rules) for car in SOME))
    order(house)
    work_on(house, 450)
    return everything(house)


@pytest.fixture
def house(tmp_path):
    house = a_house(tmp_path / "reminders.sqlite")
    put(house, *SOME)
    changed(house)
    return house


def following(house):
    with house.database.read() as connection:
        return connection.execute(select(func.count()).where(cars.c.rulebook == 2)).scalar_one()


def test_some_cars_follow_in_each_step_and_then_the_range_is_made(house, expected):
    run_id, steps = order(house), []

    while run_of(house, run_id).state == "running":
        with house.write() as tx:
            generation.make_next(tx, run_id, house.service.terms, 450)
        steps.append((following(house), run_of(house, run_id).cars))

    assert steps == [(CARS_OF_A_FILE, 0), (2 * CARS_OF_A_FILE, 0), (450, 0), (450, 450), (450, 450)]
    assert everything(house) == expected


def test_killed_at_random_moments_it_is_as_if_undisturbed(house, expected):
    chance, kills = random.Random(9), 0
    order(house)

    for _ in range(10):
        with killed_at(house, chance.randrange(2, 40)):
            try:
                generation.carry_on(house.database, house.service.terms, 60)
            except Killed:
                kills += 1
    work_on(house, 60)

    assert kills == 10
    assert everything(house) == expected
