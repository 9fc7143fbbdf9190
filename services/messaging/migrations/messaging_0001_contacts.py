"""How to reach each follower, and what they were told of each appointment."""

import sqlalchemy as sa
from alembic import op

revision = "messaging_0001"
down_revision = None
branch_labels = ("messaging",)

ID = sa.Uuid(native_uuid=False)


def upgrade() -> None:
    op.create_table(
        "contacts",
        sa.Column("follower_id", ID, primary_key=True),
        sa.Column("account", sa.String(32), nullable=False),
        sa.Column("openid", sa.Text, nullable=False),
        sa.Column("subscribed", sa.Boolean, nullable=False),
        sa.Column("follows_since", sa.BigInteger),
        sa.Column("last_inbound_at", sa.BigInteger),
    )
    op.create_table(
        "told",
        sa.Column("appointment_id", ID, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("over", sa.Boolean, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("told")
    op.drop_table("contacts")
