"""The DMS's rows about cars: the one that counts stands with the car, any others beside it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, bindparam, delete, insert, select, union_all

from chassis.database import Transaction
from contracts.vehicles import CarFacts
from services.reminders.facts.car import Car
from services.reminders.facts.learning import facts_of
from services.reminders.tables import cars, rival_records

_RECORDS: BindParameter[Any] = bindparam("records", expanding=True)
_WHEREABOUTS = union_all(
    select(cars.c.record_id, cars.c.vehicle_id, cars.c.sale_version.label("version")).where(cars.c.record_id.in_(_RECORDS)),
    select(rival_records.c.record_id, rival_records.c.vehicle_id, rival_records.c.version).where(rival_records.c.record_id.in_(_RECORDS)),
)
_RIVALS = select(rival_records).where(rival_records.c.vehicle_id.in_(bindparam("cars", expanding=True)))
_GONE = delete(rival_records).where(rival_records.c.record_id.in_(_RECORDS))
_PUT = insert(rival_records)


@dataclass(frozen=True)
class Known:
    """The rows about some cars, by car and record; and those of them that do not count, by record."""

    of_cars: dict[UUID, dict[str, CarFacts]]
    beside: dict[str, CarFacts]


class RecordStore:
    """A car's rows change only by who holds the car."""

    def whereabouts(self, tx: Transaction, record_ids: Collection[str]) -> dict[str, tuple[UUID, int]]:
        """Which car each is of, and its version, as far as is known without holding it."""
        rows = tx.execute(_WHEREABOUTS, {"records": sorted(record_ids)}) if record_ids else ()
        return {row.record_id: (row.vehicle_id, row.version) for row in rows}

    def of_cars(self, tx: Transaction, held: Collection[Car]) -> Known:
        vins = {car.vehicle_id: car.vin for car in held}
        rows = tx.execute(_RIVALS, {"cars": sorted(vins)}) if vins else ()
        beside = [CarFacts.model_validate({**row.facts, "vin": vins[row.vehicle_id]}) for row in rows]
        found = Known({car.vehicle_id: {car.record_id: facts_of(car)} if car.is_known else {} for car in held}, {})
        for facts in beside:
            found.of_cars[facts.vehicle_id][facts.record_id] = found.beside[facts.record_id] = facts
        return found

    def keep(self, tx: Transaction, before: Known, after: Iterable[CarFacts]) -> None:
        """`after`: all that stand beside the cars that `before` is of."""
        beside = {facts.record_id: facts for facts in after}
        gone = sorted(record_id for record_id, facts in before.beside.items() if beside.get(record_id) != facts)
        new = [_columns_of(facts) for record_id, facts in sorted(beside.items()) if before.beside.get(record_id) != facts]
        if gone:
            tx.execute(_GONE, {"records": gone})
        if new:
            tx.execute(_PUT, new)


def _columns_of(facts: CarFacts) -> dict[str, Any]:
    return {
        "record_id": facts.record_id,
        "vehicle_id": facts.vehicle_id,
        "version": facts.version,
        "facts": facts.model_dump(mode="json", exclude={"vin", "dirty"}),
    }
