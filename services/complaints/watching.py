"""What Prometheus may ask of complaints, and what alerts are made of: what is late, what waits, what does not agree (A-CLD-05).

Each look follows an index and takes as long as there is waiting. Figures are counted anew four times a day: that reads two months.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from prometheus_client import CollectorRegistry
from sqlalchemy import BindParameter, Column, ColumnElement, Connection, bindparam, func, select

from chassis.clock import Clock
from chassis.database import Database, millis
from chassis.gauges import OwnGauges, Watch
from chassis.timers import turns
from contracts.complaint_words import ENDED, DeadlineKind, State
from services.complaints.clocks.showing import holidays_known_until
from services.complaints.days import BUSINESS_ZONE, local
from services.complaints.figures.recount import recount
from services.complaints.tables import calendar_changes, cases, closures, deadlines, escalations, files, surveys

LOOK_SECONDS = 30.0
RECOUNT_SECONDS = 6 * 3600.0
LOST_WITHIN = timedelta(days=1)
OPEN = tuple(state.value for state in State if state not in ENDED)

_NOW: BindParameter[int] = bindparam("now")
_DRAFT, _RAISED = escalations.c.drafted_at, escalations.c.raised_at


def _first(due: Column[Any], *where: ColumnElement[bool]) -> Any:
    return select(func.min(due)).where(due <= _NOW, *where).scalar_subquery()


_LATE = select(
    _first(deadlines.c.next_look_at).label("limits"),
    _first(closures.c.survey_at).label("surveys"),
    _first(surveys.c.call_at).label("calls"),
    _first(closures.c.follow_up_at).label("follow_ups"),
    _first(calendar_changes.c.made_at, calendar_changes.c.applied.is_(False)).label("calendars"),
)
"""Since when something waits that is done by the clock."""
_CASES = select(cases.c.state.label("name"), func.count().label("number")).where(cases.c.is_open).group_by(cases.c.state)
_OVERDUE = (
    select(deadlines.c.kind.label("name"), func.count().label("number"))
    .select_from(cases.join(deadlines, deadlines.c.complaint_id == cases.c.complaint_id))
    .where(cases.c.is_open, cases.c.next_due_at <= _NOW)
    .where(deadlines.c.breached_at.is_not(None), deadlines.c.met_at.is_(None), deadlines.c.dropped_at.is_(None))
    .group_by(deadlines.c.kind)
)
_DRAFTS = select(func.count().label("number"), func.min(_DRAFT).label("since")).where(_RAISED.is_(None), escalations.c.dropped_at.is_(None))
_UNDECIDED = select(func.count().label("number"), func.min(_RAISED).label("since")).where(
    escalations.c.decided_at.is_(None), _RAISED.is_not(None), escalations.c.dropped_at.is_(None)
)
_CALLS = select(func.count().label("number"), func.min(surveys.c.call_by).label("since")).where(surveys.c.call_by.is_not(None))
_AWAITED = select(func.count().label("number"), func.min(files.c.at).label("since")).where(files.c.state == "awaited")
_LOST = select(func.count()).where(files.c.state == "lost", files.c.at > bindparam("after"))


@dataclass(frozen=True)
class Waiting:
    """How many, and how long the oldest has waited; 0 where nothing waits."""

    number: int
    seconds: float


@dataclass(frozen=True)
class Seen:
    late_seconds: Mapping[str, float]
    """By what is done by the clock: how long the first that is due has been waiting."""
    cases: Mapping[str, int]
    overdue: Mapping[str, int]
    escalations: Mapping[str, Waiting]
    calls: Waiting
    """Its age is how long the first is over its time."""
    files: Waiting
    lost: int
    calendar_seconds: float


def look(connection: Connection, now: datetime) -> Seen:
    at = {"now": millis(now)}

    def age(since: int | None) -> float:
        return max(0, millis(now) - since) / 1000 if since else 0.0

    def waiting(statement: Any) -> Waiting:
        row = connection.execute(statement).one()
        return Waiting(row.number, age(row.since))

    return Seen(
        late_seconds={name: age(since) for name, since in connection.execute(_LATE, at).mappings().one().items()},
        cases=_by_name(connection.execute(_CASES).all()),
        overdue=_by_name(connection.execute(_OVERDUE, at).all()),
        escalations={"draft": waiting(_DRAFTS), "raised": waiting(_UNDECIDED)},
        calls=waiting(_CALLS),
        files=waiting(_AWAITED),
        lost=connection.execute(_LOST, {"after": millis(now - LOST_WITHIN)}).scalar_one(),
        calendar_seconds=(_end_of(holidays_known_until(connection)) - now).total_seconds(),
    )


def differences(connection: Connection, now: datetime) -> int:
    """Of the figures of this month and the last from what their cases come to."""
    this = local(now).date().replace(day=1)
    return sum(len(recount(connection, f"{month:%Y-%m}")) for month in (this, this - timedelta(days=1)))


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, BUSINESS_ZONE)


def _by_name(rows: Any) -> dict[str, int]:
    return {row.name: row.number for row in rows}


class Gauges(OwnGauges):
    prefix = "complaints"

    def __init__(self, registry: CollectorRegistry) -> None:
        super().__init__(registry)
        gauge = self.gauge
        self._late = gauge("clock_late_seconds", "Since the first thing was due that is done by the clock; 0: none is", "name")
        self._cases = gauge("cases_open", "Cases that have not ended, by state", "state")
        self._overdue = gauge("limits_overdue", "Limits that were not kept and are open still, by kind", "name")
        self._escalations = gauge("escalations_waiting", "Escalations: drafted and neither raised nor dropped; raised, undecided", "state")
        self._escalations_age = gauge("escalations_oldest_seconds", "Since the oldest of them was drafted, or raised", "state")
        self._calls = gauge("calls_waiting", "Customers whom an agent is to call about a closing")
        self._calls_late = gauge("calls_late_seconds", "Since the first of them should have been called; 0: there is time")
        self._files = gauge("files_waiting", "Photos and voices of followers that have not been brought from WeChat")
        self._files_age = gauge("files_oldest_seconds", "Since the oldest of them was sent")
        self._lost = gauge("files_lost", "Of the last 24 hours: those that could not be brought, or were refused")
        self._calendar = gauge("calendar_known_seconds", "Until the end of the last year of which public holidays are known")
        self._differing = gauge("figures_differing", "Figures of this month and the last that are not what their cases come to")

    def show(self, seen: Seen) -> None:
        for name, seconds in seen.late_seconds.items():
            self._late.labels(name).set(seconds)
        for state in OPEN:
            self._cases.labels(state).set(seen.cases.get(state, 0))
        for kind in DeadlineKind:
            self._overdue.labels(kind.value).set(seen.overdue.get(kind.value, 0))
        for state, waiting in seen.escalations.items():
            self._escalations.labels(state).set(waiting.number)
            self._escalations_age.labels(state).set(waiting.seconds)
        self._calls.set(seen.calls.number)
        self._calls_late.set(seen.calls.seconds)
        self._files.set(seen.files.number)
        self._files_age.set(seen.files.seconds)
        self._lost.set(seen.lost)
        self._calendar.set(seen.calendar_seconds)

    def show_differences(self, number: int) -> None:
        self._differing.set(number)


class HandlesWatching:
    """Mixed into the service (services/complaints/service.py)."""

    gauges = Watch(Gauges)
    now: Callable[[], datetime] = Clock()

    @turns(LOOK_SECONDS)
    def look_around(self, database: Database) -> bool:
        with database.read() as connection:
            seen = look(connection, self.now())
        self.gauges.show(seen)
        return False

    @turns(RECOUNT_SECONDS)
    def compare_figures(self, database: Database) -> bool:
        with database.read() as connection:
            found = differences(connection, self.now())
        self.gauges.show_differences(found)
        return False
