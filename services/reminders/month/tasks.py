"""Hands items to CSC as tasks, in pages (A-REM-26, 27): registered or not, of the five service types (S-13)."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, insert, select, update

from chassis import upserts
from chassis.clock import milliseconds_now
from chassis.database import Database, Transaction, from_millis
from chassis.logs import get_logger
from chassis.outbox import ignoring_repeats
from contracts.reminder_exchange import OpenReminderTasks, RefusedTask, ReminderTask, ReminderTasksOpened, StoreReminderRun, TypeCount
from contracts.reminders import SERVICE_TYPES, ContactState, Outcome, ReminderType, WechatState
from contracts.vehicles import MOST_IN_A_PAGE
from services.reminders.following import reporting
from services.reminders.items import Item
from services.reminders.tables import cars, dirty_rows, items, runs, task_pages

log = get_logger(__name__)

MOST_IN_FLIGHT = 20
"""Pages that CSC has not answered: more of them would only wait in queues, where nobody can stop them."""


def hand_over(database: Database, *, rows: int = MOST_IN_A_PAGE, in_flight: int = MOST_IN_FLIGHT) -> bool:
    """A page of a run that has tasks to hand over; whether there was one. A run with none left is done, and the DMS is told."""
    with database.read() as connection:
        waiting = connection.execute(select(runs.c.run_id).where(runs.c.state == "tasks").limit(1)).scalar_one_or_none()
        if waiting is None or _in_flight(connection, waiting) >= in_flight:
            return False
    with database.write() as tx:
        run = tx.execute(select(runs).where(runs.c.run_id == waiting, runs.c.state == "tasks").with_for_update()).first()
        if run is not None:
            _next_page(tx, run, rows)
    return True


def _in_flight(connection: Connection, run_id: UUID) -> int:
    unanswered = select(func.count()).where(task_pages.c.run_id == run_id, task_pages.c.opened.is_(None))
    return int(connection.execute(unanswered).scalar_one())


def _next_page(tx: Transaction, run: Row[Any], most: int) -> None:
    rows = tx.execute(_to_hand_over(run.run_id, run.tasked_up_to).limit(most)).all()
    if not rows:
        _finish(tx, run)
        return
    new = _tell(tx, run.period, [_task_of(row) for row in rows], run.run_id)
    moved = {"tasked_up_to": rows[-1].item_id, "tasks": run.tasks + (len(rows) if new else 0)}
    tx.execute(update(runs).where(runs.c.run_id == run.run_id).values(moved))


def _to_hand_over(run_id: UUID, after: UUID | None) -> Select[Any]:
    """What was settled meanwhile needs no call.

    From the second page on the run is a range: given as equal, MariaDB goes through its items from the first one on for every page.
    """
    theirs = items.c.run_id == run_id
    if after:
        theirs = and_(items.c.run_id >= run_id, items.c.run_id <= run_id, items.c.item_id > after)
    ours = and_(
        theirs,
        items.c.contact_state != ContactState.NONE.value,
        items.c.outcome.in_([Outcome.OPEN.value, Outcome.BOOKED.value]),
    )
    return _with_car(ours).order_by(items.c.item_id)


def _with_car(which: Any) -> Select[Any]:
    return select(items, cars.c.vin).join(cars, cars.c.vehicle_id == items.c.vehicle_id).where(which)


def _finish(tx: Transaction, run: Row[Any]) -> None:
    """What the DMS worked out it need not be told of."""
    now = milliseconds_now()
    tx.execute(update(runs).where(runs.c.run_id == run.run_id).values(state="done", finished_at=now))
    if run.origin == "ours":
        counts = tuple(TypeCount(type=ReminderType(type), items=number) for type, number in sorted((run.counts or {}).items()))
        told = StoreReminderRun(
            run_id=run.run_id,
            period=run.period,
            run_no=run.run_no,
            counts=counts,
            checksum=run.checksum or "0",
            finished_at=from_millis(now),
        )
        tx.tell(told.identified(uuid5(run.run_id, "done")))
    log.info("reminder_run_done", run=str(run.run_id), period=run.period, items=run.items, tasks=run.tasks)


def tell_tasks(tx: Transaction, which: Sequence[Item]) -> None:
    """Tasks for single items, such as carried ones (S-17); of types that are not called about there are none."""
    wanted = [one for one in which if one.type in SERVICE_TYPES]
    for period in sorted({one.period for one in wanted}):
        ids = sorted(one.item_id for one in wanted if one.period == period)
        for page in _pages(ids):
            rows = {row.item_id: row for row in tx.execute(_with_car(items.c.item_id.in_(page)))}
            if tasks := [_task_of(rows[item_id]) for item_id in page if item_id in rows]:
                _tell(tx, period, tasks, None)


def on_opened(tx: Transaction, message: ReminderTasksOpened) -> None:
    """What CSC will not make a task of is listed with the dirty rows: its reason is for an operator.

    What moved before its task was there CSC has been told in vain, so it is told again.
    """
    page = tx.execute(select(task_pages).where(task_pages.c.page_id == message.page_id)).first()
    if page is not None and page.opened is None:
        reporting.note_moved(tx, *_items_of(tx, page))
    answered = {"opened": message.opened, "refused": len(message.refused)}
    tx.execute(update(task_pages).where(task_pages.c.page_id == message.page_id).values(answered))
    refused = [_refused_row(row) for row in message.refused]
    upserts.replace(tx, dirty_rows, refused, "seen_at")


def _items_of(tx: Transaction, page: Row[Any]) -> tuple[ColumnElement[bool], ...]:
    """A later run of the month may have taken them over meanwhile; of what that made between them one too many is told again."""
    if page.carried:
        return (items.c.item_id.in_([UUID(one) for one in page.carried]),)
    period = select(runs.c.period).where(runs.c.run_id == page.run_id).scalar_subquery()
    of_the_month = tx.execute(select(runs.c.run_id).where(runs.c.period == period)).scalars().all()
    return items.c.run_id.in_(of_the_month), items.c.item_id.between(page.first_item, page.last_item)


def _pages(ids: Sequence[UUID]) -> Iterable[Sequence[UUID]]:
    return (ids[begin : begin + MOST_IN_A_PAGE] for begin in range(0, len(ids), MOST_IN_A_PAGE))


def _tell(tx: Transaction, period: str, tasks: Sequence[ReminderTask], run_id: UUID | None) -> bool:
    """The page's id follows from what is in it: a repeat, as of a month that the DMS pushed again, is the same page. False: it is one."""
    what = ",".join(f"{task.item_id}:{task.version}" for task in tasks)
    page_id = uuid5(NAMESPACE_URL, f"urn:cheqiao:reminder-tasks:{what}")
    row = {
        "page_id": page_id,
        "run_id": run_id,
        "first_item": tasks[0].item_id,
        "last_item": tasks[-1].item_id,
        "carried": None if run_id else [task.item_id.hex for task in tasks],
        "tasks": len(tasks),
        "opened": None,
        "refused": None,
        "told_at": milliseconds_now(),
    }
    if not tx.execute(ignoring_repeats(insert(task_pages)).values(row)).rowcount:
        return False
    tx.tell(OpenReminderTasks(page_id=page_id, period=period, tasks=tuple(tasks)).identified(uuid5(page_id, "open")))
    return True


def _refused_row(row: RefusedTask) -> dict[str, Any]:
    return {
        "source": "tasks",
        "record_id": str(row.item_id),
        "field": row.reason[:48],
        "flaw": "refused",
        "version": 0,
        "vehicle_id": None,
        "dealer_code": "",
        "seen_at": milliseconds_now(),
    }


def _task_of(row: Row[Any]) -> ReminderTask:
    return ReminderTask(
        item_id=row.item_id,
        origin_item_id=row.origin_item_id,
        version=row.version,
        period=row.period,
        type=ReminderType(row.type),
        vin=row.vin,
        customer_id=row.customer_id,
        dealer_code=row.dealer_code,
        due_date=row.due_date,
        registered=row.registered,
        priority=row.priority,
        carry_count=row.carry_count,
        wechat_state=WechatState(row.wechat_state),
        wechat_reason=row.wechat_reason,
        outcome=Outcome(row.outcome),
    )
