"""Working calendars: periods of a day, holidays, make-up days, what was set otherwise."""

from datetime import date, time, timedelta

import pytest

from chassis.hours import periods_of, weekdays_of
from contracts.complaint_words import Basis
from services.complaints.clocks.calendars import DEFAULT, KNOWN_UNTIL, Calendars, calendar_of, to_the_minute
from tests.services.complaints.clocks.limits import OFFICE, at, counts

OURS = Calendars(OFFICE)
W = Basis.WORKING


def test_minutes_run_from_period_to_period_and_over_the_weekend():
    due = OURS.after(DEFAULT, W, at("2026-11-20 11:30"), 60)
    after_the_weekend = OURS.after(DEFAULT, W, at("2026-11-20 17:00"), 60)

    assert due == at("2026-11-20 14:00")
    assert after_the_weekend == at("2026-11-23 09:00")


def test_what_is_used_up_at_the_end_of_a_day_ends_that_evening():
    assert OURS.after(DEFAULT, W, at("2026-11-23 16:30"), 60) == at("2026-11-23 17:30")


def test_what_begins_outside_of_working_time_begins_to_count_when_it_comes():
    assert OURS.after(DEFAULT, W, at("2026-11-22 23:00"), 1) == at("2026-11-23 08:31")


def test_the_national_holidays_do_not_count_and_the_make_up_days_do():
    over_the_week = OURS.after(DEFAULT, W, at("2026-09-30 17:00"), 60)
    make_up = OURS.minutes_between(DEFAULT, W, at("2026-10-10 00:00"), at("2026-10-11 00:00"))
    plain_saturday = OURS.minutes_between(DEFAULT, W, at("2026-10-17 00:00"), at("2026-10-18 00:00"))

    assert over_the_week == at("2026-10-08 09:00")
    assert (make_up, plain_saturday) == (450, 0)


def test_of_years_that_are_not_published_weekdays_count():
    labour_day = date(KNOWN_UNTIL.year + 2, 5, 1)

    assert OURS.periods_on(DEFAULT, labour_day) == OFFICE.get(labour_day.isoweekday(), ())


def test_by_the_clock_every_minute_counts():
    assert OURS.after(DEFAULT, Basis.CALENDAR, at("2026-09-30 17:00"), 1440) == at("2026-10-01 17:00")
    assert OURS.minutes_between(DEFAULT, Basis.CALENDAR, at("2026-10-02 00:00"), at("2026-10-01 00:00")) == -1440


def test_a_day_is_as_set_for_the_dealer_else_as_set_for_all_else_by_the_rule():
    monday, tuesday = date(2026, 11, 23), date(2026, 11, 24)
    calendars = Calendars(OFFICE, {DEFAULT: {monday: (), tuesday: ()}, "dealer:D001": {monday: periods_of((("10:00", "11:00"),))}})

    assert calendars.periods_on("dealer:D001", monday) == ((time(10), time(11)),)
    assert calendars.periods_on("dealer:D001", tuesday) == ()
    assert calendars.periods_on("dealer:D002", monday) == ()
    assert calendars.periods_on("dealer:D001", date(2026, 11, 25)) == OFFICE[3]


def test_a_workshop_that_is_open_at_the_weekend_is_closed_on_a_holiday():
    weekend = Calendars(weekdays_of({"1-7": (("09:00", "18:00"),)}))

    assert weekend.periods_on(DEFAULT, date(2026, 11, 22)) == ((time(9), time(18)),)
    assert weekend.periods_on(DEFAULT, date(2026, 10, 3)) == ()


def test_a_desk_that_never_closes_counts_up_to_midnight():
    never_closed = Calendars(weekdays_of({"1-7": (("00:00", "00:00"),)}))

    assert never_closed.minutes_between(DEFAULT, W, at("2026-11-21 12:00"), at("2026-11-23 12:00")) == 2 * 1440


def test_backwards_is_below_zero():
    assert OURS.minutes_between(DEFAULT, W, at("2026-11-23 14:00"), at("2026-11-23 11:30")) == -60


def test_seconds_are_left_out():
    moment = at("2026-11-23 09:00") + timedelta(seconds=59, milliseconds=999)

    assert to_the_minute(moment) == at("2026-11-23 09:00")
    assert OURS.after(DEFAULT, W, moment, 5) == at("2026-11-23 09:05")


def test_a_calendar_without_working_time_is_refused():
    with pytest.raises(ValueError, match="working time"):
        Calendars({1: ()})


def test_a_year_counted_at_once_is_that_year_counted_minute_by_minute():
    begin, end = at("2026-01-01 00:00"), at("2026-12-31 00:00")
    minutes = (begin + timedelta(minutes=minute) for minute in range(364 * 1440))

    slowly = sum(counts(OURS, DEFAULT, W, minute) for minute in minutes)

    assert OURS.minutes_between(DEFAULT, W, begin, end) == slowly
    assert OURS.after(DEFAULT, W, begin, slowly) == at("2026-12-30 17:30")


def test_a_dealer_has_a_calendar_of_its_own_and_nobody_has_the_default():
    assert calendar_of("D001") == "dealer:D001"
    assert calendar_of("") == DEFAULT
