"""Days, months and periods of Asia/Shanghai, whatever zone the host has (flows 2.3). No I/O, no clock."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chassis.database import from_millis, millis
from chassis.settings import Reminders
from contracts.reminders import Period

BUSINESS_ZONE = ZoneInfo("Asia/Shanghai")


def local(at: datetime) -> datetime:
    """The same moment by the clock of Asia/Shanghai."""
    return at.astimezone(BUSINESS_ZONE)


def day_of(at: datetime) -> date:
    return local(at).date()


def as_kept(at: datetime) -> datetime:
    """To the millisecond, as tables keep it: a repeat must find what it said before."""
    return from_millis(millis(at))


def period_of(day: date) -> Period:
    return f"{day.year:04d}-{day.month:02d}"


def period_at(at: datetime) -> Period:
    """The month that a moment lies in, 2026-12."""
    return period_of(day_of(at))


def first_day(period: Period) -> date:
    return date.fromisoformat(f"{period}-01")


def last_day(period: Period) -> date:
    first = first_day(period)
    return first.replace(day=_length(first.year, first.month))


def midnight(now: datetime) -> datetime:
    """The first moment of the day."""
    return datetime.combine(day_of(now), time.min, BUSINESS_ZONE)


def next_period(period: Period) -> Period:
    return period_of(months_after(first_day(period), 1))


def begins(period: Period) -> datetime:
    """The first moment of the period."""
    return datetime.combine(first_day(period), time.min, BUSINESS_ZONE).astimezone(UTC)


def ends(period: Period) -> datetime:
    """The first moment that is not of the period any more."""
    return begins(next_period(period))


def visits_end(period: Period, terms: Reminders) -> datetime:
    """A visit from here on is not the period's any more (S-15)."""
    return ends(period) + timedelta(days=terms.grace_days)


def settled_at(period: Period, terms: Reminders) -> datetime:
    """What nobody has decided by now is decided by the system (S-18): the day that is named is over."""
    return ends(period) + timedelta(days=terms.carry_after_day)


def period_before(period: Period) -> Period:
    return period_of(months_after(first_day(period), -1))


def months_after(day: date, months: int) -> date:
    """The same day so many months later; the month's last day where it has no such day: 31 January and a month is 28 or 29 February."""
    count = day.year * 12 + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    return date(year, month, min(day.day, _length(year, month)))


def in_year(year: int, month: int, day: int) -> date:
    """A birthday in that year: one of 29 February is on the 28th where there is no other."""
    return date(year, month, min(day, _length(year, month)))


def _length(year: int, month: int) -> int:
    return monthrange(year, month)[1]
