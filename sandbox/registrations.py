"""Who is registered on the service account with which car, as the DMS and the CSC are told (A-REM-10, 16)."""

import sqlite3
from uuid import UUID

from contracts.partners.wire import DoneAnswer, RegistrationRecord
from sandbox.answers import Answer
from sandbox.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS registrations (
  binding_id TEXT PRIMARY KEY, version INTEGER NOT NULL, customer_id TEXT NOT NULL, vin TEXT NOT NULL, registered INTEGER NOT NULL,
  at TEXT NOT NULL
);
"""


def keep(tx: sqlite3.Connection, binding_id: UUID, wish: RegistrationRecord) -> Answer:
    """The highest version is kept; a lower one changes nothing and is answered alike."""
    tx.execute(
        "INSERT INTO registrations (binding_id, version, customer_id, vin, registered, at) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (binding_id) DO UPDATE SET version=excluded.version, registered=excluded.registered, at=excluded.at"
        " WHERE excluded.version > registrations.version",
        (str(binding_id), wish.version, wish.customer_id, wish.vin, wish.registered, wish.at.isoformat()),
    )
    return Answer.of(200, DoneAnswer())


def registrations(store: Store) -> list[dict[str, object]]:
    """The latest first."""
    rows = store.rows("SELECT * FROM registrations ORDER BY at DESC, binding_id")
    return [{**dict(row), "registered": bool(row["registered"])} for row in rows]
