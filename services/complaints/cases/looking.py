"""Who has a case open at the desk just now: so that two people on one case see each other."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, bindparam, delete, select

from chassis import upserts
from chassis.database import Transaction, millis
from services.complaints.tables import looking

JUST_NOW = timedelta(seconds=45)
"""The desk says so every fifteen seconds."""

_OTHERS = (
    select(looking.c.complaint_id, looking.c.name)
    .where(
        looking.c.complaint_id.in_(bindparam("cases", expanding=True)),
        looking.c.at >= bindparam("since"),
        looking.c.name != bindparam("me"),
    )
    .order_by(looking.c.name)
)


def look(tx: Transaction, complaint_id: UUID, name: str, now: datetime) -> None:
    upserts.replace(tx, looking, [{"complaint_id": complaint_id, "name": name, "at": millis(now)}], "at")


def others(connection: Connection, complaint_ids: Iterable[UUID], me: str, now: datetime) -> dict[UUID, tuple[str, ...]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    for row in connection.execute(_OTHERS, {"cases": list(complaint_ids), "since": millis(now - JUST_NOW), "me": me}):
        found[row.complaint_id].append(row.name)
    return {complaint_id: tuple(names) for complaint_id, names in found.items()}


def forget(tx: Transaction, now: datetime) -> None:
    """What is long past."""
    tx.execute(delete(looking).where(looking.c.at < millis(now - timedelta(hours=1))))
