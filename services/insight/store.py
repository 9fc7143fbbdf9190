"""Takes in what all others report and tell, with everything that follows from it, in one transaction. A repeat changes nothing.

Hops come late, twice and in any order; what follows from them is the same in the end (`rebuild` makes it anew, and finds it equal).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import insert, select

from chassis.database import Transaction, millis
from chassis.messages import encode
from chassis.outbox import ignoring_repeats
from contracts.envelope import Envelope
from contracts.ops import Hop, OpsStatus
from services.insight import figures, parked_rows, search, standing, transit, waiting
from services.insight.tables import hops, messages

Row = dict[str, Any]

REPORTS_NOT = frozenset({"gateway"})
"""It publishes without an outbox, and reports none of it: the copies that come here tell what it sent."""
KEY = ("message_id", "service", "step", "attempt")


class InsightStore:
    """Takes in."""

    def add_hops(self, tx: Transaction, reported: Iterable[Hop]) -> None:
        """A repeat of a hop (the same service, message, step and attempt) changes nothing."""
        rows = [_columns_of(hop) for hop in reported]
        if not rows:
            return
        parked_rows.lock(tx)
        if new := _unknown(tx, rows):
            tx.execute(insert(hops), new)
            follow_hops(tx, new)

    def add_message(self, tx: Transaction, envelope: Envelope) -> None:
        row = {
            "message_id": envelope.id,
            "type": envelope.type,
            "source": envelope.source,
            "subject": envelope.subject,
            "correlation_id": envelope.correlationid,
            "causation_id": envelope.causationid,
            "at": millis(envelope.time),
            "version": envelope.subjectversion,
            "dealer_code": envelope.dealercode,
            "envelope": encode(envelope),
        }
        if envelope.source in REPORTS_NOT:
            parked_rows.lock(tx)
        if tx.execute(ignoring_repeats(insert(messages)), row).rowcount:
            follow_messages(tx, [envelope])

    def add_status(self, tx: Transaction, told: OpsStatus) -> None:
        standing.keep(tx, told)


def follow_hops(tx: Transaction, new: Sequence[Row]) -> None:
    """What follows from hops that stand in `hops`, and have not been followed before."""
    parked_rows.follow(tx, new)
    waiting.follow(tx, new)
    transit.follow(tx, new)
    figures.follow(tx, new)


def follow_messages(tx: Transaction, new: Sequence[Envelope]) -> None:
    """What follows from messages that stand in `messages`, and have not been followed before."""
    search.index(tx, new)
    untold = [envelope for envelope in new if envelope.source in REPORTS_NOT]
    for envelope in untold:
        figures.published(tx, envelope.source, millis(envelope.time))
    transit.sent(tx, [(envelope.id, envelope.type, millis(envelope.time)) for envelope in untold])


def _unknown(tx: Transaction, rows: Sequence[Row]) -> list[Row]:
    """Of those with one key the first."""
    first: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        first.setdefault(tuple(row[name] for name in KEY), row)
    ids, services = sorted({row["message_id"] for row in rows}), sorted({row["service"] for row in rows})
    named = select(*(hops.c[name] for name in KEY)).where(hops.c.message_id.in_(ids), hops.c.service.in_(services))
    known = {tuple(row) for row in tx.execute(named)}
    return [row for key, row in first.items() if key not in known]


def _columns_of(hop: Hop) -> Row:
    return {
        **hop.model_dump(exclude={"at", "due_at", "causes"}),
        "at": millis(hop.at),
        "due_at": millis(hop.due_at) if hop.due_at else None,
        "causes": [cause.model_dump() for cause in hop.causes],
    }
