"""A calendar as it is shown: its rule, the days of a year that are otherwise, and how far it is known."""

from collections import Counter
from datetime import date

from chinese_calendar.constants import Holiday
from sqlalchemy import Connection, select

from chassis.hours import Periods
from chassis.settings import Complaints
from contracts.complaining import CalendarAnswer, CalendarDay
from services.complaints.clocks import book
from services.complaints.clocks.calendars import DEFAULT, HOLIDAYS, KNOWN_UNTIL, MAKE_UP_DAYS, Calendars
from services.complaints.tables import calendar_changes, calendar_days

_CHINESE = {holiday.value: holiday.chinese for holiday in Holiday}
DAYS_OF_A_YEAR = 10
"""Of so many it was set for all how they are: somebody has entered that year's holidays."""
_SET_AFTER = select(calendar_days.c.day).where(calendar_days.c.calendar_id == DEFAULT, calendar_days.c.day > KNOWN_UNTIL)
_WAITING = select(calendar_changes.c.change_no).where(calendar_changes.c.applied.is_(False)).limit(1)


def calendar_shown(connection: Connection, calendar_id: str, year: int, terms: Complaints) -> CalendarAnswer:
    """A dealer's: what was set for it, and of the other days what counts for all."""
    calendars = book.seen(connection, terms)
    days = {day.day: day for day in _published(calendars, year)}
    for name in (DEFAULT, calendar_id):
        days |= {day.day: day for day in _set(connection, name, year)}
    return CalendarAnswer(
        calendar_id=calendar_id,
        periods={str(weekday): written(calendars.weekdays.get(weekday, ())) for weekday in range(1, 8)},
        days=tuple(days[day] for day in sorted(days)),
        known_until=holidays_known_until(connection),
        applied=connection.execute(_WAITING).first() is None,
    )


def holidays_known_until(connection: Connection) -> date:
    """The last day of the last year whose public holidays are known: as published, or entered by hand."""
    entered = Counter(day.year for day in connection.execute(_SET_AFTER).scalars())
    year = KNOWN_UNTIL.year
    while entered[year + 1] >= DAYS_OF_A_YEAR:
        year += 1
    return date(year, 12, 31)


def written(periods: Periods) -> tuple[tuple[str, str], ...]:
    return tuple((f"{begin:%H:%M}", f"{end:%H:%M}") for begin, end in periods)


def _published(calendars: Calendars, year: int) -> list[CalendarDay]:
    """Public holidays, and days that are worked to make up for them."""
    holidays = [(day, _CHINESE[name]) for day, name in HOLIDAYS.items() if day.year == year]
    made_up = [(day, f"{_CHINESE[name]}调休") for day, name in MAKE_UP_DAYS.items() if day.year == year]
    return [
        CalendarDay(calendar_id=DEFAULT, day=day, periods=written(calendars.by_rule(day)), reason=reason)
        for day, reason in holidays + made_up
    ]


def _set(connection: Connection, calendar_id: str, year: int) -> list[CalendarDay]:
    in_year = calendar_days.c.day.between(date(year, 1, 1), date(year, 12, 31))
    rows = connection.execute(select(calendar_days).where(calendar_days.c.calendar_id == calendar_id, in_year))
    return [
        CalendarDay(
            calendar_id=row.calendar_id,
            day=row.day,
            periods=tuple((begin, end) for begin, end in row.periods),
            reason=row.reason,
            set_by=row.set_by,
        )
        for row in rows
    ]
