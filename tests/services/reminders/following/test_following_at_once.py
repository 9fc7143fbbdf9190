"""Slip, visit, booking, decision and the end of the month at the same moment, on a server: nothing is missed, whoever comes first."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid5

import pytest

from chassis.handling import in_place
from contracts.reminders import Outcome, ReminderType, ReminderWishesSet, SetReminderWish
from tests.services.reminders.following.followed import (
    FOLLOWER,
    Followed,
    a_call,
    a_decision,
    a_slip,
    a_visit,
    an_appointment,
    at,
    due,
)
from tests.services.reminders.reminder_rows import a_car, keep

CARS = [UUID(int=number) for number in range(1, 13)]
EVENING, MORNING = at("12-31"), at("2027-01-01")


@pytest.fixture
def house(place):
    house = Followed(place.database_url.format(schema="reminders"))
    yield house
    house.database.dispose()


def item_of_car(car, type="maintenance"):
    return uuid5(car, type)


def with_cars(house):
    rows = [due(item_of_car(car, type), type, vehicle_id=car) for car in CARS for type in ("maintenance", "insurance")]
    with house.write() as tx:
        keep(tx, cars_=[a_car(vehicle_id=car) for car in CARS], items_=rows)


def side_by_side(*works):
    with ThreadPoolExecutor(len(works)) as pool:
        for done in [pool.submit(work) for work in works]:
            done.result()


def delivering(house, messages):
    def work():
        for message in messages:
            in_place(lambda message=message: house.only_deliver(message))

    return work


def test_a_call_and_the_visit_after_it_that_come_at_once_are_a_return(house):
    with_cars(house)
    slips = [a_slip(item_of_car(car, type), a_call(at("12-05"))) for car in CARS for type in ("maintenance", "insurance")]
    visits = [a_visit(at("12-09"), car.int, car=car) for car in CARS]
    bookings = [an_appointment(at("12-06"), car.int, car=car) for car in CARS]

    side_by_side(*(delivering(house, some) for some in (slips, visits, bookings)))

    assert {(one.outcome, one.tracked, one.appointment_id.int == one.vehicle_id.int) for one in house.items()} == {
        (Outcome.RETURNED, True, True)
    }


def test_a_visit_and_its_correction_that_come_at_once_are_the_right_cars(house):
    with_cars(house)
    delivering(house, [a_slip(item_of_car(car, type), a_call(at("12-05"))) for car in CARS for type in ("maintenance", "insurance")])()
    wrong = [a_visit(at("12-09"), number, car=CARS[0]) for number in range(1, 7)]
    right = [a_visit(at("12-09"), number, car=CARS[number], closed=at("12-09", "17:00")) for number in range(1, 7)]

    side_by_side(delivering(house, wrong), delivering(house, right))

    assert {one.vehicle_id: one.visit_id.int for one in house.items() if one.outcome is Outcome.RETURNED} == {
        CARS[number]: number for number in range(1, 7)
    }


def test_an_appointment_and_the_late_slip_that_names_it_end_as_one_after_the_other(house):
    with_cars(house)
    house.now.at = late = at("2027-01-03")
    house.until(late)
    slips = [a_slip(item_of_car(car), a_call(late), appointment_id=car) for car in CARS]
    bookings = [an_appointment(late, car.int, car=car) for car in CARS]

    side_by_side(delivering(house, slips), delivering(house, bookings))

    assert {one.appointment_id for one in house.items("2026-12")} == {None}


def test_the_end_of_the_month_and_what_comes_just_then_end_as_one_after_the_other(house):
    with_cars(house)
    house.now.at = MORNING
    slips = [a_slip(item_of_car(car), a_call(at("12-31", "11:00"))) for car in CARS]
    visits = [a_visit(EVENING, car.int, car=car) for car in CARS]
    decisions = [a_decision(item_of_car(car, "insurance"), moment=MORNING) for car in CARS]

    side_by_side(*(delivering(house, some) for some in (slips, visits, decisions)), lambda: in_place(lambda: house.until(MORNING)))

    ends = {(one.period, one.type.value, one.outcome.value) for one in house.items()}
    assert ends == {("2026-12", "maintenance", "returned"), ("2026-12", "insurance", "carried"), ("2027-01", "insurance", "open")}
    assert len(house.items()) == 3 * len(CARS)


def test_two_who_decide_at_once_make_one_item_of_the_next_month(house):
    with_cars(house)
    house.until(MORNING)
    house.now.at = at("2027-01-03")
    first = [a_decision(item_of_car(car), moment=at("2027-01-02")) for car in CARS]
    second = [a_decision(item_of_car(car), "drop", at("2027-01-01", "23:00"), "done_elsewhere") for car in CARS]

    side_by_side(delivering(house, first), delivering(house, reversed(second)))

    decided = [one for one in house.items() if one.type is ReminderType.MAINTENANCE]
    assert {(one.period, one.outcome) for one in decided} <= {("2026-12", Outcome.DROPPED), ("2027-01", Outcome.VOID)}


def test_wishes_of_one_follower_that_come_at_once_are_numbered_one_after_the_other(house):
    wishes = [SetReminderWish(follower_id=FOLLOWER, type=type, wanted=False, said_at=EVENING) for type in ReminderType]

    side_by_side(*(delivering(house, [one]) for one in wishes))

    told = sorted((one for one in house.told() if isinstance(one, ReminderWishesSet)), key=lambda one: one.version)
    assert [(one.version, len(one.unwanted)) for one in told] == [(number, number) for number in range(1, len(wishes) + 1)]
    assert set(told[-1].unwanted) == set(ReminderType)
