"""Keeps `waiting_now`: messages that wait their turn again, each as its latest `retried` hop says, until a hop of its end is known.

An end is `handled`, or any word of its being parked that is not older than the wait.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, delete, func, select

from chassis import upserts
from chassis.database import Transaction, from_millis
from contracts.operating import Waiting, WaitingPage
from services.insight.tables import hops, waiting_now

PAGE = 50
Key = tuple[UUID, str]


def follow(tx: Transaction, rows: Iterable[Mapping[str, Any]]) -> None:
    """Hops that are new in `hops`. Most are ends of what never waited: for these it is enough to look whether they wait now."""
    rows = list(rows)
    wait = {row["message_id"] for row in rows if row["step"] == "retried"}
    end = {row["message_id"] for row in rows if row["step"] in ("handled", "parked")} - wait
    if end:
        wait.update(tx.execute(_WAITING, {"ids": sorted(end)}).scalars())
    if wait:
        _settle(tx, sorted(wait))


_WAITING = select(waiting_now.c.message_id).where(waiting_now.c.message_id.in_(bindparam("ids", expanding=True)))


def _settle(tx: Transaction, ids: list[UUID]) -> None:
    latest: dict[Key, Any] = {}
    ended_at: dict[Key, float] = {}
    told = hops.c.step.in_(("retried", "handled", "parked"))
    for hop in tx.execute(select(hops).where(hops.c.message_id.in_(ids), told).order_by(hops.c.attempt)):
        key = (hop.message_id, hop.service)
        if hop.step == "retried":
            latest[key] = hop
        else:
            at = float("inf") if hop.step == "handled" else hop.at
            ended_at[key] = max(at, ended_at.get(key, 0))
    waiting = [_row(hop) for key, hop in latest.items() if hop.at > ended_at.get(key, 0)]
    tx.execute(delete(waiting_now).where(waiting_now.c.message_id.in_(ids)))
    if waiting:
        upserts.replace(tx, waiting_now, waiting, "number")


def _row(hop: Any) -> dict[str, Any]:
    return {
        **{name: getattr(hop, name) for name in ("message_id", "service", "number", "type", "subject", "attempt", "due_at", "causes")},
        "failed_at": hop.at,
        "kind": hop.causes[0]["kind"] if hop.causes else "",
    }


def waiting(connection: Connection, *, service: str | None = None, kind: str | None = None, after: int | None = None) -> WaitingPage:
    """A page, the latest told first. `kind` is of its first cause; `after` is `next` of the page before."""
    wanted = select(waiting_now).order_by(waiting_now.c.number.desc()).limit(PAGE + 1)
    for column, value in ((waiting_now.c.service, service), (waiting_now.c.kind, kind)):
        if value is not None:
            wanted = wanted.where(column == value)
    if after is not None:
        wanted = wanted.where(waiting_now.c.number < after)
    rows = connection.execute(wanted).all()
    following = str(rows[PAGE - 1].number) if len(rows) > PAGE else None
    return WaitingPage(waiting=tuple(_of(row) for row in rows[:PAGE]), next=following)


def waiting_in(connection: Connection) -> dict[str, int]:
    """How many wait in each service."""
    rows = connection.execute(select(waiting_now.c.service, func.count().label("number")).group_by(waiting_now.c.service))
    return {row.service: row.number for row in rows}


def _of(row: Any) -> Waiting:
    return Waiting(
        service=row.service,
        message_id=row.message_id,
        type=row.type,
        subject=row.subject,
        attempt=row.attempt,
        failed_at=from_millis(row.failed_at),
        due_at=None if row.due_at is None else from_millis(row.due_at),
        causes=row.causes,
    )
