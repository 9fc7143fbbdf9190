"""Keeps `in_transit`: messages sent to a service that has neither handled nor parked them, as far as insight has heard."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, Connection, bindparam, delete, func, select

from chassis import upserts
from chassis.database import Transaction
from contracts.catalogue import BY_TYPE, QUEUED_SERVICES
from contracts.envelope import WATCHER
from services.insight.tables import hops, in_transit

ENDS = ("handled", "parked")


def readers_of(type: str) -> tuple[str, ...]:
    """Whose report of it is to come. insight reports nothing, and an order's reader is in the order alone."""
    contract = BY_TYPE.get(type)
    return tuple(name for name in contract.routes() if name in QUEUED_SERVICES and name != WATCHER) if contract else ()


def follow(tx: Transaction, rows: Iterable[Mapping[str, Any]]) -> None:
    """Hops that are new in `hops`: what was sent is on its way, unless its end has been heard of before."""
    rows = list(rows)
    sent(tx, [(row["message_id"], row["type"], row["at"]) for row in rows if row["step"] == "published"])
    for service in {row["service"] for row in rows}:
        ended = sorted({row["message_id"] for row in rows if row["service"] == service and row["step"] in ENDS})
        if ended:
            tx.execute(_ARRIVED, {"ids": ended, "at": service})


def sent(tx: Transaction, messages: Iterable[tuple[UUID, str, int]]) -> None:
    """Message, type, and when it was sent (milliseconds)."""
    rows: list[dict[str, Any]] = [
        {"message_id": message_id, "service": service, "sent_at": at} for message_id, type, at in messages for service in readers_of(type)
    ]
    if not rows:
        return
    ids = sorted({row["message_id"] for row in rows})
    over = {(row.message_id, row.service) for row in tx.execute(_ENDED, {"ids": ids})}
    on_the_way = [row for row in rows if (row["message_id"], row["service"]) not in over]
    upserts.keep_lowest(tx, in_transit, on_the_way, "sent_at")


_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_ARRIVED = delete(in_transit).where(in_transit.c.message_id.in_(_IDS), in_transit.c.service == bindparam("at"))
_ENDED = select(hops.c.message_id, hops.c.service).where(hops.c.message_id.in_(_IDS), hops.c.step.in_(ENDS))


def oldest_sent(connection: Connection) -> dict[str, int]:
    """For each service that something is on its way to: since when (milliseconds)."""
    return {row.service: row.at for row in connection.execute(_OLDEST)}


_OLDEST = select(in_transit.c.service, func.min(in_transit.c.sent_at).label("at")).group_by(in_transit.c.service)
