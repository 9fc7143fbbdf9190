"""What a stand-in saw: every request, on disk before it is answered."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.clock import Now, iso
from sandbox.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS ledger (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, query TEXT NOT NULL,
  headers TEXT NOT NULL, body TEXT NOT NULL,
  fault TEXT, status INTEGER, answer TEXT, replayed INTEGER NOT NULL DEFAULT 0
);
"""

KEPT_HEADERS = ("Idempotency-Key", "Correlation-Id", "Traceparent", "Content-Type", "User-Agent")


LONGEST = 65_536
"""Characters of a body that are kept: thousands of pages of 500 rows would be gigabytes."""


@dataclass(frozen=True)
class Seen:
    """A request as it came. `path` is without the prefix of the mount."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


class Ledger:
    def __init__(self, store: Store, now: Now) -> None:
        self._store = store
        self._now = now

    def note(self, seen: Seen) -> int:
        """It came in. Returns the number of the entry."""
        with self._store.write() as tx:
            entry = tx.execute(
                "INSERT INTO ledger (at, method, path, query, headers, body) VALUES (?, ?, ?, ?, ?, ?)",
                (
                    iso(self._now()),
                    seen.method,
                    seen.path,
                    seen.query,
                    json.dumps(dict(seen.headers)),
                    _kept(seen.body.decode(errors="replace")),
                ),
            )
            return entry.lastrowid or 0

    def settle(self, entry: int, *, fault: str | None, status: int | None, answer: str, replayed: bool) -> None:
        """How it is about to be answered; no status means that no answer is given."""
        with self._store.write() as tx:
            tx.execute(
                "UPDATE ledger SET fault=?, status=?, answer=?, replayed=? WHERE id=?", (fault, status, _kept(answer), replayed, entry)
            )

    def entries(self, since: int, path: str) -> list[dict[str, object]]:
        """Those with a number above `since` whose path begins with `path`, oldest first."""
        found = self._store.rows("SELECT * FROM ledger WHERE id > ? AND substr(path, 1, ?) = ? ORDER BY id", since, len(path), path)
        return [{**dict(row), "headers": json.loads(row["headers"]), "replayed": bool(row["replayed"])} for row in found]


def _kept(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
