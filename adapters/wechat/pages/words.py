"""Two languages side by side (decision 0012), and our words for days, hours and numbers."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from flask import g

BUSINESS_ZONE = ZoneInfo("Asia/Shanghai")
LANGUAGES = ("zh", "en")
Pair = tuple[str, str]
"""Chinese and English."""
LOCALES = {"zh": "zh_CN", "en": "en"}
UNTIL = "\u2011"
"""A hyphen that does not end a line: 9:00‑10:00."""
VIN_SHOWN = 6
"""Enough to tell two cars of one owner apart, too little to be of use to anybody who looks over a shoulder."""


def language() -> str:
    """What the reader of this request chose; Chinese outside of one."""
    return getattr(g, "lang", LANGUAGES[0]) if g else LANGUAGES[0]


def t(zh: str, en: str) -> str:
    """The one of the two that the reader chose."""
    return en if language() == "en" else zh


def local(at: datetime) -> datetime:
    """In the dealer's zone."""
    return at.astimezone(BUSINESS_ZONE)


def day(on: date, today: date | None = None) -> str:
    """12月3日 周四; with the year where it is not this one."""
    other_year = today is not None and on.year != today.year
    pattern = t("y年M月d日 EEE", "EEE d MMM y") if other_year else t("M月d日 EEE", "EEE d MMM")
    return format_date(on, pattern, locale=LOCALES[language()])


def near_day(on: date, today: date) -> str:
    """今天, 明天, else the day."""
    return {0: t("今天", "today"), 1: t("明天", "tomorrow")}.get((on - today).days) or day(on, today)


def hour(at: datetime) -> str:
    """上午9:30"""
    return format_time(local(at).replace(tzinfo=None), t("ah:mm", "h:mm a"), locale=LOCALES[language()])


def clock(at: datetime) -> str:
    """16:30"""
    return f"{local(at):%H:%M}"


def moment(at: datetime, today: date | None = None) -> str:
    """12月3日 周四 上午9:30"""
    return t("{} {}", "{}, {}").format(day(local(at).date(), today), hour(at))


def near_moment(at: datetime, today: date) -> str:
    """今天 下午3:30; on any other day as `moment`."""
    on = near_day(local(at).date(), today)
    return t("{} {}", "{}, {}").format(on[0].upper() + on[1:], hour(at))


def deadline(at: datetime, now: datetime) -> str:
    """今天 16:30: by when something will have happened."""
    return f"{near_day(local(at).date(), local(now).date())} {clock(at)}"


def slot_words(slot: str) -> str:
    """9:00‑10:00; empty for all day."""
    return UNTIL.join(part.removeprefix("0") for part in slot.split("-")) if slot else ""


def month(on: date) -> str:
    """12月"""
    return format_date(on, t("M月", "MMM"), locale=LOCALES[language()])


def vin_tail(vin: str) -> str:
    return vin[-VIN_SHOWN:]
