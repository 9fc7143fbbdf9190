"""What messages and settings say, in the domain's own values."""

from datetime import timedelta

from chassis.settings import Booking
from contracts.appointments import RequestAppointment
from contracts.csc import AppointmentCallLogged, AppointmentSlipSaved
from contracts.dms import VisitArrived, VisitClosed
from services.appointments.domain import CallLog, Slip
from services.appointments.visits import Visit
from services.appointments.wishes import Rules, Wish


def rules_of(booking: Booking) -> Rules:
    return Rules(
        furthest=timedelta(days=booking.furthest_days),
        notice=timedelta(hours=booking.notice_hours),
        cancel_until=timedelta(hours=booking.cancel_until_hours),
        no_show_after=timedelta(hours=booking.no_show_after_hours),
        most_attempts=booking.most_attempts,
    )


def wish_of(message: RequestAppointment) -> Wish:
    return Wish(**{name: getattr(message, name) for name in RequestAppointment.model_fields})


def slip_of(message: AppointmentSlipSaved) -> Slip:
    return Slip(
        id=message.slip_id,
        version=message.slip_version,
        dealer_code=message.dealer_code,
        appointment_at=message.appointment_at,
        items=message.items,
        confirmed_by=message.confirmed_by,
        request_no=message.request_no,
    )


def call_log_of(message: AppointmentCallLogged) -> CallLog:
    declined = message.task_state == "declined"
    return CallLog(message.task_id, message.task_version, message.calls, declined, message.transferred_to)


def visit_of(message: VisitArrived | VisitClosed) -> Visit:
    closed_at = message.closed_at if isinstance(message, VisitClosed) else None
    return Visit(message.visit_id, message.vehicle_id, message.arrived_at, closed_at, message.appointment_id)
