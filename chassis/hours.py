"""Working hours as config.yaml and calendars write them: weekdays, and the periods of a day. No I/O, no clock."""

from collections.abc import Mapping
from datetime import time

Periods = tuple[tuple[time, time], ...]
"""Of a day, in order, not overlapping; an end of 00:00 is midnight; empty: closed."""
Written = tuple[tuple[str, str], ...]
DAY = 24 * 60


def weekdays_of(hours: Mapping[str, Written]) -> dict[int, Periods]:
    """`{"1-5": (("08:30", "12:00"), …), "6": …}` by weekday, 1 Monday to 7 Sunday; a weekday that is not named is closed.

    Raises ValueError where a key names no weekdays, one is named twice, periods are not in order, or no time is left to work in.
    """
    weekdays: dict[int, Periods] = {}
    for key, written in hours.items():
        for weekday in _weekdays(key):
            if weekday in weekdays:
                raise ValueError(f"weekday {weekday} is named once")
            weekdays[weekday] = periods_of(written)
    if not any(weekdays.values()):
        raise ValueError("some weekday has working time")
    return weekdays


def periods_of(written: Written) -> Periods:
    """`(("08:30", "12:00"), …)`. Raises ValueError where one is no time, or they are not in order."""
    periods = tuple((_time(begin), _time(end)) for begin, end in written)
    before = 0
    for begin, end in periods:
        if not before <= minutes(begin) < end_of(end):
            raise ValueError("periods of a day are in order and do not overlap")
        before = end_of(end)
    return periods


def minutes(at: time) -> int:
    """Of the day."""
    return at.hour * 60 + at.minute


def end_of(at: time) -> int:
    """The same of the end of a period: 00:00 is midnight."""
    return minutes(at) or DAY


def _time(text: str) -> time:
    at = time.fromisoformat(text)
    if at != time(at.hour, at.minute):
        raise ValueError("a time is hh:mm")
    return at


def _weekdays(key: str) -> range:
    first, dash, last = key.partition("-")
    if not (first in set("1234567") and (last in set("1234567") if dash else not last)) or (dash and first > last):
        raise ValueError("a key is a weekday (6) or a range of them (1-5)")
    return range(int(first), int(last or first) + 1)
