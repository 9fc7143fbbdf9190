"""CSC's half of a car: the dates that the service adviser enters at a visit (A-REM-11, 12, 17).

A record's version counts its changes. What was taken over from older systems is kept as it was, dates that are none included.
"""

import json
import sqlite3
from collections.abc import Sequence

from contracts.partners.vehicles import DatesPage, DatesRow
from sandbox.answers import Answer
from sandbox.clock import CHINA, Now
from sandbox.csc.forms import DatesNote
from sandbox.cursors import asked_page
from sandbox.dms.samples import UPKEEP
from sandbox.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS service_dates (
  number INTEGER PRIMARY KEY AUTOINCREMENT, version INTEGER NOT NULL, changed_at REAL NOT NULL, vin TEXT NOT NULL,
  next_maintenance_date, compulsory_insurance_expiry, mandatory_maintenance_expiry, next_inspection_date, mileage_km INTEGER
);
CREATE INDEX IF NOT EXISTS service_dates_changed ON service_dates (changed_at, number);
CREATE INDEX IF NOT EXISTS service_dates_vin ON service_dates (vin);
CREATE INDEX IF NOT EXISTS service_dates_vin8 ON service_dates (substr(vin, -8));
"""

LISTED = 100


class CarDates:
    def __init__(self, store: Store, now: Now) -> None:
        self._store = store
        self._now = now
        with store.write() as tx:
            if tx.execute("SELECT 1 FROM service_dates LIMIT 1").fetchone() is None:
                self._keep_samples(tx)

    def page(self) -> Answer:
        """GET /service-dates"""
        leaf = asked_page(self._store, "service_dates")
        return Answer.of(200, DatesPage(dates=tuple(map(dates_row, leaf.rows)), next_cursor=leaf.next_cursor, total=leaf.total))

    def save(self, tx: sqlite3.Connection, vin: str, note: DatesNote) -> DatesRow:
        """What the adviser entered is the record; in the caller's transaction."""
        held = tx.execute("SELECT number FROM service_dates WHERE vin=? ORDER BY number LIMIT 1", (vin,)).fetchone()
        number = (
            held["number"]
            if held
            else tx.execute("INSERT INTO service_dates (version, changed_at, vin) VALUES (0, 0, ?) RETURNING number", (vin,)).fetchone()[
                "number"
            ]
        )
        said = note.model_dump(mode="json")
        row = tx.execute(
            "UPDATE service_dates SET version=version+1, changed_at=:at, next_maintenance_date=:next_maintenance_date,"
            " compulsory_insurance_expiry=:compulsory_insurance_expiry, mandatory_maintenance_expiry=:mandatory_maintenance_expiry,"
            " next_inspection_date=:next_inspection_date, mileage_km=coalesce(:mileage_km, mileage_km) WHERE number=:number RETURNING *",
            {**said, "at": self._now().timestamp(), "number": number},
        ).fetchone()
        return dates_row(row)

    def of(self, vin: str) -> DatesRow | None:
        row = self._store.row("SELECT * FROM service_dates WHERE vin=? ORDER BY number LIMIT 1", vin)
        return None if row is None else dates_row(row)

    def of_all(self, vins: Sequence[str]) -> dict[str, DatesRow]:
        """Of each of these cars that is known here."""
        rows = self._store.rows("SELECT * FROM service_dates WHERE vin IN (SELECT value FROM json_each(?))", json.dumps(vins))
        return {row["vin"]: dates_row(row) for row in reversed(rows)}

    def latest(self, like: str = "") -> list[sqlite3.Row]:
        """Those entered last; `like` is a whole VIN or its last eight."""
        wanted = like.strip().upper()
        if wanted:
            return self._store.rows(
                "SELECT * FROM service_dates WHERE substr(vin, -8) = substr(?1, -8) AND (length(?1) < 17 OR vin = ?1)"
                " ORDER BY number LIMIT ?2",
                wanted,
                LISTED,
            )
        return self._store.rows("SELECT * FROM service_dates ORDER BY changed_at DESC, number DESC LIMIT ?", LISTED)

    def _keep_samples(self, tx: sqlite3.Connection) -> None:
        today = self._now().astimezone(CHINA).date()
        for each in UPKEEP:
            note = DatesNote(
                next_maintenance_date=each.due(today, each.maintenance_in),
                compulsory_insurance_expiry=each.due(today, each.insurance_in),
                next_inspection_date=each.due(today, each.inspection_in),
                mileage_km=each.mileage_km,
            )
            self.save(tx, each.vin, note)


def dates_row(row: sqlite3.Row) -> DatesRow:
    return DatesRow(record_id=f"SD-{row['number']:08d}", **{name: row[name] for name in DatesRow.model_fields if name != "record_id"})
