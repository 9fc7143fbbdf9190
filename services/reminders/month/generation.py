"""Makes a period's items: range after range of cars, each in a short transaction that moves the run on (A-REM-18).

Whoever is ended in between has done whole ranges and nothing else; two at work do different ranges.
"""

import time
from dataclasses import replace
from uuid import UUID

from sqlalchemy import func, insert, select

from chassis.database import Database, Transaction
from chassis.logs import get_logger
from chassis.outbox import ignoring_repeats
from chassis.settings import Reminders
from contracts.reminders import Outcome
from services.reminders import meeting
from services.reminders.figures import sums
from services.reminders.month import applying, carried, differences, expressions, runs
from services.reminders.month.campaigning import campaigns_on
from services.reminders.month.runs import Run
from services.reminders.month.selection import Range, due_in, range_after, rows_of
from services.reminders.rules.rulebook import Rulebook, rulebook_in_force
from services.reminders.tables import items
from services.reminders.tables import runs as table

log = get_logger(__name__)

CARS_AT_ONCE = 10_000
"""Of one transaction: 0.44 s on two quiet cores, so that it stays under a second on a server half as fast."""
CARS_OF_A_LATER_RUN = 1_000
CARS_OF_A_FILE = 500
"""SQLite stops everything else meanwhile."""
TURN_SECONDS = 1.0

_COLUMNS = [column.name for column in items.c]
_INSERT = ignoring_repeats(insert(items))
_AT_WORK = select(table.c.run_id).where(table.c.state == "running", table.c.origin == "ours").order_by(table.c.started_at).limit(1)


def carry_on(database: Database, terms: Reminders, cars: int | None = None) -> bool:
    """Make ranges for a while, of so many cars each; whether there is more to do."""
    until = time.monotonic() + TURN_SECONDS
    while time.monotonic() < until:
        with database.read() as connection:
            run_id = connection.execute(_AT_WORK).scalar_one_or_none()
        if run_id is None:
            return False
        with database.write() as tx:
            make_next(tx, run_id, terms, cars)
        time.sleep(0)  # others come to their turn between two ranges
    return True


def make_next(tx: Transaction, run_id: UUID, terms: Reminders, cars: int | None = None) -> None:
    """The run's next range; without any, its items are made, and go to CSC (month/tasks.py).

    Where rules have changed shortly before, its cars' due dates are worked out anew first, some in each transaction.
    """
    run = runs.held(tx, run_id)
    if run is None or run.state != "running":
        return
    expressions.prepare(tx)
    among = range_after(tx, run.made_up_to, cars or _cars_at_once(tx, run))
    rulebook = rulebook_in_force(tx)
    if among is None:
        runs.save(tx, _made(run))
    elif not applying.bring_up_to_date(tx, among, rulebook, terms):
        runs.save(tx, _make(tx, replace(run, rulebook=rulebook.version), among, rulebook))


def _cars_at_once(tx: Transaction, run: Run) -> int:
    if tx.connection.dialect.name == "sqlite":
        return CARS_OF_A_FILE
    return CARS_AT_ONCE if run.is_first else CARS_OF_A_LATER_RUN


def _made(run: Run) -> Run:
    log.info("reminder_items_made", run=str(run.run_id), period=run.period, cars=run.cars, items=run.items)
    return replace(run, state="tasks")


def _make(tx: Transaction, run: Run, among: Range, rulebook: Rulebook) -> Run:
    """A new one is counted before anything else happens to it."""
    meeting.make(tx, run.period)
    campaigns = campaigns_on(tx, run.period)
    all_due = tuple(due_in(run.period, rulebook, campaigns))
    old = carried.there(tx, run.period, among.of(items.c.vehicle_id))
    before = None if run.is_first else differences.stands(tx, run, among)
    new = 0
    for due in all_due:
        which = rows_of(due, run, among, but_for=carried.begun(old, due.type))
        new += tx.execute(_INSERT.from_select(_COLUMNS, which)).rowcount
    replaced = carried.merge(tx, run.run_id, old)
    sums.counted_in(tx, run.run_id, among.first, among.last)
    carried.take_back(tx, replaced)
    if before is not None:
        differences.keep(tx, run, among, before, all_due)
        differences.follow_dates(tx, run, among, campaigns)
    return _counted(tx, replace(run, made_up_to=among.last, cars=run.cars + among.cars, items=run.items + new), among)


def _counted(tx: Transaction, run: Run, among: Range) -> Run:
    """With what this range adds to counts and checksum: all that stands but carried ones, whichever run made it."""
    crc = expressions.crc_of(items.c.customer_id, items.c.type, items.c.due_date)
    theirs = (items.c.period == run.period, items.c.run_id.is_not(None), items.c.outcome != Outcome.VOID.value)
    counting = select(items.c.type, func.count().label("items"), func.sum(crc).label("crc"))
    counts, checksum = dict(run.counts), run.checksum
    for row in tx.execute(counting.where(*theirs, among.of(items.c.vehicle_id)).group_by(items.c.type)):
        counts[row.type] = counts.get(row.type, 0) + row.items
        checksum += int(row.crc)
    return replace(run, counts=counts, checksum=checksum)
