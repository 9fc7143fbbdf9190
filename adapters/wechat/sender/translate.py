"""Our wish to tell a follower something, in WeChat's words: which keyword carries which of our words, cut and checked by its kind.

The kinds and their limits are WeChat's (since 2023; a broken one is answered 47003): https://developers.weixin.qq.com/doc/
under "订阅消息参数值内容限制说明". Only `thing` is free text that stays readable when cut; any other value that breaks its kind is ours to
mend, so it is parked and not sent crippled.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid5

from adapters.wechat.sender.errcodes import Next
from adapters.wechat.sender.store import Sending
from chassis.errors import ContractBroken
from chassis.settings import Template
from contracts.envelope import Envelope
from contracts.wechat import (
    JsTicketIssued,
    RenewJsTicket,
    SendTemplate,
    SendText,
    TemplateAccepted,
    TemplateDelivered,
    TemplatePostponed,
    TemplateRefused,
    TemplateUndelivered,
    TextAccepted,
    TextRefused,
)

LONGEST_THING = 20
LONGEST_TEXT = 2048
"""Bytes."""
ELLIPSIS = "…"
DELIVERED = "success"

_DAY = r"\d{4}(年\d{1,2}月\d{1,2}日|-\d{1,2}-\d{1,2}|/\d{1,2}/\d{1,2})"
_CLOCK = r"\d{1,2}:\d{2}(:\d{2})?"
_MOMENT = rf"({_DAY} ?)?{_CLOCK}"


@dataclass(frozen=True)
class Kind:
    """A kind of keyword: `rule` tells a person what `pattern` tells the machine."""

    rule: str
    pattern: re.Pattern[str]


def _kind(rule: str, pattern: str) -> Kind:
    return Kind(rule, re.compile(pattern))


KINDS: dict[str, Kind] = {
    "thing": _kind("1 to 20 characters", r".{1,20}"),
    "phrase": _kind("1 to 5 Chinese characters", r"[\u3400-\u9fff]{1,5}"),
    "character_string": _kind("1 to 32 letters, digits or signs, no Chinese", r"[\x20-\x7e]{1,32}"),
    "letter": _kind("1 to 32 letters", r"[A-Za-z]{1,32}"),
    "number": _kind("a number of at most 32 digits", r"(?=.{1,32}\Z)\d+(\.\d+)?"),
    "symbol": _kind("1 to 5 signs", r"[^\w\s]{1,5}"),
    "amount": _kind("a sign of currency at most, then at most 10 digits", r"[¥￥$€]?\d{1,10}(\.\d{1,2})?元?"),
    "time": _kind("a time of day, like 2026年3月2日 09:30, 2026-03-02 09:30 or 09:30, or a span with ~", rf"{_MOMENT}(~{_MOMENT})?"),
    "date": _kind("like 2026年3月2日 or 2026-03-02, a time of day may follow", rf"{_DAY}( ?{_CLOCK})?(~{_DAY}( ?{_CLOCK})?)?"),
    "phone_number": _kind("at most 17 digits and signs", r"[\d+() -]{1,17}"),
    "car_number": _kind("at most 8 characters", r"[A-Z0-9\u3400-\u9fff·]{1,8}"),
    "name": _kind("at most 10 Chinese characters or 20 letters", r"[\u3400-\u9fff]{1,10}|[\x20-\x7e]{1,20}"),
}

_UNKNOWN_KIND = _kind("1 to 20 characters", r".{1,20}")


def message_of(wish: SendTemplate, template: Template, public_url: str) -> dict[str, object]:
    """The body of `message/template/send`. Raises ContractBroken naming every field that is missing or breaks its kind's rule."""
    data: dict[str, dict[str, str]] = {}
    broken: list[tuple[str, str]] = []
    for keyword, word in template.fields.items():
        if word not in wish.fields:
            broken.append((f"fields.{word}", f"missing, the template puts it into {keyword}"))
            continue
        value = fitted(keyword, wish.fields[word])
        kind = _kind_of(keyword)
        if not kind.pattern.fullmatch(value):
            broken.append((f"fields.{word}", f"{keyword} takes {kind.rule}"))
        data[keyword] = {"value": value}
    if broken:
        raise ContractBroken("SendTemplate", tuple(broken))
    message: dict[str, object] = {
        "touser": wish.openid,
        "template_id": template.id,
        "client_msg_id": client_msg_id(wish),
        "data": data,
    }
    return message | ({"url": whole(wish.url, public_url)} if wish.url else {})


def whole(url: str, public_url: str) -> str:
    """A path is one below our public address."""
    return public_url.rstrip("/") + url if url.startswith("/") else url


def text_of(wish: SendText) -> dict[str, object]:
    """The body of `message/custom/send`. Raises ContractBroken where nothing is said."""
    if not wish.text.strip():
        raise ContractBroken("SendText", (("text", "is empty"),))
    return {"touser": wish.openid, "msgtype": "text", "text": {"content": cut_to_bytes(wish.text.strip(), LONGEST_TEXT)}}


def cut_to_bytes(text: str, most: int) -> str:
    """In UTF-8, between two characters, with an ellipsis."""
    whole_text = text.encode(errors="replace")
    if len(whole_text) <= most:
        return text
    return whole_text[: most - len(ELLIPSIS.encode())].decode(errors="ignore").rstrip() + ELLIPSIS


def client_msg_id(wish: SendTemplate) -> str:
    """32 characters, the most WeChat takes. Follows from the command's id, so WeChat sees a repeat as a repeat."""
    return wish.id.hex


def fitted(keyword: str, text: str) -> str:
    """One line; a `thing` too long is cut with an ellipsis, since most of a list of service items is better than no message."""
    line = " ".join(text.split())
    if _stem(keyword) == "thing" and len(line) > LONGEST_THING:
        return line[: LONGEST_THING - len(ELLIPSIS)].rstrip() + ELLIPSIS
    return line


def _kind_of(keyword: str) -> Kind:
    return KINDS.get(_stem(keyword), _UNKNOWN_KIND)


def _stem(keyword: str) -> str:
    return keyword.rstrip("0123456789")


def accepted(wish: SendTemplate, message_number: str) -> TemplateAccepted:
    return TemplateAccepted(**_about(wish), message_number=message_number).identified(uuid5(wish.id, "accepted"))


def refused(wish: SendTemplate, *, errcode: int, reason: str) -> TemplateRefused:
    """`reason` is a class of `errcodes.Next` that is final. A template needs no window: told of one, it is about the follower."""
    reason = "user_state" if reason == Next.FINAL_WINDOW_CLOSED else reason
    return TemplateRefused.model_validate(_about(wish) | {"errcode": errcode, "reason": reason}).identified(uuid5(wish.id, "refused"))


def postponed(wish: SendTemplate, until: datetime) -> TemplatePostponed:
    return TemplatePostponed(**_about(wish), until=until).identified(uuid5(wish.id, "postponed"))


def text_accepted(wish: SendText) -> TextAccepted:
    return TextAccepted(**_about(wish)).identified(uuid5(wish.id, "accepted"))


def text_refused(wish: SendText, *, errcode: int, reason: str) -> TextRefused:
    return TextRefused.model_validate(_about(wish) | {"errcode": errcode, "reason": reason}).identified(uuid5(wish.id, "refused"))


def issued(wish: RenewJsTicket, ticket: str, expires_at: datetime) -> JsTicketIssued:
    news = JsTicketIssued(ticket_id=wish.ticket_id, account=wish.account, ticket=ticket, expires_at=expires_at)
    return news.identified(uuid5(wish.id, "issued"))


def result_of(sending: Sending) -> TemplateDelivered | TemplateUndelivered:
    """WeChat's status is `success`, or its reason, e.g. `failed:user block`."""
    about = {
        "about_id": sending.about_id,
        "about_version": sending.about_version,
        "purpose": sending.purpose,
        "command_id": sending.command_id,
        "message_number": sending.message_number,
    }
    if sending.status == DELIVERED:
        return TemplateDelivered.model_validate(about).identified(uuid5(sending.command_id, "result"))
    return TemplateUndelivered.model_validate(about | {"status": sending.status}).identified(uuid5(sending.command_id, "result"))


def in_the_chain_of(sending: Sending, push: Envelope | None) -> Envelope | None:
    """WeChat's push begins a chain of its own; what we tell of it belongs to the chain of the send."""
    return push.model_copy(update={"correlationid": sending.correlation_id}) if push else None


def sending_of(wish: SendTemplate, message_number: str) -> Sending:
    return Sending(wish.account, message_number, wish.id, wish.about_id, wish.about_version, wish.purpose, wish.correlation_id)


def _about(wish: SendTemplate | SendText) -> dict[str, Any]:
    return {"about_id": wish.about_id, "about_version": wish.about_version, "purpose": wish.purpose, "command_id": wish.id}
