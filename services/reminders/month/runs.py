"""Runs: when a period's items are made, by whose order, and how far one has come (A-REM-18)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Row, exists, func, insert, or_, select, update

from chassis.database import Transaction, millis
from chassis.logs import get_logger
from chassis.settings import Reminders
from contracts.reminders import Period, ReminderType
from services.reminders.days import BUSINESS_ZONE, first_day, last_day, local, next_period, period_of
from services.reminders.month.campaigning import versions_on
from services.reminders.rules import ids
from services.reminders.rules.rulebook import rulebook_in_force
from services.reminders.tables import cars, loads, runs

log = get_logger(__name__)

BY_CLOCK, BY_CAMPAIGN = "system", "campaign"
LOAD_IS_ALIVE = timedelta(days=1)
"""A first load that has not moved for so long is waited for no more."""

Origin = Literal["ours", "dms"]


@dataclass(frozen=True)
class Run:
    """One making of a period's items. `run_no` 2 and on find what has changed since."""

    run_id: UUID
    period: Period
    run_no: int
    origin: Origin
    state: str
    rulebook: int
    made_up_to: UUID | None
    cars: int
    items: int
    pages: int
    counts: dict[str, int]
    checksum: int
    told: dict[str, Any]
    started_at: int

    @property
    def is_first(self) -> bool:
        return self.run_no == 1


def start_run(tx: Transaction, period: Period, ordered_by: str, now: datetime) -> UUID:
    """Make a period's items from now on: again where it was made before. One that is at work already is that one.

    Two that start one at the same moment: the second meets the key (Conflict), and finds it when it tries again.
    """
    theirs = (runs.c.period == period) & (runs.c.origin == "ours")
    at_work: UUID | None = tx.execute(select(runs.c.run_id).where(theirs, runs.c.state == "running")).scalar_one_or_none()
    if at_work is not None:
        return at_work
    made = tx.execute(select(func.max(runs.c.run_no)).where(theirs)).scalar_one() or 0
    run_id = ids.run_id(period, made + 1)
    rulebook = rulebook_in_force(tx).version
    begin(tx, run_id, period, made + 1, "ours", rulebook=rulebook, ordered_by=ordered_by, now=now)
    log.info("reminder_run_started", run=str(run_id), period=period, run_no=made + 1)
    return run_id


def begin(
    tx: Transaction, run_id: UUID, period: Period, run_no: int, origin: Origin, *, rulebook: int, ordered_by: str, now: datetime
) -> None:
    row = {
        "run_id": run_id,
        "period": period,
        "run_no": run_no,
        "origin": origin,
        "state": "running",
        "rulebook": rulebook,
        "made_up_to": None,
        "tasked_up_to": None,
        "cars": 0,
        "items": 0,
        "tasks": 0,
        "pages": 0,
        "counts": {},
        "checksum": "0",
        "told": None,
        "campaigns": versions_on(tx, period) if origin == "ours" else None,
        "ordered_by": ordered_by,
        "started_at": millis(now),
        "finished_at": None,
    }
    tx.execute(insert(runs).values(row))


def begin_by_the_clock(tx: Transaction, now: datetime, terms: Reminders) -> UUID | None:
    """The run that it is time for, however late: once for each period. None: it is there, or it cannot begin yet.

    What was ordered before that time stands, and is made again by the facts of now.
    """
    if terms.source != "ours":
        return None
    period = wanted_period(now, terms)
    in_time = or_(runs.c.origin != "ours", runs.c.started_at >= millis(begins_at(period, terms)))
    if tx.execute(select(exists().where(runs.c.period == period, in_time))).scalar_one() or not _facts_are_in(tx, now):
        return None
    return start_run(tx, period, BY_CLOCK, now)


def follow_campaigns(tx: Transaction, now: datetime, terms: Reminders) -> list[UUID]:
    """Months that go on, or are made ahead, are made again where campaigns were published, changed or withdrawn since their last run
    began: once, however many came together."""
    enabled = rulebook_in_force(tx)[ReminderType.CAMPAIGN].enabled
    if terms.source != "ours" or not enabled or _are_loading(tx, now, ["campaigns"]):
        return []
    open_ = (runs.c.origin == "ours", runs.c.period >= period_of(local(now).date()))
    newest = {row.period: row for row in tx.execute(select(runs).where(*open_).order_by(runs.c.run_no))}
    changed = [
        period
        for period, row in sorted(newest.items())
        if row.state != "running" and row.campaigns is not None and row.campaigns != versions_on(tx, period)
    ]
    return [start_run(tx, period, BY_CAMPAIGN, now) for period in changed]


def begins_at(period: Period, terms: Reminders) -> datetime:
    """When it begins by itself: on the last day of the month before."""
    day = first_day(period) - timedelta(days=1)
    return datetime.combine(day, time.fromisoformat(terms.generate_at), BUSINESS_ZONE)


def wanted_period(now: datetime, terms: Reminders) -> Period:
    """The current month's; on its last day, from the hour on, the next one's (flows 2.3)."""
    here = local(now)
    current = period_of(here.date())
    begins = f"{here:%H:%M}" >= terms.generate_at
    return next_period(current) if begins and here.date() == last_day(current) else current


def held(tx: Transaction, run_id: UUID) -> Run | None:
    """The run, held until the transaction ends."""
    row = tx.execute(select(runs).where(runs.c.run_id == run_id).with_for_update()).first()
    return _run_of(row) if row else None


def save(tx: Transaction, run: Run) -> None:
    """What moves while it is made."""
    moved = {
        "state": run.state,
        "rulebook": run.rulebook,
        "made_up_to": run.made_up_to,
        "cars": run.cars,
        "items": run.items,
        "pages": run.pages,
        "counts": run.counts,
        "checksum": str(run.checksum),
        "told": run.told or None,
    }
    tx.execute(update(runs).where(runs.c.run_id == run.run_id).values(moved))


def _facts_are_in(tx: Transaction, now: datetime) -> bool:
    """There are cars, and no load of all of them is under way: what comes after a run would have no items."""
    there = tx.execute(select(exists(select(cars.c.vehicle_id).limit(1)))).scalar_one()
    return bool(there) and not _are_loading(tx, now, ["cars", "dates"], loads.c.changed_since.is_(None))


def _are_loading(tx: Transaction, now: datetime, sources: Sequence[str], *which: ColumnElement[bool]) -> bool:
    alive = loads.c.moved_at > millis(now - LOAD_IS_ALIVE)
    loading = exists().where(loads.c.state == "running", loads.c.source.in_(sources), alive, *which)
    return bool(tx.execute(select(loading)).scalar_one())


def _run_of(row: Row[Any]) -> Run:
    return Run(
        run_id=row.run_id,
        period=row.period,
        run_no=row.run_no,
        origin=row.origin,
        state=row.state,
        rulebook=row.rulebook,
        made_up_to=row.made_up_to,
        cars=row.cars,
        items=row.items,
        pages=row.pages,
        counts=dict(row.counts or {}),
        checksum=int(row.checksum or 0),
        told=dict(row.told or {}),
        started_at=row.started_at,
    )
