"""Rules are data with versions: who changes them must have seen the last ones, and all cars follow."""

from datetime import date

import pytest
from sqlalchemy import select

from contracts.reminders import ReminderType
from services.reminders.facts.car import car_of
from services.reminders.month import applying
from services.reminders.month.selection import range_after
from services.reminders.rules.rulebook import DEFAULT, Overtaken, Rule, change_rules, rulebook_in_force
from services.reminders.tables import cars
from tests.services.reminders.month.month_worlds import a_car, a_house, made_cars, put, with_due_dates

LATER = {ReminderType.FIRST_MAINTENANCE: Rule(months=7, months_by_model={"JIMNY": 8}, lead_days=5, window_days=9)}


@pytest.fixture
def house(tmp_path):
    return a_house(tmp_path / "reminders.sqlite")


def change(house, version, rules, insurance_from="insurance"):
    with house.write() as tx:
        return change_rules(tx, version, rules, insurance_from=insurance_from, made_by="S1", now=house.service.now())


def in_force(house):
    with house.database.read() as connection:
        return rulebook_in_force(connection)


def applied(house):
    with house.database.read() as connection:
        return applying.cars_applied(connection, rulebook_in_force(connection))


def cars_of(house):
    with house.database.read() as connection:
        return [car_of(row) for row in connection.execute(select(cars).order_by(cars.c.vehicle_id))]


def apply_all(house):
    while applying.carry_on(house.database, house.service.terms):
        pass


def test_until_somebody_changes_them_the_default_rules_hold(house):
    assert in_force(house) == DEFAULT
    assert applied(house) is None


def test_a_change_is_the_next_version_and_leaves_the_other_types_as_they_were(house):
    changed = change(house, 1, LATER)

    assert in_force(house) == changed
    assert (changed.version, changed.made_by) == (2, "S1")
    assert changed.rules == {**DEFAULT.rules, **LATER}


def test_who_has_not_seen_the_last_rules_changes_nothing(house):
    change(house, 1, LATER)

    with pytest.raises(Overtaken):
        change(house, 1, {})
    assert in_force(house).version == 2


def test_all_cars_due_dates_follow_new_rules(house):
    some = made_cars(450)
    put(house, *some)

    changed = change(house, 1, LATER)
    apply_all(house)

    expected = a_house(house.schema.with_name("expected.sqlite"))
    put(expected, *(with_due_dates(car, changed) for car in some))
    assert cars_of(house) == cars_of(expected)
    assert applied(house) is None


def test_it_is_known_how_many_cars_follow_already(house):
    put(house, *made_cars(30))
    change(house, 1, LATER)
    assert applied(house) == 0

    with house.write() as tx:
        applying.apply_next(tx, house.service.terms, most=20)

    assert applied(house) == 20


def test_rules_that_are_overtaken_while_they_are_applied_are_left(house):
    put(house, *made_cars(30))
    change(house, 1, LATER)
    with house.write() as tx:
        applying.apply_next(tx, house.service.terms, most=20)

    change(house, 2, {ReminderType.FIRST_MAINTENANCE: Rule(months=3)})
    apply_all(house)

    assert {car.rulebook for car in cars_of(house)} == {3}


def test_a_car_that_was_taken_in_by_old_rules_when_the_new_ones_had_passed_it_follows_all_the_same(house):
    put(house, *made_cars(30))
    changed = change(house, 1, LATER)
    apply_all(house)
    late = a_car(99, invoice_date=date(2026, 5, 4))
    put(house, late)

    apply_all(house)

    assert {car.rulebook for car in cars_of(house)} == {2}
    assert [car for car in cars_of(house) if car.vin == late.vin] == [with_due_dates(late, changed)]


def test_what_follows_from_newer_rules_already_is_not_worked_out_by_older_ones(house):
    newer = change(house, 1, LATER)
    put(house, with_due_dates(a_car(1, invoice_date=date(2026, 5, 4)), newer))

    with house.write() as tx:
        applying.bring_up_to_date(tx, range_after(tx, None, 10), DEFAULT, house.service.terms)

    assert {car.rulebook for car in cars_of(house)} == {2}


def test_where_the_meaning_of_insurance_changes_the_due_dates_follow(house):
    put(house, a_car(1, compulsory_insurance_expiry=date(2026, 12, 1), mandatory_maintenance_expiry=date(2026, 12, 20)))
    house.service.terms = house.service.terms.model_copy(update={"insurance_from": "maintenance"})

    with house.write() as tx:
        house.service.follow_configuration(tx)
        house.service.follow_configuration(tx)
    apply_all(house)

    assert in_force(house).version == 2
    assert [car.due_insurance for car in cars_of(house)] == [date(2026, 12, 20)]
