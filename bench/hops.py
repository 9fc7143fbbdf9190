"""Where a booking's time goes: read from the rows that every service keeps of its own messages, which insight's record is made of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from bench.ground import Corner


@dataclass(frozen=True)
class Point:
    """A moment of a message: a column of one service's table, in milliseconds since 1970. `till` is the part that ends there."""

    till: str
    service: str
    table: str
    type: str
    column: str


WAY = (
    Point("broker → appointments", "appointments", "inbox", "request.appointment", "received_at"),
    Point("appointments decides", "appointments", "outbox", "store.appointment", "written_at"),
    Point("commit, relay, broker → dms", "dms", "inbox", "store.appointment", "received_at"),
    Point("dms claims it", "dms", "partner_call", "store.appointment", "started_at"),
    Point("the DMS answers", "dms", "partner_call", "store.appointment", "started_at + milliseconds"),
    Point("dms takes the answer", "dms", "outbox", "appointment.stored", "written_at"),
    Point("commit, relay, broker → appointments", "appointments", "inbox", "appointment.stored", "received_at"),
    Point("appointments decides on the answer", "appointments", "outbox", "open.call.task", "written_at"),
    Point("commit, relay, broker → csc", "csc", "inbox", "open.call.task", "received_at"),
    Point("csc claims it", "csc", "partner_call", "open.call.task", "started_at"),
    Point("CSC makes the task", "csc", "partner_call", "open.call.task", "started_at + milliseconds"),
)
"""In the order of time, from the command's publishing to the task at CSC."""


@dataclass(frozen=True)
class Timed:
    """One booking: milliseconds in all, and by part."""

    total: float
    parts: Mapping[str, float]


def arrived(corner: Corner) -> int:
    """How many bookings have their task at CSC."""
    done = f"SELECT COUNT(*) FROM {corner.schema('csc')}.partner_call WHERE type = 'open.call.task' AND outcome = 'ok'"
    return corner.one(done)


def timed(corner: Corner, sent: Mapping[UUID, int]) -> list[Timed]:
    """Of those that arrived; where a step was tried more than once, its last try counts."""
    moments = [_moments(corner, point) for point in WAY]
    found = []
    for id, at in sent.items():
        way = [by_chain.get(id.hex) for by_chain in moments]
        known = [moment for moment in way if moment is not None]
        if len(known) == len(way):
            found.append(cut(at, known))
    return found


def cut(at: float, moments: Iterable[float]) -> Timed:
    """Clocks are read in whole milliseconds, so a part may seem to end just before it began: that is none."""
    parts, before, last = {}, at, at
    for point, moment in zip(WAY, moments, strict=True):
        parts[point.till] = max(0.0, moment - before)
        before = last = moment
    return Timed(last - at, parts)


def _moments(corner: Corner, point: Point) -> dict[str, float]:
    rows = corner.servers.mariadb.execute(
        f"SELECT correlation_id, MAX({point.column}) FROM {corner.schema(point.service)}.{point.table}"
        f" WHERE type = '{point.type}' GROUP BY correlation_id"
    )
    return {str(chain): float(str(moment)) for chain, moment in rows if moment is not None}
