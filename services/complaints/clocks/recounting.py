"""A change of a calendar comes to bear on all open limits: reckoned anew, range after range of cases, each a revision (flows 4.3).

That takes a while where there are many cases, and the sweep goes on meanwhile: limits that it is about to look at are
reckoned anew first, and so are those of a case in which somebody takes a step.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Row, Select, bindparam, select, update
from sqlalchemy import case as either

from chassis import upserts
from chassis.database import Database, Transaction, millis
from chassis.settings import Complaints
from services.complaints.cases.case import Case
from services.complaints.cases.loading import DEADLINES
from services.complaints.cases.parts import Deadline
from services.complaints.cases.taking import World
from services.complaints.clocks import book
from services.complaints.clocks.calendars import DEFAULT
from services.complaints.clocks.deadlines import calendar_changed, next_due, with_deadline
from services.complaints.support.authority import Authority
from services.complaints.tables import calendar_changes, cases, deadlines

CASES_AT_ONCE = 100
BETWEEN_TURNS = 25
TURN_SECONDS = 1.0

_WAITING = select(calendar_changes).where(calendar_changes.c.applied.is_(False)).order_by(calendar_changes.c.change_no)
_OLDEST = _WAITING.limit(1)
_OPEN = (
    select(deadlines)
    .where(deadlines.c.complaint_id.in_(bindparam("cases", expanding=True)), deadlines.c.met_at.is_(None), deadlines.c.dropped_at.is_(None))
    .order_by(deadlines.c.complaint_id, deadlines.c.started_at, deadlines.c.deadline_id)
)
_CHANGED = ("due_at", "next_look_at", "warned", "revisions")


def carry_on(database: Database, terms: Complaints, clock: Callable[[], datetime]) -> bool:
    """Reckon for a while; whether there is more to do."""
    until = time.monotonic() + TURN_SECONDS
    while time.monotonic() < until:
        with database.read() as connection:
            if connection.execute(_OLDEST).first() is None:
                return False
        with database.write() as tx:
            recount_next(tx, terms, clock())
        time.sleep(0)  # others come to their turn between two ranges
    return True


def recount_next(tx: Transaction, terms: Complaints, now: datetime, most: int = CASES_AT_ONCE) -> None:
    """The next open cases of the oldest change that has not come to bear on all."""
    change = tx.execute(_OLDEST.with_for_update()).first()
    if change is None:
        return
    these = tx.execute(_next_cases(change, most)).scalars().all()
    if these:
        world = World(now, terms, book.in_force(tx, terms), Authority())
        _recount(tx, these, world, [change])
    moved: dict[str, Any] = {"applied_up_to": these[-1]} if these else {"applied": True}
    tx.execute(update(calendar_changes).where(calendar_changes.c.change_no == change.change_no).values(moved))


def bring_up(tx: Transaction, these: Collection[UUID], world: World) -> None:
    """What has not come to bear on all comes to bear on these cases, which are held, before anybody looks at their limits."""
    if changes := _waiting(tx):
        _recount(tx, these, world, changes)


def as_it_holds(tx: Transaction, case: Case, world: World) -> Case:
    """The case, which is held, with its limits by the calendars in force, for whoever takes a step before its turn has come."""
    changes = _waiting(tx)
    for limit in case.deadlines if changes else ():
        case = with_deadline(case, _reckoned(limit, world, changes))
    return case


def _waiting(tx: Transaction) -> Sequence[Row[Any]]:
    """Whoever asks holds the calendars (`book.in_force`): none comes to these until the transaction ends."""
    notes = tx.unit.notes(calendar_changes)
    if "waiting" not in notes:
        notes["waiting"] = tx.execute(_WAITING).all()
    changes: Sequence[Row[Any]] = notes["waiting"]
    return changes


def _reckoned(limit: Deadline, world: World, changes: Sequence[Row[Any]]) -> Deadline:
    """By the calendars in force, because of the first of the changes that is about its own."""
    change = next((one for one in changes if one.calendar_id in (DEFAULT, limit.calendar_id)), None)
    return calendar_changed(limit, world, by=change.made_by, reason=change.reason) if change else limit


def _next_cases(change: Row[Any], most: int) -> Select[UUID]:
    """Held, in the order of their ids. A dealer's own calendar counts for what the dealer has to do."""
    wanted = select(cases.c.complaint_id).where(cases.c.is_open.is_(True))
    if change.calendar_id != DEFAULT:
        wanted = wanted.where(cases.c.dealer_code == change.calendar_id.partition(":")[2])
    if change.applied_up_to is not None:
        wanted = wanted.where(cases.c.complaint_id > change.applied_up_to)
    return wanted.order_by(cases.c.complaint_id).limit(most).with_for_update()


def _recount(tx: Transaction, these: Collection[UUID], world: World, changes: Sequence[Row[Any]]) -> None:
    by_case: dict[UUID, list[Deadline]] = defaultdict(list)
    rows = []
    for row in in_turn(tx.execute(_OPEN, {"cases": list(these)}).all()):
        limit = limit_of(row)
        now_is = _reckoned(limit, world, changes)
        by_case[row.complaint_id].append(now_is)
        if now_is != limit:
            rows.append(DEADLINES.row(row.complaint_id, now_is))
    keep_limits(tx, rows)
    _move(tx, {complaint_id: next_due(by_case[complaint_id]) for complaint_id in (row["complaint_id"] for row in rows)}, world.now)


def in_turn(rows: Sequence[Row[Any]]) -> Iterator[Row[Any]]:
    """Others come to their turn after some of them."""
    for number, row in enumerate(rows, 1):
        yield row
        if number % BETWEEN_TURNS == 0:
            time.sleep(0)


def limit_of(row: Row[Any]) -> Deadline:
    return Deadline(**DEADLINES.values_of(cast(Mapping[str, Any], row._mapping)))


def keep_limits(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
    """All of them at once: when they end, when they are looked at next, what was told, and why they were moved."""
    upserts.replace(tx, deadlines, rows, *_CHANGED)


def _move(tx: Transaction, due: Mapping[UUID, datetime | None], now: datetime) -> None:
    """Where the cases stand in the queues."""
    if not due:
        return
    ends: Any = [(cases.c.complaint_id == complaint_id, millis(at) if at else None) for complaint_id, at in due.items()]
    moved = {"next_due_at": either(*ends, else_=cases.c.next_due_at), "changed_at": millis(now)}
    tx.execute(update(cases).where(cases.c.complaint_id.in_(due)).values(moved))
