"""What the owner has an appointment for is not told of; where the appointment falls away it is, and only once (A-REM-20, 25)."""

from uuid import uuid4

import pytest

from contracts.appointments import AppointmentCancelled, State
from tests.services.reminders.following.followed import a_visit, an_appointment
from tests.services.reminders.sending.sendings import Sending, at, types_in

TOMORROW = at("12-11", "00:01")


@pytest.fixture
def house(tmp_path):
    return Sending(tmp_path / "reminders.db")


def booked(house, car):
    house.only_deliver(an_appointment(at("12-05"), car=car))


def cancelled(house, car):
    house.only_deliver(an_appointment(at("12-05"), car=car, contract=AppointmentCancelled, version=5, state=State.CANCELLED))


def test_what_is_booked_when_its_day_comes_is_not_told_of(house):
    car = house.with_car(("maintenance", "12-12"))
    booked(house, car)

    assert house.on("12-10") == []
    assert house.states(car) == {"maintenance": ("suppressed", "booked")}


def test_an_appointment_that_was_there_before_the_item_counts_too(house):
    car = house.with_car()
    booked(house, car)
    house.with_items(car, ("maintenance", "12-12"))

    assert house.on("12-10") == []
    assert house.states(car) == {"maintenance": ("suppressed", "booked")}


def test_where_the_appointment_falls_away_the_owner_is_told_after_all(house):
    car = house.with_car(("maintenance", "12-12"))
    booked(house, car)
    house.on("12-10")

    cancelled(house, car)

    assert house.states(car) == {"maintenance": ("queued", "")}
    (due,) = house.on("12-11")
    house.answered(due)
    assert house.states(car) == {"maintenance": ("sent", "")}
    assert house.on("12-12") == []


def test_a_message_that_waits_for_tomorrow_is_not_sent_for_what_is_booked_and_another_is_when_that_falls_away(house):
    car = house.with_car(("maintenance", "12-12"))
    (due,) = house.on("12-10")
    house.postponed(due, TOMORROW)
    booked(house, car)

    assert house.on("12-11") == []
    assert (house.message(due).state, house.states(car)) == ("suppressed", {"maintenance": ("suppressed", "booked")})
    cancelled(house, car)
    (again,) = house.on("12-11")
    house.answered(again)
    assert (again.message_id != due.message_id, types_in(again)) == (True, ["maintenance"])
    assert house.states(car) == {"maintenance": ("sent", "")}


def test_after_the_end_of_the_month_it_is_told_no_more(house):
    car = house.with_car(("maintenance", "12-30"))
    booked(house, car)
    house.on("12-20")

    house.now.at = at("2027-01-02")
    cancelled(house, car)

    assert house.on("2027-01-02") == []
    assert house.states(car) == {"maintenance": ("suppressed", "booked")}


def test_where_the_visit_was_another_cars_the_owner_is_told_after_all(house):
    car = house.with_car(("maintenance", "12-12"))
    house.only_deliver(a_visit(at("12-09"), car=car))
    assert house.on("12-10") == []
    assert house.states(car) == {"maintenance": ("suppressed", "car_is_back")}

    house.only_deliver(a_visit(at("12-09"), car=uuid4(), closed=at("12-09", "17:00")))

    assert house.states(car) == {"maintenance": ("queued", "")}
    assert len(house.on("12-11")) == 1
