"""The shared JS ticket, and which menu was published last."""

import sqlalchemy as sa
from alembic import op

revision = "sender_0002"
down_revision = "sender_0001"
branch_labels = None


def upgrade() -> None:
    op.create_table(
        "js_ticket",
        sa.Column("appid", sa.String(64), primary_key=True),
        sa.Column("token", sa.Text),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("forced_at", sa.BigInteger, nullable=False),
        sa.Column("leased_by", sa.Uuid(native_uuid=False)),
        sa.Column("leased_until", sa.BigInteger, nullable=False),
    )
    op.create_table("menu", sa.Column("appid", sa.String(64), primary_key=True), sa.Column("digest", sa.String(64), nullable=False))


def downgrade() -> None:
    op.drop_table("menu")
    op.drop_table("js_ticket")
