"""When which follower is told of what: hours, lead days, what goes together, who is left out and why (A-REM-20..22, S-33)."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from services.reminders.rules.rulebook import DEFAULT, Rule, change_rules
from tests.services.reminders.following.followed import a_call, a_slip, a_visit
from tests.services.reminders.sending.sendings import Sending, at, types_in


@pytest.fixture
def house(tmp_path):
    return Sending(tmp_path / "reminders.db")


def test_a_follower_is_told_so_many_days_before_it_is_due(house):
    car = house.with_car(("maintenance", "12-24"))

    early, in_time, again = house.on("12-09"), house.on("12-10"), house.on("12-11")

    (due,) = in_time
    assert (early, again) == ([], [])
    assert (due.vehicle_id, due.version, due.urgency, due.account, due.period) == (car, 1, "service", "main", "2026-12")
    assert [(one.type.value, one.due_date) for one in due.items] == [("maintenance", date(2026, 12, 24))]
    assert (due.model_name, due.dealer_code) == ("奥拓", "CQ01")


def test_lead_days_are_those_of_the_rules_in_force(house):
    house.with_car(("maintenance", "12-24"))
    changed = {**DEFAULT.rules}
    maintenance = next(type for type in changed if type == "maintenance")
    with house.write() as tx:
        change_rules(tx, 1, {maintenance: Rule(lead_days=20)}, insurance_from="insurance", made_by="7", now=house.now())

    assert [types_in(due) for due in house.on("12-04")] == [["maintenance"]]


def test_nobody_is_told_before_the_first_day_of_the_period(house):
    house.with_car(("inspection", "12-03"))

    assert house.on("11-30") == []
    assert len(house.on("12-01")) == 1


def test_what_a_run_that_was_late_found_past_due_is_told_still(house):
    house.with_car(("inspection", "11-20"))

    assert len(house.on("12-04")) == 1


@pytest.mark.parametrize(("clock", "number"), [("08:59", 0), ("09:00", 1), ("19:59", 1), ("20:00", 0), ("23:59", 0)])
def test_followers_are_told_within_hours_of_shanghai_only(house, clock, number):
    house.with_car(("maintenance", "12-12"))

    assert len(house.on("12-10", clock)) == number


def test_what_is_to_be_told_within_the_week_goes_into_the_same_message(house):
    campaign = house.with_campaign(starts="2026-12-15")
    car = house.with_car(
        ("maintenance", "12-24"), ("insurance", "12-31"), ("warranty", "12-31"), ("campaign", "12-15", {"campaign_id": campaign})
    )

    (due,) = house.on("12-10")

    assert types_in(due) == ["maintenance", "warranty", "insurance", "campaign"]
    assert house.on("12-17") == []
    assert {one.message_id for one in house.items_of(car).values()} == {due.message_id}


def test_what_is_to_be_told_later_than_that_waits_for_its_day(house):
    car = house.with_car(("maintenance", "12-18"), ("warranty", "12-31"))

    assert [types_in(due) for due in house.on("12-09")] == [["maintenance"]]
    assert house.states(car)["warranty"] == ("queued", "")
    assert [types_in(due) for due in house.on("12-17")] == [["warranty"]]


def test_a_campaign_is_told_with_its_words_and_by_itself_as_a_campaign(house):
    campaign = house.with_campaign()
    house.with_car(("campaign", "12-05", {"campaign_id": campaign}))

    (due,) = house.on("12-02")

    (item,) = due.items
    assert (due.urgency, item.title, item.text, item.until) == ("campaign", "冬季免费检测", "免费检测二十项", date(2026, 12, 20))


def test_a_birthday_is_greeted_on_the_day_in_a_message_of_its_own(house):
    house.with_car(("birthday", "12-10"), ("maintenance", "12-12"))

    assert house.on("12-09", steps=3)[0].urgency == "service"
    (greeting,) = house.on("12-10", steps=3)
    assert (types_in(greeting), greeting.urgency) == (["birthday"], "campaign")


def test_a_birthday_that_is_past_is_not_greeted(house):
    car = house.with_car(("birthday", "12-09"))

    assert house.on("12-10") == []
    assert house.states(car) == {"birthday": ("suppressed", "too_late")}


def test_who_has_two_cars_is_greeted_once(house):
    one, other = house.with_car(("birthday", "12-10"), followers=0), house.with_car(("birthday", "12-10"), followers=0)
    follower = house.bind(one)
    house.bind(other, follower)

    assert len(house.on("12-10", steps=3)) == 1
    assert sorted(house.states(car)["birthday"][1] for car in (one, other)) == ["", "told_already"]


def test_every_follower_of_a_car_is_told_and_each_has_a_message(house):
    car = house.with_car(("maintenance", "12-12"), followers=2)

    told = house.on("12-10")

    assert len({due.follower_id for due in told}) == len({due.message_id for due in told}) == 2
    house.answered(told[0], "failed")
    assert house.states(car) == {"maintenance": ("queued", "")}
    house.answered(told[1], "delivered")
    assert house.states(car) == {"maintenance": ("delivered", "")}


def test_only_who_is_bound_now_is_told(house):
    car = house.with_car(("maintenance", "12-12"))
    house.unbind(car)

    assert house.on("12-10") == []
    assert house.states(car) == {"maintenance": ("none", "")}


def test_who_registers_in_the_middle_of_the_month_is_told_from_then_on_and_the_snapshot_stays(house):
    none = {"wechat_state": "none", "registered": False}
    car = house.with_car(("maintenance", "12-12", none), ("insurance", "12-02", none), followers=0)
    before = house.on("12-10")

    house.register(car)

    (due,) = house.on("12-11")
    assert before == []
    assert sorted(types_in(due)) == ["insurance", "maintenance"]
    assert {one.registered for one in house.items_of(car).values()} == {False}


def test_who_leaves_and_comes_back_is_told_when_it_is_time(house):
    car = house.with_car(("maintenance", "12-24"))
    house.unbind(car)
    house.on("12-10")

    house.register(car)

    assert len(house.on("12-12")) == 1


def test_a_carried_item_is_not_told_of_again_unless_it_is_wanted_so(tmp_path):
    carried = {"wechat_state": "none", "carry_count": 1, "carried_from": uuid4()}
    told = {}
    for again in (False, True):
        house = Sending(tmp_path / f"{again}.db", carried_by_wechat=again)
        car = house.with_car(("maintenance", "11-12", carried), followers=0)
        house.register(car)
        told[again] = len(house.on("12-10"))

    assert told == {False: 0, True: 1}


def test_who_does_not_want_to_hear_of_a_type_hears_of_the_others(house):
    car = house.with_car(("maintenance", "12-12"), ("insurance", "12-12"), followers=0)
    house.opt_out(house.bind(car), "insurance")

    (due,) = house.on("12-10")

    assert types_in(due) == ["maintenance"]
    assert house.states(car)["insurance"] == ("suppressed", "opted_out")


def test_who_wants_to_hear_of_it_again_does(house):
    car = house.with_car(("insurance", "12-12"), followers=0)
    follower = house.bind(car)
    house.opt_out(follower, "insurance")
    house.now.at += timedelta(hours=1)
    house.opt_out(follower, "insurance", wanted=True)

    assert len(house.on("12-11")) == 1


def test_of_two_followers_each_hears_of_what_they_want_and_at_once(house):
    car = house.with_car(("maintenance", "12-12"), ("insurance", "12-31"), followers=0)
    deaf, keen = house.bind(car), house.bind(car)
    house.opt_out(deaf, "maintenance")

    told = {due.follower_id: types_in(due) for due in house.on("12-10")}

    assert told == {keen: ["maintenance", "insurance"], deaf: ["insurance"]}
    assert house.on("12-11") == []


QUIET = {"quiet": "phone,wechat"}
CASES = [
    (QUIET, {}, "quiet"),
    ({"state": "sold"}, {}, "car_sold"),
    ({"state": "scrapped"}, {}, "car_scrapped"),
    ({"last_visit_on": date(2026, 12, 8)}, {}, "car_is_back"),
    ({}, {"outcome": "void"}, "void"),
]


@pytest.mark.parametrize(("car", "item", "reason"), CASES)
def test_who_is_not_to_be_told_is_left_out_with_the_reason(house, car, item, reason):
    car = house.with_car(("maintenance", "12-12", item), **car)

    assert house.on("12-10") == []
    assert house.states(car) == {"maintenance": ("suppressed", reason)}


def test_who_was_called_and_came_is_not_told_any_more(house):
    car = house.with_car(("maintenance", "12-12"))
    (item,) = house.items_of(car).values()
    house.only_deliver(a_slip(item.item_id, a_call(at("12-03"))))
    house.only_deliver(a_visit(at("12-05"), car=car))

    assert house.on("12-10") == []
    assert house.states(car) == {"maintenance": ("suppressed", "car_is_back")}


@pytest.mark.parametrize("car", [{"quiet": "phone"}, {"last_visit_on": date(2026, 11, 29)}])
def test_who_wants_no_calls_or_was_there_before_is_told(house, car):
    house.with_car(("maintenance", "12-12"), **car)

    assert len(house.on("12-10")) == 1


def test_a_car_that_is_back_is_told_of_campaigns_still(house):
    campaign = house.with_campaign()
    house.with_car(("campaign", "12-05", {"campaign_id": campaign}), last_visit_on=date(2026, 12, 3))

    assert len(house.on("12-05")) == 1


def test_another_owner_is_not_greeted(house):
    car = house.with_car(("birthday", "12-10"), customer_id="C2")

    assert house.on("12-10") == []
    assert house.states(car) == {"birthday": ("suppressed", "owner_changed")}


@pytest.mark.parametrize(("changed", "reason"), [({"withdrawn": True}, "withdrawn"), ({"ends_on": date(2026, 12, 4)}, "too_late")])
def test_a_campaign_that_is_off_is_told_to_nobody(house, changed, reason):
    campaign = house.with_campaign(**changed)
    car = house.with_car(("campaign", "12-05", {"campaign_id": campaign}))

    assert house.on("12-05") == []
    assert house.states(car) == {"campaign": ("suppressed", reason)}


def test_what_was_not_told_in_its_month_is_not_told_in_the_next(house):
    car = house.with_car(("maintenance", "12-31"))

    assert house.on("2027-01-02") == []
    assert house.states(car) == {"maintenance": ("suppressed", "too_late")}


def test_what_stands_for_the_next_month_waits_on_the_last_day(house):
    car = house.with_car(("maintenance", "2026-12-20", {"period": "2027-01"}), ("insurance", "2027-01-05", {"period": "2027-01"}))

    assert house.on("12-31") == []
    assert [types_in(due) for due in house.on("2027-01-01")] == [["maintenance", "insurance"]]
    assert {state for state, _ in house.states(car).values()} == {"queued"}


def test_more_than_fits_into_one_message_goes_into_the_next(house):
    campaigns = [house.with_campaign() for _ in range(23)]
    house.with_car(*[("campaign", "12-05", {"campaign_id": one}) for one in campaigns])

    told = house.on("12-05", steps=3)

    assert [len(due.items) for due in told] == [20, 3]


def test_nothing_is_due_and_nothing_is_done(house):
    house.with_car(("maintenance", "12-31"))

    assert house.on("12-01", steps=2) == []
    assert house.numbers() == {}


def test_hours_end_and_begin_by_the_clock_of_shanghai_whatever_the_host_has(house):
    house.with_car(("maintenance", "12-12"))
    house.now.at = at("12-10", "09:30").astimezone(tz=None)

    with house.write() as tx:
        house.service.send(tx)

    assert house.numbers() == {"asked": 1}


def test_a_campaign_that_is_due_today_too_goes_along_and_both_are_under_way(house):
    campaign = house.with_campaign()
    car = house.with_car(("maintenance", "12-12"), ("campaign", "12-05", {"campaign_id": campaign}))

    (due,) = house.on("12-10")

    assert types_in(due) == ["maintenance", "campaign"]
    assert house.states(car) == {"maintenance": ("queued", ""), "campaign": ("queued", "")}
    house.answered(due)
    assert house.states(car) == {"maintenance": ("sent", ""), "campaign": ("sent", "")}
