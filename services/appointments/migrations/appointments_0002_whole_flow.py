"""Slots, rescheduling, transfer, visits and places."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "appointments_0002"
down_revision = "appointments_0001"
branch_labels = None

ID = sa.Uuid(native_uuid=False)


def upgrade() -> None:
    for column in _new_columns():
        op.add_column("appointments", column)
    op.execute("UPDATE appointments SET slip_request_no = 1 WHERE slip_id IS NOT NULL")
    op.create_index("uq_appointments_open_key", "appointments", ["open_key"], unique=True)
    for name, columns in INDEXES.items():
        op.create_index(name, "appointments", columns)
    _create_capacity()
    _create_stray_visits()


INDEXES = {
    "ix_appointments_state_slip": ["state", "appointment_at"],
    "ix_appointments_vehicle": ["vehicle_id", "state"],
    "ix_appointments_visit": ["visit_id"],
    "ix_appointments_dealer": ["dealer_code", "requested_date"],
    "ix_appointments_slip_dealer": ["slip_dealer_code", "appointment_at"],
}


def _new_columns() -> list["sa.Column[Any]"]:
    """Those that may not be null get what an appointment has that went none of the new ways."""
    return [
        sa.Column("slot", sa.String(16), nullable=False, server_default=""),
        sa.Column("request_no", sa.Integer, nullable=False, server_default="1"),
        sa.Column("open_key", sa.String(48)),
        sa.Column("reminder_item_id", ID),
        sa.Column("predecessor_id", ID),
        sa.Column("answered_no", sa.Integer, nullable=False, server_default="1"),
        sa.Column("kept_because", sa.String(64), nullable=False, server_default=""),
        sa.Column("replaced", sa.JSON),
        sa.Column("day_passed", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("transferred_to", sa.String(32), nullable=False, server_default=""),
        sa.Column("slip_request_no", sa.Integer),
        sa.Column("missed_id", sa.String(64), nullable=False, server_default=""),
        sa.Column("missed_version", sa.Integer, nullable=False, server_default="0"),
        sa.Column("visit_id", ID),
        sa.Column("arrived_at", sa.BigInteger),
        sa.Column("completed_at", sa.BigInteger),
    ]


def _create_capacity() -> None:
    op.create_table(
        "capacity",
        sa.Column("places_id", ID, primary_key=True),
        sa.Column("dealer_code", sa.String(32), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("slot", sa.String(16), nullable=False),
        sa.Column("total", sa.Integer),
        sa.Column("closed", sa.Boolean, nullable=False),
        sa.Column("capacity_version", sa.Integer, nullable=False),
        sa.Column("taken", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Index("ix_capacity_day", "dealer_code", "day"),
    )


def _create_stray_visits() -> None:
    op.create_table(
        "stray_visits",
        sa.Column("visit_id", ID, primary_key=True),
        sa.Column("vehicle_id", ID, nullable=False),
        sa.Column("arrived_at", sa.BigInteger, nullable=False),
        sa.Column("closed_at", sa.BigInteger),
        sa.Column("named_id", ID),
        sa.Index("ix_stray_visits_vehicle", "vehicle_id"),
        sa.Index("ix_stray_visits_arrived", "arrived_at"),
    )


def downgrade() -> None:
    op.drop_table("stray_visits")
    op.drop_table("capacity")
    for name in INDEXES:
        op.drop_index(name, "appointments")
    op.drop_index("uq_appointments_open_key", "appointments")
    for column in _new_columns():
        op.drop_column("appointments", column.name)
