"""Appointments that book items, by link or without (A-REM-25)."""

from itertools import permutations
from uuid import UUID, uuid4

import pytest

from contracts.appointments import (
    AppointmentArrived,
    AppointmentCancelled,
    AppointmentConfirmed,
    AppointmentKept,
    AppointmentNoShow,
    AppointmentRescheduled,
    AppointmentTransferred,
    AppointmentUnreachable,
    State,
)
from contracts.reminders import Outcome
from tests.services.reminders.following.followed import a_call, a_slip, an_appointment, at, due

ITEM, OTHER, ALONE = uuid4(), uuid4(), uuid4()


def booked(house):
    return {one.item_id: one.appointment_id for one in house.items() if one.outcome is Outcome.BOOKED}


def cancelled(number=1, **changes):
    return an_appointment(at("12-04"), number, contract=AppointmentCancelled, version=5, state=State.CANCELLED, **changes)


def test_a_link_books_its_item_and_what_the_same_message_told_of(house):
    house.with_items(due(ITEM), due(OTHER, type="campaign"), due(ALONE, type="insurance"))
    house.with_message(ITEM, OTHER)
    house.with_message(ALONE)

    house.deliver(an_appointment(at("12-04"), link=ITEM))

    assert booked(house) == {ITEM: UUID(int=1), OTHER: UUID(int=1)}


def test_without_a_link_all_service_items_of_the_month_are_booked(house):
    house.with_items(due(ITEM), due(OTHER, type="campaign"), due(ALONE, type="insurance"), due(period="2027-01"))

    house.deliver(an_appointment(at("12-04")))

    assert booked(house) == {ITEM: UUID(int=1), ALONE: UUID(int=1)}


def test_the_link_of_a_month_that_is_over_books_what_is_due_now(house):
    house.with_items(due(ITEM), due(OTHER, period="2027-01"))
    house.until(at("2027-01-01"))

    house.on(at("2027-01-03"), an_appointment(at("2027-01-03"), link=ITEM))

    assert booked(house) == {OTHER: UUID(int=1)}
    assert house.item(ITEM).outcome is Outcome.FOR_DECISION


@pytest.mark.parametrize("order", [1, -1])
def test_taken_back_an_item_is_open_again_in_whatever_order_we_hear(house, order):
    house.with_items(due(ITEM))

    for message in [an_appointment(at("12-04"), link=ITEM), cancelled(link=ITEM)][::order]:
        house.deliver(message)

    assert (house.item().outcome, house.item().appointment_id) == (Outcome.OPEN, None)


def test_while_another_appointment_stands_it_stays_booked(house):
    house.with_items(due(ITEM))
    house.deliver(an_appointment(at("12-04"), 1))
    house.deliver(an_appointment(at("12-05"), 2))

    house.deliver(cancelled(1))

    assert booked(house) == {ITEM: UUID(int=2)}


def test_an_appointment_that_went_on_elsewhere_books_no_more_but_its_successor_does(house):
    house.with_items(due(ITEM))
    house.deliver(an_appointment(at("12-04"), 1, link=ITEM))

    house.deliver(an_appointment(at("12-04"), 2, link=ITEM))
    house.deliver(an_appointment(at("12-04"), 1, link=ITEM, contract=AppointmentTransferred, version=4, state=State.TRANSFERRED))

    assert booked(house) == {ITEM: UUID(int=2)}


def test_what_the_dcrc_booked_on_the_phone_books_until_it_is_taken_back(house):
    house.with_items(due(ITEM))
    house.deliver(a_slip(ITEM, a_call(at("12-05")), customer_answer="booked", appointment_id=UUID(int=1)))
    by_slip = booked(house)

    house.deliver(an_appointment(at("12-05"), contract=AppointmentNoShow, version=9, state=State.NO_SHOW))

    assert by_slip == {ITEM: UUID(int=1)}
    assert booked(house) == {}


def test_a_booked_item_whose_car_did_not_come_waits_for_a_decision_when_the_month_is_over(house):
    house.with_items(due(ITEM))
    house.deliver(an_appointment(at("12-30"), link=ITEM))

    house.until(at("2027-01-01"))

    assert (house.item().outcome, house.item().appointment_id) == (Outcome.FOR_DECISION, UUID(int=1))


def moved(version, day):
    """The slip of before holds until CSC makes a new one."""
    what = {"contract": AppointmentRescheduled, "state": State.RESCHEDULED, "day": day.date(), "slip_at": at("12-20")}
    return an_appointment(at("12-04"), version=version, **what)


def agreed(version, moment):
    return an_appointment(at("12-04"), contract=AppointmentConfirmed, version=version, state=State.CONFIRMED, slip_at=moment)


def with_next_month(house):
    house.with_items(due(ITEM), due(OTHER, period="2027-01"))


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_an_appointment_that_is_moved_into_the_next_month_books_what_is_due_then_in_whatever_order_we_hear(house, order):
    with_next_month(house)
    news = [an_appointment(at("12-04")), agreed(3, at("12-20")), moved(4, at("2027-01-10"))]

    for one in order:
        house.deliver(news[one])
        house.deliver(news[one])

    assert booked(house) == {ITEM: UUID(int=1), OTHER: UUID(int=1)}


@pytest.mark.parametrize(
    ("last", "of_january"),
    [
        (agreed(5, at("12-31", "23:59")), False),
        (agreed(5, at("2027-01-01", "00:00")), True),
        (an_appointment(at("12-04"), contract=AppointmentKept, version=5, day=at("12-29").date()), False),
    ],
    ids=["agreed for the last minute of December", "agreed for the first of January", "the DMS kept it where it was"],
)
def test_the_day_that_stands_last_is_the_appointments_day(house, last, of_january):
    with_next_month(house)
    house.deliver(an_appointment(at("12-04")))
    house.deliver(moved(4, at("2027-01-10")))

    house.deliver(last)

    assert (OTHER in booked(house), ITEM in booked(house)) == (of_january, True)


def test_who_could_not_be_reached_is_not_expected(house):
    house.with_items(due(ITEM))
    house.deliver(an_appointment(at("12-04"), link=ITEM))

    house.deliver(an_appointment(at("12-04"), contract=AppointmentUnreachable, version=7, state=State.UNREACHABLE, link=ITEM))

    assert house.item().outcome is Outcome.OPEN


@pytest.mark.parametrize("order", [1, -1])
def test_who_came_after_all_had_booked(house, order):
    house.with_items(due(ITEM))
    house.deliver(an_appointment(at("12-04")))
    absent = an_appointment(at("12-04"), contract=AppointmentNoShow, version=6, state=State.NO_SHOW, slip_at=at("12-06"))
    there = an_appointment(at("12-04"), contract=AppointmentArrived, version=7, state=State.ARRIVED, slip_at=at("12-06"))

    for message in [absent, there][::order]:
        house.deliver(message)

    assert house.item().appointment_id == UUID(int=1)


@pytest.mark.parametrize("order", [1, -1])
def test_what_was_asked_for_when_the_month_was_over_does_not_book_its_item_though_the_slip_names_it(house, order):
    house.with_items(due(ITEM))
    house.until(at("2027-01-01"))
    late = at("2027-01-03")

    for message in [a_slip(ITEM, a_call(late), appointment_id=UUID(int=1)), an_appointment(late)][::order]:
        house.on(late, message)

    assert house.item().appointment_id is None


@pytest.mark.parametrize("order", [1, -1])
def test_an_appointment_of_another_car_that_a_slip_names_is_followed_too(house, order):
    house.with_items(due(ITEM))
    slip, elsewhere = a_slip(ITEM, a_call(at("12-05")), appointment_id=UUID(int=1)), uuid4()
    news = [slip, an_appointment(at("12-05"), car=elsewhere), cancelled(car=elsewhere)]

    for message in news[::order]:
        house.deliver(message)

    assert house.item().appointment_id is None


def test_a_link_that_was_used_for_another_car_books_what_that_car_has(house):
    linked = uuid4()
    house.with_items(due(ITEM), due(linked, vehicle_id=uuid4()))

    house.deliver(an_appointment(at("12-04"), link=linked))

    assert booked(house) == {ITEM: UUID(int=1)}
