"""Where a request is: everything connected with a message, a subject or a chain, in the order of time."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, LargeBinary, Row, Select, Table, cast, func, select, union

from chassis.database import from_millis
from contracts.operating import Moment, Trace
from services.insight.tables import hops, messages

MOST_MOMENTS = 2000
REPORTED_AT_ITS_END = frozenset({"published", "handled"})
"""A timeline shows when a step began, or a message would seem to be handled before it was sent."""

Found = Callable[[Table], tuple[ColumnElement[bool], ...]]


def trace(connection: Connection, asked: UUID) -> Trace:
    """A message leads to its subject, the subject to all chains that touched it: the booking, each push of CSC, the withdrawal."""
    subjects = {asked} | _column(connection, "subject", lambda table: (table.c.message_id == asked, table.c.correlation_id == asked))
    chains = {asked} | _column(connection, "correlation_id", lambda table: (table.c.message_id == asked, table.c.subject.in_(subjects)))

    def connected(table: Table) -> tuple[ColumnElement[bool], ...]:
        return table.c.subject.in_(subjects), table.c.correlation_id.in_(chains), table.c.message_id == asked

    dated = [_dated_hop(row) for row in connection.execute(_first(hops, hops.c.number, connected(hops), *hops.c))]
    told = _first(messages, messages.c.message_id, connected(messages), *_of_messages())
    dated += [(row.at, _told(row)) for row in connection.execute(told)]
    dated.sort(key=lambda pair: pair[0])
    first = dated[0][0] if dated else 0
    moments = tuple(Moment(at=from_millis(at), since_first_ms=at - first, **moment) for at, moment in dated[:MOST_MOMENTS])
    return Trace(id=asked, cut=len(dated) > MOST_MOMENTS, moments=moments)


def _column(connection: Connection, name: str, found: Found) -> set[UUID]:
    """By each index in turn: an `or` over several is read from end to end."""
    distinct: set[UUID] = set()
    for table in (hops, messages):
        for which in found(table):
            rows = select(table.c[name]).where(which, table.c[name].is_not(None)).distinct().limit(MOST_MOMENTS)
            distinct.update(connection.execute(rows).scalars())
    return distinct


def _first(table: Table, key: Any, found: tuple[ColumnElement[bool], ...], *columns: Any) -> Select[Any]:
    keys = union(*(select(key).where(which) for which in found)).subquery()
    return select(*columns).join(keys, keys.c[0] == key).order_by(table.c.at).limit(MOST_MOMENTS + 1)


def _of_messages() -> tuple[Any, ...]:
    size = func.length(cast(messages.c.envelope, LargeBinary)).label("size_bytes")
    return (*(column for column in messages.c if column.name != "envelope"), size)


def _dated_hop(row: Row[Any]) -> tuple[int, dict[str, Any]]:
    took = round(row.milliseconds) if row.step in REPORTED_AT_ITS_END else 0
    names = ("service", "step", "message_id", "type", "subject", "correlation_id", "causation_id", "milliseconds")
    more = ("attempt", "outcome", "partner", "operation", "size_bytes", "causes")
    due_at = None if row.due_at is None else from_millis(row.due_at)
    return row.at - took, {**{name: getattr(row, name) for name in (*names, *more)}, "due_at": due_at}


def _told(row: Row[Any]) -> dict[str, Any]:
    names = ("message_id", "type", "subject", "correlation_id", "causation_id", "version", "size_bytes")
    return {**{name: getattr(row, name) for name in names}, "service": row.source, "step": "told"}
