"""Cars in the workshop (回厂): they come in, with an appointment or without, and leave again (A-APT-28)."""

import sqlite3
from datetime import datetime
from uuid import UUID

from contracts.partners.dms import ClosedVisitRecord, StoreRecord, VisitRecord
from sandbox.clock import Now
from sandbox.dms.forms import ArrivalForm, ClosingForm
from sandbox.store import Store
from sandbox.web import Problem

SCHEMA = """
CREATE TABLE IF NOT EXISTS visits (
  number INTEGER PRIMARY KEY AUTOINCREMENT, vin TEXT NOT NULL, dealer_code TEXT NOT NULL, appointment_id TEXT,
  arrived_at TEXT NOT NULL, closed_at TEXT
);
CREATE UNIQUE INDEX IF NOT EXISTS visits_open ON visits (vin) WHERE closed_at IS NULL;
"""


class Visits:
    """Each method that changes something works in the caller's transaction; Problem says what is in the way."""

    def __init__(self, store: Store, now: Now) -> None:
        self._store = store
        self._now = now

    def arrive(self, tx: sqlite3.Connection, form: ArrivalForm) -> VisitRecord:
        """A car came in. Raises Problem: it is here already, no such appointment, or it is not said which car and where."""
        vin, dealer_code = form.vin, form.dealer_code
        if form.appointment_id is not None:
            wish = _booked(tx, form.appointment_id)
            vin, dealer_code = vin or wish.vin, dealer_code or wish.dealer_code
        if vin is None or dealer_code is None:
            raise Problem(400, "malformed", "请填写 VIN 和服务商，或选择预约 / Give VIN and dealer, or an appointment")
        if tx.execute("SELECT 1 FROM visits WHERE vin=? AND closed_at IS NULL", (vin,)).fetchone():
            raise Problem(409, "already_here", "这辆车已在店内 / This car is in the workshop already")
        appointment_id = str(form.appointment_id) if form.appointment_id else None
        row = tx.execute(
            "INSERT INTO visits (vin, dealer_code, appointment_id, arrived_at) VALUES (?, ?, ?, ?) RETURNING *",
            (vin, dealer_code, appointment_id, self._not_in_the_future(form.arrived_at).isoformat()),
        ).fetchone()
        return VisitRecord.model_validate(_numbered(row))

    def close(self, tx: sqlite3.Connection, visit_no: str, form: ClosingForm) -> ClosedVisitRecord:
        """The workshop is done. Raises Problem: no such car is here, or it would leave before it came."""
        held = tx.execute("SELECT * FROM visits WHERE number=? AND closed_at IS NULL", (_number(visit_no),)).fetchone()
        if held is None:
            raise Problem(409, "not_here", "没有这次在店的进厂 / There is no such visit that is open")
        at = self._not_in_the_future(form.closed_at)
        if at < datetime.fromisoformat(held["arrived_at"]):
            raise Problem(400, "closed_at", "离厂时间早于进厂时间 / It cannot leave before it came")
        row = tx.execute("UPDATE visits SET closed_at=? WHERE number=? RETURNING *", (at.isoformat(), held["number"])).fetchone()
        return ClosedVisitRecord.model_validate({**_numbered(row), "services": form.services, "mileage_km": form.mileage_km})

    def all(self) -> list[dict[str, object]]:
        """The newest first; `closed_at` null: the car is here."""
        return [_numbered(row) for row in self._store.rows("SELECT * FROM visits ORDER BY number DESC")]

    def _not_in_the_future(self, at: datetime | None) -> datetime:
        now = self._now()
        if at is not None and at > now:
            raise Problem(400, "time", "时间不能晚于现在 / The time is in the future")
        return at or now


def _booked(tx: sqlite3.Connection, appointment_id: UUID) -> StoreRecord:
    row = tx.execute("SELECT state, record FROM appointments WHERE appointment_id=?", (str(appointment_id),)).fetchone()
    if row is None or row["state"] != "stored":
        raise Problem(409, "no_such_appointment", "没有这张有效的预约 / There is no such appointment that holds")
    return StoreRecord.model_validate_json(row["record"])


def _numbered(row: sqlite3.Row) -> dict[str, object]:
    return {"visit_no": f"VISIT-{row['number']:06d}", **{key: row[key] for key in row.keys() if key != "number"}}  # noqa: SIM118 - a Row iterates over its values


def _number(visit_no: str) -> int:
    digits = visit_no.removeprefix("VISIT-")
    return int(digits) if digits.isascii() and digits.isdecimal() else 0
