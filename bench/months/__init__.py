"""The month of reminders for the bench: a fleet of cars, a process that makes the month and hands it over, and twelve months of sums."""

from datetime import UTC, datetime

from chassis.settings import Reminders

PERIOD = "2026-12"
NOW = datetime(2026, 11, 29, 17, 0, tzinfo=UTC)
"""01:00 of the last day of November in Asia/Shanghai."""
SENDING = datetime(2026, 12, 15, 2, 0, tzinfo=UTC)
"""10:00 of the fifteenth: what is due until the end of the month is told of."""
TERMS = Reminders()
