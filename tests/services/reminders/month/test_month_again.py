"""A month that is made again: what is new is made, what is gone is void where nobody was told, the rest stays; all of it is listed."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, update

from contracts.reminders import ContactState, Outcome, WechatState
from services.reminders.figures.recount import recount
from services.reminders.items import ItemStore
from services.reminders.rules import ids
from services.reminders.tables import cars, differences
from services.reminders.tables import runs as run_rows
from tests.services.reminders.month.month_worlds import (
    PERIOD,
    a_car,
    a_house,
    items_of,
    made_cars,
    make,
    order,
    put,
    rows_of,
    run_of,
    work_on,
)

DUE, LATER = date(2026, 12, 9), date(2026, 12, 20)


@pytest.fixture
def house(tmp_path):
    return a_house(tmp_path / "reminders.sqlite")


def change_car(house, number, **facts):
    with house.write() as tx:
        tx.execute(update(cars).where(cars.c.vehicle_id == a_car(number).vehicle_id).values(facts))


def move(house, **changes):
    """Something happens to the one item."""
    with house.write() as tx:
        (before,) = ItemStore().find_all(tx, [row.item_id for row in items_of(house)])
        ItemStore().keep(tx, before, replace(before, **changes))


def listed(house, run_id):
    with house.database.read() as connection:
        rows = connection.execute(select(differences).where(differences.c.run_id == run_id).order_by(differences.c.due_date)).all()
    return [(row.kind, row.type, row.due_date) for row in rows]


def stands(house):
    return [(row.due_date, row.outcome, row.reason) for row in items_of(house)]


def figures_are_right(house):
    with house.database.read() as connection:
        return recount(connection, PERIOD) == []


def test_made_again_a_month_is_as_it_was_and_nothing_is_listed(house):
    put(house, *made_cars(100))
    first = run_of(house, make(house))
    before = rows_of(house)

    second = run_of(house, make(house))

    assert rows_of(house) == before
    assert listed(house, second.run_id) == []
    assert (second.run_no, second.items, second.counts, second.checksum) == (2, 0, first.counts, first.checksum)


def test_what_is_new_is_made_and_what_is_gone_is_void_where_nobody_was_told(house):
    put(house, a_car(1, next_inspection_date=DUE))
    make(house)
    change_car(house, 1, due_inspection=LATER)

    again = make(house)

    assert stands(house) == [(DUE, "void", "rerun"), (LATER, "open", "")]
    assert listed(house, again) == [("gone", "inspection", DUE), ("added", "inspection", LATER)]
    assert run_of(house, again).counts == {"inspection": 1}
    assert items_of(house, due_date=LATER)[0].run_id == again


@pytest.mark.parametrize(
    "happened",
    [
        {"message_id": a_car(1).vehicle_id},
        {"wechat_state": WechatState.DELIVERED},
        {"contact_state": ContactState.ATTEMPTED},
        {"contact_state": ContactState.SLIP_SAVED},
        {"outcome": Outcome.BOOKED},
    ],
)
def test_what_is_gone_but_was_told_of_stays_and_is_listed(house, happened):
    put(house, a_car(1, next_inspection_date=DUE))
    make(house)
    move(house, **happened)
    change_car(house, 1, due_inspection=None)

    again = make(house)

    assert [row.outcome for row in items_of(house)] == [happened.get("outcome", Outcome.OPEN).value]
    assert listed(house, again) == [("gone", "inspection", DUE)]


def test_the_items_of_a_car_that_was_sold_meanwhile_are_gone(house):
    put(house, a_car(1, next_inspection_date=DUE))
    make(house)
    change_car(house, 1, state="sold")

    make(house)

    assert stands(house) == [(DUE, "void", "rerun")]


def test_what_one_run_took_back_a_later_one_brings_back(house):
    put(house, a_car(1, next_inspection_date=DUE))
    make(house)
    change_car(house, 1, due_inspection=None)
    make(house)
    change_car(house, 1, due_inspection=DUE)

    third = make(house)

    assert stands(house) == [(DUE, "open", "")]
    assert listed(house, third) == [("added", "inspection", DUE)]
    assert items_of(house)[0].run_id == third
    assert run_of(house, third).counts == {"inspection": 1}


def test_figures_follow_a_month_that_is_made_again_and_again(house):
    some = made_cars(60)
    put(house, *some)
    make(house)
    for number in range(0, 60, 3):
        change_car(house, number, due_inspection=None, due_insurance=LATER)
    make(house)
    for number in range(0, 60, 6):
        change_car(house, number, due_inspection=DUE)

    make(house)

    assert {row.outcome for row in items_of(house)} == {"open", "void"}
    assert figures_are_right(house)


def carry(house, **changes):
    """An item of November goes on in December before December's items are made."""
    put(house, a_car(1, next_inspection_date=date(2026, 11, 20), registered=True))
    make(house, "2026-11")
    with house.write() as tx:
        (old,) = ItemStore().find_all(tx, [items_of(house)[0].item_id])
        carried = replace(
            old,
            item_id=ids.carried_id(old.origin_item_id, PERIOD),
            version=1,
            run_id=None,
            period=PERIOD,
            carried_from=old.item_id,
            carry_count=1,
            priority="high",
            wechat_state=WechatState.NONE,
        )
        ItemStore().add(tx, carried)
        ItemStore().keep(tx, carried, replace(carried, **changes))
    change_car(house, 1, due_inspection=LATER)
    return old


@pytest.mark.parametrize("runs", [1, 2])
def test_a_new_item_takes_the_place_of_one_that_was_carried_over_before(house, runs):
    old = carry(house)

    for _ in range(runs):
        make(house)

    carried, new = items_of(house, period=PERIOD)
    assert (carried.outcome, carried.reason) == ("void", "merged")
    assert (new.due_date, new.carry_count, new.carried_from, new.origin_item_id) == (LATER, 1, old.item_id, old.item_id)
    assert (new.outcome, new.priority, new.wechat_state) == ("open", "high", "queued")
    assert figures_are_right(house)


def test_where_somebody_works_on_the_carried_one_no_second_item_is_made(house):
    carry(house, contact_state=ContactState.REACHED)

    run = run_of(house, make(house))

    assert [(row.due_date, row.outcome) for row in items_of(house, period=PERIOD)] == [(date(2026, 11, 20), "open")]
    assert run.items == 0


def test_an_order_while_a_later_run_is_at_work_is_that_run(house):
    put(house, a_car(1, next_inspection_date=DUE))
    make(house)

    first, second = order(house), order(house)
    work_on(house)

    assert first == second
    with house.database.read() as connection:
        assert len(connection.execute(select(run_rows)).all()) == 2
