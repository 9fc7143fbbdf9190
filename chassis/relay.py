"""Carries outbox rows to the broker: claim, publish with many confirms in flight, mark.

A claim is a committed lease, so no transaction stays open until the confirm; rows are marked only after it. In embedded the
lease has no end: unconfirmed rows are published again at start, never on a timer. (design section 3)
"""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from typing import Any

import eventlet
from sqlalchemy import or_, select, update

from chassis import crash
from chassis.clock import milliseconds_now
from chassis.database import Conflict, Database
from chassis.errors import Unavailable
from chassis.logs import get_logger
from chassis.tables import outbox

log = get_logger(__name__)

CLAIM = 200
"""Rows claimed at once."""
LEASE_MS = 10_000
"""Longer than a confirm takes; a row published twice is dropped by the inbox."""
FOREVER = 2**62
PAUSE = 1.0
"""Seconds until it looks again; whatever is told wakes it, unless broker or database are away."""


@dataclass(frozen=True)
class Outgoing:
    """A row on its way."""

    number: int
    message_id: Any
    type: str
    routes: tuple[str, ...]
    body: str


class Relay:
    """One service's way from its outbox to the broker."""

    def __init__(
        self, service: str, database: Database, send: "Callable[[Outgoing, Callable[[bool], None]], None]", *, embedded: bool
    ) -> None:
        self._service = service
        self._database = database
        self._send = send
        self._lease_ms = FOREVER if embedded else LEASE_MS
        self._embedded = embedded
        self._confirmed: list[int] = []
        self._returned: list[int] = []
        self._wake = Event()
        self._stopping = False
        self.in_flight = 0

    def wake(self) -> None:
        self._wake.set()

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()

    @property
    def idle(self) -> bool:
        return not (self.in_flight or self._confirmed)

    def run(self) -> None:
        """Loop until stopped; a database or broker that is away is waited for."""
        released = not self._embedded
        while not self._stopping:
            self._wake.clear()
            try:
                if not released:
                    self._release_all()
                    released = True
                busy = self._settle() or self._push()
            except (Unavailable, Conflict) as error:
                log.warning("relay_waits", service=self._service, cause=type(error).__name__)
                eventlet.sleep(PAUSE)
                continue
            if not busy:
                self._wake.wait(PAUSE)
        self._settle_before_leaving()

    def _settle_before_leaving(self) -> None:
        try:
            self._settle()
        except (Unavailable, Conflict):
            log.warning("relay_left_confirmed_rows_unmarked", rows=len(self._confirmed))

    def _release_all(self) -> None:
        """Embedded, at start: no other process lives, so every claim is a dead one's."""
        with self._database.write() as tx:
            tx.execute(update(outbox).where(outbox.c.published_at.is_(None)).values(leased_until=0))

    def _push(self) -> bool:
        rows = self._claim()
        for number, row in enumerate(rows):
            self.in_flight += 1
            try:
                self._send(row, self._on_outcome(row.number))
            except Unavailable:
                # What it does not take now it takes none of: to claim the next ones would only keep the database busy.
                self.in_flight -= 1
                self._returned += [untaken.number for untaken in rows[number:]]
                self._give_back()
                raise
            crash.here("published", self._service)
        return bool(rows)

    def _on_outcome(self, number: int) -> Callable[[bool], None]:
        def outcome(confirmed: bool) -> None:
            self.in_flight -= 1
            (self._confirmed if confirmed else self._returned).append(number)
            self._wake.set()

        return outcome

    def _claim(self) -> list[Outgoing]:
        if self.in_flight >= CLAIM * 10:
            return []
        now = milliseconds_now()
        waiting = (
            select(outbox.c.number, outbox.c.message_id, outbox.c.type, outbox.c.routes, outbox.c.body)
            .where(outbox.c.published_at.is_(None), or_(outbox.c.leased_until == 0, outbox.c.leased_until < now))
            .order_by(outbox.c.number)
            .limit(CLAIM)
            .with_for_update(skip_locked=True)
        )
        with self._database.write() as tx:
            rows = [Outgoing(row.number, row.message_id, row.type, tuple(row.routes.split(",")), row.body) for row in tx.execute(waiting)]
            if rows:
                claimed = outbox.c.number.in_([row.number for row in rows])
                tx.execute(update(outbox).where(claimed).values(leased_until=min(now + self._lease_ms, FOREVER)))
        return rows

    def _settle(self) -> bool:
        """Mark what the broker confirmed, set-wise."""
        if self._returned:
            self._give_back()
        confirmed = self._confirmed[:CLAIM]
        if not confirmed:
            return False
        crash.here("confirmed", self._service)
        with self._database.write() as tx:
            tx.execute(update(outbox).where(outbox.c.number.in_(confirmed)).values(published_at=milliseconds_now()))
        del self._confirmed[: len(confirmed)]
        return True

    def _give_back(self) -> None:
        """Not taken by the broker: free again in a second, so that a broker that is away is not hammered."""
        returned = self._returned[:]
        with self._database.write() as tx:
            later = milliseconds_now() + 1000
            tx.execute(update(outbox).where(outbox.c.number.in_(returned), outbox.c.published_at.is_(None)).values(leased_until=later))
        del self._returned[: len(returned)]
