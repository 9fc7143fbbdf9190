"""Sends that were begun: what of the day's quota they may use, and whether they may be asked for anew, follows from that."""

import sqlalchemy as sa
from alembic import op

revision = "sender_0003"
down_revision = "sender_0002"
branch_labels = None


def upgrade() -> None:
    op.create_table(
        "begun",
        sa.Column("command_id", sa.Uuid(native_uuid=False), primary_key=True),
        sa.Column("begun_at", sa.BigInteger, nullable=False),
        sa.Index("ix_begun_begun_at", "begun_at"),
    )


def downgrade() -> None:
    op.drop_table("begun")
