"""How the copies of the services stand, as each told it last (`ops.status`), and how they stood at the end of each minute."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, select

from chassis import upserts
from chassis.database import Transaction, millis
from contracts.ops import OpsStatus
from services.insight import transit
from services.insight.domain import MINUTE_MS
from services.insight.tables import statuses, stood

SILENT_MS = 10 * MINUTE_MS
"""A copy that was not heard of for so long is gone."""
STOOD_FOR_MINUTES = 2 * 24 * 60


@dataclass
class Stood:
    """How one service stood at the end of one minute."""

    retries: int = 0
    parked: int = 0
    spooled: int = 0
    oldest_seconds: float = 0


def keep(tx: Transaction, told: Sequence[OpsStatus]) -> None:
    """The newest of a copy is all that counts, and of each minute: one that comes late changes nothing."""
    if not told:
        return
    rows = [{"copy_id": one.copy_id, "service": one.service, "at": millis(one.at), "told": one.model_dump(mode="json")} for one in told]
    upserts.keep_highest(tx, statuses, rows, "at", "service", "told")
    oldest = transit.oldest_sent(tx.connection)
    minutes = [_minute_of(one, millis(one.at), oldest.get(one.service)) for one in told]
    upserts.keep_highest(tx, stood, minutes, "at", "retries", "parked", "spooled", "oldest_seconds")


def _minute_of(told: OpsStatus, at: int, oldest: int | None) -> dict[str, Any]:
    """`at` and `oldest`: milliseconds."""
    return {
        "minute": at // MINUTE_MS,
        "copy_id": told.copy_id,
        "service": told.service,
        "at": at,
        "retries": told.retries,
        "parked": told.parked,
        "spooled": told.spooled,
        "oldest_seconds": max(0.0, (at - oldest) / 1000) if oldest is not None else 0.0,
    }


def copies(connection: Connection, now: int) -> dict[str, list[OpsStatus]]:
    """Of each service those heard of lately, the one heard of last first. `now` in milliseconds."""
    found: dict[str, list[OpsStatus]] = defaultdict(list)
    lately = select(statuses).where(statuses.c.at > now - SILENT_MS).order_by(statuses.c.at.desc())
    for row in connection.execute(lately):
        found[row.service].append(OpsStatus.model_validate(row.told))
    return found


def stood_since(connection: Connection, since: int) -> dict[str, dict[int, Stood]]:
    """From this minute on, by service. Copies share a schema, so they tell the same rows; what is on disk each has for itself."""
    found: dict[str, dict[int, Stood]] = defaultdict(lambda: defaultdict(Stood))
    for row in connection.execute(select(stood).where(stood.c.minute >= since).order_by(stood.c.at)):
        one = found[row.service][row.minute]
        one.retries, one.parked = row.retries, row.parked
        one.spooled += row.spooled
        one.oldest_seconds = max(one.oldest_seconds, row.oldest_seconds)
    return found


def forget(tx: Transaction, now: int) -> None:
    tx.execute(delete(stood).where(stood.c.minute < now // MINUTE_MS - STOOD_FOR_MINUTES))
    tx.execute(delete(statuses).where(statuses.c.at < now - STOOD_FOR_MINUTES * MINUTE_MS))
