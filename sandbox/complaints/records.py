"""Cases as the CSC has them on record: every step that Cheqiao told of, and what its own people asked for (flows 4.4).

Steps come in any order and more than once: the highest version says where a case stands. A wish is answered by the record of the step,
or by a refusal.
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.complaint_words import ENDED
from contracts.partners.complaints import AskedStep, StepRecord, StepRefusalRecord, WarningRecord
from contracts.partners.wire import DoneAnswer, RefusalAnswer
from sandbox.answers import Answer
from sandbox.clock import Now, iso
from sandbox.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS complaints (
  complaint_id TEXT PRIMARY KEY, version INTEGER NOT NULL, number TEXT NOT NULL, state TEXT NOT NULL, ended INTEGER NOT NULL,
  kind TEXT NOT NULL, type TEXT NOT NULL, grade TEXT NOT NULL, dealer_code TEXT NOT NULL, name TEXT NOT NULL, mobile TEXT NOT NULL,
  vin TEXT NOT NULL, due_at TEXT NOT NULL, record TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS complaints_due ON complaints (ended, due_at);
CREATE INDEX IF NOT EXISTS complaints_dealer ON complaints (dealer_code, ended, due_at);
CREATE TABLE IF NOT EXISTS complaint_steps (
  complaint_id TEXT NOT NULL, version INTEGER NOT NULL, record TEXT NOT NULL, PRIMARY KEY (complaint_id, version)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS complaint_wishes (
  number INTEGER PRIMARY KEY AUTOINCREMENT, complaint_id TEXT NOT NULL, step TEXT NOT NULL, by_whom TEXT NOT NULL, role TEXT NOT NULL,
  at TEXT NOT NULL, answer TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '', message TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS complaint_wishes_case ON complaint_wishes (complaint_id, step, by_whom, answer);
CREATE TABLE IF NOT EXISTS complaint_warnings (
  complaint_id TEXT NOT NULL, deadline_id TEXT NOT NULL, threshold TEXT NOT NULL, due_at TEXT NOT NULL, at TEXT NOT NULL,
  record TEXT NOT NULL, PRIMARY KEY (complaint_id, deadline_id, threshold, due_at)
) WITHOUT ROWID;
"""
CASES = "SELECT * FROM complaints"
WISHES = "SELECT * FROM complaint_wishes"
LISTED = 100
NEVER = "9999"
"""No open limit: behind all that have one."""
STANDS = (
    "INSERT INTO complaints VALUES (:complaint_id, :version, :number, :state, :ended, :kind, :type, :grade, :dealer_code, :name, :mobile,"
    " :vin, :due_at, :record) ON CONFLICT (complaint_id) DO UPDATE SET version=excluded.version, number=excluded.number,"
    " state=excluded.state, ended=excluded.ended, kind=excluded.kind, type=excluded.type, grade=excluded.grade,"
    " dealer_code=excluded.dealer_code, name=excluded.name, mobile=excluded.mobile, vin=excluded.vin, due_at=excluded.due_at,"
    " record=excluded.record WHERE excluded.version > complaints.version"
)
ANSWERED = (
    "UPDATE complaint_wishes SET answer=?, reason=?, message=? WHERE number = (SELECT min(number) FROM complaint_wishes"
    " WHERE complaint_id=? AND step=? AND by_whom=? AND answer='')"
)


@dataclass(frozen=True)
class Choice:
    """What is looked for; what is empty is not asked. `show`: open, overdue or all; `like`: a part of number, name, mobile or VIN."""

    show: str = "open"
    state: str = ""
    kind: str = ""
    type: str = ""
    grade: str = ""
    dealer: str = ""
    like: str = ""


@dataclass(frozen=True)
class CaseLine:
    complaint_id: UUID
    version: int
    record: StepRecord
    due_at: datetime | None


@dataclass(frozen=True)
class Wish:
    """What somebody here asked for. `answer`: empty while it waits, taken, or refused with a `reason`, and a `message` for a person."""

    complaint_id: UUID
    step: str
    by: str
    role: str
    at: datetime
    answer: str
    reason: str
    message: str


class Cases:
    """Each method that changes something works in the caller's transaction."""

    def __init__(self, store: Store, now: Now) -> None:
        self._store = store
        self._now = now

    def keep(self, tx: sqlite3.Connection, complaint_id: UUID, version: int, record: StepRecord) -> Answer:
        """A step that was taken; one that is on record changes nothing."""
        text = record.model_dump_json()
        values = (str(complaint_id), version, text)
        fresh = tx.execute("INSERT OR IGNORE INTO complaint_steps (complaint_id, version, record) VALUES (?, ?, ?)", values).rowcount
        if fresh:
            tx.execute(STANDS, _columns(complaint_id, version, record, text))
            tx.execute(ANSWERED, ("taken", "", "", str(complaint_id), record.form.step, record.by))
        return Answer.of(200, DoneAnswer())

    def keep_refusal(self, tx: sqlite3.Connection, complaint_id: UUID, record: StepRefusalRecord) -> Answer:
        """Whoever asked sees why. Of a case that nobody here asked about it is 404."""
        answered = tx.execute(ANSWERED, ("refused", record.reason, record.message, str(complaint_id), record.step, record.by)).rowcount
        known = answered or tx.execute("SELECT 1 FROM complaints WHERE complaint_id=?", (str(complaint_id),)).fetchone()
        return Answer.of(200, DoneAnswer()) if known else Answer.of(404, RefusalAnswer(code="not_found"))

    def keep_warning(self, tx: sqlite3.Connection, complaint_id: UUID, deadline_id: UUID, record: WarningRecord) -> Answer:
        """Of a case that is not on record it is 404. A limit that was moved warns anew."""
        if tx.execute("SELECT 1 FROM complaints WHERE complaint_id=?", (str(complaint_id),)).fetchone() is None:
            return Answer.of(404, RefusalAnswer(code="not_found"))
        values = (str(complaint_id), str(deadline_id), record.threshold, iso(record.due_at), iso(record.at), record.model_dump_json())
        tx.execute("INSERT OR IGNORE INTO complaint_warnings VALUES (?, ?, ?, ?, ?, ?)", values)
        return Answer.of(200, DoneAnswer())

    def warnings(self, complaint_id: UUID) -> list[tuple[UUID, WarningRecord]]:
        """With the ids of their limits, the newest first."""
        rows = self._store.rows("SELECT * FROM complaint_warnings WHERE complaint_id=? ORDER BY at DESC, threshold", str(complaint_id))
        return [(UUID(row["deadline_id"]), WarningRecord.model_validate_json(row["record"])) for row in rows]

    def ask(self, tx: sqlite3.Connection, asked: AskedStep) -> AskedStep:
        tx.execute(
            "INSERT INTO complaint_wishes (complaint_id, step, by_whom, role, at) VALUES (?, ?, ?, ?, ?)",
            (str(asked.complaint_id), asked.form.step, asked.by, asked.role, iso(asked.at)),
        )
        return asked

    def find(self, complaint_id: UUID) -> CaseLine | None:
        row = self._store.row("SELECT * FROM complaints WHERE complaint_id=?", str(complaint_id))
        return None if row is None else _line(row)

    def steps(self, complaint_id: UUID) -> list[tuple[int, StepRecord]]:
        """With their versions, the newest first."""
        rows = self._store.rows("SELECT * FROM complaint_steps WHERE complaint_id=? ORDER BY version DESC", str(complaint_id))
        return [(row["version"], StepRecord.model_validate_json(row["record"])) for row in rows]

    def wishes(self, complaint_id: UUID | None = None) -> list[Wish]:
        """Those of a case, or those that wait for their case to appear; the newest first."""
        which = "complaint_id=?" if complaint_id else "answer<>'taken' AND complaint_id NOT IN (SELECT complaint_id FROM complaints)"
        values = (str(complaint_id),) if complaint_id else ()
        rows = self._store.rows(f"{WISHES} WHERE {which} ORDER BY number DESC LIMIT {LISTED}", *values)
        return [_wish(row) for row in rows]

    def listed(self, choice: Choice) -> list[CaseLine]:
        """Open ones first, and of them those whose limit ends first."""
        words, values = self._which(choice)
        rows = self._store.rows(f"{CASES} WHERE {words} ORDER BY ended, due_at, number DESC LIMIT ?", *values, LISTED)
        return [_line(row) for row in rows]

    def count_open(self) -> int:
        row = self._store.row("SELECT count(*) AS found FROM complaints WHERE ended=0")
        return 0 if row is None else int(row["found"])

    def all(self) -> list[dict[str, object]]:
        """For whoever looks from outside."""
        return [_plain(row) for row in self._store.rows("SELECT * FROM complaints ORDER BY number")]

    def _which(self, choice: Choice) -> tuple[str, Sequence[object]]:
        asked = {"state": choice.state, "kind": choice.kind, "type": choice.type, "grade": choice.grade, "dealer_code": choice.dealer}
        found: list[tuple[str, object]] = [(f"{name}=?", value) for name, value in asked.items() if value]
        if choice.show != "all":
            found.append(("ended=?", 0))
        if choice.show == "overdue":
            found.append(("due_at < ?", iso(self._now())))
        if choice.like:
            found.append(("instr(number || ' ' || name || ' ' || mobile || ' ' || vin, ?)", choice.like.strip()))
        return " AND ".join(words for words, _ in found) or "1", [value for _, value in found]


def _columns(complaint_id: UUID, version: int, record: StepRecord, text: str) -> dict[str, object]:
    limits = [iso(one.due_at) for one in record.parts if one.part == "deadline" and one.due_at and not one.waits]
    return {
        "complaint_id": str(complaint_id),
        "version": version,
        "number": record.number,
        "state": record.state,
        "ended": record.state in ENDED,
        "kind": record.kind,
        "type": record.type or "",
        "grade": record.grade or "",
        "dealer_code": record.dealer_code,
        "name": record.name,
        "mobile": record.mobile,
        "vin": record.vin,
        "due_at": min(limits, default=NEVER),
        "record": text,
    }


def _line(row: sqlite3.Row) -> CaseLine:
    due_at = None if row["due_at"] == NEVER else datetime.fromisoformat(row["due_at"])
    return CaseLine(UUID(row["complaint_id"]), row["version"], StepRecord.model_validate_json(row["record"]), due_at)


def _plain(row: sqlite3.Row) -> dict[str, object]:
    record: dict[str, object] = json.loads(row["record"])
    return {**record, "complaint_id": row["complaint_id"], "version": row["version"]}


def _wish(row: sqlite3.Row) -> Wish:
    return Wish(
        UUID(row["complaint_id"]),
        row["step"],
        row["by_whom"],
        row["role"],
        datetime.fromisoformat(row["at"]),
        row["answer"],
        row["reason"],
        row["message"],
    )
