"""Two languages side by side (decision 0012), and how the console says ages, durations, numbers and sizes."""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import g, has_request_context

BUSINESS_ZONE = ZoneInfo("Asia/Shanghai")
LANGUAGES = ("zh", "en")
Pair = tuple[str, str]
"""Chinese and English."""
SHORT_ID = 8
KIBI = 1024
MINUTE, HOUR, DAY = 60, 3600, 86_400


def language() -> str:
    """What the reader of this request chose; Chinese outside of one."""
    return str(g.get("lang", LANGUAGES[0])) if has_request_context() else LANGUAGES[0]


def t(zh: str, en: str) -> str:
    """The one of the two that the reader chose."""
    return en if language() == "en" else zh


def say(words: Pair) -> str:
    return t(*words)


def local(at: datetime) -> datetime:
    return at.astimezone(BUSINESS_ZONE)


def exact(at: datetime) -> str:
    """2026-12-03 16:30:05, in Shanghai; milliseconds are for records of hops, see `clock`."""
    return f"{local(at):%Y-%m-%d %H:%M:%S}"


def clock(at: datetime) -> str:
    """16:30:05.123, in Shanghai."""
    return local(at).isoformat(timespec="milliseconds")[11:23]


def day(on: date) -> str:
    return f"{on:%Y-%m-%d}"


def duration(seconds: float) -> str:
    """The two largest units that matter: 3 天 4 小时, 2 小时 13 分, 45 秒; below a second with a tenth."""
    whole = int(abs(seconds))
    days, hours, minutes = whole // DAY, whole % DAY // HOUR, whole % HOUR // MINUTE
    if days:
        return t(f"{days} 天 {hours} 小时", f"{days} d {hours} h") if hours else t(f"{days} 天", f"{days} d")
    if hours:
        return t(f"{hours} 小时 {minutes} 分", f"{hours} h {minutes} min") if minutes else t(f"{hours} 小时", f"{hours} h")
    if minutes:
        return t(f"{minutes} 分钟", f"{minutes} min")
    tenths = f"{abs(seconds):.1f}" if 0 < abs(seconds) < 1 else f"{whole}"
    return t(f"{tenths} 秒", f"{tenths} s")


def age(at: datetime, now: datetime) -> str:
    """3 分钟前. Younger than ten seconds is now: an age that changes with every look only flickers."""
    gone = (now - at).total_seconds()
    if gone < 0:
        return t(f"{duration(-gone)}后", f"in {duration(-gone)}")
    return t("刚刚", "just now") if gone < 10 else t(f"{duration(gone)}前", f"{duration(gone)} ago")


def number(value: float | None) -> str:
    """12,345; a fraction with one digit below a hundred. An en dash for what is not known."""
    if value is None:
        return "–"
    if isinstance(value, int) or value == int(value):
        return f"{int(value):,}"
    return f"{value:,.1f}" if abs(value) < 100 else f"{value:,.0f}"


def milliseconds(value: float | None) -> str:
    """87 ms, 1.2 s, 3 分钟."""
    if value is None:
        return "–"
    if value < 1000:
        return f"{value:.0f} ms" if value >= 10 else f"{value:.1f} ms"
    return f"{value / 1000:.1f} s" if value < 60_000 else duration(value / 1000)


def percent(share: float) -> str:
    """0.034 is 3.4 %."""
    return f"{share * 100:.1f} %" if 0 < share < 0.1 else f"{share * 100:.0f} %"


def size(count: float | None) -> str:
    """512 B, 3.4 KiB, 1.2 MiB."""
    if count is None:
        return "–"
    for unit in ("B", "KiB", "MiB"):
        if count < KIBI:
            return f"{count:.0f} B" if unit == "B" else f"{count:.1f} {unit}"
        count /= KIBI
    return f"{count:.1f} GiB"


def short(id: UUID | str) -> str:
    """Enough of an id to tell it from the others on a screen."""
    return str(id)[:SHORT_ID]
