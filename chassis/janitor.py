"""Deletes rows that have done their service and have been reported; inbox rows outlive outbox rows, so that a repeat is still known."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, delete, select

from chassis.clock import milliseconds_now
from chassis.database import Database
from chassis.tables import inbox, outbox, parked, partner_call, retry

HOUR_MS = 3_600_000
MOST = 5000
"""Rows deleted in one transaction, so that none is long."""


@dataclass(frozen=True)
class Keeping:
    """How long the rows of one more table are kept, by the time in column `at` (milliseconds)."""

    table: Table
    key: Any
    at: Any
    days: int


def sweep(database: Database, *, reports: bool, more: Sequence[Keeping] = ()) -> int:
    """Gives the number of rows deleted. `reports` is False where nobody reports (insight): then age alone decides."""
    now = milliseconds_now()
    rounds = (
        (outbox, outbox.c.number, outbox.c.published_at < now - HOUR_MS),
        (retry, retry.c.message_id, retry.c.ended_at < now - HOUR_MS),
        (partner_call, partner_call.c.number, partner_call.c.started_at < now - HOUR_MS),
        (inbox, inbox.c.message_id, inbox.c.done_at < now - 14 * 24 * HOUR_MS),
        (parked, parked.c.message_id, (parked.c.state != "parked") & (parked.c.changed_at < now - 90 * 24 * HOUR_MS)),
    )
    told = (True,) if reports else (True, False)  # both named, since the indexes begin with it
    old_rows = [(table, key, table.c.reported.in_(told) & old) for table, key, old in rounds]
    old_rows += [(keeping.table, keeping.key, keeping.at < now - keeping.days * 24 * HOUR_MS) for keeping in more]
    return sum(_delete_all(database, table, key, old) for table, key, old in old_rows)


def _delete_all(database: Database, table: Table, key: Any, old: Any) -> int:
    deleted = newly = _delete(database, table, key, old)
    while newly == MOST:
        newly = _delete(database, table, key, old)
        deleted += newly
    return deleted


def _delete(database: Database, table: Table, key: Any, old: Any) -> int:
    with database.read() as connection:
        keys = list(connection.execute(select(key).where(old).limit(MOST)).scalars())
    if not keys:
        return 0
    with database.write() as tx:
        return int(tx.execute(delete(table).where(key.in_(keys))).rowcount)
