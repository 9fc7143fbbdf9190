"""The DMS's own month: it works out what is due for all its cars, and tells Cheqiao page by page, then that it is done (A-REM-18, 19, 26).

It goes car by car in the order of their numbers; a page and how far it went are one transaction, so that a run that was broken off goes on
where it was. It does not run ahead: a few pages wait to be taken at most.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from contracts.partners.reminders import CompletedRun, ItemsPublishedPush, PublishedPage, PublishedRow, RunCompletedPush, TypeCountRow
from contracts.partners.vehicles import CampaignRecord, DatesRow
from contracts.vehicles import MOST_IN_A_PAGE
from sandbox.clock import iso
from sandbox.dms.cars import car_row
from sandbox.dms.due import Month, crc_of, due_in
from sandbox.office import Office
from sandbox.web import Problem

SCHEMA = """
CREATE TABLE IF NOT EXISTS months (
  period TEXT NOT NULL, run_no INTEGER NOT NULL, state TEXT NOT NULL DEFAULT 'making', up_to INTEGER NOT NULL DEFAULT 0,
  cars INTEGER NOT NULL, pages INTEGER NOT NULL DEFAULT 0, counts TEXT NOT NULL DEFAULT '{}', checksum TEXT NOT NULL DEFAULT '0',
  begun_at TEXT NOT NULL, finished_at TEXT, PRIMARY KEY (period, run_no)
);
"""
EVENTS = "/partners/dms/v1/events"
MOST_WAITING = 4
AT_ONCE = 500
"""Cars read at a time."""
SOON, LATER = 0.0, 0.05
CARS = (
    "SELECT * FROM cars WHERE number > ? AND NOT EXISTS (SELECT 1 FROM cars AS older WHERE older.vin = cars.vin"
    " AND older.number < cars.number) ORDER BY number LIMIT ?"
)
"""Of two records of one car the first counts."""


class Extract(Protocol):
    """What the DMS takes over from the CSC (A-REM-17)."""

    def dates_of(self, vins: Sequence[str]) -> Mapping[str, DatesRow]: ...
    def campaigns(self) -> Sequence[CampaignRecord]: ...


@dataclass(frozen=True)
class OwnRun:
    """`up_to` of `cars` are worked out."""

    period: str
    run_no: int
    state: str
    up_to: int
    cars: int
    pages: int
    counts: Mapping[str, int]
    checksum: str
    begun_at: str
    finished_at: str | None


class Months:
    def __init__(self, office: Office, extract: Extract) -> None:
        self._office = office
        self._extract = extract
        if any(run.state == "making" for run in self.all()):
            self._go_on()

    def begin(self, period: str) -> OwnRun:
        """The next run of that month. Raises Problem while one is being made."""
        with self._office.store.write() as tx:
            if tx.execute("SELECT 1 FROM months WHERE state='making'").fetchone():
                raise Problem(409, "already_running", "已有一个月份正在计算 / A month is being made already")
            made = tx.execute(
                "INSERT INTO months (period, run_no, cars, begun_at) SELECT ?1, coalesce(max(run_no), 0) + 1,"
                " (SELECT coalesce(max(number), 0) FROM cars), ?2 FROM months WHERE period=?1 RETURNING *",
                (period, iso(self._office.now())),
            ).fetchone()
        self._go_on()
        return _run(made)

    def all(self) -> list[OwnRun]:
        """The latest first."""
        return [_run(row) for row in self._office.store.rows("SELECT * FROM months ORDER BY begun_at DESC, run_no DESC LIMIT 50")]

    def _go_on(self) -> None:
        self._office.jobs.run("month", self._step)

    def _step(self) -> float | None:
        """One page. Seconds until the next; None: all is told."""
        waiting = self._office.store.row("SELECT count(*) AS found FROM parcels WHERE due_at IS NOT NULL AND path=?", EVENTS)
        if waiting is not None and waiting["found"] >= MOST_WAITING:
            return LATER
        held = self._office.store.row("SELECT * FROM months WHERE state='making'")
        if held is None:
            return None
        run = _run(held)
        items, up_to, over = self._page(run)
        with self._office.store.write() as tx:
            self._keep(tx, run, items, up_to, over=over)
        self._office.outgoing.wake()
        return SOON

    def _page(self, run: OwnRun) -> tuple[list[PublishedRow], int, bool]:
        """As many cars as one page has room for: their items, the number of the last, and whether there are no more."""
        month, campaigns = Month.of(run.period), self._extract.campaigns()
        items: list[PublishedRow] = []
        up_to = run.up_to
        while True:
            rows = self._office.store.rows(CARS, up_to, AT_ONCE)
            dates = self._extract.dates_of([row["vin"] for row in rows])
            for row in rows:
                owed = due_in(month, car_row(row), dates.get(row["vin"]), campaigns)
                if len(items) + len(owed) > MOST_IN_A_PAGE:
                    return items, up_to, False
                items += owed
                up_to = row["number"]
            if len(rows) < AT_ONCE:
                return items, up_to, True

    def _keep(self, tx: sqlite3.Connection, run: OwnRun, items: Sequence[PublishedRow], up_to: int, *, over: bool) -> None:
        now = self._office.now()
        pages = run.pages + bool(items)
        counts = Counter(run.counts) + Counter(item.type.value for item in items)
        checksum = str(int(run.checksum) + sum(map(crc_of, items)))
        if items:
            page = PublishedPage(period=run.period, run_no=run.run_no, page_no=pages, items=tuple(items))
            push = ItemsPublishedPush(type="reminder.items.published", timestamp=now, data=page)
            self._office.outgoing.add(tx, EVENTS, push.model_dump_json())
        if over:
            rows = tuple(TypeCountRow.model_validate({"type": type, "items": number}) for type, number in sorted(counts.items()))
            done = CompletedRun(period=run.period, run_no=run.run_no, pages=pages, counts=rows, checksum=checksum)
            self._office.outgoing.add(
                tx, EVENTS, RunCompletedPush(type="reminder.run.completed", timestamp=now, data=done).model_dump_json()
            )
        tx.execute(
            "UPDATE months SET up_to=?, pages=?, counts=?, checksum=?, state=?, finished_at=? WHERE period=? AND run_no=?",
            (
                up_to,
                pages,
                json.dumps(counts),
                checksum,
                "completed" if over else "making",
                iso(now) if over else None,
                run.period,
                run.run_no,
            ),
        )


def _run(row: sqlite3.Row) -> OwnRun:
    return OwnRun(**{**dict(row), "counts": json.loads(row["counts"])})
