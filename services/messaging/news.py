"""Which message goes out for which news, and what is told of its fate. Pure."""

from uuid import UUID, uuid5

from contracts.appointments import AppointmentConfirmed, AppointmentNews
from contracts.customers import CustomerUnregistered, RegistrationNews
from contracts.messaging import AppointmentConfirmationFailed, AppointmentConfirmationSent
from contracts.sms import SendSms, SmsAccepted, SmsNews, SmsRefused
from contracts.wechat import SendTemplate, SendText, TemplateNews, TemplateUndelivered, TextAccepted, TextNews, TextRefused
from services.messaging.domain import Channel, Confirmation, Contact, Dealer
from services.messaging.words import SMS_SIGN, kind_of, kind_of_registration, template_of, words_of, words_of_end, words_of_registration

CONFIRMED = AppointmentConfirmed.type_name()
NOT_FOLLOWING = "not_following"
NO_MOBILE = "no_mobile"

Fate = TemplateNews | TextNews | SmsNews
"""What became of something that was sent."""

Numbered = AppointmentNews | RegistrationNews | CustomerUnregistered


def message_about(news: AppointmentNews, contact: Contact, dealer: Dealer) -> SendTemplate:
    """With a link to the appointment, where the follower can answer, change and cancel it."""
    kind = kind_of(news).type_name()
    return _template(news, kind, contact, url=f"/m/appointments/{news.appointment_id}", words=words_of(news, dealer))


def message_about_registration(news: RegistrationNews, contact: Contact) -> SendTemplate:
    """With a link to where it goes on, or begins anew."""
    url = f"/m/registrations/{news.registration_id}"
    return _template(news, kind_of_registration(news), contact, url=url, words=words_of_registration(news))


def message_about_end(news: CustomerUnregistered, contact: Contact) -> SendTemplate:
    return _template(news, news.type_name(), contact, url="/m/cars", words=words_of_end(news))


def _template(news: Numbered, kind: str, contact: Contact, *, url: str, words: dict[str, str]) -> SendTemplate:
    """One per event, whatever repeats."""
    return SendTemplate(
        about_id=news.subject,
        about_version=news.version,
        purpose=kind,
        account=contact.account,
        openid=contact.openid,
        template=template_of(kind),
        url=url,
        fields=words,
    ).identified(uuid5(news.id, "send"))


def wish_for(channel: Channel, way: Confirmation, contact: Contact, mobile: str) -> SendText | SendSms:
    """The confirmation by another channel than the template: once per version and channel, whatever repeats."""
    about = {"about_id": way.appointment_id, "about_version": way.version, "purpose": CONFIRMED}
    wish: SendText | SendSms
    if channel is Channel.CUSTOMER_SERVICE:
        wish = SendText.model_validate(about | {"account": contact.account, "openid": contact.openid, "text": way.text})
    else:
        wish = SendSms.model_validate(about | {"mobile": mobile, "text": SMS_SIGN + way.text, "good_until": way.good_until})
    return wish.identified(uuid5(way.appointment_id, f"{CONFIRMED}:{way.version}:{channel}"))


def channel_of(fate: Fate) -> Channel:
    match fate:
        case TextAccepted() | TextRefused():
            return Channel.CUSTOMER_SERVICE
        case SmsAccepted() | SmsRefused():
            return Channel.SMS
        case _:
            return Channel.TEMPLATE


def why_of(fate: Fate) -> str:
    """Why it failed, for the operator."""
    return f"undelivered: {fate.status}" if isinstance(fate, TemplateUndelivered) else str(getattr(fate, "reason", ""))


def sent(way: Confirmation, channel: Channel) -> AppointmentConfirmationSent:
    about = {"appointment_id": way.appointment_id, "appointment_version": way.version, "channel": channel.value}
    return AppointmentConfirmationSent.model_validate(about).identified(_id_of(way, "sent"))


def failed(way: Confirmation, reason: str) -> AppointmentConfirmationFailed:
    """By no channel: an operator settles it."""
    about = {"appointment_id": way.appointment_id, "appointment_version": way.version, "reason": reason[:64]}
    return AppointmentConfirmationFailed.model_validate(about).identified(_id_of(way, "failed"))


def _id_of(way: Confirmation, what: str) -> UUID:
    return uuid5(way.appointment_id, f"{CONFIRMED}:{way.version}:{what}")
