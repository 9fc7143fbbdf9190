"""Carries jobs on: fixes their messages, orders them one after another at their rate, and sees them to their end.

Every step is one short transaction under the lock of the job's row, so any number of copies may do it, and one that dies has done all
of a step or nothing. An order's id follows from job and message. (design section 8)
"""

from uuid import UUID

from chassis import crash
from chassis.clock import milliseconds_now
from chassis.database import Database, Transaction
from services.insight import job_store, news
from services.insight.jobs import Job

PATIENCE_MS = 60_000
"""So long after its last order a job waits for what becomes of it; what is known later is still counted."""
LOOK_AGAIN_MS = 10_000
NEVER_MS = 7 * 24 * 3_600_000
"""What has not become known by then will not."""


def carry_on(database: Database) -> bool:
    """One step of each job. True while there is more to do at once."""
    with database.read() as connection:
        waiting = job_store.unsettled(connection)
    busy = [_step(database, job_id) for job_id in waiting]
    return any(busy)


def _step(database: Database, job_id: UUID) -> bool:
    with database.write() as tx:
        job = job_store.locked(tx, job_id)
        busy = _go_on(tx, job) if job else False
        crash.here("before_commit", "insight")
    crash.here("after_commit", "insight")
    return busy


def _go_on(tx: Transaction, job: Job) -> bool:
    if not job.fixed:
        job_store.fix_some(tx, job.id)
        return True
    if job.state == "stopped" and job_store.release_some(tx, job):
        return True
    if job.state == "running" and _order_next(tx, job):
        return True
    _see_to_its_end(tx, job)
    return False


def _order_next(tx: Transaction, job: Job) -> bool:
    """True while messages wait for their turn."""
    now = milliseconds_now()
    allowed = job.allowance(now, job_store.unanswered(tx, job))
    rows = job_store.next_ones(tx, job, max(allowed, 1))
    if not rows or not allowed:
        return bool(rows)
    held = [row for row in rows if row.state == "parked"]
    gone = [row.number for row in rows if row.state != "parked"]
    tx.tell(*(news.of_job(job, row.service, row.message_id) for row in held))
    job_store.turn_over(tx, job, ordered=[row.number for row in held], gone=gone, now=now)
    return True


def _see_to_its_end(tx: Transaction, job: Job) -> None:
    now = milliseconds_now()
    if job.state != "running" and now - job.paced_at < LOOK_AGAIN_MS:
        return
    counts = job_store.count(tx.connection, job.id)
    if job.state == "running" and (not counts.open or now - job_store.last_turn(tx, job.id) > PATIENCE_MS):
        job_store.done(tx, job.id, now)
    elif job.state != "running" and (not counts.open or now - job_store.last_turn(tx, job.id) > NEVER_MS):
        job_store.settle(tx, job.id, counts)
    else:
        job_store.looked_at(tx, job.id, now)
