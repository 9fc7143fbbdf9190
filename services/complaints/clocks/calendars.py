"""Working time: weekdays with several periods, public holidays and make-up days (调休), days that are otherwise. No I/O, no clock.

The minute is the unit: a moment is taken as the beginning of its minute. Days are those of Asia/Shanghai.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from chinese_calendar.constants import holidays, workdays

from chassis.hours import DAY, Periods, end_of, minutes
from contracts.complaint_words import Basis

DEFAULT = "default"
HOLIDAYS: Mapping[date, str] = holidays
MAKE_UP_DAYS: Mapping[date, str] = workdays
KNOWN_UNTIL = date(max(HOLIDAYS).year, 12, 31)
"""Holidays are published a year at a time, late in the year before: of later days only the weekday counts."""

_MONDAY = 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC) - timedelta(hours=8)
"""The day number 0 begins in Shanghai, which has known no summer time since 1991."""
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_MINUTE = timedelta(minutes=1)
_Day = tuple[int, tuple[tuple[int, int], ...]]
"""How many minutes of it count, and from which minute of the day to which."""


@dataclass(frozen=True)
class Calendars:
    """`weekdays` (1 Monday to 7 Sunday) of the default calendar; `others` by calendar and day: what was set for a dealer or for all.

    A day is as it was set for the calendar, else as it was set for all, else as holidays and weekdays say. Any calendar id may be asked
    for: one of which nothing is set is as the default. Raises ValueError where no weekday has working time: no limit would ever end.
    """

    weekdays: Mapping[int, Periods]
    others: Mapping[str, Mapping[date, Periods]] = field(default_factory=dict)
    _known: dict[str, dict[int, _Day]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not any(self.weekdays.values()):
            raise ValueError("no weekday has working time")

    def periods_on(self, calendar_id: str, day: date) -> Periods:
        for name in (calendar_id, DEFAULT):
            if (theirs := self.others.get(name)) and day in theirs:
                return theirs[day]
        return self.by_rule(day)

    def by_rule(self, day: date) -> Periods:
        """As if nothing were set: closed on a public holiday, a make-up day as a Monday."""
        if day in HOLIDAYS:
            return ()
        return self.weekdays.get(_MONDAY if day in MAKE_UP_DAYS else day.isoweekday(), ())

    def after(self, calendar_id: str, basis: Basis, start: datetime, minutes: int) -> datetime:
        """The first moment at which so many minutes that count are over: at the end of a day that evening, not the next morning."""
        begin = _minute_of(start)
        if basis is Basis.CALENDAR or minutes <= 0:
            return _moment(begin + minutes)
        known = self._known.setdefault(calendar_id, {})
        day, at = divmod(begin, DAY)
        while True:
            counted, periods = known.get(day) or self._day(calendar_id, day)
            if at == 0 and counted < minutes:
                minutes -= counted
            else:
                for first, last in periods:
                    here = last - max(first, at)
                    if here >= minutes:
                        return _moment(day * DAY + last - here + minutes)
                    minutes -= max(0, here)
            day, at = day + 1, 0

    def minutes_between(self, calendar_id: str, basis: Basis, first: datetime, last: datetime) -> int:
        """Minutes that count, from the one to the other; below zero where `last` is before `first`."""
        begin, end = _minute_of(first), _minute_of(last)
        if basis is Basis.CALENDAR:
            return end - begin
        if end < begin:
            return -self._counted(calendar_id, end, begin)
        return self._counted(calendar_id, begin, end)

    def _counted(self, calendar_id: str, begin: int, end: int) -> int:
        known = self._known.setdefault(calendar_id, {})
        first_day, last_day = begin // DAY, end // DAY
        counted = 0
        for day in range(first_day, last_day + 1):
            of_day, periods = known.get(day) or self._day(calendar_id, day)
            if first_day < day < last_day:
                counted += of_day
                continue
            midnight = day * DAY
            for first, last in periods:
                counted += max(0, min(midnight + last, end) - max(midnight + first, begin))
        return counted

    def _day(self, calendar_id: str, day: int) -> _Day:
        """Of a day (its number since 1970), to be known from now on."""
        periods = self.periods_on(calendar_id, date.fromordinal(_EPOCH_DAY + day))
        as_minutes = tuple((minutes(begin), end_of(end)) for begin, end in periods)
        made = self._known[calendar_id][day] = sum(last - first for first, last in as_minutes), as_minutes
        return made


def calendar_of(dealer_code: str) -> str:
    """The dealer's own, which is as the default until something is set for it; of nobody the default."""
    return f"dealer:{dealer_code}" if dealer_code else DEFAULT


def to_the_minute(at: datetime) -> datetime:
    """The beginning of its minute, in UTC."""
    return _moment(_minute_of(at))


def _minute_of(at: datetime) -> int:
    return (at - _EPOCH) // _MINUTE


def _moment(minute: int) -> datetime:
    return _EPOCH + minute * _MINUTE
