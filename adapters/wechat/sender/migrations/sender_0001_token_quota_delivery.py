"""The shared access token, the daily quotas, and sends with their delivery results."""

import sqlalchemy as sa
from alembic import op

revision = "sender_0001"
down_revision = None
branch_labels = ("sender",)

ID = sa.Uuid(native_uuid=False)


def upgrade() -> None:
    op.create_table(
        "access_token",
        sa.Column("appid", sa.String(64), primary_key=True),
        sa.Column("token", sa.Text),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("forced_at", sa.BigInteger, nullable=False),
        sa.Column("leased_by", ID),
        sa.Column("leased_until", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "quota",
        sa.Column("appid", sa.String(64), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("interface", sa.String(32), primary_key=True),
        sa.Column("used", sa.Integer, nullable=False),
    )
    op.create_table(
        "delivery",
        sa.Column("account", sa.String(32), primary_key=True),
        sa.Column("message_number", sa.String(20), primary_key=True),
        sa.Column("command_id", ID, unique=True),
        sa.Column("about_id", ID),
        sa.Column("about_version", sa.Integer),
        sa.Column("purpose", sa.String(64)),
        sa.Column("correlation_id", ID),
        sa.Column("status", sa.String(128)),
        sa.Column("noted_at", sa.BigInteger, nullable=False),
        sa.Index("ix_delivery_noted_at", "noted_at"),
        sa.Index("ix_delivery_strangers", "command_id", "noted_at"),
    )


def downgrade() -> None:
    for table in ("delivery", "quota", "access_token"):
        op.drop_table(table)
