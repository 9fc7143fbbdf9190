"""The table of the reports about complaints: a row for each month, region, dealer, type or grade, all measures and rates."""

from collections.abc import Callable
from dataclasses import dataclass

from contracts.complaint_figures import ComplaintSums
from contracts.complaint_words import DeadlineKind
from services.console import complaint_rates
from services.console.complaint_measures import MEASURES, corrections_in_words
from services.console.complaint_words import LIMITS
from services.console.tables import Column
from services.console.views.complaint_figures_parts import CUTS

SHOWN = ("received", "closed", "escalated", "reopened", "answered")
"""Of the measures, beside the rates; the others are there when they are chosen."""


@dataclass(frozen=True)
class Row:
    """`corrected`: what changed since the figures were frozen."""

    name: str
    code: str
    sums: ComplaintSums
    href: str | None = None
    corrected: ComplaintSums | None = None


def columns(by: str) -> tuple[Column[Row], ...]:
    counted = {key: _counted(key) for key in MEASURES if key != "close_breached"}
    return (
        Column("name", *CUTS[by], lambda row: row.name, href=lambda row: row.href),
        Column("code", "代码", "Code", lambda row: row.code, hidden=True),
        counted.pop("received"),
        counted.pop("closed"),
        _rate("on_time_rate", "按时结案率", "In time", complaint_rates.on_time_rate),
        Column("close_breached", "结案超时", "Ran out", lambda row: row.sums.close_breached, "number"),
        _rate("first_reply_rate", "首复及时率", "First reply", complaint_rates.first_reply_rate),
        counted.pop("escalated"),
        counted.pop("reopened"),
        _rate("reopened_rate", "重开率", "Of closed", complaint_rates.reopened_rate),
        counted.pop("answered"),
        _rate("content_rate", "满意率", "Content", complaint_rates.content_rate),
        Column("mean_score", "平均分", "Mean", lambda row: _rounded(complaint_rates.mean_score(row.sums)), "number"),
        *(_kept(kind) for kind in (DeadlineKind.DEALER_PLAN, DeadlineKind.VRT_CONCLUSION, DeadlineKind.CUSTOM)),
        *counted.values(),
        Column("corrected", "冻结后更正", "Corrected since", lambda row: corrections_in_words(row.corrected), hidden=True),
    )


def _counted(key: str) -> Column[Row]:
    return Column(key, *MEASURES[key], lambda row: getattr(row.sums, key), "number", hidden=key not in SHOWN)


def _rate(key: str, zh: str, en: str, of: Callable[[ComplaintSums], float | None], *, hidden: bool = False) -> Column[Row]:
    return Column(key, zh, en, lambda row: of(row.sums), "percent", hidden=hidden)


def _kept(kind: DeadlineKind) -> Column[Row]:
    zh, en = LIMITS[kind]
    return _rate(f"{kind.value}_rate", f"{zh}按时率", f"{en} in time", complaint_rates.kept_rate(kind), hidden=True)


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, 2)
