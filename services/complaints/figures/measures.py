"""What one case counts for in the reports (flows 6, A-CMP-38, A-GEN-11). No I/O, no clock."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from chassis.database import from_millis, millis
from contracts.complaint_words import Kind, State
from services.complaints.cases.case import Case
from services.complaints.cases.parts import Closure, Deadline, Escalation, Survey
from services.complaints.days import day_of

CONTENT_FROM = 4
"""Of a score of 5 (flows 6)."""


class Key(NamedTuple):
    """A row of the sums."""

    period: str
    region_code: str
    dealer_code: str
    type: str
    grade: str


Counted = tuple[str, int]


def measures(case: Case) -> Mapping[Key, Mapping[str, int]]:
    """By month, at who has the case now: a dealer while it is assigned to them, a region once it is filed."""
    found: dict[Key, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    region_code = case.region_code if case.filed_at else ""
    dealer_code = case.dealer_code if case.assigned_at else ""
    type, grade = (case.type.value if case.type else ""), (case.grade.value if case.grade else "")
    for at, (name, number) in _happened(case):
        found[Key(period_of(at), region_code, dealer_code, type, grade)][name] += number
    return found


def period_of(at: datetime) -> str:
    """The month in Asia/Shanghai, of the moment as it is kept."""
    return f"{day_of(from_millis(millis(at))):%Y-%m}"


def _happened(case: Case) -> Iterator[tuple[datetime, Counted]]:
    yield case.received_at, ("received", 1)
    if case.kind is Kind.GRIEVANCE:
        yield case.received_at, ("received_grievances", 1)
    if case.closed_at and case.state in (State.CLOSED_INVALID, State.SOLVED_DIRECT):
        yield case.closed_at, (case.state.value, 1)
    stays_closed = case.state in (State.CLOSED, State.SURVEYED)
    for number, at in enumerate(case.closings, start=1):
        yield at, ("closed", 1)
        if number < len(case.closings) or not stays_closed:
            yield at, ("closed_reopened", 1)
    for at in case.reopenings:
        yield at, ("reopened", 1)
    for closure in case.closures:
        yield from _of_closure(closure)
    for deadline in case.deadlines:
        yield from _of_deadline(deadline)
    for escalation in case.escalations:
        yield from _of_escalation(escalation)
    for survey in case.surveys:
        yield from _of_survey(survey)


def _of_closure(one: Closure) -> Iterator[tuple[datetime, Counted]]:
    if one.approved and one.decided_at:
        yield one.decided_at, (f"closed_{one.reason.value}", 1)


def _of_deadline(one: Deadline) -> Iterator[tuple[datetime, Counted]]:
    """A limit that was over when it was met counts as breached, and as met, not as kept."""
    if one.breached_at:
        yield one.breached_at, (f"{one.kind.value}_breached", 1)
    if one.met_at:
        yield one.met_at, (f"{one.kind.value}_met", 1)
        if one.breached_at is None:
            yield one.met_at, (f"{one.kind.value}_kept", 1)


def _of_escalation(one: Escalation) -> Iterator[tuple[datetime, Counted]]:
    yield one.drafted_at, ("drafted", 1)
    if one.raised_at:
        yield one.raised_at, ("escalated", 1)
        yield one.raised_at, (f"escalated_{one.trigger.value}", 1)
        yield one.raised_at, (f"escalated_level_{one.level}", 1)
    if one.decided_at and one.decision in ("support", "refuse"):
        yield one.decided_at, ("supported" if one.decision == "support" else "refused", 1)


def _of_survey(one: Survey) -> Iterator[tuple[datetime, Counted]]:
    yield one.requested_at, ("surveyed", 1)
    if one.answered_at and one.score is not None:
        yield one.answered_at, ("answered", 1)
        yield one.answered_at, ("score_total", one.score)
        if one.score >= CONTENT_FROM:
            yield one.answered_at, ("content", 1)
        if one.low:
            yield one.answered_at, ("low", 1)
