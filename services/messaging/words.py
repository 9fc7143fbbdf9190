"""Our words for a template message about an appointment; config.yaml says which of them fills which keyword of WeChat's template.

Every message fills all five words, none is empty (WeChat refuses an empty value): items, time, dealer, state, reason.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from contracts.appointments import (
    AppointmentCancelled,
    AppointmentConfirmed,
    AppointmentDeclined,
    AppointmentNews,
    AppointmentTurnedDown,
    AppointmentUnreachable,
    AppointmentWithdrawn,
)

BUSINESS_ZONE = ZoneInfo("Asia/Shanghai")

STATE_WORDS: dict[type[AppointmentNews], str] = {
    AppointmentConfirmed: "预约成功",
    AppointmentTurnedDown: "未能预约",
    AppointmentUnreachable: "未能联系",
    AppointmentCancelled: "已取消",
    AppointmentDeclined: "已放弃",
    AppointmentWithdrawn: "已撤回",
}
"""At most five Chinese characters each: WeChat's limit for a `phrase`."""

REASON_WORDS: dict[str, str] = {
    "": "请按时到店",
    "not_your_car": "该车辆未绑定到您的账号",
    "past_day": "预约日期已过",
    "too_soon": "预约时间太近，门店来不及准备",
    "too_far": "只能预约九十天以内的日期",
    "unknown_dealer": "该服务商不接受预约",
    "closed_day": "该服务商当天休息",
    "declined": "您在电话中表示不再需要",
    "unreachable": "多次致电未能联系到您",
    "by_follower": "您已取消本次预约",
    "slip_cancelled": "服务商取消了本次预约",
}
"""At most twenty characters each: WeChat's limit for a `thing`."""

OTHER_REASON = "详情请咨询服务商"


def template_of(news: AppointmentNews) -> str:
    """Our name of the template, e.g. `appointment_turned_down` for `appointment.turned.down`."""
    return news.type_name().replace(".", "_")


def words_of(news: AppointmentNews) -> dict[str, str]:
    return {
        "items": "、".join(item.name for item in news.items),
        "time": moment(news.appointment_at) if news.appointment_at else day(news.requested_date),
        "dealer": news.dealer_code,
        "state": STATE_WORDS[type(news)],
        "reason": REASON_WORDS.get(news.reason, OTHER_REASON),
    }


def moment(at: datetime) -> str:
    """As WeChat's `time` keyword takes it, in the dealer's zone: 2026年3月2日 09:30."""
    local = at.astimezone(BUSINESS_ZONE)
    return f"{day(local.date())} {local:%H:%M}"


def day(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日"
