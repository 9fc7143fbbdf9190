"""Whatever ends it in between, and whoever works beside it: the month is as if one had made it undisturbed."""

import random
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from services.reminders.month import generation
from tests.services.reminders.month.month_worlds import a_house, everything, made_cars, make, order, put, put_campaign, work_on

CARS = 120
AT_ONCE = 7


class Killed(BaseException):
    """The process is gone: nothing of it goes on."""


def a_filled_house(schema):
    house = a_house(schema)
    put(house, *made_cars(CARS, seed=3))
    put_campaign(house, 1, audience={"regions": ["EAST"]})
    return house


@contextmanager
def killed_at(house, statement_number):
    """At so many statements from now on, before it reaches the database, or at the commit after it."""
    left = [statement_number]

    def count_down(*_arguments):
        left[0] -= 1
        if left[0] == 0:
            raise Killed

    event.listen(house.database.engine, "before_cursor_execute", count_down)
    event.listen(house.database.engine, "commit", count_down)
    try:
        yield
    finally:
        event.remove(house.database.engine, "before_cursor_execute", count_down)
        event.remove(house.database.engine, "commit", count_down)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    house = a_filled_house(tmp_path_factory.mktemp("undisturbed") / "reminders.sqlite")
    make(house, cars_at_once=AT_ONCE)
    return everything(house)


def test_killed_at_ten_random_moments_it_is_as_if_undisturbed(tmp_path, undisturbed):
    house, chance, kills = a_filled_house(tmp_path / "reminders.sqlite"), random.Random(8), 0
    order(house)

    for _ in range(10):
        with killed_at(house, chance.randrange(2, 50)):
            try:
                generation.carry_on(house.database, house.service.terms, AT_ONCE)
            except Killed:
                kills += 1
    work_on(house, AT_ONCE)

    assert kills == 10
    assert everything(house) == undisturbed


def test_ranges_of_another_size_make_the_same_month(tmp_path, undisturbed):
    house = a_filled_house(tmp_path / "reminders.sqlite")

    make(house, cars_at_once=50)

    assert everything(house) == undisturbed
