"""How the dealer says it."""

from sandbox.desks.words import Words, say
from sandbox.dms.lists import Booking

REJECTIONS: dict[str, Words] = {
    "closed_day": ("当天休息", "Closed on that day"),
    "full": ("该时段已约满", "No room at that time"),
    "unknown_dealer": ("本店不接受预约", "This dealer takes no appointments"),
    "parts_missing": ("配件未到", "Parts are missing"),
}
"""Reason code to words; what the follower reads is for Cheqiao to say."""

REASONS: dict[str, Words] = {
    **REJECTIONS,
    "withdrawn": ("客户已撤回", "withdrawn by the customer"),
    "slip_cancelled": ("预约单已取消", "slip cancelled"),
    "transferred": ("已转店", "went to another dealer"),
    "declined": ("客户不需要", "declined"),
    "unreachable": ("联系不上", "unreachable"),
}
OUTCOMES: dict[str, tuple[Words, str]] = {
    "arrived": (("已到店", "arrived"), "green"),
    "completed": (("已完成", "completed"), "green"),
    "no_show": (("未到店", "did not come"), "red"),
}
SOURCES: dict[str, Words] = {"menu": ("公众号菜单", "the menu"), "reminder": ("提醒", "a reminder")}
TYPES: dict[str, Words] = {
    "first_maintenance": ("首保", "first maintenance"),
    "maintenance": ("保养", "maintenance"),
    "warranty": ("质保", "warranty"),
    "insurance": ("保险", "insurance"),
    "inspection": ("年审", "inspection"),
    "birthday": ("生日", "birthday"),
    "campaign": ("活动", "campaign"),
}
SERVICES: dict[str, Words] = {
    "FIRST_MAINTENANCE": ("首次保养", "First maintenance"),
    "MAINTENANCE": ("定期保养", "Regular maintenance"),
    "REPAIR": ("维修", "Repair"),
    "INSPECTION": ("年审", "Inspection"),
}
"""What a workshop says it has done."""

STANDINGS: dict[str, Words] = {
    "open": ("跟踪中", "going on"),
    "booked": ("已预约", "booked"),
    "returned": ("已回厂", "came"),
    "for_decision": ("待决定", "to be decided"),
    "carried": ("下月继续", "carried over"),
    "dropped": ("不再提醒", "dropped"),
    "lapsed": ("已过期", "over"),
    "void": ("作废", "void"),
}
"""What became of a reminder."""

WEEKDAYS: tuple[Words, ...] = (
    ("周一", "Mon"),
    ("周二", "Tue"),
    ("周三", "Wed"),
    ("周四", "Thu"),
    ("周五", "Fri"),
    ("周六", "Sat"),
    ("周日", "Sun"),
)
SLOTS = ("08:00-12:00", "13:00-17:00", "08:00-10:00", "10:00-12:00", "13:00-15:00", "15:00-17:00")
"""Offered; any other can be typed."""


def booking_badge(booking: Booking) -> tuple[str, str]:
    """Colour and words of what matters about it now."""
    if booking.state != "stored":
        return ("red", say(("已拒绝", "rejected"))) if booking.state == "rejected" else ("grey", say(("已取消", "cancelled")))
    if booking.here:
        return "green", say(("在店", "in the workshop"))
    if booking.outcome in OUTCOMES:
        words, tone = OUTCOMES[booking.outcome]
        return tone, say(words)
    if booking.slip is not None and booking.slip.state == "active":
        return "green", say(("已确认", "confirmed"))
    return "amber", say(("待电话确认", "to be confirmed by phone"))
