"""The tables of `services/insight`: what it heard, kept raw; what follows from that; and what operators wrote.

`hops` and `messages` are raw. `care` is written by operators; `statuses` and `stood` hold what services told of themselves. All the
others follow from the raw ones, are written in the same transaction, and are made anew by `rebuild`. Times are milliseconds since the
epoch, `minute` is minutes since the epoch.
"""

from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects import mysql

metadata = MetaData()
ID: Uuid[UUID] = Uuid(native_uuid=False)
LongText = Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")

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
    Index("ix_hops_step_at", "step", "at"),
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
    Column("envelope", LongText, nullable=False, comment="as it came, personal fields sealed"),
    Index("ix_messages_subject", "subject"),
    Index("ix_messages_correlation", "correlation_id"),
    Index("ix_messages_at", "at"),
)

intake = Table("intake", metadata, Column("name", String(16), primary_key=True))
"""One row, locked by whoever takes reports in: they come to several copies of insight at once, and what follows is counted."""

parked_now = Table(
    "parked_now",
    metadata,
    Column("message_id", ID, primary_key=True),
    Column("service", String(32), primary_key=True),
    Column("number", BigInteger, nullable=False, comment="of the hop that told its present state"),
    Column("state", String(12), nullable=False),
    Column("type", String(96), nullable=False),
    Column("subject", ID),
    Column("correlation_id", ID),
    Column("at", BigInteger, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("causes", JSON, nullable=False),
    Column("group_id", BigInteger, nullable=False, comment="follows from service, type and first cause"),
    Column("times", Integer, nullable=False),
    Column("owner", String(64), nullable=False),
    Column("status", String(12), nullable=False),
    Column("note", String(1000), nullable=False),
    Index("ix_parked_now_at", "state", "at", "number", "group_id"),
    Index("ix_parked_now_group", "state", "group_id", "at", "number"),
    Index("ix_parked_now_owner", "owner", "state", "at", "number"),
    Index("ix_parked_now_status", "status", "state", "group_id", "at", "number"),
)

parked_counts = Table(
    "parked_counts",
    metadata,
    Column("group_id", BigInteger, primary_key=True, autoincrement=False),
    Column("state", String(12), primary_key=True),
    Column("status", String(12), primary_key=True),
    Column("owner", String(64), primary_key=True),
    Column("day", BigInteger, primary_key=True, autoincrement=False, comment="see domain.day_of"),
    Column("service", String(32), nullable=False),
    Column("type", String(96), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("field", String(128), nullable=False),
    Column("rule", String(256), nullable=False),
    Column("number", Integer, nullable=False),
)

care = Table(
    "care",
    metadata,
    Column("message_id", ID, primary_key=True),
    Column("service", String(32), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("status", String(12), nullable=False),
    Column("note", String(1000), nullable=False),
)

waiting_now = Table(
    "waiting_now",
    metadata,
    Column("message_id", ID, primary_key=True),
    Column("service", String(32), primary_key=True),
    Column("number", BigInteger, nullable=False, comment="of the hop that told it last"),
    Column("type", String(96), nullable=False),
    Column("subject", ID),
    Column("attempt", SmallInteger, nullable=False),
    Column("failed_at", BigInteger, nullable=False),
    Column("due_at", BigInteger),
    Column("kind", String(16), nullable=False),
    Column("causes", JSON, nullable=False),
    Index("ix_waiting_now_number", "number"),
    Index("ix_waiting_now_service", "service", "number"),
    Index("ix_waiting_now_kind", "kind", "number"),
    Index("ix_waiting_now_failed", "failed_at"),
)

in_transit = Table(
    "in_transit",
    metadata,
    Column("message_id", ID, primary_key=True),
    Column("service", String(32), primary_key=True, comment="that it was sent to, and that has neither handled nor parked it"),
    Column("sent_at", BigInteger, nullable=False),
    Index("ix_in_transit_service", "service", "sent_at"),
)

minutes = Table(
    "minutes",
    metadata,
    Column("minute", Integer, primary_key=True, autoincrement=False),
    Column("service", String(32), primary_key=True),
    Column("step", String(16), primary_key=True),
    Column("partner", String(32), primary_key=True),
    Column("outcome", String(64), primary_key=True),
    Column("number", Integer, nullable=False),
)

call_times = Table(
    "call_times",
    metadata,
    Column("minute", Integer, primary_key=True, autoincrement=False),
    Column("service", String(32), primary_key=True),
    Column("partner", String(32), primary_key=True),
    Column("bucket", SmallInteger, primary_key=True, autoincrement=False, comment="see domain.BUCKETS"),
    Column("number", Integer, nullable=False),
)

bad_answers = Table(
    "bad_answers",
    metadata,
    Column("message_id", ID, primary_key=True),
    Column("service", String(32), primary_key=True),
    Column("attempt", SmallInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("partner", String(32), nullable=False),
    Column("operation", String(96), nullable=False),
    Index("ix_bad_answers_at", "at"),
)

found_by = Table(
    "found_by",
    metadata,
    Column("kind", String(24), primary_key=True, comment="mobile, vin, plate (keyed hashes), number, or the field of another's id"),
    Column("value", String(64), primary_key=True),
    Column("subject", ID, primary_key=True),
    Column("last_at", BigInteger, nullable=False),
    Index("ix_found_by_subject", "subject"),
    Index("ix_found_by_last", "last_at"),
)

statuses = Table(
    "statuses",
    metadata,
    Column("copy_id", ID, primary_key=True),
    Column("service", String(32), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("told", JSON, nullable=False, comment="ops.status as it came"),
    Index("ix_statuses_at", "at"),
)

stood = Table(
    "stood",
    metadata,
    Column("minute", Integer, primary_key=True, autoincrement=False),
    Column("copy_id", ID, primary_key=True),
    Column("service", String(32), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("retries", Integer, nullable=False),
    Column("parked", Integer, nullable=False),
    Column("spooled", Integer, nullable=False),
    Column("oldest_seconds", Float, nullable=False),
)
"""How a copy stood at the end of a minute, as it told it last."""
