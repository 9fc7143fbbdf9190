"""What the statistics of reminders and of appointments share: the choice of month and place, tiles, rankings, ways to cut a table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.reminder_figures import AppointmentFigure, ReminderFigure
from services.console import periods
from services.console.drawn import Bar, Bars, share
from services.console.place import Place
from services.console.words import Pair, number, t

Figure = ReminderFigure | AppointmentFigure

MOST_SHOWN = 100
"""Rows of a table; its export has all."""
BEST, WORST = 10, 5
"""Of a long ranking these are drawn."""
CUTS: dict[str, Pair] = {
    "regions": ("大区", "Regions"),
    "dealers": ("服务店", "Dealers"),
    "types": ("类型", "Types"),
    "months": ("月份", "Months"),
}


@dataclass(frozen=True)
class Tile:
    """A number, its other reading as a note, and the page of what it counts. `level`: late or broken, where it wants somebody."""

    name: str
    value: str
    note: str
    href: str = ""
    level: str = ""


@dataclass(frozen=True)
class Measured:
    """One bar of a ranking: a rate, and what it is a rate of."""

    code: str
    name: str
    rate: float | None
    whole: int


@dataclass(frozen=True)
class Choice:
    """The form above the statistics: what may be chosen here, and what else stands in the address."""

    path: str
    place: Place
    periods: Sequence[tuple[str, str]]
    regions: Sequence[tuple[str, str]]
    dealers: Sequence[tuple[str, str]]
    kept: Mapping[str, str]


def choice_of(
    path: str, place: Place, now: datetime, *, regions: Iterable[Figure], dealers: Iterable[Figure], kept: Mapping[str, str]
) -> Choice:
    months = [(period, periods.said(period)) for period in periods.choices(now)]
    return Choice(path, place, months, _named(regions), _named(dealers), {name: value for name, value in kept.items() if value})


def _named(figures: Iterable[Figure]) -> list[tuple[str, str]]:
    return [(figure.code, figure.name or figure.code) for figure in figures]


def name_of(place: Place, *known: Iterable[Figure]) -> str:
    """What the place is called, as any of the answers says it."""
    if not place.code:
        return t("全国", "Nation")
    return next((figure.name for figures in known for figure in figures if figure.code == place.code and figure.name), place.code)


def in_order(measured: Iterable[Measured], title: str) -> Bars:
    """In the order of the answer: who looks every month finds each where it was."""
    return Bars(title, tuple(_bar(one) for one in measured), most=1)


def ranking(measured: Iterable[Measured], title: str, chosen: str = "", *, high_is_good: bool = True) -> Bars:
    """The best first; of many the best and the worst. `chosen` stands out among the others."""
    sign = -1 if high_is_good else 1
    known = sorted((one for one in measured if one.rate is not None), key=lambda one: (sign * (one.rate or 0), one.code))
    cut = len(known) > BEST + WORST
    if cut:
        title += t(f"（前 {BEST} 与后 {WORST}，共 {len(known)} 家）", f" (best {BEST} and last {WORST} of {len(known)})")
        known = known[:BEST] + known[-WORST:]
    return Bars(title, tuple(_bar(one, chosen) for one in known), most=1, gap=BEST if cut else None)


def _bar(one: Measured, chosen: str = "") -> Bar:
    other = bool(chosen) and one.code != chosen
    label = share(one.rate) + t(f" · {number(one.whole)}", f" of {number(one.whole)}")
    return Bar(one.name or one.code, one.rate, label, "second" if other else "main")


def cuts_of(place: Place, *, typed: bool) -> list[str]:
    """How the table may be cut here, the usual way first."""
    by = {"nation": ["regions", "dealers", "types", "months"], "region": ["dealers", "types", "months"], "dealer": ["types", "months"]}
    return [cut for cut in by[place.level] if typed or cut != "types"]
