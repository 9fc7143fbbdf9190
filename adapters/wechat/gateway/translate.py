"""From WeChat's fields to our words (A-SVC-01): which message a push is, and the id that every repeat of it has.

A push keeps its id for ever: changing `NAMESPACE`, the order of the parts or `_canonical` would make repeats into news.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID, uuid5

from pydantic import ValidationError

from adapters.wechat.gateway.push import Fields, text_of
from chassis.errors import ContractBroken
from chassis.privacy import violations_of
from contracts.wechat import (
    FollowerSubscribed,
    FollowerUnsubscribed,
    MenuClicked,
    Push,
    PushReceived,
    TemplateJobFinished,
    TextReceived,
)

NAMESPACE = UUID("5d0f6c62-3c0e-5a53-9a7c-5f0a3f4b9a11")
SCENE_PREFIX = "qrscene_"
LABEL = 64  # the longest type or event name that we index; `raw` holds it whole
_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
FollowerId = Callable[[str], UUID]
_IN_THE_ID = ("MsgType", "Event", "FromUserName", "CreateTime", "EventKey")
_NUMBERS = ("MsgId", "MsgID")


def id_of(account: str, fields: Fields) -> UUID:
    """The same push, the same id: two results in one second differ in MsgID or in the rest (design section 3)."""
    number = fields.get("MsgId") or fields.get("MsgID")
    named = [fields.get(name) for name in _IN_THE_ID]
    rest = {name: value for name, value in fields.items() if name not in _IN_THE_ID + _NUMBERS}
    parts = [account, *named[:4], number, named[4], hashlib.sha256(_canonical(rest).encode()).hexdigest()]
    return uuid5(NAMESPACE, _canonical(parts))


def message_of(account: str, fields: Fields, follower_id: FollowerId) -> Push:
    """The message that a push is; one that its own contract cannot hold is kept whole. Raises ContractBroken when nothing can hold it."""
    openid = text_of(fields, "FromUserName")
    common = {
        "account": account,
        "follower_id": follower_id(openid),
        "openid": openid,
        "created_at": _time_of(text_of(fields, "CreateTime")),
    }
    try:
        message = _typed(fields, common)
    except ValidationError:
        message = None
    return (message or _whole(fields, common)).identified(id_of(account, fields))


def _typed(fields: Fields, common: dict[str, object]) -> Push | None:
    event_key = text_of(fields, "EventKey")
    match text_of(fields, "MsgType").lower(), text_of(fields, "Event"):
        case "text", _:
            return TextReceived.model_validate(common | {"content": fields.get("Content") or ""})
        case "event", "CLICK":
            return MenuClicked.model_validate(common | {"event_key": event_key})
        case "event", "subscribe":
            return FollowerSubscribed.model_validate(common | {"scene": event_key.removeprefix(SCENE_PREFIX)})
        case "event", "unsubscribe":
            return FollowerUnsubscribed.model_validate(common)
        case "event", "TEMPLATESENDJOBFINISH" if number := text_of(fields, "MsgID") or text_of(fields, "MsgId"):
            return TemplateJobFinished.model_validate(common | {"message_number": number, "status": text_of(fields, "Status")})
        case _:
            return None


def _whole(fields: Fields, common: dict[str, object]) -> PushReceived:
    labels = {"msg_type": text_of(fields, "MsgType")[:LABEL], "event": text_of(fields, "Event")[:LABEL]}
    try:
        return PushReceived.model_validate(common | labels | {"raw": _canonical(fields)})
    except ValidationError as error:
        raise ContractBroken(PushReceived.type_name(), violations_of(error)) from None  # its text holds the values


def _time_of(seconds: str) -> datetime:
    """Raises ContractBroken for what is no time of this age."""
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= 11):
        raise ContractBroken("push", (("CreateTime", "seconds since 1970"),))
    return datetime.fromtimestamp(int(seconds), UTC)


def _canonical(value: object) -> str:
    return _CANONICAL.encode(value)
