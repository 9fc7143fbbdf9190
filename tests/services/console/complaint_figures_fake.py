"""The reports about complaints as the console asks them: sums, overdue cases and appraisal rows that follow from a seed, in `X-Scope`."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import product
from random import Random
from typing import Any, NamedTuple

from pydantic import BaseModel

from contracts.complaint_figures import (
    Appraisal,
    AppraisalQuery,
    AppraisalRow,
    ComplaintFigure,
    ComplaintFigures,
    ComplaintFiguresQuery,
    ComplaintRecount,
    ComplaintRecountRow,
    ComplaintSums,
    Overdue,
    OverdueQuery,
    OverdueRow,
)
from contracts.complaint_words import CaseType, Channel, CloseReason, Grade, Kind, State
from services.console.periods import current, moved, row
from tests.services.console.complaint_seeds import ALL_DEALERS

HISTORY = 13
"""Months there are figures of, the running one included."""
PAGE = 20
MOST_OFF = 500
TYPES = ((CaseType.QUALITY, 9), (CaseType.SALES, 3), (CaseType.SERVICE, 5), (CaseType.PARTS, 2), (CaseType.OTHER, 1))
GRADES = ((Grade.GENERAL, 7), (Grade.SERIOUS, 3), (Grade.MAJOR, 1))
REASONS = (CloseReason.SATISFIED, CloseReason.ACCEPTED_PENDING, CloseReason.WITHDRAWN, CloseReason.NOT_SUPPORTED)
HANDLERS = ("zhang.wei", "li.na", "chen.jing")


class NotForYou(Exception):
    """Of a level above the scope, or of everything."""


class Slice(NamedTuple):
    """What a sum is of, the least there is."""

    period: str
    dealer: str
    region: str
    type: CaseType | None
    grade: Grade | None


class FiguresFake:
    """`off` is what a recount finds; `frozen` and `corrections` by month."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.period = current(now)
        self.off: tuple[ComplaintRecountRow, ...] = ()
        last = moved(self.period, -1)
        self.frozen = {month: now - timedelta(days=3) for month in row(last, HISTORY - 1)}
        self.corrections = {last: ComplaintSums(closed_reopened=2, low=1)}

    def sums(self, of: Slice) -> ComplaintSums:
        """The newest month is half over; who is handled late in one dealer is so in all months."""
        return _seeded(of, of.period == self.period)

    def over(self, of: Slice) -> OverdueRow:
        return _late(of)

    def slices(self, periods: list[str]) -> Iterator[Slice]:
        for period in periods:
            for (code, _, region, _), (type, _), (grade, _) in product(ALL_DEALERS, TYPES, GRADES):
                yield Slice(period, code, region, type, grade)
            yield Slice(period, "", "", None, None)

    def rows(self, period: str) -> Iterator[AppraisalRow]:
        """Of the dealers in turn, in the order of their numbers."""
        begin = datetime.fromisoformat(f"{period}-01T01:00:00+00:00").astimezone(UTC)
        for number in range(46):
            code, _, region, _ = ALL_DEALERS[number % len(ALL_DEALERS)]
            dice = Random(f"{period}{number}")
            breached = dice.choice((0, 0, 0, 1, 2))
            closed = begin + timedelta(hours=7 * number)
            yield AppraisalRow(
                number=f"TS{period[2:4]}{period[5:]}{number // 2 + 1:02}{number:04}",
                kind=Kind.COMPLAINT,
                channel=dice.choice(list(Channel)),
                type=dice.choice(list(CaseType)),
                grade=dice.choice(list(Grade)),
                region_code=region,
                dealer_code=code,
                handler=dice.choice(HANDLERS),
                state=State.CLOSED,
                received_at=closed - timedelta(days=dice.randint(2, 20)),
                filed_at=closed - timedelta(days=1),
                closed_at=closed,
                close_reason=dice.choice(REASONS),
                limits_met=4 - breached,
                limits_kept=4 - breached,
                limits_breached=breached,
                escalated=dice.choice((0, 0, 0, 1)),
                plans_sent_back=dice.choice((0, 0, 1)),
                fee_yuan=dice.choice(("", "680.00", "1260.00", "8600.50")),
                reopened=dice.choice((0, 0, 0, 0, 1)),
                score=dice.choice((None, None, 5, 4, 4, 2)),
            )

    # the server

    def answer(self, path: str, given: dict[str, str], scope: str) -> BaseModel:
        match path:
            case "/figures":
                return self._figures(ComplaintFiguresQuery.model_validate(given), scope)
            case "/figures/overdue":
                return self._overdue(OverdueQuery.model_validate(given), scope)
            case "/figures/recount":
                if scope:
                    raise NotForYou
                return ComplaintRecount(period=given["period"], off=len(self.off), rows=self.off[:MOST_OFF])
            case _:
                return self._appraisal(AppraisalQuery.model_validate(given), scope)

    def _figures(self, wanted: ComplaintFiguresQuery, scope: str) -> ComplaintFigures:
        found: dict[tuple[str, ...], ComplaintSums] = {}
        for one in self._wanted(wanted, scope, [month for month in row(self.period, HISTORY) if wanted.first <= month <= wanted.last]):
            place = (one.period, *_place(one, wanted))
            found[place] = added(found.get(place, ComplaintSums()), self.sums(one))
        rows = (
            ComplaintFigure(
                period=period,
                code=code,
                name=_name(code),
                type=type or None,
                grade=grade or None,
                sums=sums,
                corrections=self.corrections.get(period) if wanted.level == "nation" and wanted.split == "none" else None,
            )
            for (period, code, type, grade), sums in sorted(found.items())
            if any(sums.model_dump().values())
        )
        frozen = {month: at for month, at in self.frozen.items() if wanted.first <= month <= wanted.last}
        return ComplaintFigures(rows=tuple(rows), frozen=frozen)

    def _overdue(self, wanted: OverdueQuery, scope: str) -> Overdue:
        found: dict[tuple[str, ...], OverdueRow] = {}
        for one in self._wanted(wanted, scope, [month for month in row(self.period, HISTORY) if month == wanted.period]):
            code, type, grade = _place(one, wanted)
            empty = OverdueRow(code=code, name=_name(code), type=type or None, grade=grade or None)
            found[code, type, grade] = added(found.get((code, type, grade), empty), self.over(one))
        return Overdue(at=self.now, rows=tuple(row for _, row in sorted(found.items()) if row.total))

    def _wanted(self, wanted: Any, scope: str, months: list[str]) -> Iterator[Slice]:
        kind, _, code = scope.partition(":")
        if kind and (wanted.level == "nation" or (kind == "dealer" and wanted.level == "region")):
            raise NotForYou
        for one in self.slices(months):
            within = not kind or code == (one.dealer if kind == "dealer" else one.region)
            asked = not wanted.code or wanted.level == "nation" or wanted.code in (one.dealer, one.region)
            if within and asked and wanted.type in (None, one.type) and wanted.grade in (None, one.grade):
                yield one

    def _appraisal(self, wanted: AppraisalQuery, scope: str) -> Appraisal:
        kind, _, code = scope.partition(":")
        rows = [
            one
            for one in self.rows(wanted.period)
            if (not kind or code == (one.dealer_code if kind == "dealer" else one.region_code))
            and wanted.dealer in ("", one.dealer_code)
            and wanted.region in ("", one.region_code)
            and one.number > wanted.after
        ]
        return Appraisal(rows=tuple(rows[:PAGE]), next=rows[PAGE - 1].number if len(rows) > PAGE else None)


@cache
def _seeded(of: Slice, running: bool) -> ComplaintSums:
    dice = Random(f"{of.period}{of.dealer}{of.type}{of.grade}")
    if of.type is None or of.grade is None:
        counted = {"received": dice.randint(9, 16), "first_reply_met": 24, "first_reply_kept": 23}
        return ComplaintSums(received_grievances=8, closed_invalid=5, solved_direct=11, **counted)
    share = dict(TYPES)[of.type] * dict(GRADES)[of.grade] / 60
    received = round(dice.uniform(0.4, 2.2) * share * 4 * (0.45 if running else 1) + 0.2)
    ill = (sum(map(ord, of.dealer)) % 7) / 20 + (0.12 if of.grade is Grade.MAJOR else 0)
    return _sums(dice, received, ill)


@cache
def _late(of: Slice) -> OverdueRow:
    dice = Random(f"late{of}")
    late = [dice.randint(0, 14) // ((of.grade is Grade.GENERAL) + wide) for wide in (12, 12, 13, 13, 14)] if of.type else [0] * 5
    names = ("up_to_1_day", "up_to_3_days", "up_to_7_days", "up_to_30_days", "longer")
    return OverdueRow(code="", total=sum(late), **dict(zip(names, late, strict=True)))


def added(to: Any, one: Any) -> Any:
    """Measure by measure."""
    known = one.__dict__
    return to.model_copy(update={name: value + known[name] for name, value in to.__dict__.items() if isinstance(value, int)})


def _name(code: str) -> str:
    return next((name for one in ALL_DEALERS for known, name in ((one[0], one[1]), (one[2], one[3])) if known == code), "")


def _place(one: Slice, wanted: Any) -> tuple[str, str, str]:
    code = {"nation": "", "region": one.region, "dealer": one.dealer}[wanted.level]
    return code, (one.type or "") if wanted.split == "type" else "", (one.grade or "") if wanted.split == "grade" else ""


def _sums(dice: Random, received: int, ill: float) -> ComplaintSums:
    def some(whole: int, share: float) -> int:
        return sum(dice.random() < share for _ in range(whole))

    closed = some(received, 0.85)
    late, plans, vrts, surveyed = some(closed, ill), some(received, 0.9), some(received, 0.25), some(closed, 0.9)
    answered = some(surveyed, 0.55)
    scores = [5 if dice.random() > ill + 0.3 else 4 if dice.random() > ill else 2 for _ in range(answered)]
    satisfied, withdrawn = some(closed, 0.6), 0
    pending = some(closed - satisfied, 0.4)
    withdrawn = some(closed - satisfied - pending, 0.6)
    raised = late + some(vrts, 0.2)
    low = sum(score < 3 for score in scores)
    plan_late, reply_late = some(plans, ill), some(received, ill / 4)
    return ComplaintSums(
        received=received,
        received_grievances=some(received, 0.2),
        closed=closed,
        closed_satisfied=satisfied,
        closed_accepted_pending=pending,
        closed_withdrawn=withdrawn,
        closed_not_supported=closed - satisfied - pending - withdrawn,
        closed_reopened=some(closed, ill / 3),
        reopened=some(closed, ill / 3),
        first_reply_met=received,
        first_reply_kept=received - reply_late,
        first_reply_breached=reply_late,
        dealer_plan_met=plans,
        dealer_plan_kept=plans - plan_late,
        dealer_plan_breached=plan_late,
        vrt_conclusion_met=vrts,
        vrt_conclusion_kept=some(vrts, 0.8),
        vrt_conclusion_breached=some(vrts, 0.2),
        close_met=closed,
        close_kept=closed - late,
        close_breached=late,
        drafted=raised + some(received, 0.1),
        escalated=raised,
        escalated_overdue=late,
        escalated_vrt_late=raised - late,
        escalated_level_1=raised,
        supported=some(raised, 0.7),
        surveyed=surveyed,
        answered=answered,
        score_total=sum(scores),
        content=answered - low,
        low=low,
    )
