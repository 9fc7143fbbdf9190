"""A car that is sold, scrapped or another's, in any order of the news; and appointments that were there before the items (flows 2.2)."""

from datetime import date, timedelta
from itertools import permutations
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from contracts.appointments import AppointmentWithdrawn, State
from contracts.reminders import Outcome
from services.reminders.following import made
from services.reminders.service import RemindersService
from services.reminders.tables import items, messages
from tests.services.reminders.facts.fact_makers import CAR, a_sale, an_owner
from tests.services.reminders.following.followed import TERMS, Followed, a_call, a_decision, a_slip, a_visit, an_appointment, at, due
from tests.services.reminders.reminder_rows import a_run, keep

ITEM, OTHER, BIRTHDAY = UUID(int=101), UUID(int=102), UUID(int=103)
SOLD, SCRAPPED = {"state": "sold"}, {"state": "scrapped"}


def a_house(schema):
    service = RemindersService()
    service.now, service.terms = Followed(schema.with_suffix(".clock")).now, TERMS
    return Followed(schema, service=service)


@pytest.fixture
def house(tmp_path):
    house = a_house(tmp_path / "reminders.db")
    house.deliver(a_sale(1))
    return house


def with_items(house, *rows):
    with house.write() as tx:
        keep(tx, items_=[row | {"vehicle_id": CAR} for row in rows])


def stands(house):
    return {(one.item_id.int, one.outcome.value, one.reason, one.wechat_state.value, one.wechat_reason) for one in house.items()}


@pytest.mark.parametrize(("state", "reason"), [(SOLD, "car_sold"), (SCRAPPED, "car_scrapped")])
def test_what_is_open_booked_or_to_be_decided_is_void_with_its_car(house, state, reason):
    with_items(house, due(ITEM, wechat_state="queued"), due(OTHER, "campaign"), due(BIRTHDAY, period="2026-11", outcome="for_decision"))

    house.deliver(a_sale(2, **state))

    assert {(one.outcome, one.reason) for one in house.items()} == {(Outcome.VOID, reason)}
    assert (house.item(ITEM).wechat_state.value, house.item(ITEM).wechat_reason) == ("suppressed", reason)


def test_what_came_back_or_was_decided_stays_as_it_is(house):
    with_items(house, due(ITEM, outcome="open"), due(OTHER, "inspection"))
    house.deliver(a_slip(ITEM, a_call(at("12-05"))))
    house.deliver(a_visit(at("12-08"), car=CAR))
    house.until(at("2027-01-01"))
    house.on(at("2027-01-02"), a_decision(OTHER, "drop", reason="done_elsewhere"))

    house.deliver(a_sale(2, **SOLD))

    assert [(one.outcome, one.reason) for one in house.items()] == [(Outcome.RETURNED, ""), (Outcome.DROPPED, "done_elsewhere")]


def test_a_car_that_was_not_sold_after_all_has_its_items_as_before(house):
    with_items(house, due(ITEM, wechat_state="queued"), due(OTHER, wechat_state="none", type="insurance"))
    house.deliver(a_sale(2, **SOLD))

    house.deliver(a_sale(3))

    assert stands(house) == {(101, "open", "", "queued", ""), (102, "open", "", "none", "")}


def test_a_birthday_of_a_car_that_is_gone_stays_void_when_the_month_is_over(house):
    with_items(house, due(BIRTHDAY, "birthday"))
    house.deliver(a_sale(2, **SOLD))

    house.until(at("2027-01-10"))
    house.deliver(a_sale(3, state="scrapped"))

    assert (house.item().outcome, house.item().reason) == (Outcome.VOID, "car_scrapped")


def test_what_is_heard_of_a_car_that_is_sold_ends_the_same_in_any_order(tmp_path):
    news = [
        a_sale(2, **SOLD),
        a_slip(ITEM, a_call(at("12-05"))),
        an_appointment(at("12-06"), car=CAR),
        a_decision(ITEM, "carry", at("12-20")),
    ]

    ends = []
    for number, order in enumerate(permutations(news)):
        house = a_house(tmp_path / f"{number}.db")
        house.deliver(a_sale(1))
        with_items(house, due(ITEM))
        for message in order:
            house.on(at("12-21"), message)
        house.until(at("2027-01-10"))
        ends.append({(one.period, one.outcome.value, one.reason, one.contact_state.value, one.appointment_id) for one in house.items()})

    assert all(end == ends[0] for end in ends)
    assert {(period, outcome, reason) for period, outcome, reason, *_ in ends[0]} == {
        ("2026-12", "carried", ""),
        ("2027-01", "void", "car_sold"),
    }


def test_what_nobody_was_told_of_is_the_new_owners_and_a_birthday_is_nobodys(house):
    with_items(house, due(ITEM, wechat_state="suppressed", wechat_reason="opted_out"), due(BIRTHDAY, "birthday"))

    house.deliver(an_owner(1, "C2"))

    assert (house.item(ITEM).customer_id, house.item(ITEM).outcome, house.item(ITEM).wechat_state.value) == ("C2", Outcome.OPEN, "queued")
    assert (house.item(BIRTHDAY).outcome, house.item(BIRTHDAY).reason) == (Outcome.VOID, "owner_changed")


def test_what_the_last_owner_was_told_of_stays_theirs(house):
    with_items(house, due(ITEM), due(OTHER, "insurance"), due(BIRTHDAY, "inspection", wechat_state="queued"))
    house.deliver(a_slip(ITEM, a_call(at("12-05"))))
    house.sent(OTHER, at("12-05"))
    house.with_message(BIRTHDAY, vehicle_id=CAR)
    with house.write() as tx:
        message_id = tx.execute(messages.select().where(messages.c.state == "asked")).one().message_id
        tx.execute(update(items).where(items.c.item_id == BIRTHDAY).values(message_id=message_id))

    house.deliver(an_owner(1, "C2"))

    assert {one.customer_id for one in house.items()} == {"C1"}


def test_who_is_first_heard_of_as_owner_changes_nothing(house):
    with_items(house, due(ITEM, customer_id="C9"))
    house.deliver(an_owner(1, "C1"))

    assert house.item().customer_id == "C9"


def with_a_run(house, **changes):
    with house.write() as tx:
        keep(tx, runs_=[a_run(run_id=UUID(int=1), **changes)])


def look(house):
    made.look_at_booked(house.database, house.now(), TERMS, cars=1)


def test_a_month_that_is_made_when_an_appointment_stands_is_booked_by_it_soon(house):
    house.on(at("11-28"), an_appointment(at("11-28"), car=CAR, day=date(2026, 12, 3)))
    with_items(house, due(ITEM), due(OTHER, "campaign"))
    with_a_run(house, state="running")

    house.now.at = at("11-30")
    look(house)

    assert {one.item_id: one.outcome for one in house.items()} == {ITEM: Outcome.BOOKED, OTHER: Outcome.OPEN}
    look(house)
    assert house.item(ITEM).version == 2


@pytest.mark.parametrize("day", [date(2026, 11, 29), date(2026, 12, 3)])
def test_an_appointment_of_an_earlier_month_books_only_where_its_day_is_to_come(house, day):
    house.on(at("11-28"), an_appointment(at("11-28"), car=CAR, day=day))
    with_items(house, due(ITEM))
    with_a_run(house)

    look(house)

    assert (house.item().outcome is Outcome.BOOKED) == (day >= date(2026, 12, 1))


def test_one_that_was_taken_back_books_nothing(house):
    house.on(at("11-28"), an_appointment(at("11-28"), car=CAR, day=date(2026, 12, 3)))
    house.deliver(an_appointment(at("11-28"), car=CAR, contract=AppointmentWithdrawn, version=2, state=State.WITHDRAWN))
    with_items(house, due(ITEM))
    with_a_run(house)

    look(house)

    assert house.item().outcome is Outcome.OPEN


def test_all_cars_that_are_expected_are_looked_at_while_the_run_is_recent(house):
    cars = [UUID(int=number) for number in range(1, 8)]
    for number, car in enumerate(cars, 1):
        house.on(at("11-28"), an_appointment(at("11-28"), number, car=car, day=date(2026, 12, 3)))
    with house.write() as tx:
        keep(tx, items_=[due(uuid4(), vehicle_id=car) for car in cars])
    house.now.at = at("12-10")
    with_a_run(house, state="done", finished_at=int((at("12-10") - timedelta(hours=1)).timestamp() * 1000))

    look(house)

    assert {one.outcome for one in house.items()} == {Outcome.BOOKED}
