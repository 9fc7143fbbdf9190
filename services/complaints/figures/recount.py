"""Counts a month anew, by SQL from the steps and what stands beside a case: what the sums and corrections must come to (flows 6).

It shares nothing with how the sums are kept but the tables: `measures.py` says the same in Python, of a case as it stands.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, FromClause, Integer, Select, String, case, cast, func, literal, select, union_all

from chassis.database import millis
from contracts.reminders import Period
from services.complaints.days import BUSINESS_ZONE
from services.complaints.figures.measures import Key
from services.complaints.tables import MEASURES, cases, closures, corrections, deadlines, escalations, steps, sums, surveys

Column = ColumnElement[Any]
Asked = Select[*tuple[Any, ...]]
WHO = ("region_code", "dealer_code", "type", "grade")
_CLOSING = (steps.c.state == "closed") & steps.c.step.in_(("approve_closure", "withdraw", "settle_dispute"))


class Off(NamedTuple):
    """A row of the sums that is not what its cases come to."""

    key: Key
    measure: str
    kept: int
    counted: int


def bounds(period: Period) -> tuple[datetime, datetime]:
    """The first moment of the month in Asia/Shanghai, and of the next one."""
    begins = date.fromisoformat(f"{period}-01")
    ends = date(begins.year + begins.month // 12, begins.month % 12 + 1, 1)
    return datetime.combine(begins, time.min, BUSINESS_ZONE), datetime.combine(ends, time.min, BUSINESS_ZONE)


def recount(connection: Connection, period: Period) -> list[Off]:
    """Where sums and corrections together differ from the cases; empty where all is well.

    In one statement: what changes meanwhile is in both or in neither.
    """
    found: dict[str, dict[Key, dict[str, int]]] = {way: defaultdict(lambda: dict.fromkeys(MEASURES, 0)) for way in ("kept", "counted")}
    for row in connection.execute(union_all(*_kept(period), *_counted(period))).mappings():
        theirs = found[row["way"]][Key(period, *(row[name] for name in WHO))]
        if row["way"] == "kept":
            for name in MEASURES:
                theirs[name] += int(row[name])
        else:
            theirs[f"{row['before']}{row['word']}{row['after']}"] += int(row["number"])
    kept, counted = found["kept"], found["counted"]
    return [
        Off(key, name, kept[key][name], counted[key][name])
        for key in sorted({*kept, *counted})
        for name in MEASURES
        if kept[key][name] != counted[key][name]
    ]


def _kept(period: Period) -> Iterator[Asked]:
    for table in (sums, corrections):
        who = (table.c[name] for name in WHO)
        numbers = (func.sum(table.c[name]).label(name) for name in MEASURES)
        yield (
            select(literal("kept").label("way"), *who, *_measure("", literal(""), "", literal(0)), *numbers)
            .where(table.c.period == period)
            .group_by(*(table.c[name] for name in WHO))
        )


def _counted(period: Period) -> Iterator[Asked]:
    begins, ends = (millis(at) for at in bounds(period))
    whole = func.count()

    def of(
        source: FromClause, at: Column, word: Column | str, *where: Column, before: str = "", after: str = "", number: Column = whole
    ) -> Asked:
        who = who_has()
        by: Sequence[Column] = who if isinstance(word, str) else (*who, word)
        named = literal(word) if isinstance(word, str) else word
        nothing = (literal(0).label(name) for name in MEASURES)
        joined = source if source is cases else source.join(cases, cases.c.complaint_id == source.c.complaint_id)
        measure = _measure(before, named, after, number)
        asked = select(literal("counted").label("way"), *who, *measure, *nothing).select_from(joined)
        return asked.where(at >= begins, at < ends, *where).group_by(*by)

    reopening = steps.alias("reopening")
    later = (
        select(reopening.c.version)
        .where(reopening.c.complaint_id == steps.c.complaint_id, reopening.c.version > steps.c.version, reopening.c.step == "reopen")
        .exists()
    )
    closing = steps.join(closures, (closures.c.complaint_id == steps.c.complaint_id) & (closures.c.decided_at == steps.c.at))
    closing_of_cases = closing.join(cases, cases.c.complaint_id == steps.c.complaint_id)
    yield of(cases, cases.c.received_at, "received")
    yield of(cases, cases.c.received_at, "received_grievances", cases.c.kind == "grievance")
    yield of(steps, steps.c.at, "closed_invalid", steps.c.step == "reply_invalid", ~later)
    yield of(steps, steps.c.at, "solved_direct", steps.c.step == "solve_directly", ~later)
    yield of(steps, steps.c.at, "closed", _CLOSING)
    yield of(steps, steps.c.at, "closed_reopened", _CLOSING, later)
    yield of(steps, steps.c.at, "reopened", steps.c.step == "reopen")
    yield _by_reason(closing_of_cases, begins, ends)
    kinds = deadlines.c.kind
    yield of(deadlines, deadlines.c.met_at, kinds, after="_met")
    yield of(deadlines, deadlines.c.met_at, kinds, deadlines.c.breached_at.is_(None), after="_kept")
    yield of(deadlines, deadlines.c.breached_at, kinds, after="_breached")
    yield of(escalations, escalations.c.drafted_at, "drafted")
    yield of(escalations, escalations.c.raised_at, "escalated")
    yield of(escalations, escalations.c.raised_at, escalations.c.trigger, before="escalated_")
    yield of(escalations, escalations.c.raised_at, escalations.c.level, before="escalated_level_")
    yield of(escalations, escalations.c.decided_at, "supported", escalations.c.decision == "support")
    yield of(escalations, escalations.c.decided_at, "refused", escalations.c.decision == "refuse")
    yield of(surveys, surveys.c.requested_at, "surveyed")
    scored = surveys.c.score.is_not(None)
    yield of(surveys, surveys.c.answered_at, "answered", scored)
    yield of(surveys, surveys.c.answered_at, "score_total", scored, number=func.sum(surveys.c.score))
    yield of(surveys, surveys.c.answered_at, "content", surveys.c.score >= 4)
    yield of(surveys, surveys.c.answered_at, "low", surveys.c.low.is_(True), scored)


def _by_reason(joined: FromClause, begins: int, ends: int) -> Asked:
    """Closings by the reason of the closure that was decided in the same step."""
    nothing = (literal(0).label(name) for name in MEASURES)
    measure = _measure("closed_", closures.c.reason, "", func.count())
    return (
        select(literal("counted").label("way"), *who_has(), *measure, *nothing)
        .select_from(joined)
        .where(_CLOSING, closures.c.approved.is_(True), steps.c.at >= begins, steps.c.at < ends)
        .group_by(*who_has(), closures.c.reason)
    )


def who_has() -> tuple[Column, ...]:
    """A region's once it is filed, a dealer's while it is assigned to them."""
    c = cases.c
    return (
        case((c.filed_at.is_not(None), c.region_code), else_="").label("region_code"),
        case((c.assigned_at.is_not(None), c.dealer_code), else_="").label("dealer_code"),
        func.coalesce(c.type, "").label("type"),
        func.coalesce(c.grade, "").label("grade"),
    )


def _measure(before: str, word: Column, after: str, number: Column) -> tuple[Column, ...]:
    """Its name in three parts, and how many."""
    return (
        literal(before).label("before"),
        cast(word, String(32)).label("word"),
        literal(after).label("after"),
        cast(number, Integer).label("number"),
    )
