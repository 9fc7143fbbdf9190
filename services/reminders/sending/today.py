"""What became of the messages that were handed over today: for the console, and for Prometheus."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, select

from chassis.database import millis
from services.reminders.days import midnight
from services.reminders.tables import messages

_HANDED_OVER = (
    select(messages.c.state, func.count().label("number")).where(messages.c.asked_at >= bindparam("midnight")).group_by(messages.c.state)
)


class Today(NamedTuple):
    asked: int
    sent: int
    failed: int


def handed_over(connection: Connection, now: datetime) -> Today:
    """Since midnight in Asia/Shanghai; `asked`: all of them."""
    numbers: dict[str, int] = {row.state: row.number for row in connection.execute(_HANDED_OVER, {"midnight": millis(midnight(now))})}
    sent = sum(numbers.get(state, 0) for state in ("sent", "delivered", "clicked"))
    return Today(sum(numbers.values()), sent, numbers.get("failed", 0))
