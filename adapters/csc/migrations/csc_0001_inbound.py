"""What was answered to each push of CSC."""

import sqlalchemy as sa
from alembic import op

revision = "csc_0001"
down_revision = None
branch_labels = ("csc",)


def upgrade() -> None:
    op.create_table(
        "inbound",
        sa.Column("event_id", sa.Uuid(native_uuid=False), primary_key=True),
        sa.Column("webhook_id", sa.String(128), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("status", sa.SmallInteger, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Index("ix_inbound_received_at", "received_at"),
    )


def downgrade() -> None:
    op.drop_table("inbound")
