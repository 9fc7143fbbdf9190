"""What a follower reads of what is due for a car, by the template alone, and what is told of its fate (A-REM-20..24). Pure.

A message fills the five words of `services/messaging/words.py`. One that does not arrive goes by no other channel: the DCRC calls.
"""

from datetime import date, datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID, uuid5

from contracts.messaging import (
    ReminderMessageDelivered,
    ReminderMessageFailed,
    ReminderMessageNews,
    ReminderMessagePostponed,
    ReminderMessageSent,
)
from contracts.reminders import DueItem, ReminderDue, ReminderType
from contracts.wechat import (
    SendTemplate,
    TemplateAccepted,
    TemplateDelivered,
    TemplatePostponed,
    TemplateRefused,
    TemplateUndelivered,
)
from services.messaging.domain import Contact, Dealer
from services.messaging.news import Fate
from services.messaging.words import BUSINESS_ZONE, LONGEST, day, short

PURPOSE = ReminderDue.type_name()

Failure = Literal["user_blocked", "unsubscribed", "template", "limit", "system"]


class Name(NamedTuple):
    """Of a type: by itself, and where there are many."""

    full: str
    short: str


NAMES: dict[ReminderType, Name] = {
    ReminderType.FIRST_MAINTENANCE: Name("首次保养", "首保"),
    ReminderType.MAINTENANCE: Name("定期保养", "保养"),
    ReminderType.WARRANTY: Name("质保到期", "质保"),
    ReminderType.INSURANCE: Name("保险到期", "保险"),
    ReminderType.INSPECTION: Name("车辆年审", "年审"),
    ReminderType.BIRTHDAY: Name("生日快乐", "生日"),
    ReminderType.CAMPAIGN: Name("服务活动", "活动"),
}
OVER, TODAY, SOON = "已到期", "今天到期", "即将到期"
BEGINS, GOES_ON, GREETING = "即将开始", "进行中", "生日快乐"
"""At most five Chinese characters each: WeChat's limit for a `phrase`."""
BOOK_HERE, READ_HERE, WISH = "点击查看并预约", "点击查看活动详情", "祝您一路平安，万事如意"
SOME_DEALER = "您的服务商"
"""At most twenty characters each, with what stands before them: WeChat's limit for a `thing`."""

REFUSES_OUR_MESSAGES = frozenset({43101, 48002})
"""WeChat's codes for a follower who has switched our messages off. (adapters/wechat/sender/errcodes.py)"""


def message_about_reminder(due: ReminderDue, contact: Contact, dealer: Dealer, now: datetime) -> SendTemplate:
    """With a link to the first of its items; the message's own id says which message was opened. One per try, whatever repeats."""
    return SendTemplate(
        about_id=due.message_id,
        about_version=due.version,
        purpose=PURPOSE,
        account=contact.account,
        openid=contact.openid,
        template=template_of_reminder(due),
        url=f"/m/reminders/{due.items[0].item_id}?m={due.message_id}",
        urgency=due.urgency,
        not_after=due.not_after,
        again_from=due.again_from,
        fields=words_of_reminder(due, dealer, now.astimezone(BUSINESS_ZONE).date()),
    ).identified(uuid5(due.id, "send"))


def template_of_reminder(due: ReminderDue) -> str:
    """A campaign that is told together with what is due is told by the service's template."""
    types = {item.type for item in due.items}
    if types == {ReminderType.BIRTHDAY}:
        return "reminder_birthday"
    return "reminder_campaign" if types == {ReminderType.CAMPAIGN} else "reminder_service"


def words_of_reminder(due: ReminderDue, dealer: Dealer, today: date) -> dict[str, str]:
    words = {"items": items_of_reminder(due), "dealer": short(dealer.name) or SOME_DEALER}
    match template_of_reminder(due):
        case "reminder_birthday":
            return words | {"time": day(due.items[0].due_date), "state": GREETING, "reason": WISH}
        case "reminder_campaign":
            ends = min(item.until or item.due_date for item in due.items)
            begins = min(item.due_date for item in due.items)
            state = BEGINS if begins > today else GOES_ON
            return words | {"time": day(ends), "state": state, "reason": _for_car(due, READ_HERE)}
        case _:
            on = min(item.due_date for item in due.items if item.type is not ReminderType.CAMPAIGN)
            return words | {"time": day(on), "state": _state(on, today), "reason": _for_car(due, BOOK_HERE)}


def items_of_reminder(due: ReminderDue) -> str:
    """By their whole names, else by their short ones, else as many as fit and how many there are."""
    for names in ([_name(item) for item in due.items], [_name(item, by_short=True) for item in due.items]):
        if len(text := "、".join(dict.fromkeys(names))) <= LONGEST:
            return text
    names, how_many = list(dict.fromkeys(names)), f"等{len(due.items)}项"
    while len(names) > 1 and len("、".join(names) + how_many) > LONGEST:
        names.pop()
    return ("、".join(names) + how_many) if len(names) > 1 else short(names[0])


def fate_of_reminder(fate: Fate | TemplateDelivered | TemplatePostponed, now: datetime) -> tuple[ReminderMessageNews, ...]:
    """What is told of a reminder's message; nothing of any other. Its moment is that of the answer, where it came in an envelope."""
    if fate.purpose != PURPOSE:
        return ()
    at = fate.envelope.time if fate.envelope else now
    match fate:
        case TemplateAccepted():
            news = _told(ReminderMessageSent, fate, at=at)
        case TemplateDelivered():
            news = _told(ReminderMessageDelivered, fate, at=at)
        case TemplatePostponed():
            news = _told(ReminderMessagePostponed, fate, until=fate.until)
        case TemplateRefused() | TemplateUndelivered():
            news = _told(ReminderMessageFailed, fate, reason=_why_failed(fate), at=at)
        case _:
            return ()
    return (news,)


def postponed(due: ReminderDue, now: datetime) -> ReminderMessagePostponed:
    """It reached us after hours, however that came: nobody is woken up."""
    news = ReminderMessagePostponed(message_id=due.message_id, attempt=due.version, until=due.again_from or now)
    return news.identified(_id_of(news))


def not_following(due: ReminderDue, now: datetime) -> ReminderMessageFailed:
    news = ReminderMessageFailed(message_id=due.message_id, attempt=due.version, reason="unsubscribed", at=now)
    return news.identified(_id_of(news))


def _told(kind: type[ReminderMessageNews], fate: Fate | TemplateDelivered | TemplatePostponed, **more: Any) -> ReminderMessageNews:
    news = kind.model_validate({"message_id": fate.about_id, "attempt": fate.about_version} | more)
    return news.identified(_id_of(news))


def _id_of(news: ReminderMessageNews) -> UUID:
    return uuid5(news.message_id, f"{news.type_name()}:{news.attempt}")


def _why_failed(no: TemplateRefused | TemplateUndelivered) -> Failure:
    if isinstance(no, TemplateUndelivered):
        return "user_blocked" if "block" in no.status.lower() else "system"
    if no.reason == "user_state":
        return "user_blocked" if no.errcode in REFUSES_OUR_MESSAGES else "unsubscribed"
    return "template" if no.reason == "our_data" else "system"


def _name(item: DueItem, *, by_short: bool = False) -> str:
    """A campaign goes by its own name."""
    name = NAMES[item.type]
    return item.title or name.full if item.type is ReminderType.CAMPAIGN else (name.short if by_short else name.full)


def _state(due_on: date, today: date) -> str:
    if due_on == today:
        return TODAY
    return SOON if due_on > today else OVER


def _for_car(due: ReminderDue, tip: str) -> str:
    """A follower may have several cars."""
    most = LONGEST - len(tip) - 1
    model = short(due.model_name)
    return f"{model[:most]}：{tip}" if model else tip
