"""What can be set while the stand-in runs, kept over a restart."""

import sqlite3

from pydantic import BaseModel, ConfigDict, Field

from sandbox.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS switches (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS errcodes (id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL, errcode INTEGER NOT NULL);
"""


class TokenLife(BaseModel):
    """Seconds: how long a token lives, and how long the one before it is still taken."""

    model_config = ConfigDict(extra="forbid")

    lifetime: float = Field(default=7200, gt=0)
    grace: float = Field(default=300, ge=0)


class TemplateResults(BaseModel):
    """What TEMPLATESENDJOBFINISH says of the next `times` sends (all, if None), `delay` seconds after; `send` false: nothing."""

    model_config = ConfigDict(extra="forbid")

    status: str = Field(default="success", min_length=1, max_length=128)
    times: int | None = Field(default=None, ge=1)
    delay: float = Field(default=0.1, ge=0)
    send: bool = True


class Switches:
    def __init__(self, store: Store) -> None:
        self._store = store

    def token_life(self) -> TokenLife:
        return TokenLife.model_validate_json(self._value("token_life"))

    def set_token_life(self, life: TokenLife) -> None:
        with self._store.write() as tx:
            _set(tx, "token_life", life)

    def set_template_results(self, results: TemplateResults) -> None:
        with self._store.write() as tx:
            _set(tx, "template_results", results)

    def next_result(self, tx: sqlite3.Connection) -> TemplateResults:
        row = tx.execute("SELECT value FROM switches WHERE name='template_results'").fetchone()
        results = TemplateResults.model_validate_json(row["value"] if row else "{}")
        if results.times == 1:
            _set(tx, "template_results", TemplateResults())
        elif results.times is not None:
            _set(tx, "template_results", results.model_copy(update={"times": results.times - 1}))
        return results

    def set_errcodes(self, path: str, errcodes: tuple[int, ...]) -> None:
        """The next calls of this path are answered with these, one each; 0 lets a call through."""
        with self._store.write() as tx:
            tx.execute("DELETE FROM errcodes WHERE path=?", (path,))
            tx.executemany("INSERT INTO errcodes (path, errcode) VALUES (?, ?)", [(path, errcode) for errcode in errcodes])

    def take_errcode(self, path: str) -> int:
        with self._store.write() as tx:
            row = tx.execute(
                "DELETE FROM errcodes WHERE id = (SELECT id FROM errcodes WHERE substr(?, 1, length(path)) = path ORDER BY id LIMIT 1)"
                " RETURNING errcode",
                (path,),
            ).fetchone()
            return int(row["errcode"]) if row else 0

    def _value(self, name: str) -> str:
        row = self._store.row("SELECT value FROM switches WHERE name=?", name)
        return "{}" if row is None else str(row["value"])


def _set(tx: sqlite3.Connection, name: str, value: BaseModel) -> None:
    tx.execute("INSERT OR REPLACE INTO switches (name, value) VALUES (?, ?)", (name, value.model_dump_json()))
