"""How what partners' databases hold is read: VINs, days and birthdays, or what is wrong with them (A-CLD-03). Pure functions.

Partners hold a day as `2026-12-01`, `20261201`, `2026/12/1`, `2026年12月1日` or as a date-time; a moment with an offset is of the day that
it is in Asia/Shanghai. Nothing, `0` and days like 1900-01-01 or 9999-12-31 stand for none.
"""

import re
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, field_validator

from contracts.partners.vehicles import RawDate
from contracts.vehicles import Flaw

T = TypeVar("T")

VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
BUSINESS_ZONE = ZoneInfo("Asia/Shanghai")
EARLIEST, LATEST = 1950, 2098
"""Years between which a car has dates."""
EARLIEST_BIRTH = 1901
EPOCH = date(1970, 1, 1)
"""What a program writes that had none."""

_PARTED = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_CLOSE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_IN_THE_YEAR = re.compile(r"(?:--)?(\d{1,2})[-/](\d{1,2})")
_A_LEAP_YEAR = 2000


def vin_of(raw: str) -> str | Flaw:
    """As it stands on the car, or what is wrong with it."""
    vin = raw.strip().upper()
    if not vin:
        return Flaw.MISSING
    if not vin.strip("0"):
        return Flaw.ZERO
    return vin if VIN.fullmatch(vin) else Flaw.UNREADABLE


class OfACar(BaseModel):
    """What a push must name: who pushes it hears at once where it does not. Raises ValidationError."""

    vin: str

    @field_validator("vin")
    @classmethod
    def read(cls, raw: str) -> str:
        vin = vin_of(raw)
        if isinstance(vin, Flaw):
            raise ValueError(vin.value)  # noqa: TRY004 - what pydantic makes a ValidationError of
        return vin


def day_of(raw: RawDate) -> date | Flaw:
    """MISSING: there is none."""
    day = _day_of(raw)
    if isinstance(day, date) and (not EARLIEST <= day.year <= LATEST or day == EPOCH):
        return Flaw.PLACEHOLDER
    return day


def birthday_of(raw: RawDate) -> tuple[int, int] | Flaw:
    """Month and day, of a whole date or of `MM-DD`."""
    in_the_year = _IN_THE_YEAR.fullmatch(_text(raw))
    if in_the_year:
        day = _made(_A_LEAP_YEAR, int(in_the_year[1]), int(in_the_year[2]))
    else:
        day = _day_of(raw)
        if isinstance(day, date) and day.year < EARLIEST_BIRTH:
            return Flaw.PLACEHOLDER
    return (day.month, day.day) if isinstance(day, date) else day


def usable(read: T | Flaw, field: str, flaws: dict[str, Flaw]) -> T | None:
    """What was read of a field that may be empty; what is wrong with it is put into `flaws`."""
    if not isinstance(read, Flaw):
        return read
    if read is not Flaw.MISSING:
        flaws[field] = read
    return None


def _day_of(raw: RawDate) -> date | Flaw:
    text = _text(raw)
    if not text:
        return Flaw.MISSING
    if re.fullmatch(r"[0\s:./T-]+", text):
        return Flaw.ZERO
    parts = _PARTED.fullmatch(text) or _CLOSE.fullmatch(text)
    return _made(int(parts[1]), int(parts[2]), int(parts[3])) if parts else _day_of_moment(text)


def _day_of_moment(text: str) -> date | Flaw:
    try:
        at = datetime.fromisoformat(text.replace("/", "-"))
        return at.astimezone(BUSINESS_ZONE).date() if at.tzinfo else at.date()
    except OverflowError:  # the first or last day there is, in another zone
        return Flaw.PLACEHOLDER
    except ValueError:
        return Flaw.UNREADABLE


def _made(year: int, month: int, day: int) -> date | Flaw:
    try:
        return date(year, month, day)
    except ValueError:
        return Flaw.UNREADABLE


def _text(raw: RawDate) -> str:
    return "" if raw is None else str(raw).strip()
