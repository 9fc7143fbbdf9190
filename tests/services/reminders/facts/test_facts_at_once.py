"""Words about the same cars at the same moment, and pages of many: on each kind of database."""

from datetime import date
from random import Random

from sqlalchemy import event

from contracts.vehicles import CarsListed, ServiceDatesListed
from tests.services.customers.makers import at_once
from tests.services.reminders.facts.fact_makers import (
    SPACE,
    a_binding,
    a_dealer,
    a_sale,
    a_visit,
    all_that_is_known,
    an_owner,
    flawed,
    listed,
    new_dates,
    some_dates,
    some_facts,
    the_car,
)

VINS = [f"LS4AAAAA1AA{number:06d}" for number in range(500)]
MOST_STATEMENTS = 16


def page_of_cars(version=1, most=500, **changes):
    cars = tuple(some_facts(version, vin=vin, record_id=f"R{number}", **changes) for number, vin in enumerate(VINS[:most]))
    return CarsListed(load_id=SPACE, page_no=version, cars=cars)


def page_of_dates(version=1, most=500):
    dates = tuple(some_dates(version, vin=vin, record_id=f"SD{number}") for number, vin in enumerate(VINS[:most]))
    return ServiceDatesListed(load_id=SPACE, page_no=version, dates=dates)


def statements_of(house, message):
    counted = []
    event.listen(house.database.engine, "before_cursor_execute", counter := lambda *told: counted.append(told[2]))
    house.only_deliver(message)
    event.remove(house.database.engine, "before_cursor_execute", counter)
    return len(counted)


def words_about(vin, number):
    return [
        a_sale(vin=vin, record_id=f"R{number}"),
        new_dates(vin=vin, record_id=f"SD{number}"),
        an_owner(2, "C2", vin),
        a_binding(follower=number + 1, vin=vin),
        a_binding(follower=number + 100, vin=vin),
        a_visit(number + 1, date(2026, 5, 2), vin=vin, services=("FIRST_MAINTENANCE",)),
    ]


def test_all_that_is_told_of_a_car_at_the_same_moment_is_known_afterwards(any_house):
    messages = [word for number, vin in enumerate(VINS[:4]) for word in words_about(vin, number)] + [a_dealer(region="E")]
    Random(1).shuffle(messages)

    at_once(any_house, messages)

    for vin in VINS[:4]:
        car = the_car(any_house, some_facts(vin=vin).vehicle_id)
        assert (car.sale_version, car.dates_version, car.customer_id, car.registered) == (1, 1, "C2", True)
        assert (car.first_maintenance_on, car.region_code, car.due_inspection) == (date(2026, 5, 2), "E", date(2027, 3, 1))
    assert listed(any_house) == []


def test_a_page_of_five_hundred_takes_a_handful_of_statements(any_house):
    any_house.deliver(a_dealer())

    taken = [statements_of(any_house, message) for message in (page_of_cars(), page_of_dates(), page_of_cars(2, model_code="M2"))]

    assert max(taken) <= MOST_STATEMENTS
    assert {the_car(any_house, some_facts(vin=vin).vehicle_id).model_code for vin in (VINS[0], VINS[-1])} == {"M2"}


def test_rows_that_come_clean_are_taken_off_the_list_together(any_house):
    any_house.deliver(a_dealer())
    any_house.deliver(page_of_cars(1, dirty=flawed(invoice_date="zero", birth_date="placeholder"), state="sold"))
    dirty = len(listed(any_house))

    taken = statements_of(any_house, page_of_cars(2))

    assert (dirty, listed(any_house)) == (3 * len(VINS), [])
    assert taken <= MOST_STATEMENTS


def test_pages_and_pushes_about_the_same_cars_wait_for_each_other(any_house):
    pushes = [a_sale(3, vin=vin, record_id=f"R{number}", model_code="M3") for number, vin in enumerate(VINS[:5])]

    at_once(any_house, [page_of_cars(1, 40), page_of_cars(2, 40), page_of_dates(1, 40), *pushes])

    versions = sorted(row["sale_version"] for row in all_that_is_known(any_house)["cars"])
    assert versions == [2] * 35 + [3] * 5
    assert the_car(any_house, some_facts(vin=VINS[0]).vehicle_id).model_code == "M3"
