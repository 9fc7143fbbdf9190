"""Jobs as rows: they outlive whoever runs them. Their messages are fixed set-wise, and counted as reports come in, in whatever order."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, case, delete, false, func, insert, literal, null, or_, select, update

from chassis.database import Transaction, from_millis, millis
from chassis.outbox import ignoring_repeats
from contracts.operating import ParkedFilter
from contracts.ops import DropParked, Hop, RedriveParked
from services.insight.job_tables import job_items, jobs
from services.insight.jobs import Counts, Job, order_id
from services.insight.parked_filter import rows_meant
from services.insight.tables import hops, parked_now

FIXED_AT_ONCE = 2000
"""Messages fixed in one transaction, so that none is long."""
FORGOTTEN_AT_ONCE = 20_000
KEPT_MS = 90 * 24 * 3_600_000
SHOWN = 100
ORDERS = frozenset({RedriveParked.type_name(), DropParked.type_name()})

Condition = ColumnElement[bool]


def begin(tx: Transaction, job: Job, counted: int) -> bool:
    """False where it was begun before: ordering twice is ordering once."""
    row = {
        **{name: getattr(job, name) for name in ("id", "kind", "state", "ordered_by", "per_second", "reason", "paced_at")},
        "filter": job.filter.model_dump(mode="json"),
        "begun_at": millis(job.begun_at),
        "fixed": False,
        "up_to": tx.execute(select(func.max(hops.c.number))).scalar_one() or 0,
        "fixed_at": 0,
        "fixed_number": 0,
        "ordered_to": 0,
        "settled": False,
        "counts": {"total": counted},
    }
    return bool(tx.execute(ignoring_repeats(insert(jobs)), row).rowcount)


def unsettled(connection: Connection) -> list[UUID]:
    return list(connection.execute(select(jobs.c.id).where(jobs.c.settled.is_(False)).order_by(jobs.c.begun_at)).scalars())


def locked(tx: Transaction, job_id: UUID) -> Job | None:
    """Whoever has it is the only one to work on it until the transaction ends. None: another copy has it, or it is settled."""
    mine = select(jobs).where(jobs.c.id == job_id, jobs.c.settled.is_(False)).with_for_update(skip_locked=True)
    row = tx.execute(mine).first()
    return _job_of(row) if row else None


def fix_some(tx: Transaction, job_id: UUID, most: int = FIXED_AT_ONCE) -> None:
    """The next of its messages, oldest first; those that another job has open are left out."""
    row = tx.execute(select(jobs).where(jobs.c.id == job_id)).one()
    place = parked_now.c.at, parked_now.c.number
    ahead = or_(place[0] > row.fixed_at, and_(place[0] == row.fixed_at, place[1] > row.fixed_number))
    found = and_(
        *rows_meant(tx.connection, ParkedFilter.model_validate(row.filter)), place[1] <= row.up_to, place[0] >= row.fixed_at, ahead
    )
    last = tx.execute(select(*place).where(found).order_by(*place).offset(most - 1).limit(1)).first()
    if last:
        found = and_(found, or_(place[0] < last.at, and_(place[0] == last.at, place[1] <= last.number)))
    numbered_to = tx.execute(select(func.max(job_items.c.number)).where(job_items.c.job_id == job_id)).scalar_one() or 0
    turn = numbered_to + func.row_number().over(order_by=place)
    values = {
        "job_id": literal(job_id, job_items.c.job_id.type),
        "number": turn,
        "message_id": parked_now.c.message_id,
        "service": parked_now.c.service,
        "open": literal(1),
        "parked_change": literal(0),
        "handled": literal(False),
    }
    tx.execute(ignoring_repeats(insert(job_items)).from_select(list(values), select(*values.values()).where(found)))
    new = {"fixed_at": last.at, "fixed_number": last.number} if last else {"fixed": True}
    tx.execute(update(jobs).where(jobs.c.id == job_id).values(new))


def unanswered(tx: Transaction, job: Job) -> int:
    """Ordered, and not yet known to be carried out."""
    mine = (job_items.c.job_id == job.id) & (job_items.c.open == 1) & (job_items.c.number <= job.ordered_to)
    return int(tx.execute(select(func.count()).select_from(job_items).where(mine)).scalar_one())


def next_ones(tx: Transaction, job: Job, most: int) -> Sequence[Any]:
    """Rows of (number, message_id, service, state): whose turn it is, and how they stand now."""
    mine = (job_items.c.job_id == job.id) & (job_items.c.open == 1) & (job_items.c.number > job.ordered_to)
    stands = (parked_now.c.message_id == job_items.c.message_id) & (parked_now.c.service == job_items.c.service)
    named = select(job_items.c.number, job_items.c.message_id, job_items.c.service, parked_now.c.state)
    return tx.execute(named.select_from(job_items.outerjoin(parked_now, stands)).where(mine).order_by(job_items.c.number).limit(most)).all()


def turn_over(tx: Transaction, job: Job, *, ordered: Sequence[int], gone: Sequence[int], now: int) -> None:
    """These had their turn: ordered, or parked no more."""
    mine = job_items.c.job_id == job.id
    if ordered:
        tx.execute(update(job_items).where(mine, job_items.c.number.in_(ordered)).values(ordered_at=now))
    if gone:
        tx.execute(update(job_items).where(mine, job_items.c.number.in_(gone)).values(change=0, open=null()))
    values = {"paced_at": job.paced(now, len(ordered)), "ordered_to": max((*ordered, *gone))}
    tx.execute(update(jobs).where(jobs.c.id == job.id).values(values))


def stop(tx: Transaction, job_id: UUID, now: int) -> bool:
    """Order nothing more. False where it runs no more."""
    running = (jobs.c.id == job_id) & (jobs.c.state == "running")
    return bool(tx.execute(update(jobs).where(running).values(state="stopped", fixed=True, ended_at=now)).rowcount)


def release_some(tx: Transaction, job: Job) -> int:
    """Messages of a stopped job that had no turn are free for another. Gives their number; 0: none is left."""
    mine = (job_items.c.job_id == job.id) & (job_items.c.open == 1) & (job_items.c.number > job.ordered_to)
    numbers = list(tx.execute(select(job_items.c.number).where(mine).order_by(job_items.c.number).limit(FIXED_AT_ONCE)).scalars())
    if numbers:
        tx.execute(update(job_items).where(mine, job_items.c.number <= numbers[-1]).values(open=null()))
    return len(numbers)


def last_turn(tx: Transaction, job_id: UUID) -> int:
    """When the last one was ordered (milliseconds); 0: none was."""
    return tx.execute(select(func.max(job_items.c.ordered_at)).where(job_items.c.job_id == job_id)).scalar_one() or 0


def done(tx: Transaction, job_id: UUID, now: int) -> None:
    tx.execute(update(jobs).where(jobs.c.id == job_id).values(state="done", ended_at=now))


def looked_at(tx: Transaction, job_id: UUID, now: int) -> None:
    tx.execute(update(jobs).where(jobs.c.id == job_id).values(paced_at=now))


def settle(tx: Transaction, job_id: UUID, counts: Counts) -> None:
    """Nothing more can become of it."""
    tx.execute(update(jobs).where(jobs.c.id == job_id).values(settled=True, counts=vars(counts)))


def count(connection: Connection, job_id: UUID) -> Counts:
    """By what was reported so far; the same in whatever order the reports came.

    After a redrive the next change of a parked message can only be that it was parked again; so any later change tells of that.
    """
    kind = connection.execute(select(jobs.c.kind).where(jobs.c.id == job_id)).scalar_one()
    item = job_items.c
    changed, again = item.change > 0, item.parked_change > item.change
    of_redrive: dict[str, Condition] = {"parked_again": changed & again, "handled": changed & ~again & item.handled}
    ends: dict[str, Condition] = {"dropped": changed} if kind == "drop" else of_redrive
    ends["gone"] = item.change == 0
    under_way = item.ordered_at.is_not(None) & ~func.coalesce(or_(*ends.values()), false())
    counted = [func.coalesce(func.sum(case((end, 1), else_=0)), 0).label(name) for name, end in (*ends.items(), ("open", under_way))]
    asked = select(func.count().label("total"), func.count(item.ordered_at).label("ordered"), *counted)
    row = connection.execute(asked.where(item.job_id == job_id)).one()
    return Counts(**{name: int(value) for name, value in row._mapping.items()})


def take_in(tx: Transaction, reported: Iterable[Hop]) -> None:
    """What reports say of messages that jobs ordered. A repeat changes nothing."""
    heard: dict[tuple[str, UUID | None], list[Hop]] = defaultdict(list)
    for hop in reported:
        if hop.step in ("handled", "parked"):
            heard[hop.service, hop.subject if hop.type in ORDERS else hop.message_id].append(hop)
    if not heard or tx.execute(_ANY_UNSETTLED).first() is None:
        return
    ids = sorted({message_id for _, message_id in heard if message_id}, key=str)
    mine = jobs.c.settled.is_(False) & job_items.c.message_id.in_(ids)
    named = select(job_items.c.job_id, job_items.c.number, job_items.c.message_id, job_items.c.service)
    alike: dict[tuple[UUID, str, int], list[int]] = defaultdict(list)
    for item in tx.execute(named.join(jobs, jobs.c.id == job_items.c.job_id).where(mine)).all():
        for hop in heard[item.service, item.message_id]:
            if new := _heard_of(item, hop):
                alike[item.job_id, *new].append(item.number)
    for (job_id, what, value), numbers in sorted(alike.items(), key=str):
        rows = (job_items.c.job_id == job_id) & job_items.c.number.in_(sorted(numbers))
        tx.execute(update(job_items).where(rows).values(HEARD[what](value)))


_ANY_UNSETTLED = select(jobs.c.id).where(jobs.c.settled.is_(False)).limit(1)
HEARD: dict[str, Callable[[int], dict[str, Any]]] = {
    "carried_out": lambda change: {"change": change, "open": null()},
    "order_parked": lambda _change: {"open": null()},
    "handled": lambda _attempt: {"handled": True},
    "parked": lambda change: {"parked_change": case((job_items.c.parked_change < change, change), else_=job_items.c.parked_change)},
}
"""What a report says of a message of a job, and what is written down of it: nothing depends on which came first."""


def _heard_of(item: Any, hop: Hop) -> tuple[str, int] | None:
    if hop.message_id == item.message_id:
        return hop.step, hop.attempt
    if hop.message_id != order_id(item.job_id, item.service, item.message_id):
        return None
    return "carried_out" if hop.step == "handled" else "order_parked", hop.attempt


def one(connection: Connection, job_id: UUID) -> tuple[Job, Counts] | None:
    row = connection.execute(select(jobs).where(jobs.c.id == job_id)).first()
    return _counted(connection, row) if row else None


def newest(connection: Connection) -> list[tuple[Job, Counts]]:
    rows = connection.execute(select(jobs).order_by(jobs.c.begun_at.desc(), jobs.c.id).limit(SHOWN)).all()
    return [_counted(connection, row) for row in rows]


def forget(tx: Transaction, now: int) -> None:
    """Messages of settled jobs, whose counts are kept; and jobs of long ago."""
    settled = select(jobs.c.id).where(jobs.c.settled.is_(True))
    of_one = tx.execute(select(job_items.c.job_id).where(job_items.c.job_id.in_(settled)).limit(1)).scalar_one_or_none()
    if of_one is not None:
        numbers = select(job_items.c.number).where(job_items.c.job_id == of_one).order_by(job_items.c.number).limit(FORGOTTEN_AT_ONCE)
        last = max(tx.execute(numbers).scalars())
        tx.execute(delete(job_items).where(job_items.c.job_id == of_one, job_items.c.number <= last))
    tx.execute(delete(jobs).where(jobs.c.settled.is_(True), jobs.c.begun_at < now - KEPT_MS))


def jobs_of(connection: Connection, message_ids: Sequence[UUID]) -> dict[tuple[UUID, str], UUID]:
    """The running job that will order each message, or has just done so, by message and service."""
    mine = job_items.c.message_id.in_(message_ids) & (job_items.c.open == 1)
    rows = connection.execute(select(job_items.c.message_id, job_items.c.service, job_items.c.job_id).where(mine))
    return {(row.message_id, row.service): row.job_id for row in rows}


def _counted(connection: Connection, row: Any) -> tuple[Job, Counts]:
    """Until all its messages are known, its total is the count that it began with."""
    if row.settled:
        return _job_of(row), Counts(**row.counts)
    counts = count(connection, row.id)
    return _job_of(row), counts if row.fixed else Counts(total=row.counts["total"])


def _job_of(row: Any) -> Job:
    return Job(
        **{name: getattr(row, name) for name in ("id", "kind", "state", "ordered_by", "per_second", "reason", "paced_at", "fixed")},
        filter=ParkedFilter.model_validate(row.filter),
        begun_at=from_millis(row.begun_at),
        ended_at=from_millis(row.ended_at) if row.ended_at is not None else None,
        ordered_to=row.ordered_to,
        settled=row.settled,
    )
