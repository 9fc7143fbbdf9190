"""Rows of cars, items and runs as they stand in the tables, for tests of what follows from them."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert

from services.reminders.tables import cars, items, runs

NOTHING: dict[type, Any] = {str: "", int: 0, bool: False}
CREATED = 1_780_000_000_000


def a_car(**changes: Any) -> dict[str, Any]:
    row = {
        "vehicle_id": uuid4(),
        "vin": "LS4AAAAA1AA000001",
        "record_id": "R1",
        "sale_version": 1,
        "customer_id": "C1",
        "owner_version": 0,
        "model_code": "M1",
        "model_name": "奥拓",
        "dealer_code": "CQ01",
        "region_code": "SW",
        "state": "in_use",
        "quiet": "",
        "dates_version": 0,
        "registered": False,
        "rulebook": 1,
    }
    return row | changes


def an_item(**changes: Any) -> dict[str, Any]:
    item_id = changes.get("item_id", uuid4())
    row = {
        "item_id": item_id,
        "version": 1,
        "origin_item_id": item_id,
        "carry_count": 0,
        "run_id": None,
        "period": "2026-12",
        "type": "insurance",
        "vehicle_id": uuid4(),
        "customer_id": "C1",
        "dealer_code": "CQ01",
        "region_code": "SW",
        "due_date": date(2026, 12, 9),
        "rulebook": 1,
        "registered": False,
        "priority": "normal",
        "wechat_state": "none",
        "wechat_reason": "",
        "contact_state": "open",
        "outcome": "open",
        "reason": "",
        "visit_dealer": "",
        "slip_version": 0,
        "tracked": False,
        "created_at": CREATED,
    }
    return row | changes


def a_run(**changes: Any) -> dict[str, Any]:
    row = {
        "run_id": uuid4(),
        "period": "2026-12",
        "run_no": 1,
        "origin": "ours",
        "state": "tasks",
        "rulebook": 1,
        "cars": 0,
        "items": 0,
        "tasks": 0,
        "pages": 0,
        "ordered_by": "",
        "started_at": CREATED,
    }
    return row | changes


def keep(tx: Any, *, cars_: list[dict[str, Any]] = (), items_: list[dict[str, Any]] = (), runs_: list[dict[str, Any]] = ()) -> None:
    """A column that may not be null and is not given stands for nothing told."""
    for table, rows in ((cars, cars_), (items, items_), (runs, runs_)):
        for row in rows:
            nothing = {
                column.name: NOTHING[column.type.python_type] for column in table.columns if not column.nullable and column.name not in row
            }
            tx.execute(insert(table).values(nothing | row))


def item_ids(count: int) -> list[UUID]:
    return sorted(uuid4() for _ in range(count))
