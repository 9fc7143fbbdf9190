"""What the CSC has on record: tasks with their calls, and slips (A-APT-13..19).

A task is closed by the slip that came of it, by us, or because another dealer was agreed on. A task and a slip each carry a version
that every step raises. A slip says which request it answers; asked for another day, the task is open again and the slip holds.
"""

import json
import sqlite3
from datetime import date, datetime, time, timedelta
from uuid import UUID

from contracts.csc import CallResult
from contracts.partners.csc import CloseRecord, LoggedCall, ReopenRecord, Slip, Task, TaskAnswer, TaskRecord
from contracts.partners.wire import DoneAnswer, OutcomeRecord, RefusalAnswer
from sandbox import registrations
from sandbox.answers import Answer
from sandbox.clock import CHINA, Now, iso
from sandbox.complaints import records as complaints
from sandbox.csc import campaigns, dealer_names, reminders, service_dates
from sandbox.csc.forms import SlipNote
from sandbox.store import Store
from sandbox.web import Problem

SCHEMA = (
    """
CREATE TABLE IF NOT EXISTS tasks (
  number INTEGER PRIMARY KEY AUTOINCREMENT, appointment_id TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '', version INTEGER NOT NULL DEFAULT 1, asked INTEGER NOT NULL DEFAULT 1,
  calls TEXT NOT NULL DEFAULT '[]', record TEXT NOT NULL, at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS slips (
  number INTEGER PRIMARY KEY AUTOINCREMENT, appointment_id TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL, state TEXT NOT NULL, slip TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS transfers (appointment_id TEXT PRIMARY KEY, dealer_code TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS outcomes (appointment_id TEXT PRIMARY KEY, outcome TEXT NOT NULL, at TEXT NOT NULL);
"""
    + registrations.SCHEMA
    + dealer_names.SCHEMA
    + service_dates.SCHEMA
    + campaigns.SCHEMA
    + reminders.SCHEMA
    + complaints.SCHEMA
)

USUAL_HOUR = time(9, 30)


SOON = timedelta(minutes=30)
SLIP_SAVED, TRANSFERRED = "slip_saved", "transferred"
TASKS = (
    "SELECT tasks.*, transfers.dealer_code AS transferred_to, outcomes.outcome, outcomes.at AS outcome_at"
    " FROM tasks LEFT JOIN transfers USING (appointment_id) LEFT JOIN outcomes USING (appointment_id)"
)


class NotOpen(Problem):
    """There is nothing here that this can be done to."""

    def __init__(self) -> None:
        super().__init__(409, "not_open", "没有可办理的任务或预约单 / There is no open task or active slip of this id")


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

    def reopen_task(self, tx: sqlite3.Connection, appointment_id: UUID, wish: ReopenRecord) -> Answer:
        """Another day is asked for: call (again); the highest `request_no` counts, and of two with one number the later.

        What the DCRC or we have ended stays ended.
        """
        held = _task(tx, appointment_id)
        if held is None:
            return _refusal(404, "not_found")
        record = TaskRecord.model_validate_json(held["record"])
        if wish.request_no < record.request_no or record == record.model_copy(update=dict(wish)):
            return Answer.of(200, DoneAnswer())
        if (no := _ended(held, _slip(tx, appointment_id))) is not None:
            return _refusal(409, no)
        tx.execute("UPDATE tasks SET record=? WHERE number=?", (record.model_copy(update=dict(wish)).model_dump_json(), held["number"]))
        _step(tx, held, state="open", reason="")
        return Answer.of(200, DoneAnswer())

    def close_task(self, tx: sqlite3.Connection, appointment_id: UUID, wish: CloseRecord) -> Answer:
        """Nobody need call any more, and a slip already made is void. Whoever asks for it is not told again by a push."""
        held = _task(tx, appointment_id)
        if held is None:
            return _refusal(404, "not_found")
        if held["state"] == "open":
            _step(tx, held, state="closed", reason=wish.reason)
        slip = _slip(tx, appointment_id)
        if slip is not None and slip.state == "active":
            _keep_slip(tx, slip.model_copy(update={"version": slip.version + 1, "state": "cancelled", "reason": wish.reason[:64]}))
        return Answer.of(200, DoneAnswer())

    def keep_outcome(self, tx: sqlite3.Connection, appointment_id: UUID, wish: OutcomeRecord) -> Answer:
        """What became of it (A-APT-28); what is told later corrects what was told before."""
        if _task(tx, appointment_id) is None:
            return _refusal(404, "not_found")
        tx.execute(
            "INSERT INTO outcomes (appointment_id, outcome, at) VALUES (?, ?, ?)"
            " ON CONFLICT (appointment_id) DO UPDATE SET outcome=excluded.outcome, at=excluded.at",
            (str(appointment_id), wish.outcome, wish.at.isoformat()),
        )
        return Answer.of(200, DoneAnswer())

    def log_call(self, tx: sqlite3.Connection, appointment_id: UUID, result: CallResult) -> Task:
        held = _open_task(tx, appointment_id)
        calls = [*json.loads(held["calls"]), LoggedCall(at=self._now(), result=result).model_dump(mode="json")]
        tx.execute("UPDATE tasks SET calls=? WHERE number=?", (json.dumps(calls), held["number"]))
        return _step(tx, held, state="open", reason="")

    def decline(self, tx: sqlite3.Connection, appointment_id: UUID) -> Task:
        """On the phone the customer no longer wants it."""
        return _step(tx, _open_task(tx, appointment_id), state="declined", reason="declined")

    def transfer(self, tx: sqlite3.Connection, appointment_id: UUID, dealer_code: str) -> Task:
        """On the phone another dealer was agreed on: this task ends, and we ask for one there."""
        held = _open_task(tx, appointment_id)
        if dealer_code == TaskRecord.model_validate_json(held["record"]).dealer_code:
            raise Problem(409, "same_dealer", "已是这家服务商 / It is at this dealer already")
        tx.execute("INSERT INTO transfers (appointment_id, dealer_code) VALUES (?, ?)", (str(appointment_id), dealer_code))
        return _step(tx, held, state="closed", reason=TRANSFERRED)

    def write_slip(self, tx: sqlite3.Connection, appointment_id: UUID, note: SlipNote) -> Slip:
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
            request_no=wish.request_no,
            dealer_code=note.dealer_code or wish.dealer_code,
            appointment_at=note.appointment_at or _usual_time(wish.requested_date, wish.slot),
            items=wish.items if note.items is None else note.items,
            confirmed_by=note.confirmed_by,
        )
        _keep_slip(tx, slip)
        if task["state"] == "open":
            _step(tx, task, state="closed", reason=SLIP_SAVED)
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
        return _refusal(404, "not_found") if row is None else Answer.of(200, TaskAnswer(task_id=_task_id(row)))

    def tasks(self) -> list[dict[str, object]]:
        """As they are now, in the order they came, each with what matters at the desk; `record` is what was asked for last."""
        registered = {(each["customer_id"], each["vin"]) for each in self.registrations() if each["registered"]}
        rows = self._store.rows(f"{TASKS} ORDER BY number")
        return [_at_the_desk(row, self._now(), registered) for row in rows]

    def slips(self) -> list[dict[str, object]]:
        return [json.loads(row["slip"]) for row in self._store.rows("SELECT slip FROM slips ORDER BY number")]

    def registrations(self) -> list[dict[str, object]]:
        return registrations.registrations(self._store)


def _refusal(status: int, code: str) -> Answer:
    return Answer.of(status, RefusalAnswer(code=code))


def _ended(task: sqlite3.Row, slip: Slip | None) -> str | None:
    """Why it cannot be opened again, as a code; None while it is open, or closed by a slip that holds."""
    if task["state"] == "declined":
        return "declined"
    if task["state"] == "closed" and task["reason"] == TRANSFERRED:
        return TRANSFERRED
    if slip is not None and slip.state == "cancelled":
        return "cancelled"
    return "already_closed" if task["state"] == "closed" and task["reason"] != SLIP_SAVED else None


def _task(tx: sqlite3.Connection, appointment_id: UUID) -> sqlite3.Row | None:
    row: sqlite3.Row | None = tx.execute(f"{TASKS} WHERE appointment_id=?", (str(appointment_id),)).fetchone()
    return row


def _open_task(tx: sqlite3.Connection, appointment_id: UUID) -> sqlite3.Row:
    row = _task(tx, appointment_id)
    if row is None or row["state"] != "open":
        raise NotOpen
    return row


def _step(tx: sqlite3.Connection, task: sqlite3.Row, *, state: str, reason: str) -> Task:
    tx.execute("UPDATE tasks SET state=?, reason=?, version=version+1 WHERE number=?", (state, reason[:64], task["number"]))
    return _as_task(tx.execute(f"{TASKS} WHERE number=?", (task["number"],)).fetchone())


def _as_task(row: sqlite3.Row) -> Task:
    return Task.model_validate(
        {
            "appointment_id": row["appointment_id"],
            "task_id": _task_id(row),
            "version": row["version"],
            "state": row["state"],
            "calls": json.loads(row["calls"]),
            "transferred_to": row["transferred_to"] or "",
        }
    )


def _at_the_desk(row: sqlite3.Row, now: datetime, registered: set[tuple[object, object]]) -> dict[str, object]:
    """`overdue`, `due_soon`: whether the customer should have been called by now, or is to be within half an hour."""
    record = TaskRecord.model_validate_json(row["record"])
    still = row["state"] == "open"
    return {
        **_as_task(row).model_dump(mode="json"),
        "reason": row["reason"],
        "asked": row["asked"],
        "at": row["at"],
        "record": json.loads(row["record"]),
        "due_at": iso(record.due_at),
        "overdue": still and record.due_at <= now,
        "due_soon": still and now < record.due_at <= now + SOON,
        "registered": (record.customer_id, record.vin) in registered,
        "outcome": row["outcome"],
        "outcome_at": row["outcome_at"],
    }


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


def _usual_time(day: date, slot: str) -> datetime:
    """The beginning of the slot that was wished for, or the morning."""
    return datetime.combine(day, time.fromisoformat(slot.partition("-")[0]) if slot else USUAL_HOUR, CHINA)
