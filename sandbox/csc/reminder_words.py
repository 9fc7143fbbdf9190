"""How the DCRC speaks of reminders."""

from sandbox.csc.reminder_lists import ListName, ReminderLine
from sandbox.desks.words import Words, say

TYPES: dict[str, Words] = {
    "first_maintenance": ("首保", "First maintenance"),
    "maintenance": ("保养", "Maintenance"),
    "warranty": ("质保", "Warranty"),
    "insurance": ("保险", "Insurance"),
    "inspection": ("年审", "Inspection"),
}
WECHAT: dict[str, tuple[Words, str]] = {
    "none": (("未绑定", "not registered"), "grey"),
    "queued": (("待发送", "to be sent"), "grey"),
    "sent": (("已发送", "sent"), "amber"),
    "delivered": (("已送达", "delivered"), "green"),
    "clicked": (("已点开", "opened"), "green"),
    "failed": (("未送达", "not delivered"), "red"),
    "suppressed": (("不发送", "not to be sent"), "grey"),
}
CONTACTS: dict[str, tuple[Words, str]] = {
    "open": (("未拨", "not called"), "amber"),
    "attempted": (("未接通", "not reached"), "amber"),
    "reached": (("已接通", "reached"), "green"),
    "slip_saved": (("提醒单已存", "slip saved"), "green"),
    "missed": (("当月未接通", "missed"), "red"),
}
OUTCOMES: dict[str, tuple[Words, str]] = {
    "open": (("跟踪中", "going on"), "amber"),
    "booked": (("已预约", "booked"), "green"),
    "returned": (("已回厂", "came"), "green"),
    "for_decision": (("待决定", "to be decided"), "red"),
    "carried": (("下月继续", "carried over"), "grey"),
    "dropped": (("不再提醒", "dropped"), "grey"),
    "void": (("作废", "void"), "grey"),
}
ANSWERS: dict[str, Words] = {
    "will_come": ("会来", "Will come"),
    "booked": ("已约好", "Has booked"),
    "call_later": ("稍后再联系", "Call later"),
    "declined": ("不需要", "Declined"),
    "done_elsewhere": ("已在别处做过", "Done elsewhere"),
    "already_done": ("本品牌已做过", "Done already"),
    "vehicle_sold": ("车已卖出", "Car is sold"),
    "complaint": ("有抱怨", "Complaint"),
}
LIST_NAMES: dict[ListName, Words] = {
    "not_reminded": ("未提醒", "Not reminded"),
    "not_tracked": ("未跟踪", "Not tracked"),
    "not_returned": ("未回厂", "Did not come"),
}
LIST_MEANS: dict[ListName, Words] = {
    "not_reminded": ("微信没有送达，电话也没有接通。", "WeChat brought nothing, and no call reached them."),
    "not_tracked": ("已绑定公众号，但电话没有接通。", "Registered on WeChat, but no call reached them."),
    "not_returned": ("当月没有回厂，包括前两类。", "Did not come in the month; the other two are among them."),
}
DECISIONS: dict[str, Words] = {
    "carry": ("下一月继续提醒", "Remind again next month"),
    "drop": ("不需提醒", "No reminder needed"),
    "void": ("作废", "Void"),
}
REASONS: tuple[Words, ...] = (
    ("客户不需要", "The customer does not want it"),
    ("已在别处做过", "Done elsewhere"),
    ("联系不上", "Cannot be reached"),
    ("车已卖出", "The car is sold"),
    ("资料有误", "The data are wrong"),
)
"""Offered; any other can be typed."""


def standing(line: ReminderLine) -> tuple[str, str]:
    """Colour and words of what matters about it now."""
    if line.decided:
        return "grey", say(DECISIONS[line.decided])
    words, tone = OUTCOMES.get(line.outcome, ((line.outcome, line.outcome), "grey"))
    return tone, say(words)
