"""Appointments of cars that have items, by link or without, as their owner tells of them (A-REM-25)."""

from datetime import date, datetime
from typing import Any

from chassis import upserts
from chassis.database import Transaction, millis
from contracts.appointments import AppointmentNews, State
from services.reminders.days import day_of
from services.reminders.tables import bookings

NOT_COMING = frozenset(
    {
        State.REJECTED,
        State.UNREACHABLE,
        State.DECLINED,
        State.WITHDRAWN,
        State.CANCELLED,
        State.TRANSFERRED,
        State.NO_SHOW,
    }
)
"""Only of who did not come it may turn out that they did, or that they come another day."""


def keep_booking(tx: Transaction, told: AppointmentNews, now: datetime) -> datetime:
    """The higher version stays, whichever comes last. When it was asked for is what counts, and is handed back."""
    requested_at = told.submitted_at or now
    row: dict[str, Any] = {
        "appointment_id": told.appointment_id,
        "version": told.version,
        "item_id": told.reminder_item_id,
        "vehicle_id": told.vehicle_id,
        "dealer_code": told.dealer_code,
        "standing": told.state not in NOT_COMING,
        "requested_at": millis(requested_at),
        "expected_on": _expected_on(told),
    }
    upserts.keep_highest(tx, bookings, [row], "version", "standing", "requested_at", "expected_on", "item_id", "dealer_code")
    return requested_at


def _expected_on(told: AppointmentNews) -> date:
    """What was agreed on the phone goes before what was asked for, until another day is asked for."""
    if told.appointment_at is None or told.state is State.RESCHEDULED:
        return told.requested_date
    return day_of(told.appointment_at)
