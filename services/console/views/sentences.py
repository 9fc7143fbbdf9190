"""Where a request is now and why, as a sentence for a person, with what can be done about it right there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from flask import url_for

from contracts.ops import Cause
from services.console.contract_words import field_words, rule_words
from services.console.names import KINDS, PARTNERS, SERVICES, message_name, named
from services.console.standing import Standing
from services.console.words import Pair, age, duration, local, say, t

Level = Literal["fine", "late", "broken", "waiting"]

_RESTING: dict[str, Pair] = {
    "appointment.call.due": ("CSC 已有任务：等服务店给车主回电", "CSC has the task: the follower will be called"),
    "appointment.call.missed": ("回电没有接通：CSC 会再打", "The call was not answered: CSC will call again"),
    "appointment.confirmed": ("预约已确认：等确认消息送达车主", "Confirmed: the follower is being told"),
    "appointment.notified": ("预约已确认，车主已收到通知：等车辆到店", "Confirmed, and the follower knows: waiting for the car to come in"),
    "appointment.requested": ("预约已受理：等 DMS 登记和 CSC 建任务", "Taken in: waiting for the DMS and CSC"),
    "appointment.rescheduled": ("车主要求改期：等 CSC 回电确认", "Another day was asked for: waiting for CSC to call"),
    "appointment.kept": ("没有能改动：维持原来的预约", "It could not be changed: the appointment stands as it was"),
    "appointment.arrived": ("车辆已到店：等服务完成", "The car is in: waiting for the workshop"),
    "registration.progressed": ("绑定进行中：等车主的下一步", "The registration goes on: waiting for the follower"),
    "registration.matched": ("身份已核对：等车主填验证码", "The owner was found: waiting for the follower's code"),
    "customer.registered": ("绑定已生效", "The binding is active"),
}
CALLS = {"dms": "dms", "csc": "csc", "sms": "sms", "sender": "wechat"}
"""Whom an adapter waits for, even where it has not come to a call."""
_LEVELS: dict[str, Level] = {"parked": "broken", "waiting": "late", "under_way": "waiting", "resting": "fine", "done": "fine"}
_STATES: dict[str, Pair] = {
    "parked": ("滞留", "parked"),
    "waiting": ("等待重试", "to be retried"),
    "under_way": ("进行中", "under way"),
    "resting": ("正常等待", "at rest"),
    "done": ("已结束", "ended"),
}


@dataclass(frozen=True)
class Sentence:
    """`action` and `href`: what to do about it, where something can be done."""

    level: Level
    state: str
    where: str
    why: str = ""
    action: str = ""
    href: str = ""


def sentence_of(standing: Standing, now: datetime) -> Sentence:
    level, state = _LEVELS[standing.kind], say(_STATES[standing.kind])
    match standing.kind:
        case "parked":
            href = url_for("parked_one", message_id=standing.message_id, service=standing.service)
            action = t("打开这条消息，把它办好", "Open the message and set it right")
            return Sentence(level, state, _parked(standing, now), _why(standing), action, href)
        case "waiting":
            return Sentence(level, state, _waiting(standing, now), _why(standing))
        case "under_way":
            return Sentence(level, state, _under_way(standing, now))
        case "resting" if standing.type in _RESTING:
            since = t(f"（{age(standing.since, now)}起）", f" (since {duration((now - standing.since).total_seconds())})")
            return Sentence(level, state, say(_RESTING[standing.type]) + since)
        case _:
            message, gone = say(message_name(standing.type)), age(standing.since, now)
            return Sentence(level, state, t(f"最后一步：{message}，{gone}", f"Last step: {message}, {gone}"))


def _parked(standing: Standing, now: datetime) -> str:
    service, message = say(named(SERVICES, standing.service)), say(message_name(standing.type))
    gone = duration((now - standing.since).total_seconds())
    words = t(f"停在{_spaced(service)}，已 {gone}：“{message}”办不下去", f"Parked at {service} for {gone}: “{message}” cannot go on")
    return words + _others(standing)


def _waiting(standing: Standing, now: datetime) -> str:
    partner = standing.partner or CALLS.get(standing.service, "")
    whom = say(named(PARTNERS, partner)) if partner else say(named(SERVICES, standing.service))
    gone = duration((now - standing.since).total_seconds())
    words = t(f"在等{_spaced(whom)}，已 {gone}", f"Waiting for {whom} for {gone}")
    if standing.due_at:
        when, left = f"{local(standing.due_at):%H:%M:%S}", age(standing.due_at, now)
        words += t(f"；第 {standing.next_try} 次尝试在 {when}（{left}）", f"; try number {standing.next_try} at {when} ({left})")
    return words + _others(standing)


def _spaced(word: str) -> str:
    return f" {word}" if word[0].isascii() else word


def _under_way(standing: Standing, now: datetime) -> str:
    message = say(message_name(standing.type))
    if not standing.service:
        return t(f"刚办完“{message}”，后续还在路上", f"“{message}” has just been done; more may follow")
    service = say(named(SERVICES, standing.service))
    gone = duration((now - standing.since).total_seconds())
    return t(f"“{message}”在{_spaced(service)}的队列里，已 {gone}", f"“{message}” is in the queue of {service} for {gone}") + _others(
        standing
    )


def _others(standing: Standing) -> str:
    return t(f"（另有 {standing.others} 条也是）", f" (and {standing.others} more)") if standing.others else ""


def _why(standing: Standing) -> str:
    return t("原因：", "Because: ") + t("；", "; ").join(cause_words(cause) for cause in standing.causes[:3]) if standing.causes else ""


def cause_words(cause: Cause) -> str:
    return cause_in_words(cause.kind, cause.field, cause.rule)


def first_cause(causes: Sequence[Cause]) -> str:
    """For a line of a list."""
    if not causes:
        return ""
    more = len(causes) - 1
    return cause_words(causes[0]) + (t(f"（另有 {more} 处）", f" (and {more} more)") if more else "")


def cause_in_words(kind: str, field: str, rule: str) -> str:
    """不符合契约：服务店代码 dealer_code 缺少这一项"""
    name = " ".join(part for part in (field_words(field), field) if part)
    rest = t(" ", ": ").join(part for part in (name, rule_words(rule)) if part)
    return say(KINDS.get(kind, (kind, kind))) + (t("：", ": ") + rest if rest else "")
