"""Reminder tasks (提醒跟踪任务) with their calls and slips, and what the DCRC manager decides (A-REM-26..31, 40..44).

Calls, slips and decisions are CSC's; how far WeChat came and what became of the item, Cheqiao tells in standings.
"""

import json
import sqlite3
from collections.abc import Sequence
from uuid import UUID

from contracts.partners.reminders import DecisionRecord, RefusedRow, ReminderSlip, StandingsPage, TaskRow, TasksAnswer, TasksPage
from contracts.partners.wire import DoneAnswer
from sandbox.answers import Answer
from sandbox.clock import Now, iso
from sandbox.csc.forms import DecisionNote, ReminderCallNote, ReminderSlipNote
from sandbox.store import Store
from sandbox.web import Problem

SCHEMA = """
CREATE TABLE IF NOT EXISTS reminder_tasks (
  number INTEGER PRIMARY KEY AUTOINCREMENT, item_id TEXT NOT NULL UNIQUE, origin_item_id TEXT NOT NULL, period TEXT NOT NULL,
  type TEXT NOT NULL, vin TEXT NOT NULL, customer_id TEXT NOT NULL, dealer_code TEXT NOT NULL, due_date TEXT NOT NULL,
  registered INTEGER NOT NULL, rank INTEGER NOT NULL, carry_count INTEGER NOT NULL, version INTEGER NOT NULL,
  wechat_state TEXT NOT NULL, wechat_reason TEXT NOT NULL DEFAULT '', contact_state TEXT NOT NULL DEFAULT 'open',
  outcome TEXT NOT NULL DEFAULT 'open', appointment_id TEXT, visit_id TEXT, decided TEXT NOT NULL DEFAULT '', at TEXT NOT NULL,
  to_call INTEGER GENERATED ALWAYS AS (contact_state IN ('open', 'attempted') AND outcome = 'open') VIRTUAL,
  waits INTEGER GENERATED ALWAYS AS (outcome = 'for_decision' AND decided = '') VIRTUAL
);
CREATE INDEX IF NOT EXISTS reminder_tasks_called ON reminder_tasks (period, to_call, rank, due_date, number);
CREATE INDEX IF NOT EXISTS reminder_tasks_dealer ON reminder_tasks (period, dealer_code, to_call, rank, due_date, number);
CREATE INDEX IF NOT EXISTS reminder_tasks_waiting ON reminder_tasks (period, waits, dealer_code, due_date, number);
CREATE INDEX IF NOT EXISTS reminder_tasks_listed ON reminder_tasks (period, waits, due_date, number);
CREATE INDEX IF NOT EXISTS reminder_tasks_ranked ON reminder_tasks (period, rank, due_date, number);
CREATE INDEX IF NOT EXISTS reminder_tasks_due ON reminder_tasks (period, due_date, number);
CREATE INDEX IF NOT EXISTS reminder_tasks_vin8 ON reminder_tasks (substr(vin, -8));
CREATE TABLE IF NOT EXISTS reminder_slips (
  item_id TEXT PRIMARY KEY, version INTEGER NOT NULL, record TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS reminder_decisions (item_id TEXT PRIMARY KEY, record TEXT NOT NULL);
"""

HIGH, NORMAL = 0, 1
"""Rank: the high ones are called first."""
TASK = (
    "INSERT INTO reminder_tasks (item_id, origin_item_id, period, type, vin, customer_id, dealer_code, due_date, registered, rank,"
    " carry_count, version, wechat_state, wechat_reason, outcome, at) VALUES (:item_id, :origin_item_id, :period, :type, :vin,"
    " :customer_id, :dealer_code, :due_date, :registered, :rank, :carry_count, :version, :wechat_state, :wechat_reason,"
    " :outcome, :at) ON CONFLICT (item_id) DO NOTHING"
)
STANDING = (
    "UPDATE reminder_tasks SET version=:version, wechat_state=:wechat_state, wechat_reason=:wechat_reason, outcome=:outcome, rank=:rank,"
    " appointment_id=:appointment_id, visit_id=:visit_id, contact_state=CASE WHEN :contact_state = 'missed' AND contact_state IN"
    " ('open', 'attempted') THEN 'missed' ELSE contact_state END WHERE item_id=:item_id AND version < :version"
)
"""Calls are CSC's own: of the contact only the end of the period is taken over."""


class ReminderTasks:
    """Each method that changes something works in the caller's transaction."""

    def __init__(self, store: Store, now: Now) -> None:
        self._store = store
        self._now = now

    def open(self, tx: sqlite3.Connection, page: TasksPage) -> Answer:
        """One item, one task: one that is there stays as it is. An item without a dealer is nobody's to call about."""
        good = [task for task in page.tasks if task.dealer_code]
        tx.executemany(TASK, [_values(task, iso(self._now())) for task in good])
        refused = tuple(RefusedRow(item_id=task.item_id, reason="no_dealer") for task in page.tasks if not task.dealer_code)
        return Answer.of(200, TasksAnswer(opened=len(good), refused=refused))

    def keep_standings(self, tx: sqlite3.Connection, page: StandingsPage) -> Answer:
        """The higher version wins; an item without a task is nobody's business here."""
        told = [{**each.model_dump(mode="json"), "rank": HIGH if each.priority == "high" else NORMAL} for each in page.standings]
        tx.executemany(STANDING, told)
        return Answer.of(200, DoneAnswer())

    def log_call(self, tx: sqlite3.Connection, item_id: UUID, note: ReminderCallNote) -> ReminderSlip:
        """A tracking call (A-REM-29). Raises Problem: there is no task, or it is over."""
        task = _open_task(tx, item_id)
        held = _slip(tx, task, note.staff_id)
        call = {**note.model_dump(mode="json", exclude={"staff_id"}), "at": self._now().isoformat()}
        slip = _next(held, staff_id=note.staff_id, calls=[*_calls(held), call])
        reached = note.result == "reached" or task["contact_state"] in ("reached", "slip_saved")
        contact = "slip_saved" if held.saved_at else ("reached" if reached else "attempted")
        return self._keep(tx, slip, contact)

    def save_slip(self, tx: sqlite3.Connection, item_id: UUID, note: ReminderSlipNote) -> ReminderSlip:
        """The slip is filled in (A-REM-30, 31), after a call that reached somebody. Raises Problem otherwise."""
        task = _open_task(tx, item_id)
        held = _slip(tx, task, note.staff_id)
        if not any(call.result == "reached" for call in held.calls):
            raise Problem(409, "not_reached", "还没有接通，不能保存提醒单 / Nobody was reached yet: a slip says what was said")
        said = note.model_dump(mode="json")
        return self._keep(tx, _next(held, **{**said, "remark": note.remark or None}, saved_at=self._now().isoformat()), "slip_saved")

    def decide(self, tx: sqlite3.Connection, note: DecisionNote) -> list[DecisionRecord]:
        """Those that wait; what was decided before stays so. Raises Problem where none of them waits."""
        made = []
        for item_id in dict.fromkeys(note.item_ids):
            taken = tx.execute("UPDATE reminder_tasks SET decided=? WHERE item_id=? AND waits=1", (note.decision, str(item_id))).rowcount
            if taken:
                said = note.model_dump(exclude={"item_ids"})
                made.append(DecisionRecord(item_id=item_id, decided_at=self._now(), **said))
        if not made:
            raise Problem(409, "nothing_waits", "没有待决定的提醒 / None of these waits for a decision")
        rows = [(str(record.item_id), record.model_dump_json()) for record in made]
        tx.executemany("INSERT OR REPLACE INTO reminder_decisions (item_id, record) VALUES (?, ?)", rows)
        return made

    def slip_of(self, item_id: UUID) -> ReminderSlip | None:
        row = self._store.row("SELECT record FROM reminder_slips WHERE item_id=?", str(item_id))
        return None if row is None else ReminderSlip.model_validate_json(row["record"])

    def decision_of(self, item_id: UUID) -> DecisionRecord | None:
        row = self._store.row("SELECT record FROM reminder_decisions WHERE item_id=?", str(item_id))
        return None if row is None else DecisionRecord.model_validate_json(row["record"])

    def _keep(self, tx: sqlite3.Connection, slip: ReminderSlip, contact_state: str) -> ReminderSlip:
        tx.execute("UPDATE reminder_tasks SET contact_state=? WHERE item_id=?", (contact_state, str(slip.item_id)))
        tx.execute(
            "INSERT INTO reminder_slips (item_id, version, record) VALUES (?, ?, ?)"
            " ON CONFLICT (item_id) DO UPDATE SET version=excluded.version, record=excluded.record",
            (str(slip.item_id), slip.version, slip.model_dump_json()),
        )
        return slip


def _values(task: TaskRow, at: str) -> dict[str, object]:
    told = task.model_dump(mode="json")
    rank = HIGH if task.priority == "high" else NORMAL
    return {**told, "rank": rank, "at": at}


def _open_task(tx: sqlite3.Connection, item_id: UUID) -> sqlite3.Row:
    row: sqlite3.Row | None = tx.execute("SELECT * FROM reminder_tasks WHERE item_id=?", (str(item_id),)).fetchone()
    if row is None:
        raise Problem(404, "unknown_item", "没有这个提醒任务 / There is no such reminder task")
    if row["outcome"] not in ("open", "booked", "for_decision") or row["decided"]:
        raise Problem(409, "not_open", "这个提醒已结束 / This reminder is over")
    return row


def _slip(tx: sqlite3.Connection, task: sqlite3.Row, staff_id: str) -> ReminderSlip:
    """As it is so far; version 0 is one that nobody has written yet, and is told to nobody."""
    row = tx.execute("SELECT record FROM reminder_slips WHERE item_id=?", (task["item_id"],)).fetchone()
    if row is not None:
        return ReminderSlip.model_validate_json(row["record"])
    return ReminderSlip.model_construct(
        item_id=UUID(task["item_id"]),
        slip_id=f"RS-{task['number']:08d}",
        version=0,
        dealer_code=task["dealer_code"],
        staff_id=staff_id,
        calls=(),
    )


def _calls(slip: ReminderSlip) -> Sequence[object]:
    found: list[object] = [call.model_dump(mode="json") for call in slip.calls]
    return found


def _next(slip: ReminderSlip, **changes: object) -> ReminderSlip:
    """The next version, held against the contract."""
    before = json.loads(slip.model_dump_json())
    return ReminderSlip.model_validate({**before, **changes, "version": slip.version + 1})
