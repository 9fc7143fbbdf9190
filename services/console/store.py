"""The tables of the console: staff, sessions, what was tried at the door, filters that were kept, the audit. Times are milliseconds."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, String, Table, Text

metadata = MetaData()

staff = Table(
    "staff",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("role", String(32), nullable=False),
    Column("scope", String(48), nullable=False, comment="dealer:D001, region:EAST, of a leader level:3; empty: no place"),
    Column("password", String(255), nullable=False, comment="argon2id, as the library writes it"),
    Column("must_change", Boolean, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("password_at", BigInteger, nullable=False),
    Column("login_at", BigInteger),
)

session = Table(
    "session",
    metadata,
    Column("token_hash", String(64), primary_key=True, comment="keyed: the table gives nobody a session"),
    Column("name", String(32), nullable=False),
    Column("begun_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Index("ix_session_name", "name"),
    Index("ix_session_begun_at", "begun_at"),
)

attempt = Table(
    "attempt",
    metadata,
    Column("lookup", String(64), primary_key=True, comment="keyed hash of a name or an address: what was typed may be a password"),
    Column("failures", Integer, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    Column("locked_until", BigInteger, nullable=False),
    Index("ix_attempt_last_at", "last_at"),
)

saved_filter = Table(
    "saved_filter",
    metadata,
    Column("name", String(32), primary_key=True, comment="whose it is"),
    Column("title", String(48), primary_key=True),
    Column("query", String(512), nullable=False, comment="of the queue of complaints, as its address says it; nothing personal"),
    Column("at", BigInteger, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False, comment="gapless: one that is missing was taken away"),
    Column("at", BigInteger, nullable=False),
    Column("actor", String(32), nullable=False),
    Column("action", String(64), nullable=False),
    Column("about", String(128), nullable=False),
    Column("details", Text, nullable=False, comment="JSON, as it was sealed into mac"),
    Column("address", String(45), nullable=False),
    Column("previous", String(64), nullable=False, comment="mac of the row before"),
    Column("mac", String(64), nullable=False),
    Index("ix_audit_actor", "actor", "number"),
    Index("ix_audit_action", "action", "number"),
    Index("ix_audit_about", "about", "number"),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    Column("mac", String(64), nullable=False),
)
"""One row: the end of the chain, locked while a line is added."""
