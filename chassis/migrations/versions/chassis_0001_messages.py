"""Inbox, outbox, retry, parked, the lines of partner commands, and partner calls."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "chassis_0001"
down_revision = None
branch_labels = ("chassis",)

LONG_TEXT = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")
ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ID = sa.Uuid(native_uuid=False)


def _described() -> list[sa.Column[object]]:
    return [
        sa.Column("type", sa.String(96), nullable=False),
        sa.Column("subject", ID),
        sa.Column("correlation_id", ID),
        sa.Column("causation_id", ID),
        sa.Column("size_bytes", sa.Integer, nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "inbox",
        sa.Column("message_id", ID, primary_key=True),
        *_described(),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Column("done_at", sa.BigInteger),
        sa.Column("leased_until", sa.BigInteger, nullable=False),
        sa.Column("attempt", sa.SmallInteger, nullable=False),
        sa.Column("reported", sa.Boolean, nullable=False),
        sa.Index("ix_inbox_reported", "reported", "done_at"),
    )
    op.create_table(
        "outbox",
        sa.Column("number", ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column("message_id", ID, nullable=False, unique=True),
        *_described(),
        sa.Column("routes", sa.String(255), nullable=False),
        sa.Column("body", LONG_TEXT, nullable=False),
        sa.Column("written_at", sa.BigInteger, nullable=False),
        sa.Column("leased_until", sa.BigInteger, nullable=False),
        sa.Column("published_at", sa.BigInteger),
        sa.Column("reported", sa.Boolean, nullable=False),
        sa.Index("ix_outbox_waiting", "published_at", "number"),
        sa.Index("ix_outbox_reported", "reported", "published_at"),
    )
    op.create_table(
        "retry",
        sa.Column("message_id", ID, primary_key=True),
        *_described(),
        sa.Column("body", LONG_TEXT, nullable=False),
        sa.Column("attempt", sa.SmallInteger, nullable=False),
        sa.Column("first_at", sa.BigInteger, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("leased_until", sa.BigInteger, nullable=False),
        sa.Column("line", sa.String(160), nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("causes", sa.Text, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("reported", sa.Boolean, nullable=False),
        sa.Index("ix_retry_due", "ended_at", "due_at"),
        sa.Index("ix_retry_line", "line", "sequence"),
        sa.Index("ix_retry_reported", "reported", "ended_at"),
    )
    _create_parked_and_lines()


def _create_parked_and_lines() -> None:
    op.create_table(
        "parked",
        sa.Column("message_id", ID, primary_key=True),
        *_described(),
        sa.Column("sealed_body", LONG_TEXT, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("causes", sa.Text, nullable=False),
        sa.Column("attempt", sa.SmallInteger, nullable=False),
        sa.Column("line", sa.String(160), nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("parked_at", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.Column("changes", sa.SmallInteger, nullable=False),
        sa.Column("ordered_by", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("reported", sa.Boolean, nullable=False),
        sa.Index("ix_parked_state", "state", "parked_at"),
        sa.Index("ix_parked_reported", "reported"),
    )
    op.create_table(
        "sent_line",
        sa.Column("partner", sa.String(32), primary_key=True),
        sa.Column("subject", ID, primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )
    op.create_table(
        "carried_line",
        sa.Column("line", sa.String(160), primary_key=True),
        sa.Column("last_done", sa.Integer, nullable=False),
        sa.Column("leased_until", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "partner_call",
        sa.Column("number", ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column("message_id", ID, nullable=False),
        *_described(),
        sa.Column("partner", sa.String(32), nullable=False),
        sa.Column("operation", sa.String(96), nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("milliseconds", sa.Float, nullable=False),
        sa.Column("outcome", sa.String(32), nullable=False),
        sa.Column("attempt", sa.SmallInteger, nullable=False),
        sa.Column("reported", sa.Boolean, nullable=False),
        sa.Index("ix_partner_call_reported", "reported"),
        sa.Index("ix_partner_call_message", "message_id"),
    )


def downgrade() -> None:
    for table in ("partner_call", "carried_line", "sent_line", "parked", "retry", "outbox", "inbox"):
        op.drop_table(table)
