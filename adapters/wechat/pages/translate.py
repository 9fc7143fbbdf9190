"""A follower's form as a command; its id follows from the form's, so that sending it twice is sending it once."""

from collections.abc import Mapping
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from adapters.wechat.pages.checks import Typed, readable
from adapters.wechat.pages.session import Session
from contracts.appointments import RequestAppointment, RescheduleAppointment, ServiceItem, WithdrawAppointment
from contracts.customers import EndBinding, GiveConsent, RequestCode, RequestRegistration, VerifyMobile
from contracts.dms import FetchDealers
from contracts.partners.pages import (
    BookingForm,
    ConsentForm,
    RegistrationForm,
    ReminderWishForm,
    ReschedulingForm,
    UnbindingForm,
    WithdrawalForm,
)
from contracts.reminders import OpenReminder, SetReminderWish
from contracts.wechat import RenewJsTicket


def request_of(form: BookingForm, follower_id: UUID, submitted_at: datetime, names: Mapping[str, str]) -> RequestAppointment:
    """`names` are ours of the items, by code: the page may have shown them in English."""
    return RequestAppointment(
        appointment_id=form.id,
        follower_id=follower_id,
        vehicle_id=form.vehicle_id,
        dealer_code=form.dealer_code,
        requested_date=form.requested_date,
        slot=form.slot,
        items=tuple(ServiceItem(code=item.code, name=names.get(item.code, item.name)) for item in form.items),
        mileage_km=form.mileage_km,
        concern=readable(form.concern or "") or None,
        source=form.source,
        reminder_item_id=form.reminder_item_id,
        submitted_at=submitted_at,
    ).identified(uuid5(form.id, "request"))


def withdrawal_of(form: WithdrawalForm, appointment_id: UUID, follower_id: UUID, again_after: int | None) -> WithdrawAppointment:
    """`again_after`: the version at which it had been kept, when the follower asks once more."""
    wish = WithdrawAppointment(appointment_id=appointment_id, follower_id=follower_id, reason=readable(form.reason))
    return wish.identified(uuid5(appointment_id, "withdraw" if again_after is None else f"withdraw/{again_after}"))


def rescheduling_of(
    form: ReschedulingForm, appointment_id: UUID, follower_id: UUID, request_no: int, submitted_at: datetime
) -> RescheduleAppointment:
    return RescheduleAppointment(
        appointment_id=appointment_id,
        follower_id=follower_id,
        request_no=request_no,
        requested_date=form.requested_date,
        slot=form.slot,
        submitted_at=submitted_at,
    ).identified(uuid5(form.id, "reschedule"))


def consent_of(form: ConsentForm, session: Session, given_at: datetime) -> GiveConsent:
    return GiveConsent(
        consent_id=form.id,
        follower_id=session.follower_id,
        account=session.account,
        text_version=form.text_version,
        granted=form.granted,
        given_at=given_at,
    ).identified(uuid5(form.id, "consent"))


def registration_of(
    form: RegistrationForm, typed: Typed, session: Session, *, openid: str, address_key: str, submitted_at: datetime
) -> RequestRegistration:
    return RequestRegistration(
        registration_id=form.id,
        follower_id=session.follower_id,
        account=session.account,
        openid=openid,
        vin=typed.vin,
        id_number=typed.id_number,
        mobile=typed.mobile,
        text_version=form.text_version,
        address_key=address_key,
        submitted_at=submitted_at,
    ).identified(uuid5(form.id, "request"))


def code_request_of(registration_id: UUID, follower_id: UUID, version: int, address_key: str, at: datetime) -> RequestCode:
    """Two taps on what the page shows are one within a minute; how often there is another code is for `services/customers` to say."""
    wish = RequestCode(registration_id=registration_id, follower_id=follower_id, address_key=address_key)
    return wish.identified(uuid5(registration_id, f"code/{version}/{int(at.timestamp()) // 60}"))


def verification_of(post_id: UUID, code: str, registration_id: UUID, follower_id: UUID) -> VerifyMobile:
    wish = VerifyMobile(registration_id=registration_id, follower_id=follower_id, code=code)
    return wish.identified(uuid5(post_id, "verify"))


def ending_of(form: UnbindingForm, binding_id: UUID, follower_id: UUID) -> EndBinding:
    return EndBinding(binding_id=binding_id, follower_id=follower_id).identified(uuid5(form.id, "end"))


def opening_of(message_id: UUID, follower_id: UUID, opened_at: datetime) -> OpenReminder:
    """The first time counts."""
    return OpenReminder(message_id=message_id, follower_id=follower_id, opened_at=opened_at).identified(uuid5(message_id, "open"))


def reminder_wish_of(form: ReminderWishForm, follower_id: UUID, said_at: datetime) -> SetReminderWish:
    wish = SetReminderWish(follower_id=follower_id, type=form.type, wanted=form.wanted, said_at=said_at)
    return wish.identified(uuid5(form.id, "wish"))


def dealers_wanted(at: datetime) -> FetchDealers:
    run_id = uuid5(NAMESPACE_URL, f"urn:cheqiao:pages:dealers:{int(at.timestamp())}")
    return FetchDealers(run_id=run_id).identified(run_id)


def ticket_wanted(account: str, at: datetime) -> RenewJsTicket:
    ticket_id = uuid5(NAMESPACE_URL, f"urn:cheqiao:ticket:{account}")
    return RenewJsTicket(ticket_id=ticket_id, account=account).identified(uuid5(ticket_id, str(int(at.timestamp()))))
