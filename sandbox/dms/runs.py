"""The months as Cheqiao made them: counts and a checksum, to be held against our own (A-REM-18)."""

import json
import sqlite3

from contracts.partners.reminders import RunRecord
from contracts.partners.wire import DoneAnswer
from sandbox.answers import Answer
from sandbox.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS runs_told (
  period TEXT NOT NULL, run_no INTEGER NOT NULL, counts TEXT NOT NULL, checksum TEXT NOT NULL, finished_at TEXT NOT NULL,
  PRIMARY KEY (period, run_no)
);
"""


def keep(tx: sqlite3.Connection, period: str, record: RunRecord) -> Answer:
    """One run of a month; told again, the last word stands."""
    told = record.model_dump(mode="json")
    tx.execute(
        "INSERT INTO runs_told (period, run_no, counts, checksum, finished_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (period, run_no) DO UPDATE SET counts=excluded.counts, checksum=excluded.checksum, finished_at=excluded.finished_at",
        (period, record.run_no, json.dumps(told["counts"]), record.checksum, told["finished_at"]),
    )
    return Answer.of(200, DoneAnswer())


def runs(store: Store) -> list[dict[str, object]]:
    """The latest first."""
    rows = store.rows("SELECT * FROM runs_told ORDER BY period DESC, run_no DESC")
    return [{**dict(row), "counts": json.loads(row["counts"])} for row in rows]
