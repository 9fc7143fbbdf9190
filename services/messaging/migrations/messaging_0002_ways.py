"""Which way a confirmation takes; how dealers are called; a follower's mobile for each car; when a follower wrote and when they clicked."""

import sqlalchemy as sa
from alembic import op

revision = "messaging_0002"
down_revision = "messaging_0001"
branch_labels = None

ID = sa.Uuid(native_uuid=False)


def upgrade() -> None:
    op.create_table(
        "confirmations",
        sa.Column("appointment_id", ID, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("follower_id", ID, nullable=False),
        sa.Column("vehicle_id", ID, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("good_until", sa.BigInteger),
        sa.Column("asked", sa.String(64), nullable=False),
        sa.Column("failed", sa.String(64), nullable=False),
        sa.Column("sent", sa.Boolean, nullable=False),
    )
    op.create_table(
        "dealers",
        sa.Column("dealer_id", ID, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("phone", sa.String(32), nullable=False),
    )
    op.create_table(
        "mobiles",
        sa.Column("binding_id", ID, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("follower_id", ID, nullable=False),
        sa.Column("vehicle_id", ID, nullable=False),
        sa.Column("mobile", sa.Text),
        sa.Index("ix_mobiles_follower_vehicle", "follower_id", "vehicle_id"),
    )
    with op.batch_alter_table("told") as told:
        told.alter_column("appointment_id", new_column_name="about_id", existing_type=ID, existing_nullable=False)
    with op.batch_alter_table("contacts") as contacts:
        contacts.add_column(sa.Column("wrote_at", sa.BigInteger))
        contacts.add_column(sa.Column("clicked_at", sa.BigInteger))
        contacts.drop_column("last_inbound_at")


def downgrade() -> None:
    with op.batch_alter_table("contacts") as contacts:
        contacts.add_column(sa.Column("last_inbound_at", sa.BigInteger))
        contacts.drop_column("clicked_at")
        contacts.drop_column("wrote_at")
    with op.batch_alter_table("told") as told:
        told.alter_column("about_id", new_column_name="appointment_id", existing_type=ID, existing_nullable=False)
    for table in ("mobiles", "dealers", "confirmations"):
        op.drop_table(table)
