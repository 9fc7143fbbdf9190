"""Bindings of followers to customers and cars."""

import sqlalchemy as sa
from alembic import op

revision = "customers_0001"
down_revision = None
branch_labels = ("customers",)

ID = sa.Uuid(native_uuid=False)


def upgrade() -> None:
    op.create_table(
        "bindings",
        sa.Column("binding_id", ID, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("account", sa.String(32), nullable=False),
        sa.Column("follower_id", ID, nullable=False),
        sa.Column("openid", sa.Text, nullable=False),
        sa.Column("openid_lookup", sa.String(64), nullable=False),
        sa.Column("customer_id", sa.String(64), nullable=False),
        sa.Column("vehicle_id", ID, nullable=False),
        sa.Column("vin", sa.Text, nullable=False),
        sa.Column("vin_lookup", sa.String(64), nullable=False),
        sa.Column("plate", sa.Text),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("mobile", sa.Text, nullable=False),
        sa.Column("follows_since", sa.BigInteger),
        sa.Index("ix_bindings_follower", "follower_id"),
        sa.Index("ix_bindings_openid", "openid_lookup"),
        sa.Index("ix_bindings_vin", "vin_lookup"),
    )


def downgrade() -> None:
    op.drop_table("bindings")
