"""The appointments and slips that the DMS has on record, and what it says yes and no to (A-APT-12, 19, 20, 28)."""

import json
import sqlite3
from uuid import UUID

from contracts.partners.dms import CancelRecord, MoveRecord, RejectedPush, SlipAnswer, SlipRecord, StoreAnswer, StoreRecord
from contracts.partners.wire import DoneAnswer, OutcomeRecord, RefusalAnswer
from sandbox.answers import Answer
from sandbox.clock import Now, iso
from sandbox.dms.dealers import Dealers
from sandbox.store import Store
from sandbox.web import Problem

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
CREATE TABLE IF NOT EXISTS moves (
  appointment_id TEXT PRIMARY KEY, request_no INTEGER NOT NULL, requested_date TEXT NOT NULL, slot TEXT NOT NULL, at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS outcomes (appointment_id TEXT PRIMARY KEY, outcome TEXT NOT NULL, at TEXT NOT NULL);
"""


class Bookings:
    """Each method that changes something works in the caller's transaction and answers in the words of the wire."""

    def __init__(self, store: Store, now: Now, dealers: Dealers) -> None:
        self._store = store
        self._now = now
        self._dealers = dealers

    def keep_appointment(self, tx: sqlite3.Connection, wish: StoreRecord) -> Answer:
        """One appointment, one record: a second wish for it gets the number of the first."""
        if (held := _appointment(tx, wish.appointment_id)) is not None:
            tx.execute("UPDATE appointments SET asked = asked + 1 WHERE number=?", (held["number"],))
            return Answer.of(201, StoreAnswer(dms_no=_dms_no(held)))
        if (no := self._dealers.turned_away(tx, wish.dealer_code, wish.requested_date, wish.slot)) is not None:
            return refusal(422, no)
        row = tx.execute(
            "INSERT INTO appointments (appointment_id, state, record, at) VALUES (?, 'stored', ?, ?) RETURNING number",
            (str(wish.appointment_id), wish.model_dump_json(), iso(self._now())),
        ).fetchone()
        return Answer.of(201, StoreAnswer(dms_no=_dms_no(row)))

    def move(self, tx: sqlite3.Connection, appointment_id: UUID, wish: MoveRecord) -> Answer:
        """Another day is asked for; the highest `request_no` counts. What is cancelled or rejected is not moved."""
        held = _appointment(tx, appointment_id)
        if held is None:
            return refusal(404, "not_found")
        if held["state"] != "stored":
            return refusal(409, held["state"])
        moved = tx.execute(
            "INSERT INTO moves (appointment_id, request_no, requested_date, slot, at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (appointment_id) DO UPDATE SET"
            " request_no=excluded.request_no, requested_date=excluded.requested_date, slot=excluded.slot, at=excluded.at"
            " WHERE excluded.request_no > moves.request_no",
            (str(appointment_id), wish.request_no, wish.requested_date.isoformat(), wish.slot, iso(self._now())),
        )
        if moved.rowcount:
            tx.execute("UPDATE appointments SET version=version+1 WHERE number=?", (held["number"],))
        return Answer.of(200, DoneAnswer())

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

    def keep_outcome(self, tx: sqlite3.Connection, appointment_id: UUID, wish: OutcomeRecord) -> Answer:
        """What became of it; what is told later corrects what was told before."""
        if _appointment(tx, appointment_id) is None:
            return refusal(404, "not_found")
        tx.execute(
            "INSERT INTO outcomes (appointment_id, outcome, at) VALUES (?, ?, ?)"
            " ON CONFLICT (appointment_id) DO UPDATE SET outcome=excluded.outcome, at=excluded.at",
            (str(appointment_id), wish.outcome, wish.at.isoformat()),
        )
        return Answer.of(200, DoneAnswer())

    def keep_slip(self, tx: sqlite3.Connection, slip_id: str, slip: SlipRecord) -> Answer:
        """The highest version is kept; the answer says which that is."""
        held = _appointment(tx, slip.appointment_id)
        if held is None:
            return refusal(422, "unknown_appointment")
        if held["state"] != "stored":
            return refusal(409, held["state"])
        if (no := self._dealers.turned_away(tx, slip.dealer_code)) is not None:
            return refusal(422, no)
        tx.execute(
            "INSERT INTO slips (slip_id, appointment_id, version, state, record, at) VALUES (?, ?, ?, 'active', ?, ?)"
            " ON CONFLICT (slip_id) DO UPDATE SET version=excluded.version, record=excluded.record, at=excluded.at"
            " WHERE excluded.version > slips.version",
            (slip_id, str(slip.appointment_id), slip.version, slip.model_dump_json(), iso(self._now())),
        )
        kept = tx.execute("SELECT version FROM slips WHERE slip_id=?", (slip_id,)).fetchone()
        return Answer.of(200, SlipAnswer(slip_id=slip_id, version=kept["version"]))

    def reject(self, tx: sqlite3.Connection, appointment_id: UUID, reason: str) -> RejectedPush:
        """Somebody says no after all. Raises Problem where there is nothing to say no to."""
        row = tx.execute(
            "UPDATE appointments SET state='rejected', reason=?, version=version+1"
            " WHERE appointment_id=? AND state='stored' RETURNING version",
            (reason, str(appointment_id)),
        ).fetchone()
        if row is None:
            raise Problem(409, "nothing_to_reject", "没有可拒绝的预约 / There is no stored appointment of this id")
        return RejectedPush(appointment_id=appointment_id, version=row["version"], reason=reason)

    def find(self, appointment_id: UUID) -> Answer:
        row = self._store.row("SELECT * FROM appointments WHERE appointment_id=?", str(appointment_id))
        return refusal(404, "not_found") if row is None else Answer.of(200, StoreAnswer(dms_no=_dms_no(row)))

    def appointments(self) -> list[dict[str, object]]:
        """As they are now: the day that was asked for last, and the outcome; `record` is the first request as it came."""
        rows = self._store.rows(
            "SELECT appointments.*, moves.request_no, moves.requested_date, moves.slot, outcomes.outcome, outcomes.at AS outcome_at"
            " FROM appointments LEFT JOIN moves USING (appointment_id) LEFT JOIN outcomes USING (appointment_id) ORDER BY number"
        )
        return [_as_it_is(row) for row in rows]

    def slips(self) -> list[dict[str, object]]:
        return [{**dict(row), "record": json.loads(row["record"])} for row in self._store.rows("SELECT * FROM slips ORDER BY at, slip_id")]


def refusal(status: int, code: str) -> Answer:
    return Answer.of(status, RefusalAnswer(code=code))


def _appointment(tx: sqlite3.Connection, appointment_id: UUID) -> sqlite3.Row | None:
    row: sqlite3.Row | None = tx.execute("SELECT * FROM appointments WHERE appointment_id=?", (str(appointment_id),)).fetchone()
    return row


def _dms_no(row: sqlite3.Row) -> str:
    return f"DMS-{row['number']:06d}"


def _as_it_is(row: sqlite3.Row) -> dict[str, object]:
    kept = dict(row)
    record = json.loads(kept["record"])
    moved = kept["request_no"] is not None
    return {
        **{key: value for key, value in kept.items() if key != "number"},
        "dms_no": _dms_no(row),
        "record": record,
        "request_no": kept["request_no"] if moved else 1,
        "requested_date": kept["requested_date"] if moved else record["requested_date"],
        "slot": kept["slot"] if moved else record["slot"],
    }
