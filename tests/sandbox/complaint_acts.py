"""What Cheqiao tells the CSC of complaints, for the tests of its desk."""

from typing import Any
from uuid import uuid4

import requests

from tests.sandbox.reminder_acts import ask
from tests.sandbox.stage import Stage

LIMIT = "22222222-2222-4333-8444-555555555555"
A_LIMIT = {"part": "deadline", "id": LIMIT, "name": "close", "due_at": "2036-12-09T09:00:00+08:00", "waits": False}
RECEIVED = {"step": "receive", "kind": "complaint", "channel": "call_centre_phone", "text": "发动机异响", "demand": "更换"}


def a_record(form: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    record = {
        "number": "TS2612010001",
        "form": form or RECEIVED,
        "by": "DCRC-01",
        "role": "agent",
        "kind": "complaint",
        "channel": "call_centre_phone",
        "state": "received",
        "name": "王芳",
        "mobile": "13800000001",
        "text": "发动机异响",
        "demand": "更换",
        "parts": [],
        "at": "2026-12-01T09:00:00+08:00",
    }
    return record | changes


def tell(stage: Stage, complaint_id: str, version: int, record: dict[str, Any], *, key: str = "") -> requests.Response:
    return ask(stage, "csc", "PUT", f"/complaints/{complaint_id}/steps/{version}", record, key=key)


def refuse(stage: Stage, complaint_id: str, step: str, by: str, *, reason: str, message: str = "") -> requests.Response:
    body = {"step": step, "by": by, "reason": reason, "message": message, "state": "received", "at": "2026-12-01T09:00:00+08:00"}
    return ask(stage, "csc", "POST", f"/complaints/{complaint_id}/refusals", body)


def a_case(stage: Stage, **changes: Any) -> str:
    """On record with its first step; returns its id."""
    complaint_id = str(uuid4())
    assert tell(stage, complaint_id, 1, a_record(**changes)).status_code == 200
    return complaint_id
