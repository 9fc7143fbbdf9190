"""Which reminders the pages of the desk show: whom to call first, and the manager's three lists (A-REM-27, 36..40); a page at a time."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from sandbox.store import Store
from sandbox.web import Problem

LISTED = 50
COUNTED = 1000
"""A page says at most that there are so many."""

ListName = Literal["not_reminded", "not_tracked", "not_returned"]

TASKS = "SELECT * FROM reminder_tasks"
COUNT = "SELECT count(*) AS found FROM (SELECT 1 FROM reminder_tasks"
NOT_REACHED = "contact_state NOT IN ('reached', 'slip_saved')"
LISTS: Mapping[ListName, str] = {
    "not_reminded": f"{NOT_REACHED} AND (registered = 0 OR wechat_state NOT IN ('delivered', 'clicked'))",
    "not_tracked": f"{NOT_REACHED} AND registered = 1",
    "not_returned": "outcome NOT IN ('returned', 'void')",
}
"""未提醒, 未跟踪, 未回厂 (flows 2.2)."""


@dataclass(frozen=True)
class Choice:
    """What is looked for; what is empty is not asked. `after` is the end of the page before."""

    period: str = ""
    dealer: str = ""
    type: str = ""
    priority: str = ""
    like: str = ""
    after: str = ""


@dataclass(frozen=True)
class ReminderLine:
    number: int
    item_id: UUID
    period: str
    type: str
    vin: str
    customer_id: str
    dealer_code: str
    due_date: date
    registered: bool
    high: bool
    carry_count: int
    wechat_state: str
    wechat_reason: str
    contact_state: str
    outcome: str
    appointment_id: str
    visit_id: str
    decided: str
    to_call: bool
    waits: bool


@dataclass(frozen=True)
class Listed:
    lines: Sequence[ReminderLine]
    next: str | None


class ReminderLists:
    def __init__(self, store: Store) -> None:
        self._store = store

    def to_call(self, choice: Choice, *, everything: bool = False) -> Listed:
        """High priority first, then by due date; with `everything` those too that need no call any more."""
        which = _Which(choice)
        if not everything:
            which.add("to_call = 1")
        return self._listed(which, ("rank", "due_date", "number"), choice.after)

    def for_manager(self, name: ListName, choice: Choice, *, waiting: bool = True) -> Listed:
        """One of the three lists; `waiting`: for a decision, otherwise the whole month's. By due date."""
        which = _Which(choice)
        if waiting:
            which.add("waits = 1")
        which.add(LISTS[name])
        return self._listed(which, ("due_date", "number"), choice.after)

    def count(self, name: ListName, choice: Choice) -> int:
        """How many wait; COUNTED stands for all above it."""
        which = _Which(choice)
        which.add("waits = 1")
        which.add(LISTS[name])
        return self._count(which)

    def count_to_call(self, choice: Choice) -> int:
        which = _Which(choice)
        which.add("to_call = 1")
        return self._count(which)

    def line(self, item_id: UUID) -> ReminderLine | None:
        row = self._store.row("SELECT * FROM reminder_tasks WHERE item_id=?", str(item_id))
        return None if row is None else _line(row)

    def of_car(self, vin: str) -> list[ReminderLine]:
        """All that was ever due of a car, the newest first."""
        rows = self._store.rows(
            "SELECT * FROM reminder_tasks WHERE substr(vin, -8)=? AND vin=? ORDER BY number DESC LIMIT 50", vin[-8:], vin
        )
        return [_line(row) for row in rows]

    def periods(self) -> list[str]:
        """The months there are, the latest first; each is one step in the index, however many tasks it has."""
        found: list[str] = []
        row = self._store.row("SELECT max(period) AS period FROM reminder_tasks")
        while row is not None and row["period"] is not None:
            found.append(row["period"])
            row = self._store.row("SELECT max(period) AS period FROM reminder_tasks WHERE period < ?", row["period"])
        return found

    def _listed(self, which: "_Which", order: Sequence[str], after: str) -> Listed:
        if after:
            which.after(order, after)
        rows = self._store.rows(f"{TASKS} WHERE {which.words} ORDER BY {', '.join(order)} LIMIT ?", *which.values, LISTED + 1)
        lines = [_line(row) for row in rows[:LISTED]]
        last = "~".join(str(rows[LISTED - 1][name]) for name in order) if len(rows) > LISTED else None
        return Listed(lines, last)

    def _count(self, which: "_Which") -> int:
        row = self._store.row(f"{COUNT} WHERE {which.words} LIMIT ?)", *which.values, COUNTED)
        return 0 if row is None else int(row["found"])


class _Which:
    """Conditions with their values."""

    def __init__(self, choice: Choice) -> None:
        self._all: list[str] = []
        self.values: list[object] = []
        wanted = choice.like.strip().upper()
        if wanted:
            self.add("substr(vin, -8) = substr(?, -8)", wanted)
            self.add("(? < 17 OR vin = ?)", len(wanted), wanted)
        if choice.period:
            self.add("period = ?", choice.period)
        if choice.dealer:
            self.add("dealer_code = ?", choice.dealer)
        if choice.type:
            self.add("type = ?", choice.type)
        if choice.priority:
            self.add("rank = ?", 0 if choice.priority == "high" else 1)

    @property
    def words(self) -> str:
        return " AND ".join(self._all) or "1"

    def add(self, words: str, *values: object) -> None:
        self._all.append(words)
        self.values += values

    def after(self, order: Sequence[str], text: str) -> None:
        """Raises Problem for an end that no page of this order has."""
        given = text.split("~")
        if len(given) != len(order):
            raise Problem(400, "after", "give back the end of a page as it came")
        self.add(f"({', '.join(order)}) > ({', '.join('?' * len(order))})", *(int(each) if each.isdecimal() else each for each in given))


def _line(row: sqlite3.Row) -> ReminderLine:
    kept = {name: row[name] for name in ReminderLine.__dataclass_fields__ if name != "high"}
    return ReminderLine(
        **{
            **kept,
            "item_id": UUID(row["item_id"]),
            "due_date": date.fromisoformat(row["due_date"]),
            "registered": bool(row["registered"]),
            "high": row["rank"] == 0,
            "appointment_id": row["appointment_id"] or "",
            "visit_id": row["visit_id"] or "",
            "to_call": bool(row["to_call"]),
            "waits": bool(row["waits"]),
        }
    )
