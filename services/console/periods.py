"""Months as `2026-12`: which there are to choose from, the ones before, and how they are said."""

import re
from datetime import date, datetime

from services.console.problems import Problem
from services.console.words import local, t

PERIOD = re.compile(r"20\d{2}-(0[1-9]|1[0-2])")
OFFERED = 24
"""Months back that a filter offers."""
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def current(now: datetime) -> str:
    """In Shanghai."""
    return of_day(local(now).date())


def of_day(day: date) -> str:
    return f"{day:%Y-%m}"


def moved(period: str, months: int) -> str:
    year, month = map(int, period.split("-"))
    whole = year * 12 + month - 1 + months
    return f"{whole // 12:04}-{whole % 12 + 1:02}"


def row(last: str, number: int) -> list[str]:
    """So many months up to `last`, oldest first."""
    return [moved(last, back - number + 1) for back in range(number)]


def choices(now: datetime) -> list[str]:
    """Newest first; the next month is made before it begins."""
    return row(moved(current(now), 1), OFFERED + 2)[::-1]


def asked_for(text: str, otherwise: str) -> str:
    """Raises Problem for what is no month."""
    if not text:
        return otherwise
    if not PERIOD.fullmatch(text):
        raise Problem("period", "月份请写成 2026-12 这样。", "Write the month like 2026-12.")
    return text


def said(period: str) -> str:
    """2026年12月, Dec 2026."""
    year, month = map(int, period.split("-"))
    return t(f"{year}年{month}月", f"{_MONTHS_EN[month - 1]} {year}")


def short(period: str) -> str:
    """12月, Dec; January with its year."""
    year, month = map(int, period.split("-"))
    if month == 1:
        return t(f"{year % 100}年1月", f"Jan {year % 100:02}")
    return t(f"{month}月", _MONTHS_EN[month - 1])
