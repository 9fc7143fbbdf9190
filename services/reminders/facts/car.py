"""A car as reminders know it: what the DMS, CSC, changes of owner and visits told of it, and what follows from all of it together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, insert, select

from chassis import upserts
from chassis.database import Transaction
from services.reminders.tables import cars


@dataclass(frozen=True)
class Car:
    """All facts of one car, and when what is due. Days are those of Asia/Shanghai.

    `told_…` is what the DMS's record said last; the field of the same name without it is what counts, with what others told.
    """

    vehicle_id: UUID
    vin: str
    record_id: str = ""
    sale_version: int = 0
    told_customer_id: str = ""
    told_state: str = "in_use"
    told_region_code: str = ""
    told_birthday: int | None = None
    told_first_maintenance_on: date | None = None
    told_last_visit_on: date | None = None
    model_code: str = ""
    model_name: str = ""
    model_year: int | None = None
    dealer_code: str = ""
    invoice_date: date | None = None
    purchase_date: date | None = None
    warranty_end_date: date | None = None
    quiet: str = ""
    owner_version: int = 0
    owner_customer_id: str = ""
    maintained_on: date | None = None
    visited_on: date | None = None
    customer_id: str = ""
    state: str = "in_use"
    region_code: str = ""
    first_maintenance_on: date | None = None
    last_visit_on: date | None = None
    birth_month: int | None = None
    birth_day: int | None = None
    dates_record_id: str = ""
    dates_version: int = 0
    next_maintenance_date: date | None = None
    compulsory_insurance_expiry: date | None = None
    mandatory_maintenance_expiry: date | None = None
    next_inspection_date: date | None = None
    mileage_km: int | None = None
    registered: bool = False
    due_first_maintenance: date | None = None
    due_maintenance: date | None = None
    due_warranty: date | None = None
    due_insurance: date | None = None
    due_inspection: date | None = None
    rulebook: int = 0

    @property
    def is_known(self) -> bool:
        """The DMS has told of it: until then it has no dealer and no owner, and nothing is due."""
        return self.sale_version > 0

    def but(self, **changes: Any) -> "Car":
        """As `dataclasses.replace`, at a fraction of its time: a load makes millions of these."""
        return Car(**(vars(self) | changes))


_NAMES = tuple(field.name for field in fields(Car))
_CHANGING = tuple(name for name in _NAMES if name not in ("vehicle_id", "vin"))
_BY_ID = select(cars).where(cars.c.vehicle_id.in_(bindparam("ids", expanding=True))).order_by(cars.c.vehicle_id).with_for_update()
_INSERT = insert(cars)


def car_of(row: Row[Any]) -> Car:
    return Car(**row._mapping)


def columns_of(car: Car) -> dict[str, Any]:
    return {name: getattr(car, name) for name in _NAMES}


class CarStore:
    """The cars. Whoever reads one here holds it until the transaction ends; many are read and written in one statement each."""

    def of(self, tx: Transaction, vehicle_ids: Iterable[UUID]) -> dict[UUID, Car]:
        """Those that are there, by id."""
        wanted = sorted(set(vehicle_ids))
        return _by_id(tx.execute(_BY_ID, {"ids": wanted})) if wanted else {}

    def keep(self, tx: Transaction, before: Mapping[UUID, Car], after: Sequence[Car]) -> None:
        """`before` as `of` gave it: of what is not in it, a second transaction that begins the same car meets the key, and tries again."""
        begun = [columns_of(car) for car in after if car.vehicle_id not in before]
        if begun:
            tx.execute(_INSERT, sorted(begun, key=lambda row: row["vehicle_id"].int))
        changed = [columns_of(car) for car in after if car.vehicle_id in before and before[car.vehicle_id] != car]
        upserts.replace(tx, cars, changed, *_CHANGING)


def _by_id(rows: Iterable[Row[Any]]) -> dict[UUID, Car]:
    return {row.vehicle_id: car_of(row) for row in rows}
