"""Loads: all that the DMS and CSC have, or what changed since the last one, page by page (A-CLD-03..06).

A page is asked for with the cursor that the last one gave, once that is taken in: a load that ends anywhere goes on from there. It may be
stopped, and resumed; a page that is under way meanwhile is taken in all the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, select

from chassis.database import Transaction, from_millis, millis
from chassis.unit_of_work import Repository
from contracts.dms import FetchDealers
from contracts.vehicles import FetchCampaigns, FetchCars, FetchServiceDates, Load, LoadedPage
from services.reminders.tables import loads

OVERLAP = timedelta(minutes=10)
"""What changed while the last load began, by a clock that is not ours, is asked for again."""


class Source(StrEnum):
    CARS = "cars"
    DATES = "dates"
    CAMPAIGNS = "campaigns"


class State(StrEnum):
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


ASKED_BY: dict[Source, type[Load]] = {Source.CARS: FetchCars, Source.DATES: FetchServiceDates, Source.CAMPAIGNS: FetchCampaigns}
MOMENTS = ("changed_since", "started_at", "moved_at", "finished_at")


@dataclass(frozen=True)
class Loading:
    """One load. `page_no` is the last page that was taken in, `cursor` where the next one begins; `total` where the partner says it."""

    load_id: UUID
    source: Source
    changed_since: datetime | None
    started_at: datetime
    moved_at: datetime
    ordered_by: str
    state: State = State.RUNNING
    page_no: int = 0
    cursor: str = ""
    rows: int = 0
    dirty: int = 0
    total: int | None = None
    finished_at: datetime | None = None

    def asks(self) -> Load:
        """For its next page."""
        wanted = ASKED_BY[self.source]
        return wanted(load_id=self.load_id, page_no=self.page_no + 1, cursor=self.cursor, changed_since=self.changed_since)

    def taken(self, page: LoadedPage, rows: int, dirty: int, now: datetime) -> "Loading":
        """A page that was taken in before, or is not the next one, moves nothing."""
        if self.state is State.DONE or page.page_no != self.page_no + 1:
            return self
        ended = page.next_cursor is None
        return replace(
            self,
            page_no=page.page_no,
            cursor=page.next_cursor or "",
            rows=self.rows + rows,
            dirty=self.dirty + dirty,
            total=page.total if page.total is not None else self.total,
            state=State.DONE if ended else self.state,
            moved_at=now,
            finished_at=now if ended else None,
        )


class LoadStore:
    """Whoever reads one with a transaction holds it until that ends."""

    def find(self, tx: Transaction, load_id: UUID) -> Loading | None:
        return _LOADS.find(tx, load_id)

    def last(self, tx: Transaction, source: Source, *states: State) -> Loading | None:
        """The newest in one of these states; none given: in any."""
        its = select(loads).where(loads.c.source == source.value).order_by(loads.c.started_at.desc(), loads.c.load_id).limit(1)
        row = tx.execute(its.where(loads.c.state.in_([state.value for state in states])) if states else its).first()
        return _loading_of(row) if row else None

    def begin(self, tx: Transaction, source: Source, *, full: bool, ordered_by: str, now: datetime) -> Loading:
        """Asks for the first page; one that is running goes on instead. What was never loaded is loaded whole."""
        running = self.last(tx, source, State.RUNNING)
        if running:
            return running
        before = None if full else self.last(tx, source, State.DONE)
        begun = Loading(uuid4(), source, before.started_at - OVERLAP if before else None, now, now, ordered_by)
        _LOADS.add(tx, begun)
        if source is Source.CARS and begun.changed_since is None:
            tx.tell(FetchDealers(run_id=uuid4()))  # whom the cars belong to is asked first; a load does not wait for it
        tx.tell(begun.asks())
        return begun

    def stop(self, tx: Transaction, load_id: UUID, now: datetime) -> Loading | None:
        """None: there is no such load. One that is done stays so."""
        found = self.find(tx, load_id)
        if found is None or found.state is not State.RUNNING:
            return found
        return self._save(tx, replace(found, state=State.STOPPED, moved_at=now))

    def resume(self, tx: Transaction, load_id: UUID, now: datetime) -> Loading | None:
        """Asks for the next page; of one that is running too, where its page was dropped. What comes twice is taken once."""
        found = self.find(tx, load_id)
        if found is None or found.state is State.DONE:
            return found
        resumed = self._save(tx, replace(found, state=State.RUNNING, moved_at=now))
        tx.tell(resumed.asks())
        return resumed

    def took(self, tx: Transaction, page: LoadedPage, *, rows: int, dirty: int, now: datetime) -> None:
        """A page is in; ask for the next one. `rows` of it, `dirty` ones among them."""
        before = self.find(tx, page.load_id)
        if before is None:
            return
        after = before.taken(page, rows, dirty, now)
        if after == before:
            return
        self._save(tx, after)
        if after.state is State.RUNNING:
            tx.tell(after.asks())

    def _save(self, tx: Transaction, loading: Loading) -> Loading:
        _LOADS.save(tx, loading)
        return loading


def due_loads(store: LoadStore, tx: Transaction, every: timedelta, now: datetime) -> Sequence[Source]:
    """What is to be loaded by itself now. Dates wait for the first load of cars: they would all be of cars that nobody knows."""
    if not every:
        return ()
    last = {source: store.last(tx, source) for source in Source}
    due = [source for source, one in last.items() if one is None or (one.state is State.DONE and one.started_at + every <= now)]
    if Source.DATES in due and last[Source.DATES] is None and store.last(tx, Source.CARS, State.DONE) is None:
        due.remove(Source.DATES)
    return due


def _loading_of(row: Row[Any]) -> Loading:
    values = dict(row._mapping)
    values |= {name: from_millis(values[name]) if values[name] is not None else None for name in MOMENTS}
    return Loading(**values | {"source": Source(row.source), "state": State(row.state)})


def _columns_of(loading: Loading) -> dict[str, Any]:
    values = {column.name: getattr(loading, column.name) for column in loads.columns}
    values |= {name: millis(values[name]) if values[name] is not None else None for name in MOMENTS}
    return values | {"source": loading.source.value, "state": loading.state.value}


_LOADS: Repository[Loading] = Repository(loads, lambda _tx, rows: [_loading_of(row) for row in rows], _columns_of, by_subject=True)
