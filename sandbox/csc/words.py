"""How the DCRC says it."""

from dataclasses import dataclass

from contracts.csc import CallResult
from sandbox.csc.lists import TaskLine
from sandbox.desks.words import Words, say

CALLS: dict[CallResult, tuple[Words, str]] = {
    "reached": (("已接通", "Reached"), "green"),
    "no_answer": (("无人接听", "No answer"), "amber"),
    "busy": (("占线", "Busy"), "amber"),
    "switched_off": (("关机", "Switched off"), "amber"),
    "wrong_number": (("号码有误", "Wrong number"), "red"),
    "refused": (("拒接", "Refused"), "red"),
}
"""How a call went, and its colour."""

CANCELS: dict[str, Words] = {
    "customer_asked": ("客户要求取消", "The customer asked"),
    "dealer_full": ("服务店排不开", "The dealer has no room"),
    "parts_missing": ("配件未到", "Parts are missing"),
    "entered_by_mistake": ("录入有误", "Entered by mistake"),
}
ENDS: dict[str, Words] = {
    "slip_saved": ("已确认", "confirmed"),
    "declined": ("客户不需要", "declined"),
    "transferred": ("已转店", "transferred"),
    "withdrawn": ("客户已撤回", "withdrawn"),
    "cancelled": ("已取消", "cancelled"),
}
OUTCOMES: dict[str, tuple[Words, str]] = {
    "arrived": (("已到店", "Arrived"), "green"),
    "completed": (("已完成", "Completed"), "green"),
    "no_show": (("未到店", "Did not come"), "red"),
}


@dataclass(frozen=True)
class ServiceItem:
    code: str
    name: str
    name_en: str


ITEMS = (
    ServiceItem("MAINTENANCE", "定期保养", "Regular maintenance"),
    ServiceItem("FIRST_MAINTENANCE", "首次保养", "First maintenance"),
    ServiceItem("REPAIR", "故障维修", "Repair"),
    ServiceItem("TYRES", "轮胎与四轮定位", "Tyres and alignment"),
    ServiceItem("BODYWORK", "钣金喷漆", "Bodywork and paint"),
    ServiceItem("AIR_CONDITIONING", "空调检查", "Air conditioning"),
    ServiceItem("RECALL", "召回与技术升级", "Recall and updates"),
    ServiceItem("OTHER", "其他", "Something else"),
)
"""What workshops do; a CSC has this list from the maker, as the follower's pages do."""


def task_badge(task: TaskLine) -> tuple[str, str]:
    """Colour and words of what matters about it now."""
    if task.outcome in OUTCOMES:
        words, tone = OUTCOMES[task.outcome]
        return tone, say(words)
    if task.calls_open:
        return "amber", say(("要求改期", "another day asked for") if task.slip_holds else ("待回电", "to call"))
    if task.slip_holds:
        return "green", say(("已确认", "confirmed"))
    if task.slip is not None:
        return "grey", say(("预约单已取消", "slip cancelled"))
    words = ENDS.get(task.reason, (f"已关闭（{task.reason}）", f"closed ({task.reason})"))
    return "grey", say(words)
