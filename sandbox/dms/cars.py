"""The DMS's half of a car: whose it is, what it is, when it was sold and when it was here last (A-REM-04, 10).

A record's version counts its changes. What a clerk typed years ago is kept as it was typed, dates that are none included.
"""

import sqlite3
from datetime import date

from contracts.partners.dms import ClosedVisitRecord
from contracts.partners.vehicles import CarRow, CarsPage, RawDate
from sandbox.answers import Answer
from sandbox.clock import CHINA, Now
from sandbox.cursors import asked_page
from sandbox.dms.dealers import region_of
from sandbox.dms.sales import Sale, current_sales
from sandbox.dms.samples import UPKEEP
from sandbox.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS cars (
  number INTEGER PRIMARY KEY AUTOINCREMENT, version INTEGER NOT NULL, changed_at REAL NOT NULL,
  vin TEXT NOT NULL, customer_id TEXT NOT NULL, model_code TEXT NOT NULL, model_name TEXT NOT NULL, model_year INTEGER,
  dealer_code TEXT NOT NULL, region_code TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'in_use',
  invoice_date, purchase_date, warranty_end_date, first_maintenance_date, last_visit_date, birth_date, quiet TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS cars_changed ON cars (changed_at, number);
CREATE INDEX IF NOT EXISTS cars_vin ON cars (vin);
CREATE INDEX IF NOT EXISTS cars_vin8 ON cars (substr(vin, -8));
CREATE INDEX IF NOT EXISTS cars_dealer ON cars (dealer_code, number);
"""

CARS = "SELECT * FROM cars"
LISTED = 50
FIRST_MAINTENANCE = "FIRST_MAINTENANCE"


class Cars:
    """Each method that changes something works in the caller's transaction and gives the record as it is then."""

    def __init__(self, store: Store, now: Now) -> None:
        self._store = store
        self._now = now
        with store.write() as tx:
            if tx.execute("SELECT 1 FROM cars LIMIT 1").fetchone() is None:
                self._keep_samples(tx)

    def page(self) -> Answer:
        """GET /cars"""
        leaf = asked_page(self._store, "cars")
        return Answer.of(200, CarsPage(cars=tuple(map(car_row, leaf.rows)), next_cursor=leaf.next_cursor, total=leaf.total))

    def listed(self, like: str, dealer_code: str, after: int) -> tuple[list[sqlite3.Row], int | None]:
        """A page in the order of their numbers, and where the next begins. `like` is a whole VIN, or its last eight."""
        wanted = like.strip().upper()
        if wanted:
            rows = self._store.rows(
                "SELECT * FROM cars WHERE substr(vin, -8) = substr(?1, -8) AND (length(?1) < 17 OR vin = ?1) ORDER BY number LIMIT ?2",
                wanted,
                LISTED,
            )
            return rows, None
        which = "number > ?2 AND ?1 = ''" if not dealer_code else "dealer_code = ?1 AND number > ?2"
        rows = self._store.rows(f"{CARS} WHERE {which} ORDER BY number LIMIT ?3", dealer_code.upper(), after, LISTED + 1)
        return rows[:LISTED], rows[LISTED - 1]["number"] if len(rows) > LISTED else None

    def row(self, number: int) -> sqlite3.Row | None:
        return self._store.row(f"{CARS} WHERE number=?", number)

    def sold(self, tx: sqlite3.Connection, sale: Sale, region_code: str) -> CarRow:
        """A sale is entered, or put right; a car that was here before keeps its dates, and has the owner of now."""
        held = _newest(tx, sale.vin)
        if held is None:
            return self._add(tx, sale, region_code)
        row = tx.execute(
            "UPDATE cars SET version=version+1, changed_at=?, customer_id=?, model_code=?, model_name=?, dealer_code=?, region_code=?,"
            " state='in_use', birth_date=? WHERE number=? RETURNING *",
            (
                self._now().timestamp(),
                sale.customer_id,
                model_code(sale.model),
                sale.model,
                sale.dealer_code,
                region_code,
                birthday(sale.id_number),
                held["number"],
            ),
        ).fetchone()
        return car_row(row)

    def visited(self, tx: sqlite3.Connection, visit: ClosedVisitRecord) -> None:
        """The workshop is done with it: when it was here last, and whether this was the first maintenance."""
        day = visit.closed_at.astimezone(CHINA).date().isoformat()
        tx.execute(
            "UPDATE cars SET version=version+1, changed_at=?, last_visit_date=?,"
            " first_maintenance_date=CASE WHEN ? THEN ? ELSE first_maintenance_date END WHERE vin=?",
            (self._now().timestamp(), day, FIRST_MAINTENANCE in visit.services, day, visit.vin),
        )

    def _add(self, tx: sqlite3.Connection, sale: Sale, region_code: str) -> CarRow:
        row = tx.execute(
            "INSERT INTO cars (version, changed_at, vin, customer_id, model_code, model_name, model_year, dealer_code, region_code,"
            " invoice_date, purchase_date, birth_date) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
            (
                self._now().timestamp(),
                sale.vin,
                sale.customer_id,
                model_code(sale.model),
                sale.model,
                date.fromisoformat(sale.invoice_date).year,
                sale.dealer_code,
                region_code,
                sale.invoice_date,
                sale.invoice_date,
                birthday(sale.id_number),
            ),
        ).fetchone()
        return car_row(row)

    def _keep_samples(self, tx: sqlite3.Connection) -> None:
        """A car for each that was sold so far, and what the workshop knows of the invented ones."""
        today = self._now().astimezone(CHINA).date()
        for sale in current_sales(tx):
            self.sold(tx, sale, region_of(tx, sale.dealer_code))
        for each in UPKEEP:
            visited = each.last_visit(today).isoformat()
            tx.execute(
                "UPDATE cars SET first_maintenance_date=?, last_visit_date=? WHERE vin=?",
                (each.first_maintenance.isoformat(), visited, each.vin),
            )


def car_row(row: sqlite3.Row) -> CarRow:
    return CarRow(
        record_id=f"CAR-{row['number']:08d}",
        quiet=tuple(row["quiet"].split()),
        **{name: row[name] for name in CarRow.model_fields if name not in ("record_id", "quiet")},
    )


def model_code(model: str) -> str:
    """The first word: CQ5 of "CQ5 1.5T 尊享版"."""
    return model.partition(" ")[0][:32]


def birthday(id_number: str) -> RawDate:
    """MM-DD: the year is nobody's business."""
    return f"{id_number[10:12]}-{id_number[12:14]}" if len(id_number) == 18 else None


def _newest(tx: sqlite3.Connection, vin: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = tx.execute("SELECT * FROM cars WHERE vin=? ORDER BY number LIMIT 1", (vin,)).fetchone()
    return row
