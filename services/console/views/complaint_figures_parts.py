"""What the reports about complaints share: which month, part of the country, type and grade they are about, and how a table is cut."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from flask import request

from contracts.complaining import DealerAnswer
from contracts.complaint_figures import ComplaintFigure, OverdueRow
from contracts.complaint_words import CaseType, Grade
from services.console import periods
from services.console.complaint_words import GRADES, TYPES
from services.console.place import Place, place_asked_for
from services.console.problems import Problem
from services.console.views.figures_parts import Choice
from services.console.words import Pair, say, t

PATH = "/complaint-figures"
CUTS: dict[str, Pair] = {
    "regions": ("大区", "Regions"),
    "dealers": ("服务店", "Dealers"),
    "types": ("类别", "Types"),
    "grades": ("等级", "Grades"),
    "months": ("月份", "Months"),
}
NOT_FILED: Pair = ("未建档", "Not filed")
NOT_ASSIGNED: Pair = ("未分派", "Not assigned")

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True)
class Asked:
    """What the address asks for; `type` and `grade` None: all."""

    place: Place
    type: CaseType | None
    grade: Grade | None

    def address(self, path: str = PATH, **otherwise: str) -> str:
        """With these otherwise; an empty one is taken away."""
        given = {"type": self.type.value if self.type else "", "grade": self.grade.value if self.grade else ""}
        query = {name: value for name, value in (self.place.query | given | otherwise).items() if value}
        return f"{request.script_root}{path}?{urlencode(query)}"


def asked_for(now: datetime) -> Asked:
    """Raises Problem for what can be no month, place, type or grade."""
    return Asked(place_asked_for(now), _one_of(CaseType, "type"), _one_of(Grade, "grade"))


def _one_of(known: type[E], name: str) -> E | None:
    text = request.args.get(name, "")
    if not text:
        return None
    try:
        return known(text)
    except ValueError:
        raise Problem(name, "没有这样的类别或等级。", "There is no such type or grade.") from None


def choice_of(path: str, place: Place, now: datetime, dealers: Iterable[DealerAnswer], kept: Mapping[str, str]) -> Choice:
    """The form above a report: months up to this one, regions, and the dealers of the region that is chosen."""
    months = [(period, periods.said(period)) for period in reversed(periods.row(periods.current(now), periods.OFFERED))]
    known = list(dealers)
    regions = sorted({(one.region_code, one.region_name or one.region_code) for one in known if one.region_code})
    theirs = [(one.dealer_code, one.name or one.dealer_code) for one in known if place.region in ("", one.region_code)]
    if place.dealer and place.dealer not in dict(theirs):
        theirs.append((place.dealer, place.dealer))  # one that is there no more still has its past months
    return Choice(path, place, months, regions, theirs, {name: value for name, value in kept.items() if value})


def type_choices() -> list[tuple[str, str]]:
    return [(key.value, say(words)) for key, words in TYPES.items()]


def grade_choices() -> list[tuple[str, str]]:
    return [(key.value, say(state.words)) for key, state in GRADES.items()]


def where_of(place: Place, dealers: Iterable[DealerAnswer]) -> str:
    """What the place is called."""
    if not place.code:
        return t("全国", "Nation")
    names = {code: name for one in dealers for code, name in ((one.region_code, one.region_name), (one.dealer_code, one.name))}
    return names.get(place.code) or place.code


def cuts_of(place: Place, *, by_month: bool = True) -> list[str]:
    """How a table may be cut here, the usual way first."""
    ways = {"nation": ["regions", "dealers"], "region": ["dealers"], "dealer": []}[place.level]
    return [*ways, "types", "grades", *(["months"] if by_month else [])]


def cut_asked_for(place: Place, *, by_month: bool = True) -> str:
    cuts, by = cuts_of(place, by_month=by_month), request.args.get("by", "")
    return by if by in cuts else cuts[0]


def type_name(type: CaseType | None) -> str:
    return say(TYPES[type] if type else NOT_FILED)


def grade_name(grade: Grade | None) -> str:
    return say(GRADES[grade].words if grade else NOT_FILED)


def usual_order(row: ComplaintFigure | OverdueRow) -> int:
    """Types and grades as people list them, the lesser first; what is not filed before them."""
    known: list[CaseType | Grade] = [*CaseType, *Grade]
    one = row.type or row.grade
    return known.index(one) if one else -1


def place_name(by: str, code: str, name: str) -> str:
    """Of a region or dealer; what is nobody's yet is said so."""
    return name or code or say(NOT_FILED if by == "regions" else NOT_ASSIGNED)


def one_farther(asked: Asked, by: str, path: str = PATH) -> Callable[[str], str | None]:
    """The address of what a line is about: of the region, dealer, type or grade alone; None for what is nobody's yet."""
    name = by.removesuffix("s")
    return lambda code: asked.address(path, **{name: code}) if code else None
