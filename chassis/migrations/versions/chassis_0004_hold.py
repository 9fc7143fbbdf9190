"""What an operator holds: the service's queue, or the way to a partner."""

import sqlalchemy as sa
from alembic import op

revision = "chassis_0004"
down_revision = "chassis_0003"
branch_labels = None


def upgrade() -> None:
    op.create_table(
        "hold",
        sa.Column("kind", sa.String(12), primary_key=True),
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("held", sa.Boolean, nullable=False),
        sa.Column("ordered_at", sa.BigInteger, nullable=False),
        sa.Column("ordered_by", sa.String(64), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("hold")
