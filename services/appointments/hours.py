"""When dealers are at work: days in their zone, the opening of a workshop, and by when a call-back is due (S-19, S-20)."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

BUSINESS_ZONE = ZoneInfo("Asia/Shanghai")
OPENING = time(8, 30)  # the workshop takes the first car of the day
CLOSING = time(17, 30)  # and the DCRC makes the last call of it
CALL_WITHIN = timedelta(hours=2)  # working hours until the call-back is due (S-20)


def day_of(at: datetime) -> date:
    """The day at the dealer's."""
    return at.astimezone(BUSINESS_ZONE).date()


def begin_of(day: date) -> datetime:
    return datetime.combine(day, time.min, BUSINESS_ZONE)


def end_of(day: date) -> datetime:
    return begin_of(day + timedelta(days=1))


def opening_of(day: date) -> datetime:
    return datetime.combine(day, OPENING, BUSINESS_ZONE)


def call_due(since: datetime) -> datetime:
    """Two working hours later; what is left of them at closing time is for the next morning."""
    local = since.astimezone(BUSINESS_ZONE)
    begin = max(local, opening_of(local.date()))
    closing = datetime.combine(local.date(), CLOSING, BUSINESS_ZONE)
    if begin + CALL_WITHIN <= closing:
        return begin + CALL_WITHIN
    worked = max(closing - begin, timedelta(0))
    return opening_of(local.date() + timedelta(days=1)) + (CALL_WITHIN - worked)
