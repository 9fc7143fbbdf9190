"""Days that a filter names, as moments."""

from datetime import date, datetime, time, timedelta

from flask import request

from services.console.problems import Problem
from services.console.words import BUSINESS_ZONE


def day_asked_for(name: str, *, end: bool = False) -> datetime | None:
    """The beginning of the day in Shanghai that the query names as 2026-12-03, or its `end`. None without one. Raises Problem."""
    text = request.args.get(name, "")
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
        return datetime.combine(day + timedelta(days=int(end)), time(), BUSINESS_ZONE)
    except (ValueError, OverflowError) as error:
        raise Problem(name, "日期请写成 2026-12-03 这样。", "Write the date like 2026-12-03.") from error
