"""What the CSC has on record: tasks with their calls, and slips (A-APT-13..19).

A task is closed by the slip that came of it, or by us. A task and a slip each carry a version that every step raises.
"""

import json
import sqlite3
from datetime import date, datetime, time, timedelta, timezone
from uuid import UUID

from contracts.csc import CallResult
from contracts.partners.csc import CloseRecord, LoggedCall, Slip, Task, TaskAnswer, TaskRecord
from contracts.partners.wire import DoneAnswer, Item, RefusalAnswer
from sandbox.answers import Answer
from sandbox.clock import Now, iso
from sandbox.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS tasks (
  number INTEGER PRIMARY KEY AUTOINCREMENT, appointment_id TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '', version INTEGER NOT NULL DEFAULT 1, asked INTEGER NOT NULL DEFAULT 1,
  calls TEXT NOT NULL DEFAULT '[]', record TEXT NOT NULL, at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS slips (
  number INTEGER PRIMARY KEY AUTOINCREMENT, appointment_id TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL, state TEXT NOT NULL, slip TEXT NOT NULL
);
"""

CHINA = timezone(timedelta(hours=8))
USUAL_HOUR = time(9, 30)


class NotOpen(Exception):
    """There is nothing here that this can be done to."""


class CscRecords:
    """Each method that changes something works in the caller's transaction."""

    def __init__(self, store: Store, now: Now) -> None:
        self._store = store
        self._now = now

    def open_task(self, tx: sqlite3.Connection, wish: TaskRecord) -> Answer:
        """One appointment, one task: a second wish for it gets the number of the first."""
        held = _task(tx, wish.appointment_id)
        if held is not None:
            tx.execute("UPDATE tasks SET asked = asked + 1 WHERE number=?", (held["number"],))
            return Answer.of(201, TaskAnswer(task_id=_task_id(held)))
        row = tx.execute(
            "INSERT INTO tasks (appointment_id, state, record, at) VALUES (?, 'open', ?, ?) RETURNING number",
            (str(wish.appointment_id), wish.model_dump_json(), iso(self._now())),
        ).fetchone()
        return Answer.of(201, TaskAnswer(task_id=_task_id(row)))

    def close_task(self, tx: sqlite3.Connection, appointment_id: UUID, wish: CloseRecord) -> Answer:
        """Nobody need call any more, and a slip already made is void. Whoever asks for it is not told again by a push."""
        held = _task(tx, appointment_id)
        if held is None:
            return Answer.of(404, RefusalAnswer(code="not_found"))
        if held["state"] == "open":
            _step(tx, held, state="closed", reason=wish.reason)
        slip = _slip(tx, appointment_id)
        if slip is not None and slip.state == "active":
            _keep_slip(tx, slip.model_copy(update={"version": slip.version + 1, "state": "cancelled", "reason": wish.reason[:64]}))
        return Answer.of(200, DoneAnswer())

    def log_call(self, tx: sqlite3.Connection, appointment_id: UUID, result: CallResult) -> Task:
        held = _open_task(tx, appointment_id)
        calls = [*json.loads(held["calls"]), LoggedCall(at=self._now(), result=result).model_dump(mode="json")]
        tx.execute("UPDATE tasks SET calls=? WHERE number=?", (json.dumps(calls), held["number"]))
        return _step(tx, held, state="open", reason="")

    def decline(self, tx: sqlite3.Connection, appointment_id: UUID) -> Task:
        """On the phone the customer no longer wants it."""
        return _step(tx, _open_task(tx, appointment_id), state="declined", reason="declined")

    def write_slip(
        self,
        tx: sqlite3.Connection,
        appointment_id: UUID,
        *,
        at: datetime | None,
        dealer_code: str | None,
        items: tuple[Item, ...] | None,
        by: str,
    ) -> Slip:
        """What was agreed on the phone; what is not said is as the task has it. A second one agrees on another day."""
        task, before = _task(tx, appointment_id), _slip(tx, appointment_id)
        if task is None or not (task["state"] == "open" or (before is not None and before.state == "active")):
            raise NotOpen
        wish = TaskRecord.model_validate_json(task["record"])
        slip = Slip(
            appointment_id=appointment_id,
            slip_id=before.slip_id if before else f"SLIP-{task['number']:06d}",
            version=before.version + 1 if before else 1,
            state="active",
            dealer_code=dealer_code or wish.dealer_code,
            appointment_at=at or _usual_time(wish.requested_date),
            items=wish.items if items is None else items,
            confirmed_by=by,
        )
        _keep_slip(tx, slip)
        if task["state"] == "open":
            _step(tx, task, state="closed", reason="slip_saved")
        return slip

    def cancel_slip(self, tx: sqlite3.Connection, slip_id: str, reason: str) -> Slip:
        row = tx.execute("SELECT slip FROM slips WHERE json_extract(slip, '$.slip_id')=? AND state='active'", (slip_id,)).fetchone()
        if row is None:
            raise NotOpen
        before = Slip.model_validate_json(row["slip"])
        slip = before.model_copy(update={"version": before.version + 1, "state": "cancelled", "reason": reason})
        _keep_slip(tx, slip)
        return slip

    def find(self, appointment_id: UUID) -> Answer:
        row = self._store.row("SELECT number FROM tasks WHERE appointment_id=?", str(appointment_id))
        return Answer.of(404, RefusalAnswer(code="not_found")) if row is None else Answer.of(200, TaskAnswer(task_id=_task_id(row)))

    def tasks(self) -> list[dict[str, object]]:
        return [
            {
                **_as_task(row).model_dump(mode="json"),
                "reason": row["reason"],
                "asked": row["asked"],
                "at": row["at"],
                "record": json.loads(row["record"]),
            }
            for row in self._store.rows("SELECT * FROM tasks ORDER BY number")
        ]

    def slips(self) -> list[dict[str, object]]:
        return [json.loads(row["slip"]) for row in self._store.rows("SELECT slip FROM slips ORDER BY number")]


def _task(tx: sqlite3.Connection, appointment_id: UUID) -> sqlite3.Row | None:
    row: sqlite3.Row | None = tx.execute("SELECT * FROM tasks WHERE appointment_id=?", (str(appointment_id),)).fetchone()
    return row


def _open_task(tx: sqlite3.Connection, appointment_id: UUID) -> sqlite3.Row:
    row = _task(tx, appointment_id)
    if row is None or row["state"] != "open":
        raise NotOpen
    return row


def _step(tx: sqlite3.Connection, task: sqlite3.Row, *, state: str, reason: str) -> Task:
    after = tx.execute(
        "UPDATE tasks SET state=?, reason=?, version=version+1 WHERE number=? RETURNING *", (state, reason[:64], task["number"])
    ).fetchone()
    return _as_task(after)


def _as_task(row: sqlite3.Row) -> Task:
    return Task.model_validate(
        {
            "appointment_id": row["appointment_id"],
            "task_id": _task_id(row),
            "version": row["version"],
            "state": row["state"],
            "calls": json.loads(row["calls"]),
        }
    )


def _slip(tx: sqlite3.Connection, appointment_id: UUID) -> Slip | None:
    row = tx.execute("SELECT slip FROM slips WHERE appointment_id=?", (str(appointment_id),)).fetchone()
    return None if row is None else Slip.model_validate_json(row["slip"])


def _keep_slip(tx: sqlite3.Connection, slip: Slip) -> None:
    tx.execute(
        "INSERT INTO slips (appointment_id, version, state, slip) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (appointment_id) DO UPDATE SET version=excluded.version, state=excluded.state, slip=excluded.slip",
        (str(slip.appointment_id), slip.version, slip.state, slip.model_dump_json()),
    )


def _task_id(row: sqlite3.Row) -> str:
    return f"TASK-{row['number']:06d}"


def _usual_time(day: date) -> datetime:
    return datetime.combine(day, USUAL_HOUR, CHINA)
