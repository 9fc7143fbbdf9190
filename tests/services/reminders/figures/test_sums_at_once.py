"""Two that change figures at the same moment, on a server (flows 6)."""

import threading
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select

from chassis.database import in_one_transaction
from contracts.reminders import Outcome, ReminderType
from services.reminders.figures.recount import recount
from services.reminders.items import ItemStore
from services.reminders.tables import sums
from tests.services.house import House
from tests.services.reminders.figures.figure_worlds import PERIOD, Reminding, World, an_item

CAR, VISIT = UUID(int=7), UUID(int=8)
PATIENCE = 60


@pytest.fixture
def world(place):
    place.create_schemas("reminders")
    return World(House(Reminding(), place.database_url.format(schema="reminders")).database, seed=1)


def add(world, type):
    item = an_item(world.chance, type=type, vehicle_id=CAR, dealer_code="CQ01", region_code="SW")
    with world.database.write() as tx:
        ItemStore().add(tx, item)
    return item.item_id


def bring_back(tx, item_id):
    before = ItemStore().find(tx, item_id)
    ItemStore().keep(tx, before, replace(before, visit_id=VISIT, visit_dealer="CQ01", outcome=Outcome.RETURNED))


def in_threads(*works):
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)


def together(world):
    with world.database.read() as connection:
        asked = select(sums.c.returned_cars).where(sums.c.type == "service")
        return recount(connection, PERIOD), connection.execute(asked).scalar_one()


def test_a_car_that_comes_back_for_two_things_at_once_is_one_car(world):
    both = [add(world, type) for type in (ReminderType.INSURANCE, ReminderType.WARRANTY)]
    met = threading.Barrier(2, timeout=PATIENCE)

    def coming_back(item_id):
        tries = []

        def work(tx):
            tries.append(True)
            bring_back(tx, item_id)
            if len(tries) == 1:
                met.wait()

        in_one_transaction(world.database, work)

    in_threads(*(lambda one=one: coming_back(one) for one in both))

    assert together(world) == ([], 1)


def test_freezing_waits_for_who_is_changing_figures(world):
    item_id = add(world, ReminderType.INSURANCE)
    changed, freezing = threading.Event(), threading.Event()

    def change():
        with world.database.write() as tx:
            bring_back(tx, item_id)
            tx.unit.write()
            changed.set()
            assert freezing.wait(PATIENCE)

    def freeze():
        assert changed.wait(PATIENCE)
        freezing.set()
        world.freeze()

    in_threads(change, freeze)

    assert together(world) == ([], 1)
