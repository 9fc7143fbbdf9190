"""Which message goes out for which news, and what is told of its fate. Pure."""

from uuid import UUID, uuid5

from contracts.appointments import AppointmentConfirmed, AppointmentNews
from contracts.messaging import AppointmentConfirmationFailed, AppointmentConfirmationSent, ConfirmationNews
from contracts.wechat import SendTemplate, TemplateAccepted, TemplateRefused, TemplateUndelivered
from services.messaging.domain import Contact
from services.messaging.words import template_of, words_of

CONFIRMED = AppointmentConfirmed.type_name()
NOT_FOLLOWING = "not_following"


def message_about(news: AppointmentNews, contact: Contact) -> SendTemplate | AppointmentConfirmationFailed | None:
    """The message; for who does not follow us any more, the word that a confirmation needs another way. One per event, whatever repeats."""
    if not contact.subscribed:
        return _failed(news.appointment_id, news.version, NOT_FOLLOWING) if isinstance(news, AppointmentConfirmed) else None
    return SendTemplate(
        about_id=news.appointment_id,
        about_version=news.version,
        purpose=news.type_name(),
        account=contact.account,
        openid=contact.openid,
        template=template_of(news),
        fields=words_of(news),
    ).identified(uuid5(news.id, "send"))


def fate_of(news: TemplateAccepted | TemplateRefused | TemplateUndelivered) -> ConfirmationNews | None:
    """Only a confirmation's fate matters to the appointment."""
    if news.purpose != CONFIRMED:
        return None
    match news:
        case TemplateAccepted():
            return AppointmentConfirmationSent(appointment_id=news.about_id, appointment_version=news.about_version)
        case TemplateRefused(reason=why):
            return _failed(news.about_id, news.about_version, why)
        case TemplateUndelivered(status=why):
            return _failed(news.about_id, news.about_version, f"undelivered: {why}")


def _failed(appointment_id: UUID, version: int, reason: str) -> AppointmentConfirmationFailed:
    return AppointmentConfirmationFailed(appointment_id=appointment_id, appointment_version=version, reason=reason[:64])
