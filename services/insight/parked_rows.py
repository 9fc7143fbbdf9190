"""Keeps `parked_now`: how each parked message stands, and how many stand alike; and what operators write beside them.

A service counts each change of a parked message as an attempt: the highest is how it stands, in whatever order they are told.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, select, update

from chassis import upserts
from chassis.database import Transaction
from contracts.operating import Care
from services.insight.domain import day_of
from services.insight.tables import care, hops, intake, parked_counts, parked_now

Key = tuple[UUID, str]
"""Message and service."""
Place = tuple[int, str, str, str, int]
"""What is counted: group, state, status, owner, day."""

FRESH = {"owner": "", "status": "new", "note": ""}
COUNTED_BY = ("group_id", "state", "status", "owner", "day")
DESCRIBED = ("service", "type", "kind", "field", "rule")
FROM_HOPS = (
    *("number", "state", "type", "subject", "correlation_id"),
    *("at", "size_bytes", "causes", "group_id", "times"),
)


def lock(tx: Transaction) -> None:
    """One at a time: what is counted must not be counted by two at once."""
    tx.execute(_LOCK)


_LOCK = select(intake.c.name).where(intake.c.name == "hops").with_for_update()


def group_of(service: str, type: str, causes: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """What parked messages are grouped by: service, type and first cause."""
    first = next(iter(causes), {})
    return {"service": service, "type": type, **{name: first.get(name, "") for name in ("kind", "field", "rule")}}


def group_id_of(group: Mapping[str, str]) -> int:
    digest = hashlib.sha256(json.dumps([group[name] for name in DESCRIBED]).encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def follow(tx: Transaction, rows: Iterable[Mapping[str, Any]]) -> None:
    """Hops that are new in `hops`: the messages that they are about stand as all their hops together say. Under `lock`."""
    parked = sorted({row["message_id"] for row in rows if row["step"] == "parked"})
    if not parked:
        return
    before = _places(tx, parked)
    written = _care(tx, parked)
    standing = [row | written.get((row["message_id"], row["service"]), FRESH) for row in _standing(tx, parked)]
    upserts.replace(tx, parked_now, standing, *FROM_HOPS)
    after = {(row["message_id"], row["service"]): _place(row) for row in standing}
    described = {row["group_id"]: group_of(row["service"], row["type"], row["causes"]) for row in standing}
    moves = Counter(after.values())
    moves.subtract(before[key] for key in after if key in before)
    _count(tx, moves, described)


def keep_care(tx: Transaction, message_id: UUID, service: str, wish: Care) -> bool:
    """Write down what an operator says beside it. False where that service holds no such message."""
    lock(tx)
    mine = (parked_now.c.message_id == message_id) & (parked_now.c.service == service)
    row = tx.execute(select(parked_now).where(mine)).first()
    if row is None:
        return False
    said = {"owner": row.owner, "status": row.status, "note": row.note} | wish.model_dump(exclude_none=True)
    upserts.replace(tx, care, [{"message_id": message_id, "service": service, **said}], *said)
    tx.execute(update(parked_now).where(mine).values(said))
    moves = Counter([_place({**row._mapping, **said})])
    moves.subtract([_place(row._mapping)])
    _count(tx, moves, {row.group_id: group_of(service, row.type, row.causes)})
    return True


def forget(tx: Transaction, before: int, most: int) -> int:
    """Those redriven or dropped before this time, with their hops and what was written beside them. Gives their number."""
    lock(tx)
    over = parked_now.c.state.in_(("redriven", "dropped")) & (parked_now.c.at < before)
    rows = tx.execute(select(parked_now).where(over).limit(most)).all()
    for service in {row.service for row in rows}:
        ids = [row.message_id for row in rows if row.service == service]
        for table in (parked_now, care):
            tx.execute(delete(table).where(table.c.message_id.in_(ids), table.c.service == service))
        tx.execute(delete(hops).where(hops.c.message_id.in_(ids), hops.c.service == service, hops.c.step == "parked"))
    gone = Counter(_place(row._mapping) for row in rows)
    _count(tx, Counter({place: -number for place, number in gone.items()}), {})
    return len(rows)


def _places(tx: Transaction, ids: list[UUID]) -> dict[Key, Place]:
    rows = tx.execute(select(parked_now).where(parked_now.c.message_id.in_(ids)))
    return {(row.message_id, row.service): _place(row._mapping) for row in rows}


def _place(row: Any) -> Place:
    return row["group_id"], row["state"], row["status"], row["owner"], day_of(row["at"])


def _care(tx: Transaction, ids: list[UUID]) -> dict[Key, dict[str, str]]:
    rows = tx.execute(select(care).where(care.c.message_id.in_(ids)))
    return {(row.message_id, row.service): {"owner": row.owner, "status": row.status, "note": row.note} for row in rows}


def _standing(tx: Transaction, ids: list[UUID]) -> list[dict[str, Any]]:
    """One for each message and service, from all its hops."""
    found = tx.execute(select(hops).where(hops.c.message_id.in_(ids), hops.c.step == "parked").order_by(hops.c.attempt))
    standing: dict[Key, dict[str, Any]] = {}
    for hop in found:
        key = (hop.message_id, hop.service)
        times = standing.get(key, {}).get("times", 0) + (hop.outcome == "parked")
        standing[key] = {
            **{name: getattr(hop, name) for name in ("message_id", "service", "number", "type", "subject", "correlation_id")},
            **{name: getattr(hop, name) for name in ("at", "size_bytes", "causes")},
            "state": hop.outcome,
            "group_id": group_id_of(group_of(hop.service, hop.type, hop.causes)),
            "times": times,
        }
    return list(standing.values())


def _count(tx: Transaction, moves: Counter[Place], described: Mapping[int, Mapping[str, str]]) -> None:
    """What nothing is counted in is no row."""
    places: list[tuple[dict[str, Any], int]] = [
        (dict(zip(COUNTED_BY, place, strict=True)), number) for place, number in moves.items() if number
    ]
    rows = [{**place, "number": number, **described[place["group_id"]]} for place, number in places if place["group_id"] in described]
    upserts.add(tx, parked_counts, rows, "number")
    for place, number in places:
        if number < 0:
            at = and_(*(parked_counts.c[name] == value for name, value in place.items()))
            if place["group_id"] not in described:
                tx.execute(update(parked_counts).where(at).values(number=parked_counts.c.number + number))
            tx.execute(delete(parked_counts).where(at, parked_counts.c.number == 0))
