"""What somebody who complained otherwise than on WeChat reads of it, by text message: the number and by when, and how it ended. Pure.

Nothing of what the complaint is about is in it but what the handler said for the customer's eyes.
"""

import re
from datetime import datetime
from uuid import uuid5

from contracts.complaint_words import ENDED, CloseReason
from contracts.complaints import ComplaintClosed, ComplaintJudged, ComplaintNews, ComplaintReceived
from contracts.sms import SendSms
from services.messaging.complaining import CONTACT_BY, CONTACT_SOON, ENDING, by_when
from services.messaging.words import SMS_SIGN

RECEIVED, CLOSED = ComplaintReceived.type_name(), ComplaintClosed.type_name()
TAKEN_IN, OVER = "您反映的问题已登记，编号{}，{}。", "您反映的问题（编号{}）已处理结束。"
AS_WISHED, ANSWERED = "您反映的问题（编号{}）已按您的要求结束。", "您反映的问题（编号{}）已处理结束：{}"
LONGEST = 300
"""Characters of what was said: a text message stays a few."""
CHINESE_MOBILE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")


def text_about_complaint(news: ComplaintNews, now: datetime) -> SendSms | None:
    """None where nothing is told so, or there is no mobile to send it to. One per event, whatever repeats."""
    found = CHINESE_MOBILE.fullmatch(re.sub(r"[\s-]", "", news.mobile or ""))
    if not found:
        return None
    if isinstance(news, ComplaintReceived):
        text = TAKEN_IN.format(news.number, by_when(news.expected_at, now, CONTACT_BY, CONTACT_SOON))
        return _wish(news, RECEIVED, found[1], text, news.expected_at if news.expected_at and news.expected_at > now else None)
    return _wish(news, CLOSED, found[1], _closing_words(news), None) if _is_the_end(news) else None


def _is_the_end(news: ComplaintNews) -> bool:
    return news.state in ENDED and (isinstance(news, ComplaintClosed | ComplaintJudged) or news.step in ENDING)


def _closing_words(news: ComplaintNews) -> str:
    if said := " ".join(news.said.split()):
        return ANSWERED.format(news.number, said if len(said) <= LONGEST else said[: LONGEST - 1] + "…")
    return (AS_WISHED if news.close_reason is CloseReason.WITHDRAWN else OVER).format(news.number)


def _wish(news: ComplaintNews, purpose: str, mobile: str, text: str, good_until: datetime | None) -> SendSms:
    return SendSms(
        about_id=news.complaint_id,
        about_version=news.version,
        purpose=purpose,
        mobile=mobile,
        text=SMS_SIGN + text,
        good_until=good_until,
    ).identified(uuid5(news.id, "sms"))
