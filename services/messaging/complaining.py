"""What a follower reads of a complaint, by the template alone: that it was taken in, where it stands, and the question of a survey. Pure.

Only what changes something for them is told, and never what it is about: a message leads to the page that says it (A-CMP-31, 35).
"""

from datetime import datetime
from uuid import uuid5

from contracts.complaint_words import ENDED
from contracts.complaints import (
    ComplaintClosed,
    ComplaintFiled,
    ComplaintJudged,
    ComplaintNews,
    ComplaintReceived,
    ComplaintReopened,
    ComplaintSurveyRequested,
)
from contracts.wechat import SendTemplate
from services.messaging.domain import Contact
from services.messaging.words import BUSINESS_ZONE, moment

ENDING = frozenset({"withdraw", "settle_dispute"})
"""Steps that are told where they end a case."""

RECORDED, CHECKING, ANSWERED, OVER, AGAIN = "已登记", "核实中", "有新答复", "已结束", "重新处理"
"""At most five Chinese characters each: WeChat's limit for a `phrase`."""
CONTACT_BY, ANSWER_BY = "{}前与您联系", "{}前答复您"
CONTACT_SOON, ANSWER_SOON = "我们会尽快与您联系", "有进展会马上告诉您"
READ_ANSWER, READ_RESULT, JUDGE = "点击查看答复", "点击查看处理结果", "点击评价，只需半分钟"
"""At most twenty characters each, with the hour in it: WeChat's limit for a `thing`."""


def is_told(news: ComplaintNews) -> bool:
    """Whether the follower hears of it at once; the page shows the rest."""
    match news:
        case ComplaintReceived() | ComplaintFiled() | ComplaintClosed() | ComplaintReopened() | ComplaintSurveyRequested():
            return True
        case _:
            return bool(news.said) or (news.step in ENDING and news.state in ENDED)


def message_about_complaint(news: ComplaintNews, contact: Contact, now: datetime) -> SendTemplate:
    """With a link to the case, or to the survey. One per event, whatever repeats."""
    asks = isinstance(news, ComplaintSurveyRequested)
    page = f"/m/complaints/{news.complaint_id}"
    return SendTemplate(
        about_id=news.complaint_id,
        about_version=news.version,
        purpose=news.type_name(),
        account=contact.account,
        openid=contact.openid,
        template="complaint_survey" if asks else "complaint_progress",
        url=f"{page}/survey" if asks else page,
        fields=words_of_complaint(news, now),
    ).identified(uuid5(news.id, "send"))


def words_of_complaint(news: ComplaintNews, now: datetime) -> dict[str, str]:
    """Number, time, state, reason."""
    state, reason = _state_and_reason(news, now)
    return {"number": news.number, "time": moment(news.at), "state": state, "reason": reason}


def _state_and_reason(news: ComplaintNews, now: datetime) -> tuple[str, str]:
    match news:
        case ComplaintSurveyRequested():
            return OVER, JUDGE
        case ComplaintReceived():
            return RECORDED, by_when(news.expected_at, now, CONTACT_BY, CONTACT_SOON)
        case ComplaintReopened():
            return AGAIN, by_when(news.expected_at, now, ANSWER_BY, ANSWER_SOON)
        case ComplaintFiled() if not news.said:
            return CHECKING, by_when(news.expected_at, now, ANSWER_BY, ANSWER_SOON)
        case _:
            return (ANSWERED, READ_ANSWER) if news.said and not _is_settled(news) else (OVER, READ_RESULT)


def _is_settled(news: ComplaintNews) -> bool:
    """It has come to its end; what is judged not valid, or solved at once, has been answered."""
    return news.state in ENDED and not isinstance(news, ComplaintJudged)


def by_when(at: datetime | None, now: datetime, words: str, soon: str) -> str:
    """What is over already is promised to nobody."""
    if at is None or at <= now:
        return soon
    local = at.astimezone(BUSINESS_ZONE)
    return words.format(f"{local.month}月{local.day}日 {local:%H:%M}")
