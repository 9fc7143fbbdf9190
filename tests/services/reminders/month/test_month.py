"""Which items a month has: month ends, 29 February, what was due before, whom campaigns are for, and the same reasons in words."""

from collections import defaultdict
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select

from contracts.reminders import ReminderType
from services.reminders.month.campaigning import campaigns_on
from services.reminders.rules import ids
from services.reminders.rules.explain import explain
from services.reminders.rules.rulebook import Rule, change_rules, rulebook_in_force
from services.reminders.tables import sums
from tests.services.reminders.month.month_worlds import (
    PERIOD,
    a_car,
    a_house,
    items_of,
    made_cars,
    make,
    put,
    put_campaign,
    run_of,
)


@pytest.fixture
def house(tmp_path):
    return a_house(tmp_path / "reminders.sqlite")


def dues_of(house, **columns):
    return [(row.type, row.due_date) for row in items_of(house, **columns)]


def test_an_item_is_new_of_the_rules_and_waits_to_be_told(house):
    put(house, a_car(1, next_inspection_date=date(2026, 12, 31), registered=True))

    run_id = make(house)

    (item,) = items_of(house)
    assert (item.type, item.due_date, item.period) == ("inspection", date(2026, 12, 31), PERIOD)
    assert (item.wechat_state, item.contact_state, item.outcome) == ("queued", "open", "open")
    assert (item.origin_item_id, item.run_id, item.rulebook, item.version) == (item.item_id, run_id, 1, 1)
    assert (item.customer_id, item.dealer_code, item.region_code, item.registered) == ("C00001", "D001", "EAST", True)


def test_who_is_not_registered_is_called_alone_and_birthdays_are_told_by_wechat_alone(house):
    put(house, a_car(1, next_inspection_date=date(2026, 12, 1)), a_car(2, birth_month=12, birth_day=5, registered=True))

    make(house)

    assert {(row.type, row.wechat_state, row.contact_state) for row in items_of(house)} == {
        ("inspection", "none", "open"),
        ("birthday", "queued", "none"),
    }


@pytest.mark.parametrize(
    ("period", "inside", "outside"),
    [
        ("2026-12", [date(2026, 12, 1), date(2026, 12, 31)], [date(2027, 1, 1), date(2026, 10, 31)]),
        ("2027-02", [date(2027, 2, 1), date(2027, 2, 28)], [date(2027, 3, 1), date(2027, 1, 1)]),
        ("2028-02", [date(2028, 2, 29)], [date(2028, 3, 1)]),
    ],
)
def test_a_period_goes_from_its_first_to_its_last_day(house, period, inside, outside):
    put(house, *(a_car(number, next_inspection_date=day) for number, day in enumerate([*inside, *outside])))

    make(house, period)

    assert [row.due_date for row in items_of(house)] == sorted(inside)


@pytest.mark.parametrize(("period", "days"), [("2027-02", [1, 28, 28]), ("2028-02", [1, 28, 29])])
def test_who_was_born_on_29_february_hears_on_the_28th_where_there_is_no_other(house, period, days):
    put(house, *(a_car(day, birth_month=2, birth_day=day) for day in (1, 28, 29)), a_car(90, birth_month=3, birth_day=1))

    make(house, period)

    assert [row.due_date.day for row in items_of(house, type="birthday")] == days


def test_what_was_due_before_and_never_was_reminded_of_is_made_up_for_once(house):
    put(house, a_car(1, next_inspection_date=date(2026, 11, 1)), a_car(2, next_inspection_date=date(2026, 10, 31)))

    make(house, "2026-12")
    make(house, "2027-01")

    assert [(row.period, row.due_date) for row in items_of(house)] == [("2026-12", date(2026, 11, 1))]


def test_what_had_its_item_in_its_own_month_is_not_made_up_for(house):
    put(house, a_car(1, next_inspection_date=date(2026, 12, 20)))

    make(house, "2026-12")
    make(house, "2027-01")

    assert [row.period for row in items_of(house)] == ["2026-12"]


def test_sold_cars_and_cars_of_nobody_have_no_items(house):
    due = {"next_inspection_date": date(2026, 12, 1), "birth_month": 12, "birth_day": 1}
    put_campaign(house, 1)
    put(house, a_car(1, state="sold", **due), a_car(2, state="scrapped", **due), a_car(3, customer_id="", **due))
    put(house, a_car(4, sale_version=0, **due))

    make(house)

    assert items_of(house) == []


@pytest.mark.parametrize(
    ("campaign", "cars"),
    [
        ({}, {1, 2, 3}),
        ({"audience": {"models": ["SWIFT"]}}, {1, 3}),
        ({"audience": {"models": ["SWIFT"], "first_year": 2023}}, {3}),
        ({"audience": {"last_year": 2022}}, {1}),
        ({"audience": {"regions": ["WEST"]}}, {2}),
        ({"audience": {"dealers": ["D001"], "models": ["ALTO"]}}, set()),
        ({"kind": "dealer", "dealer_code": "D002"}, {2}),
        ({"kind": "dealer", "dealer_code": "D002", "audience": {"dealers": ["D001"]}}, set()),
        ({"withdrawn": True}, set()),
        ({"starts_on": date(2027, 1, 1), "ends_on": date(2027, 1, 31)}, set()),
        ({"starts_on": date(2026, 11, 1), "ends_on": date(2026, 12, 1)}, {1, 2, 3}),
    ],
)
def test_a_campaign_is_for_its_audience_while_it_is_on(house, campaign, cars):
    put(house, a_car(1, model_year=2020), a_car(2, model_code="ALTO", model_year=None, region_code="WEST", dealer_code="D002"), a_car(3))
    put_campaign(house, 1, **campaign)

    make(house)

    assert {row.customer_id for row in items_of(house)} == {f"C{number:05d}" for number in cars}
    assert {row.campaign_id for row in items_of(house)} <= {UUID(int=1)}


def test_two_campaigns_that_begin_on_one_day_are_two_items_and_each_is_due_on_its_first_day_of_the_period(house):
    put(house, a_car(1))
    put_campaign(house, 1, starts_on=date(2026, 11, 1))
    put_campaign(house, 2, starts_on=date(2026, 10, 1))

    make(house)

    assert dues_of(house) == [("campaign", date(2026, 12, 1))] * 2


def test_who_wants_no_word_by_wechat_has_no_birthday_or_campaign_but_is_called_for_service(house):
    put(house, a_car(1, quiet="phone,wechat", birth_month=12, birth_day=1, next_inspection_date=date(2026, 12, 1)))
    put_campaign(house, 1)

    make(house)

    assert dues_of(house) == [("inspection", date(2026, 12, 1))]


def test_a_type_that_is_switched_off_makes_nothing(house):
    put(house, a_car(1, next_inspection_date=date(2026, 12, 1), birth_month=12, birth_day=1))
    off = {ReminderType.INSPECTION: Rule(enabled=False)}
    with house.write() as tx:
        change_rules(tx, 1, off, insurance_from="insurance", made_by="S1", now=house.service.now())

    make(house)

    assert [(row.type, row.rulebook) for row in items_of(house)] == [("birthday", 2)]


def test_a_car_whose_dates_follow_from_older_rules_is_worked_out_anew_before_its_month(house):
    put(house, a_car(1, purchase_date=date(2026, 5, 20)))
    longer = {ReminderType.FIRST_MAINTENANCE: Rule(months=7)}
    with house.write() as tx:
        change_rules(tx, 1, longer, insurance_from="insurance", made_by="S1", now=house.service.now())

    make(house)

    assert dues_of(house) == [("first_maintenance", date(2026, 12, 20))]


def test_the_run_counts_what_it_made_and_sums_and_checksum_are_those_of_the_items(house):
    put(house, *made_cars(200))
    put_campaign(house, 1)

    run = run_of(house, make(house))

    rows = items_of(house)
    assert (run.state, run.cars, run.items) == ("tasks", 200, len(rows))
    assert sum(run.counts.values()) == len(rows) > 100
    assert run.checksum == str(sum(ids.crc_of(row.customer_id, ReminderType(row.type), row.due_date) for row in rows))
    with house.database.read() as connection:
        counted = connection.execute(select(sums.c.type, sums.c.due_new)).all()
    assert {type: sum(row.due_new for row in counted if row.type == type) for type in run.counts} == run.counts


def test_sql_works_out_ids_as_python_does(house):
    put(house, *made_cars(100))
    put_campaign(house, 7)

    make(house)

    rows = items_of(house)
    assert {row.type for row in rows} == {type.value for type in ReminderType}
    for row in rows:
        assert row.item_id == ids.item_id(row.period, row.vehicle_id, ReminderType(row.type), row.due_date, row.campaign_id)


def test_a_car_has_an_item_exactly_where_the_explanation_says_so(house):
    cars = made_cars(300, seed=5)
    put_campaign(house, 1, audience={"models": ["SWIFT"], "first_year": 2021})
    put_campaign(house, 2, kind="dealer", dealer_code="D002")
    put(house, *cars[:150])
    make(house, "2026-11")
    put(house, *cars[150:])
    make(house)

    has = {(row.vehicle_id, row.type, row.due_date) for row in items_of(house, period=PERIOD)}

    had = defaultdict(set)
    for row in items_of(house, period="2026-11"):
        had[row.vehicle_id].add((ReminderType(row.type), row.due_date))
    with house.database.read() as connection:
        on, rulebook = campaigns_on(connection, PERIOD), rulebook_in_force(connection)
    said = {one.vehicle_id: explain(one, on, rulebook, PERIOD, one.registered, had=had[one.vehicle_id]) for one in cars}
    assert {(vehicle, why.type.value, why.due_date) for vehicle, whys in said.items() for why in whys if why.has} == has
    assert {why.code for whys in said.values() for why in whys} >= {
        "due_in_period",
        "due_before_period",
        "had_before",
        "due_later",
        "quiet",
    }
