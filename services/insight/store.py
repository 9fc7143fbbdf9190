"""Takes in what all others report and tell, with everything that follows from it, in one transaction. A repeat changes nothing.

Hops come late, twice and in any order; what follows from them is the same in the end (`rebuild` makes it anew, and finds it equal).
So what the messages of one transaction brought is taken in at once.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, insert, select

from chassis.database import Transaction, millis
from chassis.messages import encode
from chassis.outbox import ignoring_repeats
from chassis.unit_of_work import Gathering
from contracts.envelope import Envelope
from contracts.ops import Hop, OpsStatus
from services.insight import figures, job_store, parked_rows, search, standing, transit, waiting
from services.insight.tables import hops, messages, metadata

Row = dict[str, Any]

REPORTS_NOT = frozenset({"gateway"})
"""It publishes without an outbox, and reports none of it: the copies that come here tell what it sent."""
KEY = ("message_id", "service", "step", "attempt")
HOPS_AT_ONCE = 500
"""As many as a report has: there is a way to the database, and a turn for others, in between."""


class InsightStore:
    """Takes in: what is handed over is in the tables when a statement names one of them, or at the latest with the commit."""

    def add_hops(self, tx: Transaction, reported: Iterable[Hop]) -> None:
        """A repeat of a hop (the same service, message, step and attempt) changes nothing."""
        TAKEN_IN.add(tx, *reported)

    def add_message(self, tx: Transaction, envelope: Envelope) -> None:
        TAKEN_IN.add(tx, envelope)

    def add_status(self, tx: Transaction, told: OpsStatus) -> None:
        TAKEN_IN.add(tx, told)


def _take_in(tx: Transaction, brought: Sequence[Hop | OpsStatus | Envelope]) -> None:
    """The lock comes first, and rows in the order of their keys: so no two transactions wait for each other."""
    reported = [one for one in brought if isinstance(one, Hop)]
    envelopes = {one.id: one for one in brought if isinstance(one, Envelope)}
    untold = [id for id, envelope in envelopes.items() if envelope.source in REPORTS_NOT]
    if reported or untold:
        parked_rows.lock(tx)
    for first in range(0, len(reported), HOPS_AT_ONCE):
        some = reported[first : first + HOPS_AT_ONCE]
        _add_hops(tx, [_columns_of(hop) for hop in some])
        job_store.take_in(tx, some)
    for id in tx.execute(_THERE, {"ids": untold}).scalars() if untold else ():
        del envelopes[id]
    _add_messages(tx, list(envelopes.values()))
    standing.keep(tx, [one for one in brought if isinstance(one, OpsStatus)])


def _add_hops(tx: Transaction, rows: Sequence[Row]) -> None:
    if new := _unknown(tx, rows):
        tx.execute(_ADD_HOPS, new)
        follow_hops(tx, new)


def _add_messages(tx: Transaction, envelopes: Sequence[Envelope]) -> None:
    """None of them is there already of those that are counted; of others, to follow one again changes nothing."""
    rows = [_row_of(envelope) for envelope in sorted(envelopes, key=lambda one: one.id.hex)]
    if rows and tx.execute(_KEEP_MESSAGES, rows).rowcount:
        follow_messages(tx, envelopes)


TAKEN_IN = Gathering(_take_in, *metadata.sorted_tables)


def follow_hops(tx: Transaction, new: Sequence[Row]) -> None:
    """What follows from hops that stand in `hops`, and have not been followed before."""
    parked_rows.follow(tx, new)
    waiting.follow(tx, new)
    transit.follow(tx, new)
    figures.follow(tx, new)


def follow_messages(tx: Transaction, new: Sequence[Envelope]) -> None:
    """What follows from messages that stand in `messages`, and of those that report nothing have not been followed before."""
    search.index(tx, new)
    untold = [envelope for envelope in new if envelope.source in REPORTS_NOT]
    figures.published(tx, [(envelope.source, millis(envelope.time)) for envelope in untold])
    transit.sent(tx, [(envelope.id, envelope.type, millis(envelope.time)) for envelope in untold])


def _unknown(tx: Transaction, rows: Sequence[Row]) -> list[Row]:
    """Of those with one key the first."""
    first: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        first.setdefault(tuple(row[name] for name in KEY), row)
    ids, services = sorted({row["message_id"] for row in rows}), sorted({row["service"] for row in rows})
    known = {tuple(row) for row in tx.execute(_KNOWN, {"ids": ids, "services": services})}
    return [row for key, row in first.items() if key not in known]


def _columns_of(hop: Hop) -> Row:
    return {
        **vars(hop),
        "at": millis(hop.at),
        "due_at": millis(hop.due_at) if hop.due_at else None,
        "causes": [cause.model_dump() for cause in hop.causes],
    }


def _row_of(envelope: Envelope) -> Row:
    return {
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


_KNOWN = select(*(hops.c[name] for name in KEY)).where(
    hops.c.message_id.in_(bindparam("ids", expanding=True)), hops.c.service.in_(bindparam("services", expanding=True))
)
_ADD_HOPS = insert(hops)
_THERE = select(messages.c.message_id).where(messages.c.message_id.in_(bindparam("ids", expanding=True)))
_KEEP_MESSAGES = ignoring_repeats(insert(messages))
