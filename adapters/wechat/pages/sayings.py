"""What is going on with an appointment, said to the one who made it: how it stands, what happens next and by when (flows 3.2)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from adapters.wechat.pages.copies import SUBMITTING, AppointmentCopy, Step
from adapters.wechat.pages.words import day, deadline, moment, slot_words, t
from contracts.appointments import State

Tone = Literal["wait", "good", "bad", "done"]
WAITING = (SUBMITTING, State.REQUESTED, State.TO_CALL)
AGREED = (State.CONFIRMED, State.NOTIFIED)
OPEN = (*WAITING, *AGREED, State.RESCHEDULED)
"""It may still be moved or taken back."""

SENDING_EN = "It is on its way to the dealer, usually a few seconds. You may close this page: you will hear from us on WeChat."


@dataclass(frozen=True)
class Saying:
    """`short` for a list, `title` for the page, `then` for what comes next."""

    tone: Tone
    short: str
    title: str
    then: str = ""


def wished_for(copy: AppointmentCopy, today: date | None = None) -> str:
    """The day that was asked for: 12月3日 周四 9:00–10:00."""
    return f"{day(copy.requested_date, today)} {slot_words(copy.slot)}".strip()


def agreed(copy: AppointmentCopy, today: date | None = None) -> str:
    """The hour that is agreed, else the day that was asked for."""
    return moment(copy.appointment_at, today) if copy.appointment_at else wished_for(copy, today)


def saying_of(copy: AppointmentCopy, now: datetime) -> Saying:
    if copy.state in OPEN and (asked := _asked_for(copy)):
        return asked
    if copy.state in WAITING:
        return _waiting(copy, now)
    if copy.state in AGREED:
        return Saying(
            "good",
            t("预约成功", "Booked"),
            t("预约成功", "Your appointment is booked"),
            t("请按时到店。如需改期或取消，请提前办理。", "Please come on time. To change or cancel, let us know early."),
        )
    if copy.state == State.RESCHEDULED:
        return _moving(copy, now)
    return _over(copy)


def _asked_for(copy: AppointmentCopy) -> Saying | None:
    """What the follower wanted since the last news of it."""
    if copy.wanted == "withdraw":
        then = t("正在通知服务店，通常几秒钟。", "We are telling the dealer, usually a few seconds.")
        return Saying("wait", t("取消中", "Cancelling"), t("取消申请已收到", "We have your cancellation"), then)
    if copy.wanted == "reschedule":
        then = t("正在转给服务店，通常几秒钟。", "It is on its way to the dealer, usually a few seconds.")
        return Saying("wait", t("改期中", "Being moved"), t("改期申请已收到", "We have your new date"), then)
    return None


def _waiting(copy: AppointmentCopy, now: datetime) -> Saying:
    if copy.appointment_at:
        return _moving(copy, now)
    if copy.state == SUBMITTING:
        return Saying(
            "wait",
            t("提交中", "Sending"),
            t("预约已收到", "We have your booking"),
            t("正在转给服务店，通常几秒钟。您可以关闭本页，结果会用微信通知您。", SENDING_EN),
        )
    short, title = t("待确认", "To be confirmed"), t("等服务店来电确认", "The dealer will call to confirm")
    return Saying("wait", short, title, _call(copy, now))


def _call(copy: AppointmentCopy, now: datetime) -> str:
    """By when they call, and that a call was missed."""
    due = copy.call_due_at
    missed = t("刚才没有打通您的电话。", "We called and did not reach you. ") if copy.attempts else ""
    if due is None or due <= now:
        return missed + t("服务店会尽快给您来电，请留意接听。", "The dealer will call you as soon as possible: please pick up.")
    return missed + t("服务店会在{}前给您来电，请留意接听。", "The dealer will call you by {}: please pick up.").format(
        t(" {} ", "{}").format(deadline(due, now))
    )


def _moving(copy: AppointmentCopy, now: datetime) -> Saying:
    """Another day was asked for. A slip that is there holds until the new one."""
    asked = t("您申请改到 {}。", "You asked for {}. ").format(wished_for(copy))
    holds = (
        t("在服务店确认之前，原来的时间 {} 仍然有效。", "Until the dealer confirms, {} still holds. ").format(moment(copy.appointment_at))
        if copy.appointment_at
        else ""
    )
    return Saying("wait", t("改期中", "Being moved"), t("改期申请已收到", "We have your new date"), asked + holds + _call(copy, now))


def _over(copy: AppointmentCopy) -> Saying:
    match copy.state:
        case State.ARRIVED:
            then = t(
                "您的车正在店里服务，完成后服务店会联系您。", "Your car is being looked after. The dealer will tell you when it is done."
            )
            return Saying("good", t("已到店", "Arrived"), t("您的车已到店", "Your car is in the workshop"), then)
        case State.COMPLETED:
            return Saying(
                "done", t("已完成", "Done"), t("本次服务已完成", "The service is done"), t("谢谢您的光临。", "Thank you for coming.")
            )
        case State.UNREACHABLE:
            then = t(
                "服务店多次来电没有联系上您，这次预约没有生效。请选择新日期，或直接致电服务店。",
                "The dealer called several times. This booking is void: please choose a new date, or call the dealer.",
            )
            return Saying("bad", t("未联系上", "Not reached"), t("没有联系上您", "We could not reach you"), then)
        case State.NO_SHOW:
            then = t("需要服务时，欢迎再次预约。", "Book again whenever you need us.")
            return Saying("done", t("未到店", "Missed"), t("您当天没有到店", "You did not come on the day"), then)
        case State.TRANSFERRED:
            then = t("按电话里说好的，预约已转到另一家服务店。", "As agreed on the phone, your booking went to another dealer.")
            return Saying("done", t("已转店", "Moved on"), t("已转到另一家服务店", "Now with another dealer"), then)
        case State.DECLINED:
            then = t("您在电话中表示不再需要。", "You told the dealer on the phone that you no longer need it.")
            return Saying("done", t("已放弃", "Declined"), t("预约已结束", "This booking has ended"), then)
        case State.WITHDRAWN:
            return Saying(
                "done", t("已撤回", "Withdrawn"), t("预约已撤回", "Booking withdrawn"), t("服务店不会再来电。", "The dealer will not call.")
            )
        case State.REJECTED:
            return Saying("bad", t("未能预约", "Not possible"), t("这次没能约上", "This could not be booked"), reason_words(copy.reason))
        case _:
            return Saying("done", t("已取消", "Cancelled"), t("预约已取消", "Appointment cancelled"), reason_words(copy.reason))


def reason_words(code: str) -> str:
    """Why it was turned down or cancelled, and what to do."""
    match code:
        case "not_your_car":
            return t("这辆车没有绑定到您的微信，请先绑定。", "This car is not bound to your WeChat: please bind it first.")
        case "past_day" | "too_soon":
            return t("日期太近，服务店来不及准备，请换一天。", "That is too soon for the dealer to prepare: please choose a later day.")
        case "too_far":
            return t("日期太远，请选近一些的日期。", "That is too far ahead: please choose an earlier day.")
        case "full":
            return t("这个时间刚刚约满，请换一个时间。", "That time has just been taken: please choose another.")
        case "closed_day":
            return t("服务店当天休息，请换一天。", "The dealer is closed that day: please choose another.")
        case "unknown_dealer":
            return t("这家服务店暂不接受预约，请换一家。", "This dealer takes no bookings: please choose another.")
        case "already_booked":
            return t("这辆车当天已有预约。", "There is a booking for this car on that day already.")
        case "by_follower":
            return t("您已取消本次预约。", "You cancelled it.")
        case "slip_cancelled":
            return t("服务店取消了本次预约，详情请致电服务店。", "The dealer cancelled it: please call them for details.")
        case _:
            return t("详情请致电服务店。", "Please call the dealer for details.")


def kept_words(code: str) -> str:
    """Why what the follower last asked for could not be done; the appointment stands as it was."""
    match code:
        case "too_late":
            return t("离到店时间太近，不能在线取消或改期，请致电服务店。", "It is too close to be changed here: please call the dealer.")
        case "full":
            return t("您想改的时间已约满，原来的时间不变。", "The time you wanted is taken: nothing has changed.")
        case _:
            return t("没能按您的要求更改，预约保持原样。", "Your change could not be made: nothing has changed.")


def happened(step: Step) -> str:
    """A line of the appointment's history; empty for what is none of the follower's concern."""
    match step.happened:
        case "appointment.requested":
            return t("预约已登记", "Booking recorded")
        case "appointment.call.due":
            return t("已安排服务店来电", "A call was arranged")
        case "appointment.call.missed":
            return t("服务店来电，未接通", "The dealer called and did not reach you")
        case "appointment.confirmed":
            return t("服务店确认了预约", "The dealer confirmed")
        case "appointment.notified":
            return t("确认消息已发给您", "The confirmation was sent to you")
        case "appointment.rescheduled":
            return t("您申请了改期", "You asked for another day")
        case "appointment.kept":
            return t("没能按您的要求更改", "Your change could not be made")
        case "appointment.arrived":
            return t("车辆到店", "The car arrived")
        case "appointment.completed":
            return t("服务完成", "The service was done")
        case "appointment.unreachable":
            return t("多次来电未接通，预约失效", "Calls not answered: the booking is void")
        case "appointment.no.show":
            return t("当天未到店", "The car did not come")
        case "appointment.transferred":
            return t("转到另一家服务店", "Moved to another dealer")
        case "appointment.declined":
            return t("您在电话中表示不再需要", "No longer wanted, as you said on the phone")
        case "appointment.withdrawn":
            return t("您撤回了预约", "You withdrew it")
        case "appointment.cancelled":
            return t("预约取消", "It was cancelled")
        case "appointment.turned.down":
            return t("未能预约", "It could not be booked")
        case _:
            return ""
