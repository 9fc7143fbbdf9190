"""What is in a parked message, asked of the service that holds it, and kept sealed for an hour."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, select, update

from chassis import upserts
from chassis.database import Transaction
from contracts.envelope import Envelope
from contracts.operating import ParkedItem
from services.insight.job_tables import payloads

KEPT_MS = 3_600_000
ASKED_AGAIN_MS = 30_000
"""Its service may be away; then the question waits in its queue, and is asked again for whom looks later."""


def sealed(connection: Connection, message: ParkedItem, now: int) -> str | None:
    """As it came, if it came within the hour, and the message stands as it stood then."""
    row = connection.execute(select(payloads).where(_of(message.message_id, message.service))).first()
    fresh = row is not None and row.came_at is not None and row.number == message.number and row.came_at > now - KEPT_MS
    return str(row.sealed_body) if row is not None and fresh else None


def ask(tx: Transaction, message: ParkedItem, now: int) -> bool:
    """Write down that it is asked for now. False where it was asked just before, and no answer came yet."""
    row = tx.execute(select(payloads).where(_of(message.message_id, message.service)).with_for_update()).first()
    if row and row.came_at is None and row.asked_at > now - ASKED_AGAIN_MS and row.number == message.number:
        return False
    asked = {"number": message.number, "asked_at": now, "came_at": None, "sealed_body": None}
    upserts.replace(tx, payloads, [{"message_id": message.message_id, "service": message.service, **asked}], *asked)
    return True


def keep(tx: Transaction, shown: Envelope, now: int) -> None:
    """What came (`ParkedShown`, as it was sent: sealed), if anybody asked."""
    told: dict[str, Any] = shown.data
    mine = _of(UUID(told["message_id"]), told["service"])
    tx.execute(update(payloads).where(mine).values(came_at=now, sealed_body=told["body"]))


def forget(tx: Transaction, now: int) -> None:
    tx.execute(delete(payloads).where(payloads.c.asked_at < now - KEPT_MS))


def _of(message_id: UUID, service: str) -> Any:
    return (payloads.c.message_id == message_id) & (payloads.c.service == service)
