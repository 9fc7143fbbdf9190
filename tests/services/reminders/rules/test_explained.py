"""Why a car has an item or none, in words for who asks."""

from datetime import date
from uuid import UUID

import pytest

from contracts.reminders import ReminderType
from contracts.vehicles import Audience
from services.reminders.facts.car import Car
from services.reminders.rules.audience import CampaignOn
from services.reminders.rules.explain import explain
from services.reminders.rules.rulebook import DEFAULT, Rule, Rulebook

PERIOD = "2026-12"
WINTER = CampaignOn(UUID(int=1), "冬季检测", date(2026, 12, 5), date(2026, 12, 25), Audience(models=("SWIFT",)))


def why(type, campaigns=(), rulebook=DEFAULT, registered=True, had=(), **facts):
    owned = {"sale_version": 1, "customer_id": "C1", "model_code": "SWIFT"}
    car = Car(vehicle_id=UUID(int=9), vin="", **{**owned, **facts})
    found = explain(car, campaigns, rulebook, PERIOD, registered, had=had)
    (one,) = [reason for reason in found if reason.type is type]
    return one


@pytest.mark.parametrize(
    ("day", "code", "has"),
    [
        (date(2026, 12, 31), "due_in_period", True),
        (date(2027, 1, 1), "due_later", False),
        (date(2026, 11, 30), "due_before_period", True),
        (date(2026, 11, 1), "due_before_period", True),
        (date(2026, 10, 31), "due_too_early", False),
        (None, "no_date", False),
    ],
)
def test_a_day_is_in_the_period_or_before_or_after_it(day, code, has):
    found = why(ReminderType.INSPECTION, next_inspection_date=day)

    assert (found.code, found.has, found.due_date) == (code, has, day)


def test_what_had_its_item_then_has_none_now():
    day = date(2026, 11, 30)

    assert why(ReminderType.INSPECTION, next_inspection_date=day, had={(ReminderType.INSPECTION, day)}).code == "had_before"
    assert why(ReminderType.INSPECTION, next_inspection_date=day, had={(ReminderType.INSURANCE, day)}).code == "due_before_period"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"sale_version": 0}, "unknown_to_dms"),
        ({"state": "sold"}, "car_sold"),
        ({"state": "scrapped"}, "car_scrapped"),
        ({"customer_id": ""}, "no_owner"),
    ],
)
def test_what_stands_against_all_types_is_said_of_each(facts, code):
    assert {why(type, next_inspection_date=date(2026, 12, 1), **facts).code for type in ReminderType} == {code}


def test_maintenance_says_what_it_waits_for():
    assert why(ReminderType.FIRST_MAINTENANCE, first_maintenance_on=date(2026, 1, 1)).code == "first_maintenance_done"
    early = why(ReminderType.MAINTENANCE, next_maintenance_date=date(2026, 12, 1), purchase_date=date(2026, 6, 20))
    assert early.code == "before_first_maintenance"
    assert why(ReminderType.MAINTENANCE).code == "no_date"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"birth_month": 12, "birth_day": 3}, "birthday_in_period"),
        ({"birth_month": 11, "birth_day": 3}, "birthday_in_other_month"),
        ({"birth_month": 12, "birth_day": 3, "quiet": "sms,wechat"}, "quiet"),
        ({"birth_month": 12}, "no_date"),
    ],
)
def test_a_birthday_is_in_the_period_or_not(facts, code):
    assert why(ReminderType.BIRTHDAY, **facts).code == code


def test_each_campaign_that_is_on_is_answered_for():
    car = Car(vehicle_id=UUID(int=9), vin="", sale_version=1, customer_id="C1", model_code="ALTO")
    for_all = CampaignOn(UUID(int=2), "新春", date(2026, 11, 1), date(2027, 2, 1), Audience())
    over = CampaignOn(UUID(int=3), "国庆", date(2026, 10, 1), date(2026, 10, 7), Audience())

    found = explain(car, [WINTER, for_all, over], DEFAULT, PERIOD, registered=False)

    assert [(one.code, one.due_date) for one in found if one.type is ReminderType.CAMPAIGN] == [
        ("not_in_audience", date(2026, 12, 5)),
        ("in_audience", date(2026, 12, 1)),
    ]
    assert why(ReminderType.CAMPAIGN, [over]).code == "no_campaign"


def test_a_type_that_is_switched_off_says_so():
    off = Rulebook(2, {type: Rule(enabled=False) for type in ReminderType})

    assert {why(type, [WINTER], off, next_inspection_date=date(2026, 12, 1)).code for type in ReminderType} == {"disabled"}


def test_the_text_names_type_day_reason_and_way_in_both_languages():
    told = why(ReminderType.INSPECTION, next_inspection_date=date(2026, 12, 9))
    called = why(ReminderType.CAMPAIGN, [WINTER], registered=False)

    assert told.text == "年审（2026-12-09）：应于本月到期，微信提醒"
    assert told.text_en == "inspection (2026-12-09): is due in this period, told of by WeChat"
    assert called.text == "冬季检测（2026-12-05）：活动在本月进行，车辆在范围内，未注册，不发微信"
