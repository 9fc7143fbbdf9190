"""What an appointment is, step by step, against flows 3.2."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.appointments import State
from services.appointments.domain import Appointment, consider
from services.appointments.hours import call_due
from services.appointments.standing import CLOSED, STANDING
from tests.services.appointments.builders import CAR, FOLLOWER, FRIDAY, NOW, RULES, a_log, a_slip, a_wish, an_appointment

STRANGER = CAR.binding_id


def to_call() -> Appointment:
    return an_appointment().stored("D-7", call_due(NOW)).task_made("T-1")


def confirmed() -> Appointment:
    return to_call().called(a_log(2, "reached"), RULES).slip_saved(a_slip())


def notified() -> Appointment:
    on_record = confirmed().slip_stored("S-7", 1)
    return on_record.confirmation_sent(on_record.announced)


def test_a_wish_for_a_day_that_can_be_prepared_is_taken_in():
    taken = consider(a_wish(), CAR, NOW, RULES)

    assert (taken.state, taken.dms_asked) == (State.REQUESTED, True)


@pytest.mark.parametrize(
    ("days_ahead", "reason"),
    [(-1, "past_day"), (0, "too_soon"), (1, ""), (90, ""), (91, "too_far")],
)
def test_a_day_that_cannot_be_met_is_turned_away_with_its_reason(days_ahead, reason):
    wish = a_wish(requested_date=NOW.date() + timedelta(days=days_ahead))

    considered = consider(wish, CAR, NOW, RULES)

    assert considered.reason == reason
    assert considered.dms_asked is (reason == "")


def test_today_can_be_met_until_two_hours_before_the_workshop_opens():
    just_in_time = datetime(2026, 3, 5, 22, 30, tzinfo=UTC)  # 06:30 on the sixth at the dealer's

    assert consider(a_wish(requested_date=FRIDAY), CAR, just_in_time, RULES).state is State.REQUESTED
    assert consider(a_wish(requested_date=FRIDAY), CAR, just_in_time + timedelta(seconds=1), RULES).reason == "too_soon"


@pytest.mark.parametrize("car", [None, pytest.param(CAR.__class__(**vars(CAR) | {"active": False}), id="not bound any more")])
def test_a_car_that_is_not_the_followers_cannot_be_booked(car):
    assert consider(a_wish(), car, NOW, RULES).reason == "not_your_car"


def test_the_way_to_a_confirmation():
    states = [
        an_appointment(),
        to_call(),
        to_call().called(a_log(2, "no_answer"), RULES),
        confirmed(),
        confirmed().slip_stored("S-7", 1),
        notified(),
    ]

    assert [one.state for one in states] == [
        State.REQUESTED,
        State.TO_CALL,
        State.TO_CALL,
        State.CONFIRMED,
        State.CONFIRMED,
        State.NOTIFIED,
    ]


def test_a_repeat_changes_nothing_not_even_the_version():
    once = notified()

    again = once.stored("D-7", call_due(NOW)).task_made("T-1").slip_saved(a_slip()).slip_stored("S-7", 1).confirmation_sent(once.announced)

    assert again == once


def test_a_slip_does_not_revive_a_withdrawn_request():
    withdrawn = to_call().take_back(FOLLOWER, "", NOW, RULES)

    assert withdrawn.slip_saved(a_slip()).state in CLOSED


def test_taken_back_before_a_slip_is_withdrawn_and_after_it_cancelled():
    assert to_call().take_back(FOLLOWER, "", NOW, RULES).state is State.WITHDRAWN
    assert notified().take_back(FOLLOWER, "", NOW, RULES).state is State.CANCELLED


def test_nobody_else_can_take_it_back():
    assert notified().take_back(STRANGER, "", NOW, RULES) == notified()


def test_five_calls_that_did_not_reach_end_it():
    four = to_call().called(a_log(5, "no_answer", "busy", "switched_off", "refused"), RULES)
    five = four.called(a_log(6, "no_answer", "busy", "switched_off", "refused", "no_answer"), RULES)

    assert (four.state, four.attempts) == (State.TO_CALL, 4)
    assert (five.state, five.attempts, five.reason) == (State.UNREACHABLE, 5, "unreachable")


def test_calls_after_one_that_reached_do_not_end_a_confirmed_appointment():
    later = confirmed().called(a_log(9, "reached", *["no_answer"] * 5), RULES)

    assert later.state is State.CONFIRMED


def test_an_older_version_of_the_task_is_ignored():
    newer = to_call().called(a_log(3, "no_answer", "busy"), RULES)

    assert newer.called(a_log(2, "no_answer"), RULES) == newer
    assert newer.called(a_log(3, "no_answer"), RULES) == newer


def test_declined_on_the_phone():
    assert to_call().called(a_log(2, "reached", declined=True), RULES).state is State.DECLINED


def test_csc_news_may_overtake_its_answer():
    assert an_appointment().called(a_log(2, "no_answer"), RULES).state is State.TO_CALL
    assert an_appointment().slip_saved(a_slip()).state is State.CONFIRMED


def test_a_newer_slip_moves_a_notified_appointment_and_is_confirmed_again():
    moved = notified().slip_saved(a_slip(2))
    again = moved.slip_stored("S-7", 2)

    assert (moved.state, moved.announced) == (State.CONFIRMED, 0)
    assert again.announced == again.version
    assert again.confirmation_sent(notified().announced).state is State.CONFIRMED
    assert again.confirmation_sent(again.announced).state is State.NOTIFIED


def test_an_older_slip_on_record_does_not_confirm_a_newer_one():
    assert confirmed().slip_saved(a_slip(2)).slip_stored("S-7", 1).announced == 0


def test_a_cancelled_slip_is_final():
    cancelled = notified().slip_saved(a_slip(2), called_off="closed_day")

    assert (cancelled.state, cancelled.reason) == (State.CANCELLED, "closed_day")
    assert cancelled.slip_saved(a_slip(3)).state is State.CANCELLED


def test_the_dms_may_say_no_at_once_or_later():
    assert (an_appointment().refuse("closed_day").state, an_appointment().refuse("closed_day").reason) == (State.REJECTED, "closed_day")
    assert to_call().refuse("closed_day").state is State.REJECTED


def test_what_only_an_operator_can_settle_leaves_the_state():
    troubled = confirmed().slip_refused("S-7", 1, "no_bay").confirmation_failed(3, "user_state")

    assert troubled.state is State.CONFIRMED
    assert troubled.troubles == {"slip_refused:S-7:1:no_bay", "confirmation_failed:3:user_state"}


def test_every_state_of_the_contract_can_be_reached():
    assert {state for state, _ in STANDING} == set(State)


@pytest.mark.parametrize(
    ("asked", "due"),
    [("09:00", "02 11:00"), ("06:00", "02 10:30"), ("15:30", "02 17:30"), ("16:30", "03 09:30"), ("20:00", "03 10:30")],
)
def test_a_call_is_due_after_two_working_hours(asked, due):
    since = datetime.fromisoformat(f"2026-03-02T{asked}:00+08:00")

    assert f"{call_due(since):%d %H:%M}" == due
