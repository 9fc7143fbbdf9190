"""How each reminder item stands, as Cheqiao tells it in pages: of each item the highest version is kept (A-REM-28)."""

import sqlite3

from contracts.partners.reminders import StandingsPage
from contracts.partners.wire import DoneAnswer
from sandbox.answers import Answer
from sandbox.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS standings (
  item_id TEXT PRIMARY KEY, version INTEGER NOT NULL, wechat_state TEXT NOT NULL, wechat_reason TEXT NOT NULL, contact_state TEXT NOT NULL,
  outcome TEXT NOT NULL, priority TEXT NOT NULL, appointment_id TEXT, visit_id TEXT, changed_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS standings_outcome ON standings (outcome);
CREATE INDEX IF NOT EXISTS standings_changed ON standings (changed_at);
"""

SHOWN = 200


def keep(tx: sqlite3.Connection, page: StandingsPage) -> Answer:
    tx.executemany(
        "INSERT INTO standings VALUES (:item_id, :version, :wechat_state, :wechat_reason, :contact_state, :outcome, :priority,"
        " :appointment_id, :visit_id, :changed_at) ON CONFLICT (item_id) DO UPDATE SET version=excluded.version,"
        " wechat_state=excluded.wechat_state, wechat_reason=excluded.wechat_reason, contact_state=excluded.contact_state,"
        " outcome=excluded.outcome, priority=excluded.priority, appointment_id=excluded.appointment_id, visit_id=excluded.visit_id,"
        " changed_at=excluded.changed_at WHERE excluded.version > standings.version",
        [standing.model_dump(mode="json") for standing in page.standings],
    )
    return Answer.of(200, DoneAnswer())


def standings(store: Store) -> list[dict[str, object]]:
    """The last changed of them."""
    return [dict(row) for row in store.rows("SELECT * FROM standings ORDER BY changed_at DESC, item_id LIMIT ?", SHOWN)]


def outcomes(store: Store) -> list[tuple[str, int]]:
    """How many have which outcome, of up to a million."""
    rows = store.rows("SELECT outcome, count(*) AS found FROM standings GROUP BY outcome ORDER BY outcome")
    return [(row["outcome"], row["found"]) for row in rows]
