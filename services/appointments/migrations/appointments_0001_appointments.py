"""Appointments, withdrawals that came before their wish, and who is bound to which car."""

import sqlalchemy as sa
from alembic import op

revision = "appointments_0001"
down_revision = None
branch_labels = ("appointments",)

ID = sa.Uuid(native_uuid=False)


def upgrade() -> None:
    _create_appointments()
    _create_early_withdrawals()
    _create_owners()


def _create_appointments() -> None:
    op.create_table(
        "appointments",
        sa.Column("appointment_id", ID, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("follower_id", ID, nullable=False),
        sa.Column("vehicle_id", ID, nullable=False),
        sa.Column("binding_id", ID),
        sa.Column("dealer_code", sa.String(32), nullable=False),
        sa.Column("requested_date", sa.Date, nullable=False),
        sa.Column("items", sa.JSON, nullable=False),
        sa.Column("mileage_km", sa.Integer),
        sa.Column("concern", sa.Text),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("submitted_at", sa.BigInteger, nullable=False),
        sa.Column("turned_away", sa.String(64), nullable=False),
        sa.Column("dms_asked", sa.Boolean, nullable=False),
        sa.Column("dms_no", sa.String(64)),
        sa.Column("refused", sa.String(64), nullable=False),
        sa.Column("call_due_at", sa.BigInteger),
        sa.Column("task_id", sa.String(64)),
        sa.Column("task_version", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("given_up", sa.Boolean, nullable=False),
        sa.Column("declined", sa.Boolean, nullable=False),
        sa.Column("slip_id", sa.String(64)),
        sa.Column("slip_version", sa.Integer),
        sa.Column("slip_dealer_code", sa.String(32)),
        sa.Column("appointment_at", sa.BigInteger),
        sa.Column("slip_items", sa.JSON),
        sa.Column("confirmed_by", sa.String(64)),
        sa.Column("called_off", sa.String(64), nullable=False),
        sa.Column("on_record_id", sa.String(64), nullable=False),
        sa.Column("on_record_version", sa.Integer, nullable=False),
        sa.Column("announced", sa.Integer, nullable=False),
        sa.Column("sent", sa.Integer, nullable=False),
        sa.Column("taken_back", sa.Boolean, nullable=False),
        sa.Column("taken_back_because", sa.Text, nullable=False),
        sa.Column("troubles", sa.JSON, nullable=False),
        sa.Index("ix_appointments_follower", "follower_id", "requested_date"),
        sa.Index("ix_appointments_state", "state", "requested_date"),
    )


def _create_early_withdrawals() -> None:
    op.create_table(
        "early_withdrawals",
        sa.Column("appointment_id", ID, primary_key=True),
        sa.Column("follower_id", ID, primary_key=True),
        sa.Column("because", sa.Text, nullable=False),
    )


def _create_owners() -> None:
    op.create_table(
        "owners",
        sa.Column("binding_id", ID, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("follower_id", ID, nullable=False),
        sa.Column("vehicle_id", ID, nullable=False),
        sa.Column("customer_id", sa.String(64), nullable=False),
        sa.Column("vin", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("mobile", sa.Text, nullable=False),
        sa.Index("ix_owners_follower", "follower_id", "vehicle_id"),
    )


def downgrade() -> None:
    op.drop_table("owners")
    op.drop_table("early_withdrawals")
    op.drop_table("appointments")
