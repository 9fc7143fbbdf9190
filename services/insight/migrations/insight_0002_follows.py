"""What follows from hops and messages is kept beside them, and what operators write of parked messages."""

import sqlalchemy as sa
from alembic import op

revision = "insight_0002"
down_revision = "insight_0001"

ID = sa.Uuid(native_uuid=False)
NEWEST_FIRST = (
    "stood",
    "statuses",
    "found_by",
    "bad_answers",
    "call_times",
    "minutes",
    "in_transit",
    "waiting_now",
    "care",
    "parked_counts",
    "parked_now",
    "intake",
)


def upgrade() -> None:
    op.drop_index("ix_hops_step", "hops")
    op.create_index("ix_hops_step_at", "hops", ["step", "at"])
    op.create_index("ix_messages_at", "messages", ["at"])
    op.create_table(
        "intake",
        sa.Column("name", sa.String(16), primary_key=True),
    )
    op.bulk_insert(sa.table("intake", sa.column("name", sa.String)), [{"name": "hops"}])
    _create_parked()
    _create_waiting()
    _create_figures()
    _create_told()


def _create_parked() -> None:
    op.create_table(
        "parked_now",
        sa.Column("message_id", ID, primary_key=True),
        sa.Column("service", sa.String(32), primary_key=True),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("type", sa.String(96), nullable=False),
        sa.Column("subject", ID),
        sa.Column("correlation_id", ID),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("size_bytes", sa.Integer, nullable=False),
        sa.Column("causes", sa.JSON, nullable=False),
        sa.Column("group_id", sa.BigInteger, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("note", sa.String(1000), nullable=False),
        sa.Index("ix_parked_now_at", "state", "at", "number", "group_id"),
        sa.Index("ix_parked_now_group", "state", "group_id", "at", "number"),
        sa.Index("ix_parked_now_owner", "owner", "state", "at", "number"),
        sa.Index("ix_parked_now_status", "status", "state", "group_id", "at", "number"),
    )
    op.create_table(
        "parked_counts",
        sa.Column("group_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("state", sa.String(12), primary_key=True),
        sa.Column("status", sa.String(12), primary_key=True),
        sa.Column("service", sa.String(32), nullable=False),
        sa.Column("type", sa.String(96), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("field", sa.String(128), nullable=False),
        sa.Column("rule", sa.String(256), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
    )
    op.create_table(
        "care",
        sa.Column("message_id", ID, primary_key=True),
        sa.Column("service", sa.String(32), primary_key=True),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("note", sa.String(1000), nullable=False),
    )


def _create_waiting() -> None:
    op.create_table(
        "waiting_now",
        sa.Column("message_id", ID, primary_key=True),
        sa.Column("service", sa.String(32), primary_key=True),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("type", sa.String(96), nullable=False),
        sa.Column("subject", ID),
        sa.Column("attempt", sa.SmallInteger, nullable=False),
        sa.Column("failed_at", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("causes", sa.JSON, nullable=False),
        sa.Index("ix_waiting_now_number", "number"),
        sa.Index("ix_waiting_now_service", "service", "number"),
        sa.Index("ix_waiting_now_kind", "kind", "number"),
        sa.Index("ix_waiting_now_failed", "failed_at"),
    )
    op.create_table(
        "in_transit",
        sa.Column("message_id", ID, primary_key=True),
        sa.Column("service", sa.String(32), primary_key=True),
        sa.Column("sent_at", sa.BigInteger, nullable=False),
        sa.Index("ix_in_transit_service", "service", "sent_at"),
    )


def _create_figures() -> None:
    op.create_table(
        "minutes",
        sa.Column("minute", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("service", sa.String(32), primary_key=True),
        sa.Column("step", sa.String(16), primary_key=True),
        sa.Column("partner", sa.String(32), primary_key=True),
        sa.Column("outcome", sa.String(64), primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
    )
    op.create_table(
        "call_times",
        sa.Column("minute", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("service", sa.String(32), primary_key=True),
        sa.Column("partner", sa.String(32), primary_key=True),
        sa.Column("bucket", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, nullable=False),
    )
    op.create_table(
        "bad_answers",
        sa.Column("message_id", ID, primary_key=True),
        sa.Column("service", sa.String(32), primary_key=True),
        sa.Column("attempt", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("partner", sa.String(32), nullable=False),
        sa.Column("operation", sa.String(96), nullable=False),
        sa.Index("ix_bad_answers_at", "at"),
    )


def _create_told() -> None:
    op.create_table(
        "found_by",
        sa.Column("kind", sa.String(24), primary_key=True),
        sa.Column("value", sa.String(64), primary_key=True),
        sa.Column("subject", ID, primary_key=True),
        sa.Column("last_at", sa.BigInteger, nullable=False),
        sa.Index("ix_found_by_subject", "subject"),
        sa.Index("ix_found_by_last", "last_at"),
    )
    op.create_table(
        "statuses",
        sa.Column("copy_id", ID, primary_key=True),
        sa.Column("service", sa.String(32), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("told", sa.JSON, nullable=False),
        sa.Index("ix_statuses_at", "at"),
    )
    op.create_table(
        "stood",
        sa.Column("minute", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("copy_id", ID, primary_key=True),
        sa.Column("service", sa.String(32), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("retries", sa.Integer, nullable=False),
        sa.Column("parked", sa.Integer, nullable=False),
        sa.Column("spooled", sa.Integer, nullable=False),
        sa.Column("oldest_seconds", sa.Float, nullable=False),
    )


def downgrade() -> None:
    for name in NEWEST_FIRST:
        op.drop_table(name)
    op.drop_index("ix_messages_at", "messages")
    op.drop_index("ix_hops_step_at", "hops")
    op.create_index("ix_hops_step", "hops", ["step", "service"])
