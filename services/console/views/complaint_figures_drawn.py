"""What the report about complaints draws: six numbers, limits kept, a year of rates, escalations and endings. No I/O."""

from collections.abc import Sequence

from contracts.complaint_figures import ComplaintFigure, ComplaintSums, OverdueRow
from contracts.complaint_words import CloseReason, DeadlineKind, Trigger
from services.console import periods
from services.console.complaint_rates import answered_rate, content_rate, kept_rate, mean_score, on_time_rate, reopened_rate
from services.console.complaint_words import LIMITS
from services.console.drawn import Bar, Bars, MonthsChart, MonthsLine, share
from services.console.reckoning import rate
from services.console.views.complaint_figures_parts import PATH, Asked
from services.console.views.figures_parts import Tile
from services.console.words import Pair, number, say, t

MONTHS = 12
ENDINGS: dict[str, Pair] = {
    f"closed_{CloseReason.SATISFIED.value}": ("已达期望", "Satisfied"),
    f"closed_{CloseReason.ACCEPTED_PENDING.value}": ("暂未实施", "Put off"),
    f"closed_{CloseReason.WITHDRAWN.value}": ("撤诉", "Withdrawn"),
    f"closed_{CloseReason.NOT_SUPPORTED.value}": ("不符法规政策", "Against policy"),
    f"closed_{CloseReason.SETTLED.value}": ("随争议了结", "In a dispute"),
    "solved_direct": ("直接解决", "Solved at once"),
    "closed_invalid": ("不成立", "Not valid"),
}
TRIGGERS: dict[Trigger, Pair] = {
    Trigger.OVERDUE: ("结案超时", "Closing late"),
    Trigger.FORESEEN_OVERDUE: ("预计超时", "Foreseen late"),
    Trigger.VRT_LATE: ("VRT 超时", "VRT late"),
    Trigger.NO_PROPOSAL: ("VRT 无提案", "No proposal"),
    Trigger.PLAN_LATE: ("方案超时", "Plan late"),
}
"""Short: they stand beside a bar on a phone."""


def tiles_of(sums: ComplaintSums, overdue: OverdueRow, asked: Asked, *, running: bool) -> list[Tile]:
    """The six numbers of A-CMP-38, each with its other reading."""
    grievances, whole = number(sums.received_grievances), number(sums.received - sums.received_grievances)
    again, again_of = number(sums.closed_reopened), share(reopened_rate(sums))
    kept, met, breached = (number(getattr(sums, f"close_{name}")) for name in ("kept", "met", "breached"))
    long_over = number(overdue.up_to_30_days + overdue.longer)
    yes, no = number(sums.supported), number(sums.refused)
    decided = t(f"支持 {yes}，不支持 {no}", f"supported {yes}, refused {no}")
    of_received = t(f"投诉 {whole}，抱怨 {grievances}", f"complaints {whole}, grievances {grievances}")
    score, of_surveyed = _score(sums), share(answered_rate(sums))
    return [
        Tile(t("收到", "Received"), number(sums.received), of_received),
        Tile(t("结案", "Closed"), number(sums.closed), t(f"重开过 {again}（{again_of}）", f"reopened {again} ({again_of})")),
        Tile(
            t("按时结案率", "Closed in time"),
            share(on_time_rate(sums)),
            t(f"按时 {kept} / {met}；超时 {breached} 次", f"{kept} of {met}; {breached} ran out"),
        ),
        Tile(
            t("超期未结", "Overdue, open") if running else t("月末超期未结", "Overdue at its end"),
            number(overdue.total),
            t(f"超过 7 天 {long_over}", f"over 7 days: {long_over}"),
            asked.address(f"{PATH}/overdue"),
            level="broken" if overdue.up_to_30_days + overdue.longer else "late" if overdue.total else "",
        ),
        Tile(t("升级", "Escalated"), number(sums.escalated), decided),
        Tile(
            t("满意率", "Content"),
            share(content_rate(sums)),
            t(f"平均 {score} 分；评价率 {of_surveyed}", f"mean {score} of 5; {of_surveyed} answered"),
        ),
    ]


def limits_of(sums: ComplaintSums) -> Bars:
    """Each kind of limit: how many of those met were met in time, and how many ran out (A-CMP-36..38)."""
    bars = []
    for kind in DeadlineKind:
        met, breached, kept = (getattr(sums, f"{kind.value}_{name}") for name in ("met", "breached", "kept"))
        if met or breached:
            of = share(kept_rate(kind)(sums))
            bars.append(Bar(say(LIMITS[kind]), rate(kept, met), f"{of} · {number(kept)}/{number(met)}"))
    return Bars(t("按时办到的时限", "Limits kept"), tuple(bars), most=1, thick=True)


def trend_of(figures: Sequence[ComplaintFigure], period: str, *, running: bool) -> MonthsChart:
    """Closed in time, content and reopened over the last twelve months."""
    months = periods.row(period, MONTHS)
    known = {figure.period: figure.sums for figure in figures}
    sums = [known.get(month, ComplaintSums()) for month in months]
    lines = (
        MonthsLine(t("按时结案率", "Closed in time"), "main", [on_time_rate(one) for one in sums]),
        MonthsLine(t("满意率", "Content"), "second", [content_rate(one) for one in sums]),
        MonthsLine(t("重开率", "Reopened"), "bad", [reopened_rate(one) for one in sums]),
    )
    return MonthsChart(t("最近十二个月", "The last twelve months"), [periods.short(month) for month in months], lines, running=running)


def triggers_of(sums: ComplaintSums) -> Bars:
    """Escalations by what led to them (A-CMP-19..23)."""
    counted = {trigger: getattr(sums, f"escalated_{trigger.value}") for trigger in Trigger}
    bars = (Bar(say(TRIGGERS[trigger]), value, number(value)) for trigger, value in counted.items())
    return Bars(t("为什么升级", "Why cases were escalated"), tuple(bars), most=max(counted.values()) or None)


def endings_of(sums: ComplaintSums) -> Bars:
    """All that ended in the month, by how."""
    counted = {name: getattr(sums, name) for name in ENDINGS}
    whole = sum(counted.values())
    bars = (Bar(say(ENDINGS[name]), value, f"{number(value)} · {share(rate(value, whole))}") for name, value in counted.items())
    return Bars(t("怎样了结", "How cases ended"), tuple(bars), most=max(counted.values()) or None)


def _score(sums: ComplaintSums) -> str:
    mean = mean_score(sums)
    return "–" if mean is None else f"{mean:.1f}"
