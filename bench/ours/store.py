"""The state row."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Date, Integer, MetaData, Row, String, Table, Text, Uuid

from bench.ours.contracts import NoteVisit
from chassis.database import Transaction
from chassis.privacy import Sealed
from chassis.unit_of_work import Repository

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


def _noted(_tx: Transaction, rows: Sequence[Row[Any]]) -> list[NoteVisit]:
    return [NoteVisit.model_validate(dict(row._mapping) | json.loads(row._mapping["items"])) for row in rows]


def _columns_of(visit: NoteVisit) -> dict[str, Any]:
    return visit.model_dump(exclude={"items"}) | {"items": visit.model_dump_json(include={"items"})}


VISITS = Repository(visits, _noted, _columns_of, by_subject=True)
