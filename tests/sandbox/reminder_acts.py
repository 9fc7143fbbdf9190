"""What is asked of the stand-ins about reminders, and done at their desks, for the tests of it."""

from typing import Any
from uuid import uuid4

import requests

from tests.sandbox.stage import CSC_KEY, DMS_KEY, Stage

KEYS = {"dms": DMS_KEY, "csc": CSC_KEY}
ZHANGS_CAR = "LS4AAAAA1AA000001"


def ask(stage: Stage, partner: str, method: str, path: str, body: Any = None, *, key: str = "", **query: str) -> requests.Response:
    """Of the API, with the key of the partner."""
    said = {**KEYS[partner], "Idempotency-Key": key or uuid4().hex}
    return requests.request(method, stage.at(f"/{partner}/api/v1{path}"), json=body, headers=said, params=query, timeout=30)


def at_the_desk(stage: Stage, method: str, path: str, **body: Any) -> requests.Response:
    """Of the CSC."""
    return requests.request(method, stage.at(f"/csc/desk{path}"), json=body, timeout=30)


def all_pages(stage: Stage, partner: str, path: str, kind: str, **query: str) -> list[Any]:
    """Every row, page by page."""
    rows: list[Any] = []
    page = ask(stage, partner, "GET", path, **query).json()
    while True:
        rows += page[kind]
        if not page["next_cursor"]:
            return rows
        page = ask(stage, partner, "GET", path, cursor=page["next_cursor"]).json()


def a_task(**changes: Any) -> dict[str, Any]:
    item_id = str(uuid4())
    task = {
        "item_id": item_id,
        "origin_item_id": item_id,
        "version": 1,
        "period": "2026-12",
        "type": "maintenance",
        "vin": ZHANGS_CAR,
        "customer_id": "C0001",
        "dealer_code": "D001",
        "due_date": "2026-12-08",
        "registered": True,
        "wechat_state": "queued",
    }
    return task | changes


def open_tasks(stage: Stage, *tasks: dict[str, Any], key: str = "") -> requests.Response:
    page = {"page_id": str(uuid4()), "period": "2026-12", "tasks": list(tasks)}
    return ask(stage, "csc", "POST", "/reminder-tasks", page, key=key)


def a_standing(item_id: str, **changes: Any) -> dict[str, Any]:
    standing = {
        "item_id": item_id,
        "version": 2,
        "wechat_state": "sent",
        "wechat_reason": "",
        "contact_state": "open",
        "outcome": "open",
        "priority": "normal",
        "appointment_id": None,
        "visit_id": None,
        "changed_at": "2026-12-02T09:00:00+08:00",
    }
    return standing | changes


def tell_standings(stage: Stage, partner: str, *standings: dict[str, Any]) -> requests.Response:
    path = "/reminders/standings" if partner == "dms" else "/reminder-tasks/standings"
    return ask(stage, partner, "POST", path, {"page_id": str(uuid4()), "standings": list(standings)})


def for_decision(stage: Stage, *tasks: dict[str, Any]) -> None:
    """The month is over, and nobody came."""
    open_tasks(stage, *tasks)
    ended = [a_standing(task["item_id"], outcome="for_decision", contact_state="missed") for task in tasks]
    assert tell_standings(stage, "csc", *ended).status_code == 200
