"""Working hours as they are written."""

from datetime import time

import pytest

from chassis.hours import periods_of, weekdays_of

MORNING = (("08:30", "12:00"),)


def test_ranges_and_single_weekdays_are_read():
    hours = weekdays_of({"1-3": MORNING, "6": (("09:00", "10:00"), ("10:00", "00:00"))})

    assert sorted(hours) == [1, 2, 3, 6]
    assert hours[2] == ((time(8, 30), time(12)),)


@pytest.mark.parametrize("key", ["", "0", "8", "5-1", "1-", "mon", "1-8", "12"])
def test_a_key_that_names_no_weekdays_is_refused(key):
    with pytest.raises(ValueError, match="weekday"):
        weekdays_of({key: MORNING})


def test_a_weekday_is_named_once():
    with pytest.raises(ValueError, match="weekday 3"):
        weekdays_of({"1-5": MORNING, "3": MORNING})


def test_some_time_is_left_to_work_in():
    with pytest.raises(ValueError, match="working time"):
        weekdays_of({"1-5": ()})


@pytest.mark.parametrize(
    "periods", [(("12:00", "08:30"),), (("08:30", "12:00"), ("11:00", "13:00")), (("08:30", "00:00"), ("01:00", "02:00"))]
)
def test_periods_are_in_order(periods):
    with pytest.raises(ValueError, match="order"):
        periods_of(periods)
