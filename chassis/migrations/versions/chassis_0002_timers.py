"""When each of a service's timers is due next."""

import sqlalchemy as sa
from alembic import op

revision = "chassis_0002"
down_revision = "chassis_0001"
branch_labels = None


def upgrade() -> None:
    op.create_table("timer", sa.Column("name", sa.String(64), primary_key=True), sa.Column("due_at", sa.BigInteger, nullable=False))


def downgrade() -> None:
    op.drop_table("timer")
