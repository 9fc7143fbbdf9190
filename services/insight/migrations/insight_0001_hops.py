"""How messages fared, and the events that were watched."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "insight_0001"
down_revision = None
branch_labels = ("insight",)

ID = sa.Uuid(native_uuid=False)
ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LONG_TEXT = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")


def upgrade() -> None:
    op.create_table(
        "hops",
        sa.Column("number", ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column("service", sa.String(32), nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("step", sa.String(16), nullable=False),
        sa.Column("attempt", sa.SmallInteger, nullable=False),
        sa.Column("type", sa.String(96), nullable=False),
        sa.Column("subject", ID),
        sa.Column("correlation_id", ID),
        sa.Column("causation_id", ID),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("milliseconds", sa.Float, nullable=False),
        sa.Column("size_bytes", sa.Integer, nullable=False),
        sa.Column("outcome", sa.String(64), nullable=False),
        sa.Column("partner", sa.String(32), nullable=False),
        sa.Column("operation", sa.String(96), nullable=False),
        sa.Column("due_at", sa.BigInteger),
        sa.Column("causes", sa.JSON, nullable=False),
        sa.UniqueConstraint("message_id", "service", "step", "attempt", name="uq_hops_step"),
        sa.Index("ix_hops_subject", "subject"),
        sa.Index("ix_hops_correlation", "correlation_id"),
        sa.Index("ix_hops_step", "step", "service"),
    )
    op.create_table(
        "messages",
        sa.Column("message_id", ID, primary_key=True),
        sa.Column("type", sa.String(96), nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("subject", ID, nullable=False),
        sa.Column("correlation_id", ID, nullable=False),
        sa.Column("causation_id", ID),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("version", sa.Integer),
        sa.Column("dealer_code", sa.String(32), nullable=False),
        sa.Column("envelope", LONG_TEXT, nullable=False),
        sa.Index("ix_messages_subject", "subject"),
        sa.Index("ix_messages_correlation", "correlation_id"),
    )


def downgrade() -> None:
    op.drop_table("messages")
    op.drop_table("hops")
