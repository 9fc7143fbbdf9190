"""Another day, the cut-off, another dealer, and what becomes of the day itself, step by step, against flows 3.2."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from contracts.appointments import State
from contracts.csc import CloseCallTask, OpenCallTask, RecordOutcome, ReopenCallTask
from contracts.dms import CancelAppointment, MoveAppointment, StoreOutcome, StoreSlip
from services.appointments.domain import Appointment, successor_of
from services.appointments.hours import begin_of, call_due, end_of
from services.appointments.news import news_of
from services.appointments.visits import Visit, best_of, match
from services.appointments.wishes import Rules
from tests.services.appointments.builders import (
    AT,
    BINDING,
    CAR,
    FOLLOWER,
    FRIDAY,
    NOW,
    RULES,
    SATURDAY,
    VEHICLE,
    VISIT,
    a_log,
    a_slip,
    a_wish,
    an_appointment,
)

STRANGER = BINDING
HOUR = timedelta(hours=1)
LATER = NOW + timedelta(days=1)


def to_call(**changes) -> Appointment:
    return an_appointment(**changes).stored("D-7", call_due(NOW)).task_made("T-1")


def agreed(**changes) -> Appointment:
    return to_call().slip_saved(a_slip(**changes)).slip_stored("S-7", 1)


def another_day(it: Appointment, request_no: int = 2, day=SATURDAY, now=LATER, **changes) -> Appointment:
    return it.reschedule(a_wish(requested_date=day, request_no=request_no, **changes), now, RULES, call_due(now))


def told(before: Appointment, after: Appointment) -> list[str]:
    return [type(one).__name__ for one in news_of(before, after)]


def test_before_a_slip_the_day_changes_and_the_state_stays():
    moved = another_day(to_call())

    assert (moved.state, moved.wish.requested_date, moved.call_due_at) == (State.TO_CALL, SATURDAY, call_due(LATER))
    assert told(to_call(), moved) == ["AppointmentRescheduled", "MoveAppointment", "ReopenCallTask"]


def test_before_csc_is_asked_the_task_just_carries_the_newest_day():
    moved = another_day(an_appointment())
    stored = moved.stored("D-7", call_due(LATER))

    assert [type(one) for one in news_of(an_appointment(), moved)][1:] == [MoveAppointment]
    (task,) = news_of(moved, stored)
    assert (type(task), task.requested_date, task.request_no) == (OpenCallTask, SATURDAY, 2)


def test_with_a_slip_the_old_one_holds_until_a_new_one_answers():
    asked = another_day(agreed())
    own_move = asked.slip_saved(a_slip(2))
    answered = own_move.slip_saved(a_slip(3, request_no=2)).slip_stored("S-7", 3)
    notified = answered.confirmation_sent(answered.announced)

    assert [one.state for one in (asked, own_move, answered, notified)] == [
        State.RESCHEDULED,
        State.RESCHEDULED,
        State.CONFIRMED,
        State.NOTIFIED,
    ]
    assert (asked.slip, asked.announced) == (agreed().slip, agreed().announced)
    assert answered.announced == answered.version
    assert [type(one) for one in news_of(asked, own_move)] == [StoreSlip]


def test_the_request_with_the_highest_number_counts():
    third = another_day(another_day(agreed()), request_no=3, day=FRIDAY + timedelta(days=9))

    assert another_day(third, request_no=2) == third
    assert another_day(third, request_no=3) == third
    assert third.slip_saved(a_slip(2, request_no=2)).state is State.RESCHEDULED
    assert third.slip_saved(a_slip(2, request_no=4)).state is State.CONFIRMED


def test_nobody_else_can_ask_for_another_day():
    assert another_day(agreed(), follower_id=STRANGER) == agreed()


@pytest.mark.parametrize(
    ("before", "now", "day", "because"),
    [
        (agreed(), a_slip().appointment_at - 2 * HOUR + timedelta(seconds=1), SATURDAY + timedelta(days=7), "too_late"),
        (agreed().visited(Visit(VISIT, VEHICLE, AT)), LATER, SATURDAY, "too_late"),
        (to_call().refuse("no_bay"), LATER, SATURDAY, "closed"),
        (agreed(), LATER, NOW.date(), "past_day"),
        (agreed(), LATER, LATER.date(), "too_soon"),
        (agreed(), LATER, LATER.date() + timedelta(days=91), "too_far"),
    ],
)
def test_what_cannot_be_moved_is_kept_and_the_follower_hears_why(before, now, day, because):
    kept = another_day(before, day=day, now=now)

    (news,) = news_of(before, kept)
    assert (kept.state, kept.wish, kept.slip) == (before.state, before.wish, before.slip)
    assert (type(news).__name__, news.kept_because, news.request_no) == ("AppointmentKept", because, 2)


def test_who_is_not_bound_to_the_car_any_more_may_cancel_but_not_move():
    sold = replace(agreed(), car=replace(CAR, active=False))

    assert another_day(sold).kept_because == "not_your_car"
    assert sold.take_back(FOLLOWER, "", LATER, RULES).state is State.CANCELLED


def test_a_request_that_is_granted_wipes_out_an_earlier_no():
    kept = another_day(agreed(), day=LATER.date())

    assert another_day(kept, request_no=3).kept_because == ""


def test_cancelling_ends_with_the_cut_off():
    last_moment = a_slip().appointment_at - RULES.cancel_until
    in_time = agreed().take_back(FOLLOWER, "", last_moment, RULES)
    too_late = agreed().take_back(FOLLOWER, "", last_moment + timedelta(seconds=1), RULES)

    assert in_time.state is State.CANCELLED
    assert (too_late.state, told(agreed(), too_late)) == (agreed().state, ["AppointmentKept"])
    assert too_late.take_back(FOLLOWER, "", last_moment + HOUR, RULES) == too_late


def test_a_slip_whose_day_is_over_holds_nobody_who_asked_for_another_day():
    waiting = another_day(agreed(), day=SATURDAY + timedelta(days=5))
    last_moment, over = end_of(FRIDAY) - timedelta(seconds=1), end_of(FRIDAY)

    assert waiting.take_back(FOLLOWER, "", last_moment, RULES).kept_because == "too_late"
    assert waiting.take_back(FOLLOWER, "", over, RULES).state is State.CANCELLED
    assert another_day(waiting, 3, SATURDAY + timedelta(days=6), now=over).wish.request_no == 3
    assert agreed().take_back(FOLLOWER, "", over, RULES).kept_because == "too_late"


def test_the_cut_off_is_the_makers_choice():
    strict = Rules(cancel_until=timedelta(days=3))

    assert agreed().take_back(FOLLOWER, "", AT - timedelta(days=2), strict).kept_because == "too_late"


def test_before_a_slip_it_is_never_too_late_to_withdraw():
    assert to_call().take_back(FOLLOWER, "", AT + timedelta(days=9), RULES).state is State.WITHDRAWN


def test_after_the_car_came_in_nothing_is_cancelled():
    arrived = agreed().visited(Visit(VISIT, VEHICLE, NOW + HOUR))

    kept = arrived.take_back(FOLLOWER, "", NOW + 2 * HOUR, RULES)

    assert (kept.state, kept.kept_because) == (State.ARRIVED, "too_late")


def test_another_dealer_ends_it_here_and_it_goes_on_there():
    before = to_call()
    after = before.called(a_log(2, "reached", transferred_to="D002"), RULES)
    successor = successor_of(after, after.successor_id, CAR)

    assert (after.state, told(before, after)) == (State.TRANSFERRED, ["AppointmentTransferred", "CancelAppointment"])
    assert (successor.wish.dealer_code, successor.wish.source, successor.predecessor_id) == ("D002", "phone", before.id)
    assert (successor.wish.requested_date, successor.wish.items, successor.state) == (FRIDAY, before.wish.items, State.REQUESTED)


def test_a_slip_that_was_there_is_void_after_a_transfer():
    after = agreed().called(a_log(2, "reached", transferred_to="D002"), RULES)

    assert [type(one) for one in news_of(agreed(), after)][1:] == [CancelAppointment, CloseCallTask]


def test_to_be_sent_to_the_same_dealer_changes_nothing():
    same = to_call().called(a_log(2, "reached", transferred_to="D001"), RULES)

    assert (same.state, same.successor_id) == (State.TO_CALL, None)


def test_what_was_taken_back_does_not_go_on_elsewhere():
    withdrawn = to_call().take_back(FOLLOWER, "", NOW, RULES)

    assert withdrawn.called(a_log(2, "reached", transferred_to="D002"), RULES).successor_id is None


def test_a_successor_needs_the_car_still_to_be_the_followers():
    after = to_call().called(a_log(2, transferred_to="D002"), RULES)

    assert successor_of(after, after.successor_id, None).reason == "not_your_car"


def test_a_missed_call_is_told_with_the_number_of_attempts():
    before = to_call().called(a_log(2, "no_answer"), RULES)
    after = before.called(a_log(3, "no_answer", "busy"), RULES)

    (news,) = news_of(before, after)
    assert (type(news).__name__, news.attempts, news.call_due_at) == ("AppointmentCallMissed", 2, call_due(NOW))


def test_a_call_that_reached_is_nobodys_news():
    assert told(to_call(), to_call().called(a_log(2, "reached"), RULES)) == []


def test_fewer_attempts_are_enough_where_the_maker_says_so():
    assert to_call().called(a_log(2, "busy", "busy"), Rules(most_attempts=2)).state is State.UNREACHABLE


def test_a_day_that_passed_without_an_agreement_ends_it():
    last_minute = to_call().give_up_on_its_day(end_of(FRIDAY) - timedelta(minutes=1))
    passed = to_call().give_up_on_its_day(end_of(FRIDAY))

    assert last_minute == to_call()
    assert (passed.state, passed.reason) == (State.UNREACHABLE, "day_passed")
    assert told(to_call(), passed) == ["AppointmentUnreachable", "CancelAppointment", "CloseCallTask"]


def test_an_agreed_day_is_not_given_up_but_missed_after_the_grace():
    grace_over = end_of(FRIDAY) + RULES.no_show_after
    missed = agreed().notice_absence(grace_over, RULES)

    assert agreed().give_up_on_its_day(grace_over) == agreed()
    assert agreed().notice_absence(grace_over - timedelta(seconds=1), RULES) == agreed()
    assert (missed.state, told(agreed(), missed)) == (State.NO_SHOW, ["AppointmentNoShow", "StoreOutcome", "RecordOutcome"])
    assert {one.at for one in news_of(agreed(), missed) if isinstance(one, StoreOutcome | RecordOutcome)} == {end_of(FRIDAY)}


def test_who_waits_for_another_day_has_missed_it_only_when_that_one_is_over_too():
    waiting = another_day(agreed())

    assert waiting.notice_absence(end_of(FRIDAY) + RULES.no_show_after, RULES).state is State.RESCHEDULED
    assert waiting.notice_absence(end_of(SATURDAY) + RULES.no_show_after, RULES).state is State.NO_SHOW


def test_a_later_visit_or_a_new_slip_sets_a_no_show_right():
    missed = agreed().notice_absence(end_of(FRIDAY) + RULES.no_show_after, RULES)

    assert missed.visited(Visit(VISIT, VEHICLE, AT)).state is State.ARRIVED
    assert missed.slip_saved(a_slip(2)).state is State.CONFIRMED


def test_arrived_then_completed_each_told_once():
    arrived = agreed().visited(Visit(VISIT, VEHICLE, AT))
    done = arrived.visited(Visit(VISIT, VEHICLE, AT, AT + HOUR))

    assert (arrived.state, told(agreed(), arrived)) == (State.ARRIVED, ["AppointmentArrived", "StoreOutcome", "RecordOutcome"])
    assert (done.state, told(arrived, done)) == (State.COMPLETED, ["AppointmentCompleted", "StoreOutcome", "RecordOutcome"])
    assert done.visited(Visit(VISIT, VEHICLE, AT)) == done


def test_the_end_of_a_visit_says_that_the_car_came_in_too():
    done = agreed().visited(Visit(VISIT, VEHICLE, AT, AT + HOUR))

    outcomes = [one.outcome for one in news_of(agreed(), done) if isinstance(one, StoreOutcome)]
    assert (done.state, outcomes) == (State.COMPLETED, ["arrived", "completed"])


def test_a_second_visit_and_a_visit_to_what_is_closed_change_nothing():
    arrived, closed = agreed().visited(Visit(VISIT, VEHICLE, AT)), to_call().refuse("no_bay")

    assert arrived.visited(Visit(STRANGER, VEHICLE, AT, AT + HOUR)) == arrived
    assert closed.visited(Visit(VISIT, VEHICLE, AT)) == closed


@pytest.mark.parametrize(("hours", "fits"), [(-35, False), (-34, True), (0, True), (37, True), (38, False)])
def test_a_visit_is_of_the_appointment_of_that_day_or_the_next_to_it(hours, fits):
    at_ten = a_slip(appointment_at=begin_of(FRIDAY) + 10 * HOUR)
    it = an_appointment().slip_saved(at_ten)

    assert (match(Visit(VISIT, VEHICLE, at_ten.appointment_at + hours * HOUR), [it]) is it) is fits


def test_of_several_the_nearest_and_the_named_one_before_any():
    near, far = agreed(), to_call(appointment_id=STRANGER).slip_saved(a_slip(appointment_at=AT + 20 * HOUR))
    unconfirmed = to_call(appointment_id=VISIT)

    assert match(Visit(VISIT, VEHICLE, AT), [far, near]) is near
    assert match(Visit(VISIT, VEHICLE, AT, named_id=far.id), [far, near]) is far
    assert match(Visit(VISIT, VEHICLE, AT, named_id=unconfirmed.id), [unconfirmed, near]) is unconfirmed


def test_no_visit_of_another_car_or_from_before_the_wish():
    assert match(Visit(VISIT, STRANGER, AT, named_id=agreed().id), [agreed()]) is None
    asked_this_morning = to_call(submitted_at=AT - HOUR).slip_saved(a_slip())
    assert match(Visit(VISIT, VEHICLE, AT - 2 * HOUR), [asked_this_morning]) is None


def test_a_slip_takes_the_nearest_visit_that_was_waiting_for_it():
    early, late = Visit(VISIT, VEHICLE, AT - 20 * HOUR), Visit(STRANGER, VEHICLE, AT)

    assert best_of([early, late], agreed()) == late
    assert best_of([Visit(VISIT, VEHICLE, datetime(2026, 3, 20, tzinfo=UTC))], agreed()) is None


def test_nobody_is_told_of_a_slip_who_is_here_already():
    arrived = to_call().slip_saved(a_slip()).visited(Visit(VISIT, VEHICLE, AT))

    assert arrived.slip_stored("S-7", 1).announced == 0


def test_what_goes_on_at_csc_is_reopened_with_the_new_day():
    reopened = [one for one in news_of(agreed(), another_day(agreed())) if isinstance(one, ReopenCallTask)]

    assert [(one.request_no, one.requested_date, one.due_at) for one in reopened] == [(2, SATURDAY, call_due(LATER))]
