"""Days of Asia/Shanghai, whatever zone the host has. No I/O, no clock."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

BUSINESS_ZONE = ZoneInfo("Asia/Shanghai")


def local(at: datetime) -> datetime:
    """The same moment by the clock of Asia/Shanghai."""
    return at.astimezone(BUSINESS_ZONE)


def day_of(at: datetime) -> date:
    return local(at).date()
