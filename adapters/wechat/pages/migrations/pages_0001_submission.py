"""What followers have submitted."""

import sqlalchemy as sa
from alembic import op

revision = "pages_0001"
down_revision = None
branch_labels = ("pages",)

ID = sa.Uuid(native_uuid=False)


def upgrade() -> None:
    op.create_table(
        "submission",
        sa.Column("appointment_id", ID, primary_key=True),
        sa.Column("follower_id", ID, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("status_answer", sa.SmallInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger),
    )


def downgrade() -> None:
    op.drop_table("submission")
