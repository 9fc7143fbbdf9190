"""What a web view keeps: which cookies are a phone's own, and what its pages submitted."""

import re
from collections.abc import Iterable, Mapping

from sandbox.clock import Now, iso
from sandbox.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS cookies (openid TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (openid, name));
CREATE TABLE IF NOT EXISTS submissions (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, openid TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, status INTEGER
);
"""

_COOKIE = re.compile(r"\s*(?P<name>[^=;\s]+)=(?P<value>[^;\s]*)")
READING = ("GET", "HEAD", "OPTIONS")


class Traces:
    def __init__(self, store: Store, now: Now) -> None:
        self._store = store
        self._now = now

    def note_cookies(self, openid: str, set_cookies: Iterable[str]) -> None:
        """One that is emptied is one's own no more."""
        found = [match for text in set_cookies if (match := _COOKIE.match(text))]
        if found:
            with self._store.write() as tx:
                for match in found:
                    statement = (
                        "INSERT OR IGNORE INTO cookies VALUES (?, ?)" if match["value"] else "DELETE FROM cookies WHERE openid=? AND name=?"
                    )
                    tx.execute(statement, (openid, match["name"]))

    def own_cookies(self, openid: str, given: Mapping[str, str]) -> dict[str, str]:
        """A browser also sends what was set for a path above, such as the console's: that is no business of a phone's pages."""
        own = {row["name"] for row in self._store.rows("SELECT name FROM cookies WHERE openid=?", openid)}
        return {name: value for name, value in given.items() if name in own}

    def note_submission(self, openid: str, method: str, path: str, status: int | None) -> None:
        """No status: nobody answered. Reading is not noted."""
        if method not in READING:
            with self._store.write() as tx:
                tx.execute(
                    "INSERT INTO submissions (at, openid, method, path, status) VALUES (?, ?, ?, ?, ?)",
                    (iso(self._now()), openid, method, path, status),
                )
