"""Open complaints by the ten thousand for the bench: some made by the service's own functions, which the database then copies."""

from datetime import UTC, datetime

from chassis.settings import Complaints

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""Monday, ten in the morning in Asia/Shanghai."""
TERMS = Complaints()
