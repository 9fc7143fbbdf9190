"""What is going on with an appointment, said to the one who made it: how it stands, what happens next and by when (flows 3.2)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from adapters.wechat.pages.copies import SUBMITTING, AppointmentCopy, Step
from adapters.wechat.pages.words import Pair, day, deadline, moment, near_moment, slot_words, t
from contracts.appointments import State

Tone = Literal["wait", "good", "bad", "done"]

WAITING = (SUBMITTING, State.REQUESTED, State.TO_CALL)
AGREED = (State.CONFIRMED, State.NOTIFIED)
OPEN = (*WAITING, *AGREED, State.RESCHEDULED)
"""It may still be moved or taken back."""


@dataclass(frozen=True)
class Saying:
    """`short` for a list, `title` for the page, `then` for what comes next."""

    tone: Tone
    short: str
    title: str
    then: str = ""


def wished_for(copy: AppointmentCopy, today: date | None = None) -> str:
    """The day that was asked for: 12月3日 周四 9:00-10:00."""
    return f"{day(copy.requested_date, today)} {slot_words(copy.slot)}".strip()


def agreed(copy: AppointmentCopy, today: date) -> str:
    """The hour that is agreed, else the day that was asked for."""
    return near_moment(copy.appointment_at, today) if copy.appointment_at else wished_for(copy, today)


def saying_of(copy: AppointmentCopy, now: datetime) -> Saying:
    if copy.state in OPEN and copy.wanted:
        return _asked_for(copy)
    if copy.state == State.RESCHEDULED or (copy.state in WAITING and copy.appointment_at):
        return _moving(copy, now)
    if copy.state == SUBMITTING:
        return Saying("wait", t("提交中", "Sending"), t("预约已收到", "We have your booking"), t(*_SENDING))
    if copy.state in WAITING:
        title = t("等服务店来电确认", "The dealer will call to confirm")
        return Saying("wait", t("待确认", "To be confirmed"), title, _call(copy, now))
    tone, short, title_words, then = _SETTLED.get(copy.state, _SETTLED[State.CANCELLED])
    return Saying(tone, t(*short), t(*title_words), t(*then) if then else reason_words(copy.reason))


def _asked_for(copy: AppointmentCopy) -> Saying:
    """What the follower wanted since the last news of it."""
    if copy.wanted == "withdraw":
        then = t("正在通知服务店，通常几秒钟。", "We are telling the dealer, usually a few seconds.")
        return Saying("wait", t("取消中", "Cancelling"), t("取消申请已收到", "We have your cancellation"), then)
    then = t("正在转给服务店，通常几秒钟。", "It is on its way to the dealer, usually a few seconds.")
    return Saying("wait", t("改期中", "Being moved"), t("改期申请已收到", "We have your new date"), then)


def _call(copy: AppointmentCopy, now: datetime) -> str:
    """By when they call, and that a call was missed."""
    due = copy.call_due_at
    missed = t("刚才没有打通您的电话。", "We called and did not reach you. ") if copy.attempts else ""
    if due is None or due <= now:
        return missed + t("服务店会尽快给您来电，请留意接听。", "The dealer will call you as soon as possible: please pick up.")
    by = t("服务店会在{} 前给您来电，请留意接听。", "The dealer will call you by {}: please pick up.")
    return missed + by.format(deadline(due, now))


def _moving(copy: AppointmentCopy, now: datetime) -> Saying:
    """Another day was asked for. A slip that is there holds until the new one."""
    then = t("您申请改到 {}。", "You asked for {}. ").format(wished_for(copy))
    if copy.appointment_at:
        then += t("服务店确认之前，原来的时间 {} 仍然有效。", "Until the dealer confirms, {} still holds. ").format(
            moment(copy.appointment_at)
        )
    return Saying("wait", t("改期中", "Being moved"), t("改期申请已收到", "We have your new date"), then + _call(copy, now))


def reason_words(code: str) -> str:
    """Why it was turned down or cancelled, and what to do."""
    return t(*_REASONS.get(code, ("详情请致电服务店。", "Please call the dealer for details.")))


def kept_words(code: str) -> str:
    """Why what the follower last asked for could not be done; the appointment stands as it was."""
    return t(*_KEPT.get(code, ("没能按您的要求更改，预约保持原样。", "Your change could not be made: nothing has changed.")))


def happened(step: Step) -> str:
    """A line of the appointment's history; empty for what is none of the follower's concern."""
    words = _HAPPENED.get(step.happened)
    return t(*words) if words else ""


_SENDING: Pair = (
    "正在转给服务店，通常几秒钟。您可以关闭本页，结果会用微信通知您。",
    "It is on its way to the dealer, usually a few seconds. You may close this page: you will hear from us on WeChat.",
)
_BOOKED = ("预约成功", "Booked")
_ON_TIME = ("请按时到店。如需改期或取消，请提前办理。", "Please come on time. To change or cancel, let us know early.")
_UNREACHED = (
    "服务店多次来电没有联系上您，这次预约没有生效。请选择新日期，或直接致电服务店。",
    "The dealer called several times. This booking is void: please choose a new date, or call the dealer.",
)
_IN_CARE = ("您的车正在店里服务，完成后服务店会联系您。", "Your car is being looked after. The dealer will tell you when it is done.")
_MOVED_ON = ("按电话里说好的，预约已转到另一家服务店。", "As agreed on the phone, your booking went to another dealer.")
_NOT_NEEDED = ("您在电话中表示不再需要。", "You told the dealer on the phone that you no longer need it.")

_SETTLED: dict[str, tuple[Tone, Pair, Pair, Pair | None]] = {
    State.CONFIRMED: ("good", _BOOKED, ("预约成功", "Your appointment is booked"), _ON_TIME),
    State.NOTIFIED: ("good", _BOOKED, ("预约成功", "Your appointment is booked"), _ON_TIME),
    State.ARRIVED: ("good", ("已到店", "Arrived"), ("您的车已到店", "Your car is in the workshop"), _IN_CARE),
    State.COMPLETED: ("done", ("已完成", "Done"), ("本次服务已完成", "The service is done"), ("谢谢您的光临。", "Thank you for coming.")),
    State.UNREACHABLE: ("bad", ("未联系上", "Not reached"), ("没有联系上您", "We could not reach you"), _UNREACHED),
    State.NO_SHOW: (
        *("done", ("未到店", "Missed"), ("您当天没有到店", "You did not come on the day")),
        ("需要服务时，欢迎再次预约。", "Book again whenever you need us."),
    ),
    State.TRANSFERRED: ("done", ("已转店", "Moved on"), ("已转到另一家服务店", "Now with another dealer"), _MOVED_ON),
    State.DECLINED: ("done", ("已放弃", "Declined"), ("预约已结束", "This booking has ended"), _NOT_NEEDED),
    State.WITHDRAWN: (
        *("done", ("已撤回", "Withdrawn"), ("预约已撤回", "Booking withdrawn")),
        ("服务店不会再来电。", "The dealer will not call."),
    ),
    State.REJECTED: ("bad", ("未能预约", "Not possible"), ("这次没能约上", "This could not be booked"), None),
    State.CANCELLED: ("done", ("已取消", "Cancelled"), ("预约已取消", "Appointment cancelled"), None),
}
"""Tone, short, title, then; without the last the reason says it."""

_REASONS: dict[str, Pair] = {
    "not_your_car": ("这辆车没有绑定到您的微信，请先绑定。", "This car is not bound to your WeChat: please bind it first."),
    "past_day": ("日期已过，请换一天。", "That day is past: please choose another."),
    "too_soon": ("日期太近，服务店来不及准备，请换一天。", "That is too soon for the dealer to prepare: please choose a later day."),
    "too_far": ("日期太远，请选近一些的日期。", "That is too far ahead: please choose an earlier day."),
    "full": ("这个时间刚刚约满，请换一个时间。", "That time has just been taken: please choose another."),
    "closed_day": ("服务店当天休息，请换一天。", "The dealer is closed that day: please choose another."),
    "closed_dealer": ("这家服务店暂停接受预约，请换一家。", "This dealer takes no bookings for now: please choose another."),
    "parts_missing": ("服务店缺少所需配件，请致电服务店。", "The dealer lacks a part: please call them."),
    "unknown_dealer": ("这家服务店暂不接受预约，请换一家。", "This dealer takes no bookings: please choose another."),
    "already_booked": ("这辆车当天已有预约。", "There is a booking for this car on that day already."),
    "by_follower": ("您已取消本次预约。", "You cancelled it."),
    "day_passed": ("预约的日期已过，一直没有联系上您。", "The day has passed and we could not reach you."),
    "slip_cancelled": ("服务店取消了本次预约，详情请致电服务店。", "The dealer cancelled it: please call them for details."),
}

_KEPT: dict[str, Pair] = {
    "closed": ("这次预约已经结束，不能再更改。", "This booking has ended and cannot be changed."),
    "already_booked": ("这辆车那天已有预约，原来的时间不变。", "There is a booking for this car on that day already: nothing has changed."),
    "past_day": ("您想改的日期已过，原来的时间不变。", "The day you wanted is past: nothing has changed."),
    "too_far": ("您想改的日期太远，原来的时间不变。", "The day you wanted is too far ahead: nothing has changed."),
    "too_late": ("离到店时间太近，不能在线取消或改期，请致电服务店。", "It is too close to be changed here: please call the dealer."),
    "full": ("您想改的时间已约满，原来的时间不变。", "The time you wanted is taken: nothing has changed."),
    "too_soon": ("您想改的日期太近，服务店来不及准备，原来的时间不变。", "The day you wanted is too soon: nothing has changed."),
    "closed_day": ("您想改的那天服务店休息，原来的时间不变。", "The dealer is closed on the day you wanted: nothing has changed."),
}

_HAPPENED: dict[str, Pair] = {
    "appointment.requested": ("预约已登记", "Booking recorded"),
    "appointment.call.due": ("已安排服务店来电", "A call was arranged"),
    "appointment.call.missed": ("服务店来电，未接通", "The dealer called and did not reach you"),
    "appointment.confirmed": ("服务店确认了预约", "The dealer confirmed"),
    "appointment.notified": ("确认消息已发给您", "The confirmation was sent to you"),
    "appointment.rescheduled": ("您申请了改期", "You asked for another day"),
    "appointment.kept": ("没能按您的要求更改", "Your change could not be made"),
    "appointment.arrived": ("车辆到店", "The car arrived"),
    "appointment.completed": ("服务完成", "The service was done"),
    "appointment.unreachable": ("多次来电未接通，预约失效", "Calls not answered: the booking is void"),
    "appointment.no.show": ("当天未到店", "The car did not come"),
    "appointment.transferred": ("转到另一家服务店", "Moved to another dealer"),
    "appointment.declined": ("您在电话中表示不再需要", "No longer wanted, as you said on the phone"),
    "appointment.withdrawn": ("您撤回了预约", "You withdrew it"),
    "appointment.cancelled": ("预约取消", "It was cancelled"),
    "appointment.turned.down": ("未能预约", "It could not be booked"),
}
