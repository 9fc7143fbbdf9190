"""The DCRC's slip of an item (车辆提醒单), kept as CSC last told it (A-REM-29..31)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select

from chassis import upserts
from chassis.database import Transaction, millis
from contracts.reminder_exchange import ReminderSlipSaved
from services.reminders.days import as_kept
from services.reminders.following.transitions import Call, Slip
from services.reminders.tables import slips

SLIPS_OF = select(slips.c.item_id, slips.c.slip_version, slips.c.calls, slips.c.saved_at, slips.c.appointment_id).where(
    slips.c.item_id.in_(bindparam("ids", expanding=True))
)

REACHED = "reached"
_CHANGING = ("slip_id", "staff_id", "calls", "customer_answer", "appointment_id", "remark", "saved_at")


def keep_slip(tx: Transaction, told: ReminderSlipSaved) -> None:
    """The higher version stays, whichever comes last; the item need not be known yet."""
    upserts.keep_highest(tx, slips, [_row_of(told)], "slip_version", *_CHANGING)


def items_naming(tx: Transaction, appointment_id: UUID) -> Sequence[UUID]:
    """What the DCRC has noted this appointment for."""
    return tx.execute(select(slips.c.item_id).where(slips.c.appointment_id == appointment_id)).scalars().all()


def slip_of(row: Row[Any]) -> Slip:
    calls = tuple(Call(as_kept(datetime.fromisoformat(call["at"])), call["result"] == REACHED) for call in row.calls)
    return Slip(row.slip_version, calls, row.saved_at is not None, row.appointment_id)


def _row_of(told: ReminderSlipSaved) -> dict[str, Any]:
    return {
        "item_id": told.item_id,
        "slip_id": told.slip_id,
        "slip_version": told.slip_version,
        "staff_id": told.staff_id,
        "calls": [call.model_dump(mode="json") for call in told.calls],
        "customer_answer": told.customer_answer or "",
        "appointment_id": told.appointment_id,
        "remark": told.remark,
        "saved_at": millis(told.saved_at) if told.saved_at else None,
    }
