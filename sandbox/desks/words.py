"""Chinese first, English complete: both stand side by side where they are used."""

from datetime import date, datetime, timedelta

from babel.dates import format_date
from flask import request

from sandbox.clock import CHINA

COOKIE = "cheqiao_lang"

Words = tuple[str, str]
"""Chinese, English."""


def language() -> str:
    return "en" if request.cookies.get(COOKIE) == "en" else "zh"


def t(zh: str, en: str) -> str:
    return en if language() == "en" else zh


def say(words: Words) -> str:
    return t(*words)


def day_words(day: date) -> str:
    """12月3日 周四 · Thu 3 Dec"""
    if language() == "en":
        return format_date(day, "EEE d MMM", locale="en")
    return format_date(day, "M月d日 EEE", locale="zh")


def moment_words(moment: datetime) -> str:
    """12月3日 周四 09:30, in China's time."""
    here = moment.astimezone(CHINA)
    return f"{day_words(here.date())} {here:%H:%M}"


def exact_words(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"


def span_words(span: timedelta) -> str:
    """The two largest units that matter: 3 天 4 小时, 2 小时 13 分, 45 秒."""
    seconds = int(abs(span).total_seconds())
    days, hours, minutes = seconds // 86400, seconds % 86400 // 3600, seconds % 3600 // 60
    if days:
        return t(f"{days} 天 {hours} 小时", f"{days} d {hours} h") if hours else t(f"{days} 天", f"{days} d")
    if hours:
        return t(f"{hours} 小时 {minutes} 分", f"{hours} h {minutes} min") if minutes else t(f"{hours} 小时", f"{hours} h")
    return t(f"{minutes} 分钟", f"{minutes} min") if minutes else t(f"{seconds} 秒", f"{seconds} s")


def ago_words(moment: datetime, now: datetime) -> str:
    """Younger than a minute is now: an age that changes every second only flickers."""
    gone = now - moment
    return t("刚刚", "just now") if gone < timedelta(minutes=1) else t(f"{span_words(gone)}前", f"{span_words(gone)} ago")


def left_words(due: datetime, now: datetime) -> str:
    """How long it still has, or by how much it is late."""
    if due < now:
        return t(f"逾期 {span_words(now - due)}", f"{span_words(now - due)} late")
    return t(f"还有 {span_words(due - now)}", f"{span_words(due - now)} left")
