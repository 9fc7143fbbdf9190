"""Our words for a message to a follower; config.yaml says which of them fills which keyword of WeChat's template.

About an appointment a message fills all five words: items, time, dealer, state, reason; about a registration or a binding three: items,
state, reason. None is empty (WeChat refuses an empty value).
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from contracts.appointments import (
    AppointmentCancelled,
    AppointmentConfirmed,
    AppointmentDeclined,
    AppointmentNews,
    AppointmentRequested,
    AppointmentTransferred,
    AppointmentTurnedDown,
    AppointmentUnreachable,
    AppointmentWithdrawn,
)
from contracts.customers import CustomerUnregistered, RegistrationMatched, RegistrationNews, RegistrationRejected, RegistrationState
from services.messaging.domain import Dealer

BUSINESS_ZONE = ZoneInfo("Asia/Shanghai")

STATE_WORDS: dict[type[AppointmentNews], str] = {
    AppointmentConfirmed: "预约成功",
    AppointmentTurnedDown: "未能预约",
    AppointmentUnreachable: "未能联系",
    AppointmentCancelled: "已取消",
    AppointmentDeclined: "已放弃",
    AppointmentWithdrawn: "已撤回",
    AppointmentTransferred: "已转服务商",
}
"""At most five Chinese characters each: WeChat's limit for a `phrase`."""

REASON_WORDS: dict[str, str] = {
    "": "请按时到店",
    "not_your_car": "该车辆未绑定到您的账号",
    "past_day": "预约日期已过",
    "too_soon": "预约时间太近，门店来不及准备",
    "too_far": "日期太远，请选近一些的日期",
    "unknown_dealer": "该服务商不接受预约",
    "closed_dealer": "该服务商暂不接受预约",
    "parts_missing": "服务商缺少所需配件",
    "already_booked": "该车辆当天已有预约",
    "closed_day": "该服务商当天休息",
    "full": "该时段已约满，请另选时间",
    "declined": "您在电话中表示不再需要",
    "unreachable": "多次致电未能联系到您",
    "day_passed": "日期已过，未能联系到您",
    "by_follower": "您已取消本次预约",
    "transferred": "已转至其他服务商",
    "slip_cancelled": "服务商取消了本次预约",
}
"""At most twenty characters each: WeChat's limit for a `thing`."""

TRANSFERRED = "新服务商将再次致电您"
OTHER_REASON = "详情请咨询服务商"

REGISTRATION_WORDS: dict[RegistrationState, tuple[str, str]] = {
    RegistrationState.MATCHED: ("已核实", "请打开页面，完成手机验证"),
    RegistrationState.REJECTED: ("未通过", "信息不符，请核对后重新提交"),
    RegistrationState.EXPIRED: ("未完成", "暂时未能核实，请重新提交"),
    RegistrationState.VIN_WANTED: ("需补充", "请打开页面，填写完整车架号"),
}
"""State and reason, where the follower has to go on."""
REGISTRATION_ITEMS = "绑定车辆"
UNREGISTERED_WORDS = ("已解绑", "该车辆的车主信息已变更")
SMS_SIGN = "【车桥】"
"""Who it is from: a text message has no other sender, and carriers want one."""
LONGEST = 20
"""Characters of one part of a sentence, so that a text message stays one or two."""


def kind_of(news: AppointmentNews) -> type[AppointmentNews]:
    """What it is to the follower: the request that follows a transfer is the news of the transfer, and knows the new dealer."""
    return AppointmentTransferred if isinstance(news, AppointmentRequested) else type(news)


def template_of(kind: str) -> str:
    """Our name of the template, e.g. `appointment_turned_down` for `appointment.turned.down`."""
    return kind.replace(".", "_")


def words_of(news: AppointmentNews, dealer: Dealer) -> dict[str, str]:
    kind = kind_of(news)
    return {
        "items": items_of(news),
        "time": time_of(news),
        "dealer": dealer.name,
        "state": STATE_WORDS[kind],
        "reason": TRANSFERRED if kind is AppointmentTransferred else REASON_WORDS.get(news.reason, OTHER_REASON),
    }


def kind_of_registration(news: RegistrationNews) -> str:
    """Matched, or not yet: to be asked for the whole VIN is a no with a way on."""
    kind = RegistrationMatched if news.state is RegistrationState.MATCHED else RegistrationRejected
    return kind.type_name()


def words_of_registration(news: RegistrationNews) -> dict[str, str]:
    state, reason = REGISTRATION_WORDS[news.state]
    return {"items": REGISTRATION_ITEMS, "state": state, "reason": reason}


def words_of_end(news: CustomerUnregistered) -> dict[str, str]:
    state, reason = UNREGISTERED_WORDS
    return {"items": news.model or REGISTRATION_ITEMS, "state": state, "reason": reason}


def sentence_of(news: AppointmentConfirmed, dealer: Dealer) -> str:
    """The confirmation where there is no template: as a message in the chat, or by SMS."""
    to_change = f"致电{dealer.phone}" if dealer.phone else "致电服务店"
    return f"您预约的{short(items_of(news))}已确认：{time_of(news)}，{short(dealer.name)}。请按时到店，如需改期请{to_change}。"


def items_of(news: AppointmentNews) -> str:
    return "、".join(item.name for item in news.items)


def time_of(news: AppointmentNews) -> str:
    return moment(news.appointment_at) if news.appointment_at else day(news.requested_date)


def short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def moment(at: datetime) -> str:
    """As WeChat's `time` keyword takes it, in the dealer's zone: 2026年3月2日 09:30."""
    local = at.astimezone(BUSINESS_ZONE)
    return f"{day(local.date())} {local:%H:%M}"


def day(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日"
