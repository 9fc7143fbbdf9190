"""Somebody at a desk: opens pages, sends forms as a browser does, reads what is written there."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import requests

from tests.sandbox.stage import Stage, a_slip_record, a_store_record, a_task_record


class Visitor:
    def __init__(self, stage: Stage, desk: str, language: str = "zh") -> None:
        self.root = stage.at(f"/{desk}")
        self.session = requests.Session()
        if language != "zh":
            self.session.cookies.set("cheqiao_lang", language)

    def opens(self, path: str = "/", **headers: str) -> requests.Response:
        return self.session.get(self.root + path, headers={"Sec-Fetch-Site": "same-origin", **headers}, timeout=30)

    def reads(self, path: str = "/") -> str:
        """The words of a page, which must be there."""
        answer = self.opens(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return words_of(answer)

    def sends(self, path: str, /, **fields: object) -> requests.Response:
        """What the browser shows after it."""
        headers = {"Sec-Fetch-Site": "same-origin", "Origin": self.root[: self.root.index("/sandbox")]}
        return self.session.post(self.root + path, data=fields, headers=headers, timeout=30)


def words_of(answer: requests.Response) -> str:
    bare = re.sub(r"<(script|style|template)\b.*?</\1>", " ", answer.text, flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", bare)))


def value_of(answer: requests.Response, field: str) -> str:
    """What stands in an input."""
    found = re.search(rf'<input[^>]*\bname="{re.escape(field)}"[^>]*\bvalue="([^"]*)"', answer.text)
    assert found, field
    return unescape(found[1])


def soon(**later: float) -> datetime:
    return datetime.now(UTC) + timedelta(**(later or {"days": 3}))


def a_customer_waits(stage: Stage, key: str = "w-1", **changes: object) -> str:
    """The DMS has the request, the CSC its task. Returns the appointment's id."""
    record = a_store_record(requested_date=soon(days=3).date().isoformat(), **changes)
    of_the_dms = set(a_store_record()) - set(a_task_record())
    task = a_task_record(**{name: value for name, value in record.items() if name not in of_the_dms}, due_at=soon(minutes=90).isoformat())
    assert stage.store(record, key=f"{key}-dms").status_code == 201
    assert stage.open_task(task, key=f"{key}-csc").status_code == 201
    return record["appointment_id"]


def a_slip_is_made(stage: Stage, appointment_id: str) -> None:
    """At the CSC; and the DMS has it."""
    made = stage.desk(f"/csc/desk/tasks/{appointment_id}/slip").json()
    kept = {name: made[name] for name in a_slip_record(appointment_id)}
    assert stage.slip(made["slip_id"], kept, key=f"s-{appointment_id}").status_code == 200
