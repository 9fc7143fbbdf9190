"""A follower's form as a command; its id follows from the appointment's, so that sending it twice is sending it once."""

from datetime import datetime
from uuid import UUID, uuid5

from contracts.appointments import RequestAppointment, ServiceItem, WithdrawAppointment
from contracts.partners.pages import BookingForm, WithdrawalForm


def request_of(form: BookingForm, follower_id: UUID, submitted_at: datetime) -> RequestAppointment:
    return RequestAppointment(
        appointment_id=form.id,
        follower_id=follower_id,
        vehicle_id=form.vehicle_id,
        dealer_code=form.dealer_code,
        requested_date=form.requested_date,
        items=tuple(ServiceItem(code=item.code, name=item.name) for item in form.items),
        mileage_km=form.mileage_km,
        concern=form.concern,
        source="menu",
        submitted_at=submitted_at,
    ).identified(uuid5(form.id, "request"))


def withdrawal_of(form: WithdrawalForm, appointment_id: UUID, follower_id: UUID) -> WithdrawAppointment:
    wish = WithdrawAppointment(appointment_id=appointment_id, follower_id=follower_id, reason=form.reason)
    return wish.identified(uuid5(appointment_id, "withdraw"))
