"""Minutes of sweeps, a day that was missed, and a calendar that changes; and the least that any way of a missed day has to do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

from bench.cases import NOW, TERMS
from chassis.database import Database, millis
from services.complaints.clocks import book, recounting
from services.complaints.clocks.sweep import sweep

MINUTES = 30
A_DAY = timedelta(days=1)
CLOSED = (NOW + timedelta(days=2)).date()
Run = Callable[[str], Any]
KEPT = {"deadlines": "deadline_id", "cases": "complaint_id"}
"""What a sweep changes; and what it writes anew:"""
WRITTEN = {
    "outbox": "1",
    "steps": f"at > {millis(NOW) + MINUTES * 60_000}",
    "escalations": f"drafted_at > {millis(NOW) + MINUTES * 60_000}",
}


def swept(database: Database, now: datetime) -> float:
    """Seconds, until there is nothing more to see."""
    begun = perf_counter()
    while sweep(database, TERMS, lambda: now):
        continue
    return perf_counter() - begun


def minutes(database: Database) -> list[float]:
    """Of a sweep each minute, as in life."""
    return [swept(database, NOW + timedelta(minutes=minute)) for minute in range(1, MINUTES + 1)]


def reckoned_anew(database: Database) -> tuple[float, list[float]]:
    """A day is closed for all: seconds until all open limits are by it, and of each sweep meanwhile. The clock goes on."""
    at = NOW + A_DAY
    with database.write() as tx:
        book.set_day(tx, "default", CLOSED, (), TERMS, by="bench", reason="盘点", now=at)
    begun, sweeps, more = perf_counter(), [], True
    while more:
        now = at + timedelta(seconds=perf_counter() - begun)
        sweeps.append(swept(database, now))
        more = recounting.carry_on(database, TERMS, lambda: at)
    return perf_counter() - begun, sweeps


@dataclass
class MissedDay:
    """Swept by ours, and written by one statement for each table that ours wrote; each from where the cases stood before."""

    database: Database
    run: Run
    schema: str

    def due(self) -> int:
        at = millis(NOW + A_DAY)
        return int(self.run(f"SELECT COUNT(*) FROM {self.schema}.deadlines WHERE next_look_at <= {at}")[0][0])

    def rounds(self, number: int) -> Iterator[tuple[float, float]]:
        """Seconds of ours and of the bare statements."""
        for table in KEPT:
            self.run(f"CREATE OR REPLACE TABLE {self.schema}.before_{table} AS SELECT * FROM {self.schema}.{table}")
        self.run(f"TRUNCATE {self.schema}.outbox")
        for _ in range(number):
            ours = swept(self.database, NOW + A_DAY)
            self._remember()
            self._back()
            yield ours, self._bare()
            self._back()
        swept(self.database, NOW + A_DAY)

    def _remember(self) -> None:
        for table, key in KEPT.items():
            differ = f"NOT (a.{'next_look_at <=> b.next_look_at' if table == 'deadlines' else 'version = b.version'})"
            joined = f"{self.schema}.{table} AS a JOIN {self.schema}.before_{table} AS b USING ({key})"
            self.run(
                f"CREATE OR REPLACE TABLE {self.schema}.after_{table} (PRIMARY KEY ({key})) AS SELECT a.* FROM {joined} WHERE {differ}"
            )
        for table, which in WRITTEN.items():
            self.run(f"CREATE OR REPLACE TABLE {self.schema}.made_{table} AS SELECT * FROM {self.schema}.{table} WHERE {which}")

    def _back(self) -> None:
        for table, key in KEPT.items():
            self._change(table, key, f"before_{table}", f" JOIN {self.schema}.after_{table} AS c USING ({key})")
        for table, which in WRITTEN.items():
            self.run(f"DELETE FROM {self.schema}.{table} WHERE {which}")

    def _bare(self) -> float:
        begun = perf_counter()
        for table, key in KEPT.items():
            self._change(table, key, f"after_{table}")
        for table in WRITTEN:
            self.run(f"INSERT INTO {self.schema}.{table} SELECT * FROM {self.schema}.made_{table}")
        return perf_counter() - begun

    def _change(self, table: str, key: str, source: str, joined: str = "") -> None:
        names = [str(row[0]) for row in self.run(f"SHOW COLUMNS FROM {self.schema}.{table}")]
        values = ", ".join(f"a.`{name}` = b.`{name}`" for name in names if name != key)
        self.run(f"UPDATE {self.schema}.{table} AS a JOIN {self.schema}.{source} AS b USING ({key}){joined} SET {values}")
