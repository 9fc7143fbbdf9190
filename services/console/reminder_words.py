"""What people call reminders' types, states, decisions, flaws and measures: Chinese and English for every one there is."""

from contracts.reminders import SERVICE_TYPES, ContactState, Decision, Outcome, ReminderType, WechatState
from contracts.reminding import DirtyFlaw, ListName
from contracts.vehicles import Flaw
from services.console.tables import State
from services.console.words import Pair

TYPES: dict[ReminderType, Pair] = {
    ReminderType.FIRST_MAINTENANCE: ("首保", "first maintenance"),
    ReminderType.MAINTENANCE: ("保养", "maintenance"),
    ReminderType.WARRANTY: ("质保", "warranty"),
    ReminderType.INSURANCE: ("强保", "insurance"),
    ReminderType.INSPECTION: ("年审", "inspection"),
    ReminderType.BIRTHDAY: ("生日关怀", "birthday"),
    ReminderType.CAMPAIGN: ("服务活动", "campaign"),
}
TRACKED_TYPES = tuple(type for type in ReminderType if type in SERVICE_TYPES)
"""Those that the lists hold."""
WECHAT: dict[WechatState, State] = {
    WechatState.NONE: State("waiting", ("未绑定", "not registered")),
    WechatState.QUEUED: State("waiting", ("待发", "queued")),
    WechatState.SENT: State("waiting", ("已发出", "sent")),
    WechatState.DELIVERED: State("fine", ("已送达", "delivered")),
    WechatState.CLICKED: State("fine", ("已点开", "opened")),
    WechatState.FAILED: State("broken", ("未送达", "failed")),
    WechatState.SUPPRESSED: State("waiting", ("不发", "not to be sent")),
}
CONTACT: dict[ContactState, State] = {
    ContactState.NONE: State("waiting", ("不致电", "no call")),
    ContactState.OPEN: State("late", ("未致电", "not called")),
    ContactState.ATTEMPTED: State("late", ("未接通", "not reached")),
    ContactState.REACHED: State("fine", ("已接通", "reached")),
    ContactState.SLIP_SAVED: State("fine", ("已存提醒单", "slip saved")),
    ContactState.MISSED: State("broken", ("本月未接通", "missed")),
}
OUTCOMES: dict[Outcome, State] = {
    Outcome.OPEN: State("waiting", ("进行中", "open")),
    Outcome.BOOKED: State("fine", ("已预约", "booked")),
    Outcome.RETURNED: State("fine", ("已回厂", "returned")),
    Outcome.FOR_DECISION: State("late", ("待决定", "for decision")),
    Outcome.CARRIED: State("waiting", ("下月继续", "carried over")),
    Outcome.DROPPED: State("waiting", ("不再提醒", "dropped")),
    Outcome.LAPSED: State("waiting", ("已过期", "lapsed")),
    Outcome.VOID: State("waiting", ("作废", "void")),
}
DECISIONS: dict[Decision, Pair] = {
    "carry": ("下一月继续提醒", "Carry over"),
    "drop": ("不需提醒", "Not needed"),
    "void": ("作废", "Void"),
}
DECISION_MEANS: dict[Decision, Pair] = {
    "carry": (
        "下个月再建一条电话跟踪任务，优先级高；默认不再发微信。",
        "Next month has a new task to call, with high priority; WeChat is not used again by default.",
    ),
    "drop": ("这条提醒到此为止，仍计入本月统计。", "This reminder ends here; it still counts in this month."),
    "void": (
        "这条提醒本来就不该有（已转让、已故、资料有误、重复），不计入统计。",
        "It should never have been (sold, deceased, wrong data, duplicate) and does not count.",
    ),
}
REASONS: dict[Decision, tuple[Pair, ...]] = {
    "carry": (("车主说下月再来", "comes next month"), ("多次未接通", "not reached")),
    "drop": (
        ("已在他店保养", "done elsewhere"),
        ("车主明确拒绝", "declined"),
        ("车辆长期停驶", "car not in use"),
        ("车主不愿被联系", "wants no contact"),
    ),
    "void": (("车辆已转让", "car sold"), ("资料有误", "wrong data"), ("重复提醒", "duplicate"), ("车主已故", "deceased")),
}
"""Offered; anything else may be typed."""
LISTS: dict[ListName, Pair] = {
    "for_decision": ("待决定", "For decision"),
    "not_reminded": ("未提醒", "Not reminded"),
    "not_tracked": ("未跟踪", "Not tracked"),
    "not_returned": ("未回厂", "Not returned"),
}
LISTS_MEAN: dict[ListName, Pair] = {
    "for_decision": (
        "到期未回厂、等您决定的：到次月自动结转日还没有决定的，会自动结转（最多三次）。",
        "The month is over and the car is not back. What nobody decides is carried over by itself early next month, three times at most.",
    ),
    "not_reminded": (
        "微信没有送达、电话也没有接通的。",
        "Neither a message delivered nor a call that reached the owner.",
    ),
    "not_tracked": ("已绑定微信、电话还没有接通的。", "Registered with WeChat, and no call that reached the owner yet."),
    "not_returned": ("还没有回厂的。", "Not back in the workshop."),
}
ANSWERS: dict[str, Pair] = {
    "will_come": ("会来", "will come"),
    "booked": ("已预约", "booked"),
    "declined": ("不来", "declined"),
    "done_elsewhere": ("已在他店做", "done elsewhere"),
    "already_done": ("已经做过", "already done"),
    "vehicle_sold": ("车已转让", "car sold"),
    "call_later": ("以后再打", "call later"),
    "complaint": ("有抱怨", "complaint"),
}
"""customer_answer of a slip."""
FLAWS: dict[DirtyFlaw, Pair] = {
    Flaw.MISSING: ("缺少", "missing"),
    Flaw.ZERO: ("为 0", "zero"),
    Flaw.PLACEHOLDER: ("占位日期（1900、9999）", "placeholder date (1900, 9999)"),
    Flaw.UNREADABLE: ("无法识别", "unreadable"),
    Flaw.IN_FUTURE: ("在未来", "in the future"),
    Flaw.CONTRADICTION: ("与另一项矛盾", "contradicts another field"),
    Flaw.TWO_OWNERS: ("两位车主", "two owners"),
    Flaw.SOLD: ("已售出", "sold"),
    Flaw.UNKNOWN_CAR: ("没有这辆车", "unknown car"),
    Flaw.UNKNOWN_DEALER: ("没有这家店", "unknown dealer"),
    "refused": ("CSC 不收这条任务", "CSC refused the task"),
}
SOURCES: dict[str, Pair] = {
    "cars": ("车辆与车主", "Cars and owners"),
    "dates": ("服务日期", "Service dates"),
    "campaigns": ("服务活动", "Campaigns"),
    "items": ("提醒明细", "Reminder items"),
    "tasks": ("提醒任务", "Reminder tasks"),
}
"""Where facts come from; `items`: the DMS's month."""
SOURCE_OWNERS: dict[str, str] = {"cars": "DMS", "dates": "CSC", "campaigns": "CSC", "items": "DMS", "tasks": "CSC"}
RUN_STATES: dict[str, State] = {
    "running": State("going", ("正在生成", "being made")),
    "tasks": State("going", ("正在交给 CSC", "tasks go to CSC")),
    "done": State("fine", ("已完成", "done")),
    "differs": State("broken", ("与 DMS 不符", "differs from the DMS")),
}
LOAD_STATES: dict[str, State] = {
    "running": State("going", ("进行中", "running")),
    "done": State("fine", ("已完成", "done")),
    "stopped": State("late", ("已停止", "stopped")),
}
CAR_FIELDS: dict[str, Pair] = {
    "purchase_date": ("购车日期", "purchase date"),
    "invoice_date": ("开票日期", "invoice date"),
    "warranty_end_date": ("质保到期日", "warranty end"),
    "next_maintenance_date": ("下次保养日期", "next maintenance"),
    "compulsory_insurance_expiry": ("交强险到期日", "compulsory insurance expiry"),
    "mandatory_maintenance_expiry": ("强制保养到期日", "mandatory maintenance expiry"),
    "next_inspection_date": ("下次年审日期", "next inspection"),
    "birth_date": ("出生日期", "birth date"),
    "dealer_code": ("服务店代码", "dealer code"),
    "vin": ("VIN", "VIN"),
    "mileage_km": ("里程", "mileage"),
    "customer_id": ("客户编号", "customer id"),
    "owner": ("车主", "owner"),
}
"""The field of a dirty row, where it has a name that people use."""
STEPS: dict[str, Pair] = {
    "made": ("列入本月，到期日", "made; due"),
    "carried": ("由上月结转，到期日", "carried over; due"),
    "asked": ("交给微信发送", "message handed over"),
    "sent": ("微信已发出", "message sent"),
    "delivered": ("微信已送达", "message delivered"),
    "clicked": ("车主点开", "opened by the follower"),
    "failed": ("微信未送达", "message failed"),
    "suppressed": ("不发微信", "message not to be sent"),
    "called": ("电话", "call"),
    "slip_saved": ("存了提醒单", "slip saved"),
    "booked": ("已预约", "booked"),
    "returned": ("已回厂，到店", "returned, at"),
    "carry": ("决定：下一月继续提醒", "decided: carry over"),
    "drop": ("决定：不需提醒", "decided: not needed"),
    "void": ("决定：作废", "decided: void"),
}
"""What happened to an item: Step.what; what follows is its detail."""
DETAILS: dict[str, Pair] = {
    "reached": ("已接通", "reached"),
    "no_answer": ("无人接听", "no answer"),
    "busy": ("占线", "busy"),
    "switched_off": ("关机", "switched off"),
    "wrong_number": ("号码不对", "wrong number"),
    "refused": ("拒接", "refused"),
    "user_blocked": ("车主拒收", "blocked by the follower"),
    "unsubscribed": ("已取消关注", "unsubscribed"),
    "template": ("模板有误", "template"),
    "limit": ("配额用完", "quota used up"),
    "system": ("系统原因", "system"),
    "quiet": ("免打扰", "do not disturb"),
    "opted_out": ("车主不再提醒", "opted out"),
    "returned": ("车已回厂", "back already"),
    "car_is_back": ("车已回厂", "back already"),
    "car_sold": ("车已售出", "the car is sold"),
    "car_scrapped": ("车已报废", "the car is scrapped"),
    "owner_changed": ("车主已更换", "the car is another's"),
    "too_late": ("时间已过", "too late"),
    "told_already": ("已告知", "told already"),
    "withdrawn": ("活动已取消", "campaign withdrawn"),
    "merged": ("已并入新提醒", "goes on in a new item"),
    "taken_back": ("不再结转", "not carried over after all"),
    "most_carries": ("已达结转上限", "carried over as often as may be"),
    "rerun": ("重跑后不再有", "gone with a later run"),
    "service": ("服务提醒", "service reminder"),
    "campaign": ("生日与活动", "birthday or campaign"),
    **ANSWERS,
}
"""Reasons, call results and kinds of message, as codes."""
