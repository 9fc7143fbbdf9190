"""What messages remind of, and which reminders a follower does not want."""

import sqlalchemy as sa
from alembic import op

revision = "pages_0003"
down_revision = "pages_0002"
branch_labels = None

ID = sa.Uuid(native_uuid=False)


def upgrade() -> None:
    op.create_table(
        "reminder",
        sa.Column("message_id", ID, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("follower_id", ID, nullable=False),
        sa.Column("news", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("opened_at", sa.BigInteger),
        sa.Index("ix_reminder_follower", "follower_id", "at"),
        sa.Index("ix_reminder_at", "at"),
    )
    op.create_table(
        "reminder_wishes",
        sa.Column("follower_id", ID, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("unwanted", sa.Text, nullable=False),
    )
    op.create_table(
        "reminder_word",
        sa.Column("follower_id", ID, primary_key=True),
        sa.Column("type", sa.String(24), primary_key=True),
        sa.Column("wanted", sa.Boolean, nullable=False),
        sa.Column("awaited", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    for table in ("reminder_word", "reminder_wishes", "reminder"):
        op.drop_table(table)
