"""The tables of `services/insight` and the questions asked of them: hops as reported, and watched events with their sealed envelope."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Float,
    Index,
    Integer,
    MetaData,
    Row,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    insert,
    select,
)
from sqlalchemy.dialects import mysql

from chassis.database import Transaction, from_millis, millis
from chassis.outbox import ignoring_repeats
from contracts.envelope import Envelope
from contracts.ops import Hop
from services.insight.domain import Moment, ParkedMessage, ParkedState, Timeline

metadata = MetaData()
ID: Uuid[UUID] = Uuid(native_uuid=False)
MOST_MOMENTS = 2000
PAGE = 50
REPORTED_AT_ITS_END = frozenset({"published", "handled"})
"""A timeline shows when a step began, or a message would seem to be handled before it was sent."""

hops = Table(
    "hops",
    metadata,
    Column("number", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    Column("service", String(32), nullable=False),
    Column("message_id", ID, nullable=False),
    Column("step", String(16), nullable=False),
    Column("attempt", SmallInteger, nullable=False),
    Column("type", String(96), nullable=False),
    Column("subject", ID),
    Column("correlation_id", ID),
    Column("causation_id", ID),
    Column("at", BigInteger, nullable=False),
    Column("milliseconds", Float, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("outcome", String(64), nullable=False),
    Column("partner", String(32), nullable=False),
    Column("operation", String(96), nullable=False),
    Column("due_at", BigInteger),
    Column("causes", JSON, nullable=False),
    UniqueConstraint("message_id", "service", "step", "attempt", name="uq_hops_step"),
    Index("ix_hops_subject", "subject"),
    Index("ix_hops_correlation", "correlation_id"),
    Index("ix_hops_step", "step", "service"),
)

messages = Table(
    "messages",
    metadata,
    Column("message_id", ID, primary_key=True),
    Column("type", String(96), nullable=False),
    Column("source", String(64), nullable=False),
    Column("subject", ID, nullable=False),
    Column("correlation_id", ID, nullable=False),
    Column("causation_id", ID),
    Column("at", BigInteger, nullable=False),
    Column("version", Integer),
    Column("dealer_code", String(32), nullable=False),
    Column(
        "envelope",
        Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb"),
        nullable=False,
        comment="as it came, personal fields sealed",
    ),
    Index("ix_messages_subject", "subject"),
    Index("ix_messages_correlation", "correlation_id"),
)


class InsightStore:
    """Takes in; a repeat changes nothing."""

    def add_hops(self, tx: Transaction, reported: Iterable[Hop]) -> None:
        rows = [_columns_of(hop) for hop in reported]
        if rows:
            tx.execute(ignoring_repeats(insert(hops)), rows)

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
            "envelope": envelope.model_dump_json(exclude_none=True),
        }
        tx.execute(ignoring_repeats(insert(messages)).values(row))


def trace(connection: Connection, asked: UUID) -> Timeline:
    """Everything connected with a message, a subject or a chain (correlation), in the order of time.

    A message leads to its subject, the subject to all chains that touched it: the booking, each push of CSC, the withdrawal.
    """
    subjects = {asked} | _column(connection, "subject", lambda table: (table.c.message_id == asked) | (table.c.correlation_id == asked))
    chains = {asked} | _column(connection, "correlation_id", lambda table: (table.c.message_id == asked) | table.c.subject.in_(subjects))

    def connected(table: Table) -> ColumnElement[bool]:
        return table.c.subject.in_(subjects) | table.c.correlation_id.in_(chains) | (table.c.message_id == asked)

    found = [_moment_of_hop(row) for row in connection.execute(_first(hops, connected(hops)))]
    found += [_moment_of_message(row) for row in connection.execute(_first(messages, connected(messages)))]
    found.sort(key=lambda moment: moment.at)
    return Timeline(asked, tuple(found[:MOST_MOMENTS]), cut=len(found) > MOST_MOMENTS)


def parked(
    connection: Connection, *, state: ParkedState | None = "parked", service: str | None = None, after: int | None = None
) -> list[ParkedMessage]:
    """A page of at most PAGE, newest first; `after` is the number of the last one seen. `state` None means all."""
    latest = _latest_of_parked()
    wanted = select(latest).where(latest.c.rank == 1).order_by(latest.c.number.desc()).limit(PAGE)
    if state is not None:
        wanted = wanted.where(latest.c.outcome == state)
    if service is not None:
        wanted = wanted.where(latest.c.service == service)
    if after is not None:
        wanted = wanted.where(latest.c.number < after)
    return [_parked_of(row) for row in connection.execute(wanted)]


def parked_one(connection: Connection, message_id: UUID) -> list[ParkedMessage]:
    """One for each service where this message is or was parked: an event may be parked by several of its readers."""
    latest = _latest_of_parked(hops.c.message_id == message_id)
    wanted = select(latest).where(latest.c.rank == 1).order_by(latest.c.service)
    return [_parked_of(row) for row in connection.execute(wanted)]


def _latest_of_parked(*which: ColumnElement[bool]) -> Any:
    """A service counts each change of a parked message as an attempt: the highest is how it stands."""
    rank = func.row_number().over(partition_by=(hops.c.service, hops.c.message_id), order_by=hops.c.attempt.desc()).label("rank")
    return select(hops, rank).where(hops.c.step == "parked", *which).subquery()


def _column(connection: Connection, name: str, which: Any) -> set[UUID]:
    found: set[UUID] = set()
    for table in (hops, messages):
        rows = select(table.c[name]).where(which(table), table.c[name].is_not(None)).distinct().limit(MOST_MOMENTS)
        found.update(connection.execute(rows).scalars())
    return found


def _first(table: Table, which: ColumnElement[bool]) -> Any:
    return select(table).where(which).order_by(table.c.at).limit(MOST_MOMENTS + 1)


def _columns_of(hop: Hop) -> dict[str, Any]:
    return {
        **hop.model_dump(exclude={"at", "due_at", "causes"}),
        "at": millis(hop.at),
        "due_at": millis(hop.due_at) if hop.due_at else None,
        "causes": [cause.model_dump() for cause in hop.causes],
    }


def _moment_of_hop(row: Row[Any]) -> Moment:
    took = round(row.milliseconds) if row.step in REPORTED_AT_ITS_END else 0
    return Moment(
        at=from_millis(row.at - took),
        service=row.service,
        step=row.step,
        message_id=row.message_id,
        type=row.type,
        subject=row.subject,
        correlation_id=row.correlation_id,
        causation_id=row.causation_id,
        milliseconds=row.milliseconds,
        attempt=row.attempt,
        outcome=row.outcome,
        partner=row.partner,
        operation=row.operation,
        size_bytes=row.size_bytes,
        due_at=from_millis(row.due_at) if row.due_at is not None else None,
        causes=tuple(row.causes),
    )


def _moment_of_message(row: Row[Any]) -> Moment:
    return Moment(
        at=from_millis(row.at),
        service=row.source,
        step="told",
        message_id=row.message_id,
        type=row.type,
        subject=row.subject,
        correlation_id=row.correlation_id,
        causation_id=row.causation_id,
        version=row.version,
        size_bytes=len(row.envelope.encode()),
    )


def _parked_of(row: Row[Any]) -> ParkedMessage:
    return ParkedMessage(
        number=row.number,
        service=row.service,
        message_id=row.message_id,
        state=row.outcome,
        type=row.type,
        at=from_millis(row.at),
        subject=row.subject,
        correlation_id=row.correlation_id,
        size_bytes=row.size_bytes,
        causes=tuple(row.causes),
    )
