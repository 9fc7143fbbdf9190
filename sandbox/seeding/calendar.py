"""Months counted as people count them: a month after 31 January is the last of February."""

import calendar
from datetime import date


def months_after(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def inspected(sold: date, after: date) -> date:
    """The next 年审 after a day: every two years at first, every year from the tenth on; by the end of the month of registration."""
    for years in (2, 4, 6, 8, *range(10, 40)):
        due = months_after(sold, years * 12)
        due = due.replace(day=calendar.monthrange(due.year, due.month)[1])
        if due > after:
            return due
    raise ValueError("no car is so old")


def anniversary(sold: date, after: date) -> date:
    """The next end of a year's insurance after a day."""
    due = months_after(sold, 12 * max(1, after.year - sold.year))
    return due if due > after else months_after(sold, 12 * (after.year - sold.year + 1))
