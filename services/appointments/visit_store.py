"""Keeps the visits that match no appointment, in case the news of the slip is late (A-APT-28)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, insert, select, update

from chassis.database import Transaction, from_millis, millis
from services.appointments.tables import stray_visits
from services.appointments.visits import Visit

MOST_AT_ONCE = 500


class VisitStore:
    """Visits without an appointment."""

    def keep(self, tx: Transaction, news: Visit) -> Visit:
        """With what was heard of it before. Write it first, then look for the appointment: a slip does it the other way round."""
        mine = stray_visits.c.visit_id == news.id
        row = tx.execute(select(stray_visits).where(mine).with_for_update()).first()
        if row is None:
            tx.execute(insert(stray_visits).values({"visit_id": news.id} | _columns_of(news)))
            return news
        before = _visit_of(row)
        both = Visit(news.id, news.vehicle_id, before.arrived_at, before.closed_at or news.closed_at, before.named_id or news.named_id)
        tx.execute(update(stray_visits).where(mine).values(_columns_of(both)))
        return both

    def of_car(self, tx: Transaction, vehicle_id: UUID) -> list[Visit]:
        rows = tx.execute(select(stray_visits).where(stray_visits.c.vehicle_id == vehicle_id).with_for_update())
        return [_visit_of(row) for row in rows]

    def drop(self, tx: Transaction, visit_id: UUID) -> None:
        tx.execute(delete(stray_visits).where(stray_visits.c.visit_id == visit_id))

    def forget_before(self, tx: Transaction, then: datetime) -> None:
        """A few at a time."""
        old = select(stray_visits.c.visit_id).where(stray_visits.c.arrived_at < millis(then)).limit(MOST_AT_ONCE)
        if ids := tx.execute(old).scalars().all():
            tx.execute(delete(stray_visits).where(stray_visits.c.visit_id.in_(ids)))


def _columns_of(visit: Visit) -> dict[str, Any]:
    return {
        "vehicle_id": visit.vehicle_id,
        "arrived_at": millis(visit.arrived_at),
        "closed_at": millis(visit.closed_at) if visit.closed_at else None,
        "named_id": visit.named_id,
    }


def _visit_of(row: Row[Any]) -> Visit:
    closed_at = from_millis(row.closed_at) if row.closed_at is not None else None
    return Visit(row.visit_id, row.vehicle_id, from_millis(row.arrived_at), closed_at, row.named_id)
