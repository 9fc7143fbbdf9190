"""Runs, their differences, and today's messages, as they stand in the tables."""

import time
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import Connection, Row, func, select

from chassis.database import from_millis, millis
from chassis.settings import Reminders
from contracts.reminders import ReminderType, WechatState
from contracts.reminding import DifferenceRow, Differences, RunAnswer, SendingAnswer
from services.reminders.days import local, midnight, period_of
from services.reminders.figures.lists import masked
from services.reminders.rules.rulebook import rulebook_in_force
from services.reminders.sending.today import handed_over
from services.reminders.tables import cars, differences, items, messages, runs, task_pages

MOST_RUNS = 50
ROWS = 500
COUNTED_FOR_SECONDS = 60.0
N = TypeVar("N")


class Counted(Generic[N]):
    """Counted at most once a minute, because a million take their time."""

    def __init__(self, nothing: N, count: Callable[[Connection], N]) -> None:
        self._found, self._count, self._until = nothing, count, 0.0

    def of(self, connection: Connection) -> N:
        if time.monotonic() >= self._until:
            self._found = self._count(connection)
            self._until = time.monotonic() + COUNTED_FOR_SECONDS
        return self._found


def number_of_cars(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(cars)).scalar_one())


class Waiting(NamedTuple):
    """Items of this month that no message is made up for."""

    queued: int = 0
    later: int = 0


def waiting(connection: Connection, today: date) -> Waiting:
    """Whose day to be told has come, and whose has not: counted in their index alone, day by day."""
    period, rulebook = period_of(today), rulebook_in_force(connection)
    which = (
        items.c.wechat_state == WechatState.QUEUED.value,
        items.c.type.in_(list(ReminderType)),
        items.c.period == period,
        items.c.message_id.is_(None),
    )
    days = select(items.c.type, items.c.due_date, func.count().label("number")).where(*which).group_by(items.c.type, items.c.due_date)
    found = {True: 0, False: 0}
    for row in connection.execute(days):
        found[row.due_date <= today + timedelta(days=rulebook[ReminderType(row.type)].lead_days)] += row.number
    return Waiting(found[True], found[False])


def newest(connection: Connection, cars_total: int) -> list[RunAnswer]:
    rows = connection.execute(select(runs).order_by(runs.c.started_at.desc()).limit(MOST_RUNS)).all()
    return _answers(connection, rows, cars_total)


def run(connection: Connection, run_id: UUID, cars_total: int) -> RunAnswer | None:
    rows = connection.execute(select(runs).where(runs.c.run_id == run_id)).all()
    return next(iter(_answers(connection, rows, cars_total)), None)


def differences_of(connection: Connection, run_id: UUID, after: UUID | None) -> Differences:
    """In the order of the items' ids."""
    which = [differences.c.run_id == run_id] + ([differences.c.item_id > after] if after else [])
    joined = differences.outerjoin(cars, cars.c.vehicle_id == differences.c.vehicle_id)
    some = select(differences, cars.c.vin).select_from(joined).where(*which).order_by(differences.c.item_id).limit(ROWS + 1)
    rows = connection.execute(some).all()
    shown = tuple(
        DifferenceRow(vin=masked(row.vin), type=row.type, due_date=row.due_date, kind=row.kind, dealer_code=row.dealer_code)
        for row in rows[:ROWS]
    )
    return Differences(rows=shown, next=str(rows[ROWS - 1].item_id) if len(rows) > ROWS else None)


def _answers(connection: Connection, rows: Sequence[Row[Any]], cars_total: int) -> list[RunAnswer]:
    ids = [row.run_id for row in rows]
    pages = select(task_pages.c.run_id, func.sum(task_pages.c.opened).label("opened"), func.sum(task_pages.c.refused).label("refused"))
    answered = {row.run_id: row for row in connection.execute(pages.where(task_pages.c.run_id.in_(ids)).group_by(task_pages.c.run_id))}
    counting = select(differences.c.run_id, differences.c.kind, func.count()).where(differences.c.run_id.in_(ids))
    differing = {(run_id, kind): number for run_id, kind, number in connection.execute(counting.group_by("run_id", "kind"))}
    return [
        _answer(
            row,
            cars_total=max(row.cars, cars_total) if row.state == "running" else row.cars,
            tasks_opened=int(getattr(answered.get(row.run_id), "opened", 0) or 0),
            tasks_refused=int(getattr(answered.get(row.run_id), "refused", 0) or 0),
            added=differing.get((row.run_id, "added"), 0),
            gone=differing.get((row.run_id, "gone"), 0),
        )
        for row in rows
    ]


def _answer(row: Row[Any], **more: Any) -> RunAnswer:
    told = row.told or {}
    return RunAnswer(
        **{name: getattr(row, name) for name in ("run_id", "period", "run_no", "origin", "state", "rulebook", "cars", "items", "tasks")},
        counts={ReminderType(type): number for type, number in (row.counts or {}).items()},
        checksum=row.checksum,
        told_counts=_counts_told(told),
        told_checksum=told.get("checksum"),
        ordered_by=row.ordered_by,
        accepted_by=told.get("accepted_by", ""),
        started_at=from_millis(row.started_at),
        finished_at=from_millis(row.finished_at) if row.finished_at else None,
        **more,
    )


def _counts_told(told: dict[str, Any]) -> dict[ReminderType, int] | None:
    return {ReminderType(type): number for type, number in told["counts"].items()} if "counts" in told else None


def sending(connection: Connection, items_waiting: Waiting, now: datetime, terms: Reminders) -> SendingAnswer:
    """What was handed over since midnight in Asia/Shanghai, and what waits."""
    today = handed_over(connection, now)
    planned = messages.c.state == "planned"
    number, earliest = connection.execute(select(func.count(), func.min(messages.c.not_before)).where(planned)).one()
    postponed = connection.execute(select(func.count()).where(planned, messages.c.not_before > millis(now))).scalar_one()
    kept_back = (messages.c.state == "suppressed") & (messages.c.not_before >= millis(midnight(now)))
    return SendingAnswer(
        planned=number,
        asked=connection.execute(select(func.count()).where(messages.c.state == "asked")).scalar_one(),
        sent=today.sent,
        failed=today.failed,
        suppressed=connection.execute(select(func.count()).where(kept_back)).scalar_one(),
        postponed=postponed,
        waits_until=_waits_until(now, from_millis(earliest), terms) if number else None,
        queued=items_waiting.queued,
        later=items_waiting.later,
    )


def _waits_until(now: datetime, earliest: datetime, terms: Reminders) -> datetime | None:
    """None: something can go out now."""
    at = max(now, earliest)
    here = local(at)
    if f"{here:%H:%M}" >= terms.send_until:
        at = _at(here + timedelta(days=1), terms.send_from)
    elif f"{here:%H:%M}" < terms.send_from:
        at = _at(here, terms.send_from)
    return at if at > now else None


def _at(day: datetime, hour: str) -> datetime:
    return day.replace(hour=int(hour[:2]), minute=int(hour[3:]), second=0, microsecond=0)
