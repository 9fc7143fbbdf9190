"""The dealers as the CSC knows them: what they are called, and in which region they are."""

import sqlite3
from collections.abc import Iterable

from sandbox.dms.samples import DEALERS
from sandbox.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS dealer_names (dealer_code TEXT PRIMARY KEY, name TEXT NOT NULL, region_code TEXT NOT NULL);
"""


class DealerNames:
    def __init__(self, store: Store) -> None:
        self._store = store
        with store.write() as tx:
            self.keep(tx, [(dealer.code, dealer.name, dealer.region) for dealer in DEALERS])

    def keep(self, tx: sqlite3.Connection, dealers: Iterable[tuple[str, str, str]]) -> None:
        """Code, name and region of each; in the caller's transaction."""
        tx.executemany("INSERT OR REPLACE INTO dealer_names (dealer_code, name, region_code) VALUES (?, ?, ?)", dealers)

    def all(self) -> list[tuple[str, str]]:
        """Code and name."""
        rows = self._store.rows("SELECT dealer_code, name FROM dealer_names ORDER BY dealer_code")
        return [(row["dealer_code"], row["name"]) for row in rows]
