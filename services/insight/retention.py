"""Forgets what is old, a step at a time, and what follows from it with it. A parked message stays as long as it is parked.

What ends a wait or a journey is forgotten a day after what began it, so that at no moment an end is missing where its beginning is kept.
"""

from typing import Any

from sqlalchemy import Column, ColumnElement, Table, delete, select

from chassis.clock import milliseconds_now
from chassis.database import Transaction
from chassis.settings import Insight
from chassis.tables import inbox
from services.insight import figures, parked_rows, search, standing
from services.insight.tables import hops, in_transit, messages, waiting_now

DAY_MS = 86_400_000
MOST = 5000
"""Rows of one table in one step."""
BEGINNINGS = ("published", "retried", "called", "spooled")
OWN_INBOX_MS = 3_600_000
REPORTS = ("ops.report", "ops.status")
"""They come all the time, and taking one in twice changes nothing: that they came need not be known for long."""


def step(tx: Transaction, keeps: Insight, now: int | None = None) -> int:
    """Gives the number of rows deleted; 0 when there was nothing old. `now` in milliseconds."""
    now = milliseconds_now() if now is None else now
    parked_rows.lock(tx)
    old = now - keeps.hops_days * DAY_MS
    deleted = sum(_delete_hops(tx, name, old) for name in BEGINNINGS)
    if not deleted:
        deleted = _delete_hops(tx, "handled", old - DAY_MS) + parked_rows.forget(tx, old - DAY_MS, MOST)
    tx.execute(delete(waiting_now).where(waiting_now.c.failed_at < old))
    tx.execute(delete(in_transit).where(in_transit.c.sent_at < old))
    figures.forget(tx, old)
    standing.forget(tx, now)
    return deleted + _delete_messages(tx, now - keeps.messages_days * DAY_MS) + _delete_from_inbox(tx, now - OWN_INBOX_MS)


def _delete_hops(tx: Transaction, name: str, before: int) -> int:
    return _delete(tx, hops, hops.c.number, (hops.c.step == name) & (hops.c.at < before))


def _delete_messages(tx: Transaction, before: int) -> int:
    return _delete(tx, messages, messages.c.message_id, messages.c.at < before) + search.forget(tx, before, MOST)


def _delete_from_inbox(tx: Transaction, before: int) -> int:
    told = inbox.c.reported.in_((True, False))  # both named, since the index begins with it
    old = told & (inbox.c.done_at < before) & inbox.c.type.in_(REPORTS)
    return _delete(tx, inbox, inbox.c.message_id, old)


def _delete(tx: Transaction, table: Table, key: Column[Any], old: ColumnElement[bool]) -> int:
    keys = list(tx.execute(select(key).where(old).limit(MOST)).scalars())
    if keys:
        tx.execute(delete(table).where(key.in_(keys)))
    return len(keys)
