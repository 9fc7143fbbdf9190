"""When what is due: each type's rule, month ends, and what stands in whose way."""

from datetime import date

import pytest

from chassis.settings import Reminders
from services.reminders.days import in_year, last_day, months_after, next_period
from services.reminders.facts.car import Car
from services.reminders.rules.due import due_dates
from services.reminders.rules.rulebook import DEFAULT, Rule, Rulebook

BY_MODEL = Rulebook(2, {type: Rule(months=6, months_by_model={"JIMNY": 12}) for type in DEFAULT.rules})


def due(rulebook=DEFAULT, insurance_from="insurance", **facts):
    car = Car(vehicle_id=None, vin="", **{"model_code": "SWIFT", **facts})
    return due_dates(car, rulebook, Reminders(insurance_from=insurance_from))


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 10, 31), 1, date(2026, 11, 30)),
        (date(2026, 3, 15), 0, date(2026, 3, 15)),
    ],
)
def test_months_are_counted_to_the_same_day_or_the_months_last(day, months, after):
    assert months_after(day, months) == after


def test_a_birthday_of_29_february_is_on_the_28th_where_there_is_no_other():
    assert in_year(2027, 2, 29) == date(2027, 2, 28)
    assert in_year(2028, 2, 29) == date(2028, 2, 29)


def test_the_period_after_december_is_in_another_year():
    assert next_period("2026-12") == "2027-01"
    assert last_day("2028-02") == date(2028, 2, 29)


def test_the_first_maintenance_counts_from_the_purchase_and_without_it_from_the_invoice():
    assert due(purchase_date=date(2026, 6, 3), invoice_date=date(2026, 6, 1)).first_maintenance == date(2026, 12, 3)
    assert due(invoice_date=date(2026, 6, 1)).first_maintenance == date(2026, 12, 1)


def test_no_first_maintenance_is_due_once_it_is_done():
    assert due(purchase_date=date(2026, 6, 3), first_maintenance_on=date(2026, 9, 1)).first_maintenance is None


def test_intervals_depend_on_the_model():
    assert due(BY_MODEL, purchase_date=date(2026, 6, 3)).first_maintenance == date(2026, 12, 3)
    assert due(BY_MODEL, purchase_date=date(2026, 6, 3), model_code="JIMNY").first_maintenance == date(2027, 6, 3)


def test_maintenance_is_due_when_the_adviser_said_and_otherwise_an_interval_after_the_last_visit():
    assert due(next_maintenance_date=date(2026, 12, 9), last_visit_on=date(2026, 1, 1)).maintenance == date(2026, 12, 9)
    assert due(last_visit_on=date(2026, 8, 31)).maintenance == date(2027, 2, 28)


@pytest.mark.parametrize(
    ("facts", "day"),
    [
        ({"purchase_date": date(2026, 6, 3)}, None),
        ({"purchase_date": date(2026, 5, 3)}, date(2026, 12, 1)),
        ({"first_maintenance_on": date(2026, 12, 1)}, None),
        ({"first_maintenance_on": date(2026, 11, 1)}, date(2026, 12, 1)),
    ],
)
def test_maintenance_is_never_due_before_the_first_one(facts, day):
    assert due(next_maintenance_date=date(2026, 12, 1), **facts).maintenance == day


def test_the_warranty_ends_when_it_is_said_and_otherwise_so_many_months_after_the_invoice():
    assert due(warranty_end_date=date(2026, 12, 9), invoice_date=date(2020, 1, 1)).warranty == date(2026, 12, 9)
    assert due(invoice_date=date(2024, 2, 29)).warranty == date(2027, 2, 28)
    assert due(purchase_date=date(2024, 2, 29)).warranty is None


def test_what_insurance_means_is_configured():
    dates = {"compulsory_insurance_expiry": date(2026, 12, 1), "mandatory_maintenance_expiry": date(2026, 12, 20)}

    assert due(**dates).insurance == date(2026, 12, 1)
    assert due(insurance_from="maintenance", **dates).insurance == date(2026, 12, 20)


def test_the_inspection_is_due_when_the_adviser_said():
    assert due(next_inspection_date=date(2026, 12, 20)).inspection == date(2026, 12, 20)


def test_of_a_car_without_dates_nothing_is_due():
    assert set(due().columns().values()) == {None}
