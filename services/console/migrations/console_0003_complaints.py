"""Staff of complaints have longer roles, and keep filters of their queue."""

import sqlalchemy as sa
from alembic import op

revision = "console_0003"
down_revision = "console_0002"


def upgrade() -> None:
    with op.batch_alter_table("staff") as staff:
        staff.alter_column("role", existing_type=sa.String(16), type_=sa.String(32), existing_nullable=False)
    op.create_table(
        "saved_filter",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("title", sa.String(48), primary_key=True),
        sa.Column("query", sa.String(512), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("saved_filter")
    with op.batch_alter_table("staff") as staff:
        staff.alter_column("role", existing_type=sa.String(32), type_=sa.String(16), existing_nullable=False)
