"""Whatever becomes of items, before and after the freeze: sums and corrections are what a count of the items gives (flows 6)."""

import pytest
from sqlalchemy import func, select, update

from services.reminders.figures.recount import recount
from services.reminders.tables import corrections, items, sums
from tests.services.house import House
from tests.services.reminders.figures.figure_worlds import PERIOD, Reminding, World


@pytest.fixture
def database(tmp_path):
    return House(Reminding(), tmp_path / "reminders.db").database


def all_sums(database):
    with database.read() as connection:
        return connection.execute(select(sums).order_by(*sums.primary_key)).all()


def test_sums_and_corrections_come_to_what_the_items_give(database):
    world = World(database, seed=1)
    world.make(60)
    world.change_some(120)
    world.freeze()
    frozen = all_sums(database)

    world.change_some(120)
    world.make(20)
    world.change_some(20)

    with database.read() as connection:
        assert recount(connection, PERIOD) == []
        assert connection.execute(select(func.count()).select_from(corrections)).scalar_one() > 100
    assert all_sums(database) == frozen


@pytest.mark.parametrize("seed", range(2, 8))
def test_after_each_step_they_do(database, seed):
    world = World(database, seed)
    world.make(8)

    for step in range(25):
        if step == 12:
            world.freeze()
        world.change_some(1)

        with database.read() as connection:
            assert recount(connection, PERIOD) == []


def test_the_recount_finds_what_the_sums_do_not_know(database):
    world = World(database, seed=9)
    world.make(10)
    with database.write() as tx:
        tx.execute(update(items).where(items.c.item_id == world.ids[0]).values(tracked=True))

    with database.read() as connection:
        off = recount(connection, PERIOD)

    assert {(one.measure, one.counted - one.kept) for one in off} == {("tracked", 1), ("reached_either", 1)}


def test_the_same_on_a_server(place):
    place.create_schemas("reminders")
    world = World(House(Reminding(), place.database_url.format(schema="reminders")).database, seed=10)
    world.make(40)
    world.change_some(40)
    world.freeze()
    world.change_some(40)

    with world.database.read() as connection:
        assert recount(connection, PERIOD) == []
