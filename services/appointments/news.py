"""Whom to tell what when something was learnt about an appointment (flows 3.3). Pure: compares before and after."""

from collections.abc import Iterator

from contracts.appointments import (
    AppointmentCancelled,
    AppointmentConfirmed,
    AppointmentDeclined,
    AppointmentNews,
    AppointmentNotified,
    AppointmentRequested,
    AppointmentTurnedDown,
    AppointmentUnreachable,
    AppointmentWithdrawn,
    State,
)
from contracts.csc import CloseCallTask, OpenCallTask
from contracts.dms import CancelAppointment, StoreAppointment, StoreSlip
from contracts.envelope import Contract, PartnerCommand
from services.appointments.domain import Appointment, Car

NEWS_OF_STATE: dict[State, type[AppointmentNews]] = {
    State.REQUESTED: AppointmentRequested,
    State.REJECTED: AppointmentTurnedDown,
    State.UNREACHABLE: AppointmentUnreachable,
    State.DECLINED: AppointmentDeclined,
    State.WITHDRAWN: AppointmentWithdrawn,
    State.CANCELLED: AppointmentCancelled,
    State.NOTIFIED: AppointmentNotified,
}
"""Not here: to_call, which is nobody's news, and confirmed, which is told when the slip is on record, not when it was saved."""


def news_of(before: Appointment | None, after: Appointment) -> tuple[Contract, ...]:
    """In the order in which they are to be carried out."""
    return (*_facts(before, after), *_wishes_to_dms(before, after), *_wishes_to_csc(before, after))


def _facts(before: Appointment | None, after: Appointment) -> Iterator[AppointmentNews]:
    if (before is None or before.state != after.state) and after.state in NEWS_OF_STATE:
        yield _told_as(NEWS_OF_STATE[after.state], after)
    if after.announced == after.version:
        yield _told_as(AppointmentConfirmed, after)


def _wishes_to_dms(before: Appointment | None, after: Appointment) -> Iterator[PartnerCommand]:
    if before is None and after.dms_asked and after.car:
        yield _store(after, after.car)
    if after.is_open and after.slip and (before is None or before.slip != after.slip):
        slip = after.slip
        yield StoreSlip(
            appointment_id=after.id,
            slip_id=slip.id,
            slip_version=slip.version,
            dealer_code=slip.dealer_code,
            appointment_at=slip.appointment_at,
            items=slip.items,
            confirmed_by=slip.confirmed_by,
        )
    if _to_be_cancelled(after) and not (before and _to_be_cancelled(before)):
        yield CancelAppointment(appointment_id=after.id, reason=after.reason)


def _wishes_to_csc(before: Appointment | None, after: Appointment) -> Iterator[PartnerCommand]:
    if after.call_due_at and after.car and after.dms_no and not (before and before.call_due_at):
        yield OpenCallTask(
            appointment_id=after.id,
            dms_no=after.dms_no,
            customer_id=after.car.customer_id,
            vin=after.car.vin,
            name=after.car.name,
            mobile=after.car.mobile,
            dealer_code=after.wish.dealer_code,
            requested_date=after.wish.requested_date,
            items=after.wish.items,
            concern=after.wish.concern,
            due_at=after.call_due_at,
        )
    if _to_be_closed(after) and not (before and _to_be_closed(before)):
        yield CloseCallTask(appointment_id=after.id, reason=after.reason)


def _to_be_cancelled(it: Appointment) -> bool:
    """The DMS was asked, and it is over by another word than the DMS's own. Once true it stays true, so it is told once in any order."""
    return it.dms_asked and bool(it.taken_back or it.declined or it.given_up or it.called_off)


def _to_be_closed(it: Appointment) -> bool:
    """CSC was asked, or is at it as its news show, and it is over; a task that CSC ended itself without a slip needs no word from us."""
    at_it = it.call_due_at is not None or it.task_id is not None or it.slip is not None
    return at_it and bool(it.taken_back or it.refused or it.given_up or it.called_off or (it.declined and it.slip))


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
        items=wish.items,
        mileage_km=wish.mileage_km,
        concern=wish.concern,
        source=wish.source,
        submitted_at=wish.submitted_at,
    )


def _told_as(contract: type[AppointmentNews], after: Appointment) -> AppointmentNews:
    slip = after.slip
    return contract(
        appointment_id=after.id,
        version=after.version,
        state=after.state,
        follower_id=after.wish.follower_id,
        vehicle_id=after.wish.vehicle_id,
        dealer_code=slip.dealer_code if slip else after.wish.dealer_code,
        requested_date=after.wish.requested_date,
        items=slip.items if slip else after.wish.items,
        dms_no=after.dms_no,
        task_id=after.task_id,
        slip_id=slip.id if slip else None,
        appointment_at=slip.appointment_at if slip else None,
        reason=after.reason[:64],
    )
