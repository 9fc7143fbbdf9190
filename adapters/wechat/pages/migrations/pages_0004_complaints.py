"""What followers complain of, and how it stands."""

import sqlalchemy as sa
from alembic import op

revision = "pages_0004"
down_revision = "pages_0003"
branch_labels = None

ID = sa.Uuid(native_uuid=False)


def upgrade() -> None:
    op.create_table(
        "complaint",
        sa.Column("complaint_id", ID, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("follower_id", ID, nullable=False),
        sa.Column("news", sa.Text, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.Index("ix_complaint_follower", "follower_id", "changed_at"),
        sa.Index("ix_complaint_changed_at", "changed_at"),
    )
    op.create_table(
        "complaint_step",
        sa.Column("step_id", ID, primary_key=True),
        sa.Column("complaint_id", ID, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("step", sa.String(32), nullable=False),
        sa.Column("said", sa.Text),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Index("ix_complaint_step_complaint", "complaint_id", "version"),
        sa.Index("ix_complaint_step_at", "at"),
    )
    op.create_table(
        "complaint_word",
        sa.Column("word_id", ID, primary_key=True),
        sa.Column("complaint_id", ID, nullable=False),
        sa.Column("follower_id", ID, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("word", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Index("ix_complaint_word_complaint", "complaint_id"),
        sa.Index("ix_complaint_word_follower", "follower_id", "at"),
        sa.Index("ix_complaint_word_at", "at"),
    )
    op.create_table(
        "complaint_refusal",
        sa.Column("command_id", ID, primary_key=True),
        sa.Column("complaint_id", ID, nullable=False),
        sa.Column("follower_id", ID, nullable=False),
        sa.Column("reason", sa.String(64), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Index("ix_complaint_refusal_follower", "follower_id"),
        sa.Index("ix_complaint_refusal_at", "at"),
    )
    op.create_table(
        "complaint_file",
        sa.Column("file_id", ID, primary_key=True),
        sa.Column("complaint_id", ID, nullable=False),
        sa.Column("kept", sa.Boolean, nullable=False),
        sa.Column("reason", sa.String(64), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Index("ix_complaint_file_complaint", "complaint_id"),
        sa.Index("ix_complaint_file_at", "at"),
    )


def downgrade() -> None:
    for table in ("complaint_file", "complaint_refusal", "complaint_word", "complaint_step", "complaint"):
        op.drop_table(table)
