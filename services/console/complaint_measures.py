"""What people call the measures of the reports about complaints, and how each figure comes about (flows 6): Chinese and English."""

from contracts.complaint_figures import ComplaintSums
from contracts.complaint_words import CloseReason, DeadlineKind, Trigger
from services.console.complaint_words import CLOSE_REASONS, LIMITS, TRIGGERS
from services.console.words import Pair, number, say, t


def _limits() -> dict[str, Pair]:
    said = {"met": ("已办", "met"), "kept": ("按时", "in time"), "breached": ("超时", "ran out")}
    return {
        f"{kind.value}_{key}": (f"{LIMITS[kind][0]}{words[0]}", f"{LIMITS[kind][1]}: {words[1]}")
        for kind in DeadlineKind
        for key, words in said.items()
    }


MEASURES: dict[str, Pair] = {
    "received": ("收到", "Received"),
    "received_grievances": ("其中抱怨", "Of these grievances"),
    "closed_invalid": ("不成立并已回复", "Replied, not valid"),
    "solved_direct": ("直接解决", "Solved at once"),
    "closed": ("结案", "Closed"),
    **{f"closed_{reason.value}": CLOSE_REASONS[reason] for reason in CloseReason},
    "closed_reopened": ("结案后又重开", "Closed, then reopened"),
    "reopened": ("当月重开", "Reopened"),
    **_limits(),
    "drafted": ("起草升级", "Escalations drafted"),
    "escalated": ("升级", "Escalated"),
    **{f"escalated_{trigger.value}": TRIGGERS[trigger] for trigger in Trigger},
    **{f"escalated_level_{level}": (f"升至 {level} 级", f"To level {level}") for level in range(1, 10)},
    "supported": ("升级获支持", "Escalations supported"),
    "refused": ("升级未获支持", "Escalations refused"),
    "surveyed": ("请求评价", "Surveys sent"),
    "answered": ("有评分", "Scored"),
    "score_total": ("评分合计", "Sum of scores"),
    "content": ("满意（4 或 5 分）", "Content (4 or 5)"),
    "low": ("低分", "Low scores"),
}
EXPLAINED: tuple[tuple[Pair, Pair], ...] = (
    (
        ("收到", "Received"),
        (
            "按客户提出的日子计；后来升级为投诉的不再算抱怨。",
            "By the day on which the customer came. What was raised to a complaint is no grievance any more.",
        ),
    ),
    (
        ("结案", "Closed"),
        (
            "每结一次计一次，重开后再结再计；不成立、直接解决另计。",
            "Each closing counts, after a reopening once more; not valid and solved at once stand apart.",
        ),
    ),
    (
        ("按时结案率", "Closed in time"),
        (
            "有结案时限的结案中，没有超时的占比。建档前撤诉的没有时限，不计。",
            "Of closings with a limit, those before it ran out. What is withdrawn before it is filed has none.",
        ),
    ),
    (
        ("各类时限", "Limits kept"),
        (
            "当月办到的时限中按时的占比；超时另计，算在超时那一刻所在的月。",
            "Of limits met in the month, those in time. What ran out counts in the month in which it did.",
        ),
    ),
    (
        ("超期未结", "Overdue, open"),
        (
            "结案时限已过、还没有了结的单；过去的月份是那个月末的样子。",
            "Open cases whose limit to close is over: now, or at the end of a past month.",
        ),
    ),
    (
        ("升级", "Escalated"),
        ("当月正式提出的升级；转更高级别的再计一次。", "Raised in the month; passed on to a higher level counts again."),
    ),
    (
        ("重开率", "Reopening rate"),
        (
            "当月结的案中后来被重开的占比，不论何时重开，所以过去的月份也会变。",
            "Of what was closed in the month, what was opened again, whenever: so past months may change.",
        ),
    ),
    (
        ("满意率", "Content"),
        (
            "当月给出的评分中 4、5 分的占比；平均分是评分合计除以评分份数。",
            "Of scores given in the month, those of 4 or 5 out of 5; the mean is their sum by their number.",
        ),
    ),
    (
        ("大区、服务店", "Region, dealer"),
        (
            "建档后归大区，分派后归店；转给别店，整单随之过去。类别、等级按现在的算。",
            "A case is its region's once filed, its dealer's while assigned; all of it goes where it goes. Type and grade as now.",
        ),
    ),
)


def corrections_in_words(corrected: ComplaintSums | None) -> str:
    """结案 +1，结案按时 −1; empty where nothing changed."""
    changed = {name: value for name, value in (corrected.model_dump() if corrected else {}).items() if value}
    told = (f"{say(MEASURES[name])} {'+' if value > 0 else '−'}{number(abs(value))}" for name, value in changed.items())
    return t("，", ", ").join(told)
