"""Who is bound to which car, as `services/customers` told it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, insert, select, update

from chassis.database import Transaction
from contracts.customers import Binding, CustomerRegistered
from services.appointments.tables import owners
from services.appointments.wishes import Car


class OwnerStore:
    """A copy of the bindings: the higher version wins."""

    def cars(self, tx: Transaction, binding_ids: Iterable[UUID | None]) -> dict[UUID | None, Car | None]:
        """None for None, and for who is not known."""
        wanted = [binding_id for binding_id in binding_ids if binding_id]
        found = {row.binding_id: _car_of(row) for row in tx.execute(_BY_BINDING, {"wanted": wanted})} if wanted else {}
        return {None: None} | dict.fromkeys(wanted) | found

    def car_of(self, tx: Transaction, follower_id: UUID, vehicle_id: UUID) -> Car | None:
        """The active binding if there is one, else an ended one, else None."""
        row = tx.execute(_OF_FOLLOWER, {"follower": follower_id, "vehicle": vehicle_id}).first()
        return _car_of(row) if row else None

    def learn(self, tx: Transaction, news: Binding) -> None:
        known = tx.execute(select(owners.c.version).where(owners.c.binding_id == news.binding_id).with_for_update()).scalar_one_or_none()
        row = {
            "version": news.version,
            "active": isinstance(news, CustomerRegistered),
            "follower_id": news.follower_id,
            "vehicle_id": news.vehicle_id,
            "customer_id": news.customer_id,
            "vin": news.vin,
            "name": news.name,
            "mobile": news.mobile,
        }
        if known is None:
            tx.execute(insert(owners).values(row | {"binding_id": news.binding_id}))
        elif known < news.version:
            tx.execute(update(owners).where(owners.c.binding_id == news.binding_id).values(row))


_BY_BINDING = select(owners).where(owners.c.binding_id.in_(bindparam("wanted", expanding=True)))

_OF_FOLLOWER = (
    select(owners)
    .where(owners.c.follower_id == bindparam("follower"), owners.c.vehicle_id == bindparam("vehicle"))
    .order_by(owners.c.active.desc(), owners.c.version.desc())
    .limit(1)
)


def _car_of(row: Row[Any]) -> Car:
    return Car(row.binding_id, row.customer_id, row.vin, row.name, row.mobile, row.active)
