"""The state row."""

from uuid import UUID

from sqlalchemy import Column, Date, Integer, MetaData, String, Table, Text, Uuid, insert, select

from bench.ours.contracts import NoteVisit
from chassis.database import Transaction
from chassis.privacy import Sealed

metadata = MetaData()
visits = Table(
    "bench_visit",
    metadata,
    Column("visit_id", Uuid(native_uuid=False), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("follower_id", Uuid(native_uuid=False), nullable=False),
    Column("vehicle_id", Uuid(native_uuid=False), nullable=False),
    Column("dealer_code", String(32), nullable=False),
    Column("day", Date, nullable=False),
    Column("items", Text, nullable=False),
    Column("mileage_km", Integer, nullable=False),
    Column("mobile", Sealed("mobile"), nullable=False),
    Column("concern", Sealed("concern"), nullable=False),
)


class VisitStore:
    def is_known(self, tx: Transaction, visit_id: UUID) -> bool:
        return tx.execute(select(visits.c.version).where(visits.c.visit_id == visit_id)).first() is not None

    def add(self, tx: Transaction, visit: NoteVisit) -> None:
        row = visit.model_dump(exclude={"items"}) | {"items": visit.model_dump_json(include={"items"})}
        tx.execute(insert(visits).values(row))
