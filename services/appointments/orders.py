"""What the DMS and CSC are asked to do when something was learnt about an appointment (flows 3.3). Pure: compares before and after."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Literal

from contracts.csc import CloseCallTask, OpenCallTask, RecordOutcome, ReopenCallTask
from contracts.dms import CancelAppointment, MoveAppointment, StoreAppointment, StoreOutcome, StoreSlip
from contracts.envelope import PartnerCommand
from services.appointments.domain import Appointment, Slip
from services.appointments.hours import end_of
from services.appointments.wishes import Car

Outcome = tuple[Literal["arrived", "completed", "no_show"], datetime]


def orders_to_dms(before: Appointment | None, after: Appointment) -> Iterator[PartnerCommand]:
    if before is None and after.dms_asked and after.car:
        yield _store(after, after.car)
    if before and after.dms_asked and after.wish.request_no > before.wish.request_no:
        wish = after.wish
        yield MoveAppointment(appointment_id=after.id, request_no=wish.request_no, requested_date=wish.requested_date, slot=wish.slot)
    if after.is_open and after.slip and (before is None or before.slip != after.slip):
        yield _store_slip(after, after.slip)
    for outcome, at in _new_outcomes(before, after, lambda it: it.dms_asked):
        yield StoreOutcome(appointment_id=after.id, outcome=outcome, at=at)
    if _to_be_cancelled(after) and not (before and _to_be_cancelled(before)):
        yield CancelAppointment(appointment_id=after.id, reason=after.reason)


def orders_to_csc(before: Appointment | None, after: Appointment) -> Iterator[PartnerCommand]:
    asked_before = bool(before and before.call_due_at)
    if after.call_due_at and after.car and after.dms_no and not asked_before:
        yield _open_task(after, after.car, after.dms_no, after.call_due_at)
    if after.call_due_at and asked_before and before and after.wish.request_no != before.wish.request_no:
        yield ReopenCallTask(
            appointment_id=after.id,
            request_no=max(after.wish.request_no, before.wish.request_no),  # CSC minds no lower one than it has
            requested_date=after.wish.requested_date,
            slot=after.wish.slot,
            due_at=after.call_due_at,
        )
    for outcome, at in _new_outcomes(before, after, _at_it):
        yield RecordOutcome(appointment_id=after.id, outcome=outcome, at=at)
    if _to_be_closed(after) and not (before and _to_be_closed(before)):
        yield CloseCallTask(appointment_id=after.id, reason=after.reason)


def _new_outcomes(before: Appointment | None, after: Appointment, is_known_there: Callable[[Appointment], bool]) -> list[Outcome]:
    """Each once for a visit, and an absence once for each slip; as soon as the partner has the appointment (A-APT-28)."""
    had = list(_outcomes_of(before)) if before and is_known_there(before) else []
    return [one for one in _outcomes_of(after) if one not in had] if is_known_there(after) else []


def _outcomes_of(it: Appointment) -> Iterator[Outcome]:
    if it.slip and it.missed == it.slip.key:
        yield "no_show", end_of(it.slip.day)
    if it.arrived_at:
        yield "arrived", it.arrived_at
    if it.completed_at:
        yield "completed", it.completed_at


def _to_be_cancelled(it: Appointment) -> bool:
    """The DMS was asked, and it is over by another word than the DMS's own. Once true it stays true, so it is told once in any order."""
    over = it.taken_back or it.declined or it.given_up or it.day_passed or it.transferred_to or it.called_off
    return it.dms_asked and bool(over)


def _to_be_closed(it: Appointment) -> bool:
    """CSC was asked, or is at it as its news show, and it is over; a task that CSC ended itself without a slip needs no word from us."""
    ended_by_csc = it.declined or it.transferred_to
    over = it.taken_back or it.refused or it.given_up or it.day_passed or it.called_off or (ended_by_csc and it.slip)
    return _at_it(it) and bool(over)


def _at_it(it: Appointment) -> bool:
    return it.call_due_at is not None or it.task_id is not None or it.slip is not None


def _store(after: Appointment, car: Car) -> StoreAppointment:
    wish = after.wish
    return StoreAppointment(
        appointment_id=after.id,
        customer_id=car.customer_id,
        vin=car.vin,
        name=car.name,
        mobile=car.mobile,
        dealer_code=wish.dealer_code,
        requested_date=wish.requested_date,
        slot=wish.slot,
        items=wish.items,
        mileage_km=wish.mileage_km,
        concern=wish.concern,
        source=wish.source,
        submitted_at=wish.submitted_at,
    )


def _store_slip(after: Appointment, slip: Slip) -> StoreSlip:
    return StoreSlip(
        appointment_id=after.id,
        slip_id=slip.id,
        slip_version=slip.version,
        dealer_code=slip.dealer_code,
        appointment_at=slip.appointment_at,
        items=slip.items,
        confirmed_by=slip.confirmed_by,
    )


def _open_task(after: Appointment, car: Car, dms_no: str, due_at: datetime) -> OpenCallTask:
    wish = after.wish
    return OpenCallTask(
        appointment_id=after.id,
        dms_no=dms_no,
        customer_id=car.customer_id,
        vin=car.vin,
        name=car.name,
        mobile=car.mobile,
        dealer_code=wish.dealer_code,
        requested_date=wish.requested_date,
        slot=wish.slot,
        request_no=wish.request_no,
        items=wish.items,
        concern=wish.concern,
        due_at=due_at,
    )
