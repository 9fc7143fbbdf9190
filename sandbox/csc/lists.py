"""What the pages of the DCRC's desk show: tasks with their calls, slip and outcome, never more than a page of them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from contracts.partners.csc import LoggedCall, Slip, TaskRecord
from sandbox.store import Store

LISTED = 100

Show = Literal["open", "slips", "ended"]

JOINED = (
    " FROM tasks LEFT JOIN transfers USING (appointment_id) LEFT JOIN outcomes USING (appointment_id)"
    " LEFT JOIN slips USING (appointment_id) WHERE "
)
TASKS = (
    "SELECT tasks.*, transfers.dealer_code AS transferred_to, outcomes.outcome, outcomes.at AS outcome_at, slips.slip,"
    " EXISTS (SELECT 1 FROM registrations WHERE registered=1 AND vin=json_extract(tasks.record, '$.vin')"
    "  AND customer_id=json_extract(tasks.record, '$.customer_id')) AS registered"
)
COUNTS = {
    "open": "SELECT count(*) AS found FROM tasks WHERE state='open'",
    "slips": "SELECT count(*) AS found FROM slips LEFT JOIN outcomes USING (appointment_id) WHERE state='active' AND outcome IS NULL",
}
ENDED = "tasks.state<>'open' AND (slips.state IS NULL OR slips.state<>'active' OR outcomes.outcome IS NOT NULL)"
BY_DUE = "julianday(json_extract(tasks.record, '$.due_at')), tasks.number"
BY_HOUR = "julianday(json_extract(slips.slip, '$.appointment_at')), tasks.number"
WHICH: dict[Show, tuple[str, str]] = {
    "open": ("tasks.state='open'", BY_DUE),
    "slips": ("slips.state='active' AND outcomes.outcome IS NULL", BY_HOUR),
    "ended": (ENDED, "tasks.number DESC"),
}
"""Condition and order: whom to call first, who comes first, what ended last."""


@dataclass(frozen=True)
class TaskLine:
    task_id: str
    state: str
    reason: str
    at: datetime
    wish: TaskRecord
    calls: Sequence[LoggedCall]
    slip: Slip | None
    transferred_to: str
    outcome: str
    outcome_at: datetime | None
    registered: bool

    @property
    def calls_open(self) -> bool:
        return self.state == "open"

    @property
    def slip_holds(self) -> bool:
        return self.slip is not None and self.slip.state == "active"


class CscLists:
    def __init__(self, store: Store) -> None:
        self._store = store

    def tasks(self, show: Show, like: str = "") -> list[TaskLine]:
        """`like` is a part of the task's number, or of anything in the request."""
        which, order = WHICH[show]
        found = f"{JOINED}{which} AND (?1 = '' OR instr(tasks.record, ?1) OR instr(printf('TASK-%06d', tasks.number), upper(?1)))"
        rows = self._store.rows(
            f"{TASKS}{JOINED} tasks.number IN (SELECT tasks.number {found} ORDER BY {order} LIMIT ?2) ORDER BY {order}",
            like.strip(),
            LISTED,
        )
        return [_line(dict(row)) for row in rows]

    def task(self, appointment_id: UUID) -> TaskLine | None:
        row = self._store.row(f"{TASKS}{JOINED}tasks.appointment_id=?", str(appointment_id))
        return None if row is None else _line(dict(row))

    def of_car(self, vin: str) -> list[TaskLine]:
        """Its appointments that are being made or made, the newest first: a reminder may lead to one."""
        which = "json_extract(tasks.record, '$.vin') = ? AND tasks.state <> 'declined' AND coalesce(slips.state, 'active') = 'active'"
        rows = self._store.rows(f"{TASKS}{JOINED}{which} ORDER BY tasks.number DESC LIMIT 10", vin)
        return [_line(dict(row)) for row in rows]

    def count(self, show: Literal["open", "slips"]) -> int:
        row = self._store.row(COUNTS[show])
        return 0 if row is None else int(row["found"])

    def registrations(self, like: str = "") -> list[dict[str, object]]:
        """With the name and mobile of the customer where a task has told them."""
        rows = self._store.rows(
            "SELECT registrations.*, (SELECT record FROM tasks WHERE json_extract(record, '$.customer_id') = registrations.customer_id"
            " ORDER BY number DESC LIMIT 1) AS task FROM registrations WHERE ?1 = '' OR instr(vin || ' ' || customer_id, upper(?1))"
            " ORDER BY registered DESC, at DESC LIMIT ?2",
            like.strip(),
            LISTED,
        )
        return [{**dict(row), "task": json.loads(row["task"]) if row["task"] else None} for row in rows]


def _line(row: dict[str, str]) -> TaskLine:
    return TaskLine(
        task_id=f"TASK-{row['number']:06d}",
        state=row["state"],
        reason=row["reason"],
        at=datetime.fromisoformat(row["at"]),
        wish=TaskRecord.model_validate_json(row["record"]),
        calls=[LoggedCall.model_validate(call) for call in json.loads(row["calls"])],
        slip=Slip.model_validate_json(row["slip"]) if row["slip"] else None,
        transferred_to=row["transferred_to"] or "",
        outcome=row["outcome"] or "",
        outcome_at=datetime.fromisoformat(row["outcome_at"]) if row["outcome_at"] else None,
        registered=bool(row["registered"]),
    )
