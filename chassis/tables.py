"""The tables that every service's schema has beside its own: what came in, what goes out, what waits, what is parked.

Times are milliseconds since the epoch. A row with `reported` false has not yet been told to insight, and is kept until it has.
(design section 3)
"""

from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, MetaData, SmallInteger, String, Table, Text, Uuid
from sqlalchemy.dialects import mysql

metadata = MetaData()

LongText = Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")
RowNumber = BigInteger().with_variant(Integer(), "sqlite")


def _id() -> Uuid[UUID]:
    return Uuid(native_uuid=False)


def _described() -> tuple[Column[object], ...]:
    """What an operator reads without opening a body; filled from the envelope where there is one."""
    return (
        Column("type", String(96), nullable=False, default=""),
        Column("subject", _id()),
        Column("correlation_id", _id()),
        Column("causation_id", _id()),
        Column("size_bytes", Integer, nullable=False, default=0),
    )


inbox = Table(
    "inbox",
    metadata,
    Column("message_id", _id(), primary_key=True),
    *_described(),
    Column("received_at", BigInteger, nullable=False),
    Column("done_at", BigInteger, comment="null while a partner command is being carried out"),
    Column("leased_until", BigInteger, nullable=False, default=0),
    Column("attempt", SmallInteger, nullable=False, default=0),
    Column("reported", Boolean, nullable=False, default=False),
    Index("ix_inbox_reported", "reported", "done_at"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("number", RowNumber, primary_key=True, autoincrement=True),
    Column("message_id", _id(), nullable=False, unique=True),
    *_described(),
    Column("routes", String(255), nullable=False, comment="the services it goes to, comma-separated"),
    Column("body", LongText, nullable=False, comment="the envelope as JSON, personal fields sealed"),
    Column("written_at", BigInteger, nullable=False),
    Column("leased_until", BigInteger, nullable=False, default=0),
    Column("published_at", BigInteger),
    Column("reported", Boolean, nullable=False, default=False),
    Index("ix_outbox_waiting", "published_at", "number"),
    Index("ix_outbox_reported", "reported", "published_at"),
)

retry = Table(
    "retry",
    metadata,
    Column("message_id", _id(), primary_key=True),
    *_described(),
    Column("body", LongText, nullable=False),
    Column("attempt", SmallInteger, nullable=False, comment="tries that failed; waiting for one's turn counts none"),
    Column("first_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("leased_until", BigInteger, nullable=False, default=0),
    Column("line", String(160), nullable=False, default="", comment="source/partner/subject of a partner command"),
    Column("sequence", Integer, nullable=False, default=0),
    Column("causes", Text, nullable=False, default="[]"),
    Column("ended_at", BigInteger),
    Column("reported", Boolean, nullable=False, default=False),
    Index("ix_retry_due", "ended_at", "due_at"),
    Index("ix_retry_line", "line", "sequence"),
    Index("ix_retry_reported", "reported", "ended_at"),
)

parked = Table(
    "parked",
    metadata,
    Column("message_id", _id(), primary_key=True),
    *_described(),
    Column("sealed_body", LongText, nullable=False),
    Column("mended_data", LongText, comment="what an operator wrote in place of its data, sealed whole; tried instead of it"),
    Column("kind", String(16), nullable=False),
    Column("causes", Text, nullable=False),
    Column("attempt", SmallInteger, nullable=False),
    Column("line", String(160), nullable=False, default=""),
    Column("sequence", Integer, nullable=False, default=0),
    Column("parked_at", BigInteger, nullable=False),
    Column("state", String(12), nullable=False, default="parked", comment="parked, redriven, dropped"),
    Column("changed_at", BigInteger, nullable=False),
    Column("changes", SmallInteger, nullable=False, default=0, comment="counts parked, redriven, parked again …"),
    Column("ordered_by", String(64), nullable=False, default=""),
    Column("reason", String(200), nullable=False, default=""),
    Column("reported", Boolean, nullable=False, default=False),
    Index("ix_parked_state", "state", "parked_at"),
    Index("ix_parked_reported", "reported"),
)

sent_line = Table(
    "sent_line",
    metadata,
    Column("partner", String(32), primary_key=True),
    Column("subject", _id(), primary_key=True),
    Column("last", Integer, nullable=False),
)
"""The sender's count of its commands to one partner about one subject: gapless, in the transaction that writes the outbox."""

carried_line = Table(
    "carried_line",
    metadata,
    Column("line", String(160), primary_key=True),
    Column("last_done", Integer, nullable=False),
    Column("leased_until", BigInteger, nullable=False, default=0),
)
"""The receiver's side of it: the last one that ended, and whether the next is being carried out now."""

timer = Table(
    "timer",
    metadata,
    Column("name", String(64), primary_key=True, comment="the method"),
    Column("due_at", BigInteger, nullable=False),
)
"""When each of a service's timers is due next; whoever moves it on does the work, in the same transaction."""

partner_call = Table(
    "partner_call",
    metadata,
    Column("number", RowNumber, primary_key=True, autoincrement=True),
    Column("message_id", _id(), nullable=False),
    *_described(),
    Column("partner", String(32), nullable=False),
    Column("operation", String(96), nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("milliseconds", Float, nullable=False),
    Column("outcome", String(32), nullable=False),
    Column("attempt", SmallInteger, nullable=False),
    Column("reported", Boolean, nullable=False, default=False),
    Index("ix_partner_call_reported", "reported"),
    Index("ix_partner_call_message", "message_id"),
)
