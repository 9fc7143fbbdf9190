"""On MariaDB: who brings something into a month while it is made, and who makes it, see each other (S-18, S-33)."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date

import pytest
from sqlalchemy import select, text

from chassis.handling import in_place
from contracts.reminders import Outcome, WechatState
from services.reminders.figures.rows import SUMS
from services.reminders.items import item_of
from services.reminders.month import generation
from services.reminders.tables import items
from tests.services.reminders.facts.fact_makers import a_binding, an_owner
from tests.services.reminders.following.followed import a_decision, at, due
from tests.services.reminders.month.month_worlds import a_car, a_house, order, put
from tests.services.reminders.reminder_rows import keep

JANUARY = "2027-01"
LOOKS, LOOK_SECONDS = 300, 0.2
CAR = a_car(1, next_maintenance_date=date(2027, 1, 15))
_WAITING = text("SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'")


@pytest.fixture
def house(place):
    house = a_house(place.database_url.format(schema="reminders"), at=at("2027-01-03"))
    put(house, CAR)
    order(house, JANUARY)
    with house.write() as tx:
        SUMS.frozen(tx, {JANUARY})  # begins its row
    yield house
    house.database.dispose()


def make(house):
    while generation.carry_on(house.database, house.service.terms):
        pass


def while_open(house, message):
    """The month is made while the message is taken in and not yet committed; as far as it comes before that."""
    with ThreadPoolExecutor(1) as pool:
        with house.write() as tx:
            getattr(house.service, house.methods[type(message)])(message, tx)
            tx.unit.write()
            making = pool.submit(in_place, lambda: make(house))
            await_end_or_lock(house, making)
        making.result()


def await_end_or_lock(house, making):
    """The server shows its locks anew only to who has not asked for a moment."""
    for _ in range(LOOKS):
        if wait([making], timeout=LOOK_SECONDS).done:
            return
        with house.database.read() as connection:
            if connection.execute(_WAITING).scalar_one():
                return
    raise AssertionError("neither made nor waiting")


def standing(house):
    with house.database.read() as connection:
        found = map(item_of, connection.execute(select(items).where(items.c.period == JANUARY)).all())
        return [one for one in found if one.outcome is not Outcome.VOID]


def test_what_is_carried_over_just_then_and_the_new_item_are_one(house):
    before = due(vehicle_id=CAR.vehicle_id, outcome="for_decision", contact_state="missed")
    with house.write() as tx:
        keep(tx, items_=[before])

    while_open(house, a_decision(before["item_id"]))

    (one,) = standing(house)
    assert (one.carried_from, one.carry_count, one.due_date) == (before["item_id"], 1, date(2027, 1, 15))


def test_who_registers_just_then_is_told_by_wechat(house):
    binding = a_binding(vin=CAR.vin).model_copy(update={"vehicle_id": CAR.vehicle_id})

    while_open(house, binding)

    (one,) = standing(house)
    assert one.wechat_state is WechatState.QUEUED


def test_what_becomes_another_s_just_then_is_the_new_owner_s(house):
    changed = an_owner(2, "C9", CAR.vin).model_copy(update={"vehicle_id": CAR.vehicle_id})

    while_open(house, changed)

    (one,) = standing(house)
    assert one.customer_id == "C9"
