"""How many messages are under way at once, which goes first, and what waits for another day (A-REM-20..24)."""

from datetime import timedelta
from itertools import permutations
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.reminders import WechatState
from services.reminders.sending.looking import LOOKED_AT
from services.reminders.sending.message import Message
from tests.services.reminders.sending.sendings import Sending, at, types_in

TOMORROW = at("12-11", "00:00") + timedelta(seconds=30)


@pytest.fixture
def house(tmp_path):
    return Sending(tmp_path / "reminders.db", most_in_flight=3)


def test_no_more_are_in_flight_than_may_be(house):
    for _ in range(5):
        house.with_car(("maintenance", "12-12"))

    first, nobody = house.on("12-10"), house.on("12-10")
    house.answered(first[0])
    house.answered(first[1], "failed")
    more = house.on("12-10")

    assert (len(first), nobody, len(more)) == (3, [], 2)
    assert house.numbers() == {"asked": 3, "sent": 1, "failed": 1}


def test_service_goes_before_campaigns_and_what_is_due_first_before_what_is_due_later(house):
    campaign = house.with_campaign()
    for day in ("14", "11", "13", "12"):
        house.with_car(("campaign", "12-05", {"campaign_id": campaign}))
        house.with_car(("maintenance", f"12-{day}"))

    told = []
    while some := house.on("12-10"):
        told += some
        for due in some:
            house.answered(due)

    assert [due.urgency for due in told] == ["service"] * 4 + ["campaign"] * 4
    assert [due.items[0].due_date.day for due in told[:4]] == [11, 12, 13, 14]


def test_a_car_with_more_followers_than_there_is_room_for_is_told_by_and_by(house):
    house.with_car(("maintenance", "12-12"), followers=5)

    first = house.on("12-10")
    for due in first:
        house.answered(due)
    rest = house.on("12-10")

    assert (len(first), len(rest)) == (3, 2)
    assert len({due.follower_id for due in first + rest}) == 5


def test_what_nobody_answers_holds_up_the_others_for_a_day_at_most(house):
    for _ in range(4):
        house.with_car(("maintenance", "12-12"))
    house.on("12-10")

    assert house.on("12-11", "11:00") == []
    assert len(house.on("12-11", "12:01")) == 1


def test_what_is_postponed_is_asked_for_again_under_the_next_version_the_next_day(house):
    car = house.with_car(("maintenance", "12-12"))
    (due,) = house.on("12-10")
    house.postponed(due, TOMORROW)
    house.postponed(due, TOMORROW)

    today, (again,) = house.on("12-10", "19:00"), house.on("12-11", "09:00")

    assert today == []
    assert (again.message_id, again.version, types_in(again)) == (due.message_id, 2, ["maintenance"])
    assert again.id != due.id
    house.postponed(due, TOMORROW)
    assert house.message(due).state == "asked"
    house.answered(again)
    assert house.states(car) == {"maintenance": ("sent", "")}


def test_where_one_is_postponed_no_other_of_its_account_is_tried_that_day(house):
    cars = [house.with_car(("maintenance", "12-12")) for _ in range(5)]
    campaign = house.with_campaign()
    house.with_car(("campaign", "12-05", {"campaign_id": campaign}))
    for due in house.on("12-10"):
        house.postponed(due, TOMORROW)

    assert house.on("12-10", "18:00", steps=3) == []
    assert house.numbers() == {"planned": 3}
    told = house.on("12-11")
    assert [due.version for due in told] == [2, 2, 2]
    for due in told:
        house.answered(due)
    assert len(house.on("12-11")) == 3
    assert len(cars) == 5


def test_where_campaigns_have_used_their_share_service_goes_on(house):
    campaign = house.with_campaign()
    house.with_car(("campaign", "12-05", {"campaign_id": campaign}))
    house.with_car(("campaign", "12-05", {"campaign_id": campaign}))
    for due in house.on("12-10"):
        house.postponed(due, TOMORROW)
    house.with_car(("maintenance", "12-12"))

    assert [types_in(due) for due in house.on("12-10")] == [["maintenance"]]


def test_another_account_goes_on(tmp_path):
    house = Sending(tmp_path / "reminders.db", accounts=("main", "other"), most_in_flight=3)
    for _ in range(4):
        house.with_car(("maintenance", "12-11"))
    both = house.with_car(("maintenance", "12-12"))
    house.bind(both, account="other")
    house.with_car(("maintenance", "12-13"), account="other")
    for due in house.on("12-10"):
        house.postponed(due, TOMORROW)

    told = house.on("12-10")

    assert [due.account for due in told] == ["other", "other"]
    for due in told:
        house.answered(due)
    assert [due.account for due in house.on("12-11", steps=1)] == ["main"] * 3
    assert house.message(told[0]).state == "sent"


def test_another_account_is_found_behind_all_that_wait_for_the_one_that_is_held(tmp_path):
    house = Sending(tmp_path / "reminders.db", accounts=("main", "other"), most_in_flight=3)
    house.with_cars(LOOKED_AT + 5, "maintenance", "12-11")
    late = [house.with_car(("maintenance", "12-13"), account="other") for _ in range(2)]
    for due in house.on("12-10"):
        house.postponed(due, TOMORROW)

    told = [due for _ in range(3) for due in house.on("12-10")]

    assert sorted(due.vehicle_id for due in told) == sorted(late)


def test_what_came_in_behind_the_last_look_is_found_when_all_others_were_looked_at(tmp_path):
    house = Sending(tmp_path / "reminders.db", accounts=("main", "other"), most_in_flight=3)
    house.with_cars(LOOKED_AT + 5, "maintenance", "12-11")
    for due in house.on("12-10"):
        house.postponed(due, TOMORROW)
    assert house.on("12-10") == []
    late = house.with_car(("maintenance", "12-10"), account="other")

    told = [due for _ in range(2) for due in house.on("12-10")]

    assert [due.vehicle_id for due in told] == [late]


def test_what_an_earlier_period_left_is_too_late_even_while_its_account_is_held(tmp_path):
    house = Sending(tmp_path / "reminders.db", accounts=("main", "other"))
    house.with_car(("maintenance", "12-03"))
    (due,) = house.on("12-02")
    house.postponed(due, TOMORROW)
    old = house.with_car(("maintenance", "11-28", {"period": "2026-11"}))

    house.on("12-02")

    assert house.states(old)["maintenance"] == ("suppressed", "too_late")


def test_what_is_asked_for_again_is_judged_again(house):
    campaign = house.with_campaign(ends="2026-12-10")
    car = house.with_car(("maintenance", "12-12"), ("insurance", "12-13"), ("campaign", "12-05", {"campaign_id": campaign}), followers=0)
    follower = house.bind(car)
    (due,) = house.on("12-10")
    house.postponed(due, TOMORROW)
    house.opt_out(follower, "insurance")

    (again,) = house.on("12-11")

    assert (types_in(due), types_in(again)) == (["maintenance", "insurance", "campaign"], ["maintenance"])
    assert house.states(car) == {
        "maintenance": ("queued", ""),
        "insurance": ("suppressed", "opted_out"),
        "campaign": ("suppressed", "too_late"),
    }


def test_what_one_follower_was_not_told_of_and_another_has_opted_out_of_waits_for_nobody(house):
    car = house.with_car(("maintenance", "12-12"), ("insurance", "12-13"), followers=0)
    one, other = house.bind(car), house.bind(car)
    for due in house.on("12-10"):
        house.postponed(due, TOMORROW)
    house.opt_out(one, "maintenance")
    house.opt_out(one, "insurance")
    (again,) = house.on("12-11")
    house.postponed(again, at("12-12", "00:01"))
    house.opt_out(other, "insurance")

    (last,) = house.on("12-12")

    assert (last.follower_id, types_in(last)) == (other, ["maintenance"])
    assert house.states(car) == {"maintenance": ("queued", ""), "insurance": ("suppressed", "opted_out")}


def test_what_did_not_get_out_within_hours_is_asked_for_again_in_the_morning(house):
    house.with_car(("maintenance", "12-12"))
    (due,) = house.on("12-10", "19:59")
    house.postponed(due, due.again_from)

    assert (due.not_after, due.again_from) == (at("12-10", "20:00"), at("12-11", "09:00"))
    assert house.on("12-11", "03:00") == []
    (again,) = house.on("12-11", "09:00")
    assert (again.version, again.not_after) == (2, at("12-11", "20:00"))


def test_a_car_that_came_back_meanwhile_is_not_told(house):
    car = house.with_car(("maintenance", "12-12"))
    (due,) = house.on("12-10")
    house.postponed(due, TOMORROW)
    house.change_car(car, last_visit_on=at("12-10").date())

    assert house.on("12-11") == []
    assert (house.message(due).state, house.states(car)) == ("suppressed", {"maintenance": ("suppressed", "car_is_back")})


def test_who_left_meanwhile_is_not_told_and_is_called_first(house):
    car = house.with_car(("maintenance", "12-12"))
    (due,) = house.on("12-10")
    house.postponed(due, TOMORROW)
    house.unbind(car)

    assert house.on("12-11") == []
    assert house.states(car) == {"maintenance": ("failed", "unsubscribed")}
    assert house.items_of(car)["maintenance"].priority == "high"


def test_what_the_quota_kept_from_being_told_in_time_failed_by_that(house):
    car = house.with_car(("birthday", "12-10"))
    (due,) = house.on("12-10")
    house.postponed(due, TOMORROW)

    assert house.on("12-11") == []
    assert (house.message(due).state, house.states(car)) == ("failed", {"birthday": ("failed", "limit")})


def test_a_failure_makes_the_call_more_urgent_and_says_why(house):
    car = house.with_car(("maintenance", "12-12"))
    (due,) = house.on("12-10")

    house.answered(due, "failed")

    item = house.items_of(car)["maintenance"]
    assert (item.wechat_state, item.wechat_reason, item.priority) == (WechatState.FAILED, "user_blocked", "high")


def test_the_moment_it_was_sent_is_when_wechat_took_it(house):
    car = house.with_car(("maintenance", "12-12"))
    (due,) = house.on("12-10")

    house.answered(due, "delivered", at=at("12-10", "12:05"))
    house.answered(due, "sent", at=at("12-10", "12:01"))

    assert house.items_of(car)["maintenance"].message_sent_at == at("12-10", "12:01")


def test_news_of_a_message_that_is_not_ours_changes_nothing(house):
    house.with_car(("maintenance", "12-12"))
    (due,) = house.on("12-10")

    house.answered(due.model_copy(update={"message_id": uuid4()}))

    assert house.numbers() == {"asked": 1}


ENDS = {
    ("sent",): "sent",
    ("sent", "delivered"): "delivered",
    ("sent", "failed"): "failed",
    ("sent", "delivered", "opened"): "clicked",
}


@pytest.mark.parametrize("news", ENDS)
def test_in_any_order_and_with_repeats_a_message_and_its_items_end_the_same(house, news):
    for order in permutations(news):
        house.empty()
        car = house.with_car(("maintenance", "12-12"), ("insurance", "12-12"))
        (due,) = house.on("12-10")
        moments = {one: at("12-10", f"12:0{number}") for number, one in enumerate(news, 1)}

        for one in (*order, order[0]):
            house.now.at = moments[one]
            house.opened(due) if one == "opened" else house.answered(due, one)

        assert house.message(due).state == ENDS[news]
        assert {state for state, _ in house.states(car).values()} == {ENDS[news]}
        assert house.message(due).sent_at == moments["sent"]


A_MESSAGE = Message(
    UUID(int=1), 1, "2026-12", UUID(int=2), UUID(int=3), "main", "service", at("12-10"), state="asked", asked_at=at("12-10")
)
NEWS = [
    lambda one: one.sent(at("12-10", "12:01")),
    lambda one: one.delivered(at("12-10", "12:02")),
    lambda one: one.failed("system"),
    lambda one: one.suppressed("quiet"),
    lambda one: one.postponed(7, TOMORROW),
]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(NEWS), max_size=5), st.data())
def test_a_message_ends_the_same_whatever_the_order(news, data):
    def end_of(order):
        message = A_MESSAGE
        for one in order:
            message = one(message)
        return message

    shuffled = data.draw(st.permutations(news + news))

    assert end_of(news) == end_of(shuffled)
