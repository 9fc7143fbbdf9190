"""What Prometheus may ask of the month, and what alerts are made of: what is late, what waits, what does not agree (A-CLD-05)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry
from sqlalchemy import Connection, bindparam, func, select

from chassis.clock import Clock
from chassis.database import Database, millis
from chassis.gauges import OwnGauges, Watch
from chassis.timers import turns
from services.reminders.days import begins, day_of, local, next_period, period_of
from services.reminders.sending.today import handed_over
from services.reminders.tables import dirty_rows, loads, messages, runs, task_pages, unreported

LOOK_SECONDS = 30.0
WAITING = ("planned", "asked")


@dataclass(frozen=True)
class Seen:
    """Ages are seconds; 0 where there is nothing that could be old."""

    missing_seconds: float
    running_seconds: float
    differing: int
    silent_loads: Mapping[str, float]
    unreported: int
    unreported_oldest_seconds: float
    pages: int
    pages_oldest_seconds: float
    messages: Mapping[str, int]
    messages_today: Mapping[str, int]
    made: Mapping[str, tuple[int, int]]
    """Items and tasks of this month and the next."""
    dirty: Mapping[str, int]


def look(connection: Connection, now: datetime) -> Seen:
    def age(at: int | None) -> float:
        return max(0, millis(now) - at) / 1000 if at else 0.0

    run = connection.execute(_RUNS).one()
    untold = connection.execute(_UNREPORTED).one()
    pages = connection.execute(_PAGES).one()
    silent = {row.source: age(row.moved_at) for row in connection.execute(_LOADS)}
    period = period_of(day_of(now))
    here = connection.execute(select(runs.c.run_id).where(runs.c.period == period).limit(1)).first()
    return Seen(
        missing_seconds=0.0 if here else (local(now) - begins(period)).total_seconds(),
        running_seconds=age(run.started_at),
        differing=int(run.differing or 0),
        silent_loads=silent,
        unreported=untold.number,
        unreported_oldest_seconds=age(untold.since),
        pages=pages.number,
        pages_oldest_seconds=age(pages.told_at),
        messages=_by_name(connection.execute(_MESSAGES).all()),
        messages_today=handed_over(connection, now)._asdict(),
        made=_made(connection, {"this_month": period, "next_month": next_period(period)}),
        dirty=_by_name(connection.execute(_DIRTY).all()),
    )


def _made(connection: Connection, periods: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    rows = {row.period: (int(row.made), int(row.tasks)) for row in connection.execute(_MADE, {"periods": list(periods.values())})}
    return {name: rows.get(period, (0, 0)) for name, period in periods.items()}


def _by_name(rows: Any) -> dict[str, int]:
    return {row.name: row.number for row in rows}


_RUNS = select(
    select(func.min(runs.c.started_at)).where(runs.c.state.in_(["running", "tasks"])).scalar_subquery().label("started_at"),
    select(func.count()).where(runs.c.state == "differs").scalar_subquery().label("differing"),
)
_LOADS = select(loads.c.source, func.min(loads.c.moved_at).label("moved_at")).where(loads.c.state == "running").group_by(loads.c.source)
_MADE = (
    select(runs.c.period, func.sum(runs.c["items"]).label("made"), func.sum(runs.c.tasks).label("tasks"))
    .where(runs.c.period.in_(bindparam("periods", expanding=True)))
    .group_by(runs.c.period)
)
_UNREPORTED = select(func.count().label("number"), func.min(unreported.c.since).label("since"))
_PAGES = select(func.count().label("number"), func.min(task_pages.c.told_at).label("told_at")).where(task_pages.c.opened.is_(None))
_MESSAGES = select(messages.c.state.label("name"), func.count().label("number")).where(messages.c.state.in_(WAITING)).group_by("name")
_DIRTY = select(dirty_rows.c.source.label("name"), func.count().label("number")).group_by(dirty_rows.c.source)


class Gauges(OwnGauges):
    prefix = "reminders"

    def __init__(self, registry: CollectorRegistry) -> None:
        super().__init__(registry)
        gauge = self.gauge
        self._missing = gauge("month_missing_seconds", "Since the month began of which nobody has made the items; 0: they are there")
        self._running = gauge("run_seconds", "Since the oldest month that is being made, or handed to CSC, was begun; 0: none is")
        self._differing = gauge("runs_differing", "Months of the DMS of which we do not have what it says that it pushed")
        self._silent = gauge("load_silent_seconds", "Since a load that is running took in its last page", "name")
        self._unreported = gauge("standings_waiting", "Items of which CSC and the DMS are still to be told how they stand")
        self._unreported_age = gauge("standings_oldest_seconds", "Since the oldest change of them was made")
        self._items = gauge("items_made", "Items that have been made, of this month and the next", "name")
        self._tasks = gauge("tasks_handed_over", "Of those: tasks handed to CSC", "name")
        self._pages = gauge("task_pages_waiting", "Pages of tasks that CSC has not answered")
        self._pages_age = gauge("task_pages_oldest_seconds", "Since the oldest of them was told")
        self._messages = gauge("messages_waiting", "Messages to followers by state: planned, or handed over and not answered", "state")
        self._today = gauge("messages_today", "Messages of today in Asia/Shanghai: asked for in all, sent, failed", "state")
        self._dirty = gauge("dirty_rows", "Fields that could not be used, by what was loaded", "name")
        self._sources: set[str] = set()

    def show(self, seen: Seen) -> None:
        self._missing.set(seen.missing_seconds)
        self._running.set(seen.running_seconds)
        self._differing.set(seen.differing)
        self._unreported.set(seen.unreported)
        self._unreported_age.set(seen.unreported_oldest_seconds)
        for name, (made, tasks) in seen.made.items():
            self._items.labels(name).set(made)
            self._tasks.labels(name).set(tasks)
        for state, number in seen.messages_today.items():
            self._today.labels(state).set(number)
        self._pages.set(seen.pages)
        self._pages_age.set(seen.pages_oldest_seconds)
        for state in WAITING:
            self._messages.labels(state).set(seen.messages.get(state, 0))
        self._sources |= {*seen.silent_loads, *seen.dirty}
        for source in self._sources:
            self._silent.labels(source).set(seen.silent_loads.get(source, 0))
            self._dirty.labels(source).set(seen.dirty.get(source, 0))


class HandlesWatching:
    """Mixed into the service (services/reminders/service.py)."""

    gauges = Watch(Gauges)
    now: Callable[[], datetime] = Clock()

    @turns(LOOK_SECONDS)
    def look_around(self, database: Database) -> bool:
        with database.read() as connection:
            seen = look(connection, self.now())
        self.gauges.show(seen)
        return False
