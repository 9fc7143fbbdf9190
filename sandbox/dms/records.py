"""What the DMS has on record, and what it says yes and no to (A-APT-12, 19, 20)."""

import json
import sqlite3
from uuid import UUID

from contracts.partners.dms import CancelRecord, SlipAnswer, SlipRecord, StoreAnswer, StoreRecord
from contracts.partners.wire import DoneAnswer, RefusalAnswer
from sandbox.answers import Answer
from sandbox.clock import Now, iso
from sandbox.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS appointments (
  number INTEGER PRIMARY KEY AUTOINCREMENT, appointment_id TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '', version INTEGER NOT NULL DEFAULT 1, asked INTEGER NOT NULL DEFAULT 1,
  record TEXT NOT NULL, at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS slips (
  slip_id TEXT PRIMARY KEY, appointment_id TEXT NOT NULL,
  version INTEGER NOT NULL, state TEXT NOT NULL, record TEXT NOT NULL, at TEXT NOT NULL
);
"""

OPEN_DEALERS = tuple(f"D{number:03d}" for number in range(1, 10))
CLOSED_DEALER = "CLOSED"
"""A dealer whose workshop is never open: the way to a clear no."""


class DmsRecords:
    """Each method that changes something works in the caller's transaction and answers in the words of the wire."""

    def __init__(self, store: Store, now: Now) -> None:
        self._store = store
        self._now = now

    def keep_appointment(self, tx: sqlite3.Connection, wish: StoreRecord) -> Answer:
        """One appointment, one record: a second wish for it gets the number of the first."""
        if (held := _appointment(tx, wish.appointment_id)) is not None:
            tx.execute("UPDATE appointments SET asked = asked + 1 WHERE number=?", (held["number"],))
            return Answer.of(201, StoreAnswer(dms_no=_dms_no(held)))
        if (no := _turned_away(wish.dealer_code)) is not None:
            return no
        row = tx.execute(
            "INSERT INTO appointments (appointment_id, state, record, at) VALUES (?, 'stored', ?, ?) RETURNING number",
            (str(wish.appointment_id), wish.model_dump_json(), iso(self._now())),
        ).fetchone()
        return Answer.of(201, StoreAnswer(dms_no=_dms_no(row)))

    def cancel(self, tx: sqlite3.Connection, appointment_id: UUID, wish: CancelRecord) -> Answer:
        """The request and its slip. What is cancelled or rejected stays so."""
        held = _appointment(tx, appointment_id)
        if held is None:
            return refusal(404, "not_found")
        if held["state"] == "stored":
            tx.execute(
                "UPDATE appointments SET state='cancelled', reason=?, version=version+1 WHERE number=?", (wish.reason, held["number"])
            )
            tx.execute("UPDATE slips SET state='cancelled' WHERE appointment_id=?", (str(appointment_id),))
        return Answer.of(200, DoneAnswer())

    def keep_slip(self, tx: sqlite3.Connection, slip_id: str, slip: SlipRecord) -> Answer:
        """The highest version is kept; the answer says which that is."""
        held = _appointment(tx, slip.appointment_id)
        if held is None:
            return refusal(422, "unknown_appointment")
        if held["state"] != "stored":
            return refusal(409, held["state"])
        if (no := _turned_away(slip.dealer_code)) is not None:
            return no
        tx.execute(
            "INSERT INTO slips (slip_id, appointment_id, version, state, record, at) VALUES (?, ?, ?, 'active', ?, ?)"
            " ON CONFLICT (slip_id) DO UPDATE SET version=excluded.version, record=excluded.record, at=excluded.at"
            " WHERE excluded.version > slips.version",
            (slip_id, str(slip.appointment_id), slip.version, slip.model_dump_json(), iso(self._now())),
        )
        kept = tx.execute("SELECT version FROM slips WHERE slip_id=?", (slip_id,)).fetchone()
        return Answer.of(200, SlipAnswer(slip_id=slip_id, version=kept["version"]))

    def reject(self, tx: sqlite3.Connection, appointment_id: UUID, reason: str) -> int | None:
        """At the desk, somebody says no after all. Returns the record's new version; None where there is nothing to say no to."""
        row = tx.execute(
            "UPDATE appointments SET state='rejected', reason=?, version=version+1"
            " WHERE appointment_id=? AND state='stored' RETURNING version",
            (reason, str(appointment_id)),
        ).fetchone()
        return None if row is None else int(row["version"])

    def find(self, appointment_id: UUID) -> Answer:
        row = self._store.row("SELECT * FROM appointments WHERE appointment_id=?", str(appointment_id))
        return refusal(404, "not_found") if row is None else Answer.of(200, StoreAnswer(dms_no=_dms_no(row)))

    def appointments(self) -> list[dict[str, object]]:
        rows = self._store.rows("SELECT * FROM appointments ORDER BY number")
        return [{**_without_number(row), "dms_no": _dms_no(row), "record": json.loads(row["record"])} for row in rows]

    def slips(self) -> list[dict[str, object]]:
        return [{**dict(row), "record": json.loads(row["record"])} for row in self._store.rows("SELECT * FROM slips ORDER BY at, slip_id")]


def refusal(status: int, code: str) -> Answer:
    return Answer.of(status, RefusalAnswer(code=code))


def _turned_away(dealer_code: str) -> Answer | None:
    if dealer_code == CLOSED_DEALER:
        return refusal(422, "closed_day")
    return None if dealer_code in OPEN_DEALERS else refusal(422, "unknown_dealer")


def _appointment(tx: sqlite3.Connection, appointment_id: UUID) -> sqlite3.Row | None:
    row: sqlite3.Row | None = tx.execute("SELECT * FROM appointments WHERE appointment_id=?", (str(appointment_id),)).fetchone()
    return row


def _dms_no(row: sqlite3.Row) -> str:
    return f"DMS-{row['number']:06d}"


def _without_number(row: sqlite3.Row) -> dict[str, object]:
    return {key: row[key] for key in row.keys() if key != "number"}  # noqa: SIM118 - a Row iterates over its values
