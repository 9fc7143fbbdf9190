"""Makes all that follows from hops and messages anew, as it would be had they only just come. What operators wrote is left as it is.

In one transaction, under the lock of the intake: a service that runs meanwhile waits, and one that is killed has changed nothing.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Column, Table, delete, func, select

from chassis.database import Transaction
from chassis.messages import decode
from services.insight import parked_rows
from services.insight.store import follow_hops, follow_messages
from services.insight.tables import (
    bad_answers,
    call_times,
    found_by,
    hops,
    in_transit,
    messages,
    minutes,
    parked_counts,
    parked_now,
    waiting_now,
)

FOLLOWS: dict[Table, Column[Any]] = {
    parked_now: parked_now.c.message_id,
    parked_counts: parked_counts.c.group_id,
    waiting_now: waiting_now.c.message_id,
    in_transit: in_transit.c.message_id,
    minutes: minutes.c.minute,
    call_times: call_times.c.minute,
    bad_answers: bad_answers.c.message_id,
    found_by: found_by.c.subject,
}
"""What is made anew, each with an indexed column by which it is emptied piece by piece."""
AT_ONCE = 2000
CLEARED_AT_ONCE = 20_000


def rows_to_read(tx: Transaction) -> int:
    """How many `rebuild` will tell of."""
    return sum(tx.execute(select(func.count()).select_from(table)).scalar_one() for table in (hops, messages))


def rebuild(tx: Transaction, progress: Callable[[int], None] = lambda _rows: None) -> None:
    """`progress` hears how many rows were read since it heard last."""
    parked_rows.lock(tx)
    for table, column in FOLLOWS.items():
        _clear(tx, table, column)
    last: Any = 0
    while rows := tx.execute(select(hops).where(hops.c.number > last).order_by(hops.c.number).limit(AT_ONCE)).all():
        follow_hops(tx, [dict(row._mapping) for row in rows])
        last = rows[-1].number
        progress(len(rows))
    _read_messages(tx, progress)


def _clear(tx: Transaction, table: Table, column: Column[Any]) -> None:
    """No statement runs for long: the link to the database would be given up."""
    edge = select(column).order_by(column).offset(CLEARED_AT_ONCE).limit(1)
    while (last := tx.execute(edge).scalar_one_or_none()) is not None:
        tx.execute(delete(table).where(column <= last))
    tx.execute(delete(table))


def _read_messages(tx: Transaction, progress: Callable[[int], None]) -> None:
    after: Sequence[Any] = ()
    while True:
        page = select(messages.c.message_id, messages.c.envelope).order_by(messages.c.message_id).limit(AT_ONCE)
        rows = tx.execute(page.where(messages.c.message_id > after[0]) if after else page).all()
        if not rows:
            return
        follow_messages(tx, [decode(row.envelope) for row in rows])
        after = rows[-1]
        progress(len(rows))
