"""Carries what was told to the broker, with many confirms in flight, and marks the outbox rows after the confirm.

What this process told it publishes as soon as it is committed: the rows were written as claimed by it. Whatever nobody published (its
process died, the broker was away, too much was on its way) is found by a look into the outbox, once a second. A claim is a committed
lease, so no transaction stays open until the confirm. In embedded the lease has no end: unconfirmed rows are published again at start,
never on a timer. (design section 3)
"""

from collections.abc import Callable, Sequence
from time import monotonic
from uuid import UUID

import eventlet
from eventlet.event import Event
from sqlalchemy import bindparam, or_, select, update

from chassis import crash
from chassis.clock import milliseconds_now
from chassis.database import Conflict, Database, Outgoing
from chassis.errors import Unavailable
from chassis.logs import get_logger
from chassis.tables import outbox

log = get_logger(__name__)

CLAIM = 200
"""Rows claimed, or marked, at once."""
MOST_IN_FLIGHT = 10 * CLAIM
FOREVER = 2**62
PAUSE = 1.0
"""Seconds until it looks again; whatever is told unclaimed wakes it, unless broker or database are away."""
GATHER = 0.1
"""Seconds for which confirms are gathered before they are marked: nobody waits for the mark."""
CONFLICT_PAUSE = 0.02

Send = Callable[[Outgoing, Callable[[bool], None]], None]

_FREE = outbox.c.published_at.is_(None) & or_(outbox.c.leased_until == 0, outbox.c.leased_until < bindparam("now"))
_ANY_WAITING = select(outbox.c.number).where(_FREE).limit(1)
_WAITING = (
    select(outbox.c.message_id, outbox.c.type, outbox.c.routes, outbox.c.body)
    .where(_FREE)
    .order_by(outbox.c.number)
    .limit(CLAIM)
    .with_for_update(skip_locked=True)
)
_THESE = outbox.c.message_id.in_(bindparam("messages", expanding=True))
_CLAIMED = update(outbox).where(_THESE).values(leased_until=bindparam("until"))
_PUBLISHED = update(outbox).where(_THESE).values(published_at=bindparam("now"))
_GIVEN_BACK = update(outbox).where(_THESE, outbox.c.published_at.is_(None)).values(leased_until=bindparam("until"))


class Relay:
    """One service's way from its outbox to the broker."""

    def __init__(self, service: str, database: Database, send: Send, lease_seconds: float, *, embedded: bool) -> None:
        """`send` raises Unavailable when the broker takes nothing; the outcome is told it once, sooner or later.

        The lease is longer than a confirm takes; a row published twice is dropped by the inbox.
        """
        self._service = service
        self._database = database
        self._send = send
        self._lease_ms = FOREVER if embedded else round(lease_seconds * 1000)
        self._embedded = embedded
        self._confirmed: list[UUID] = []
        self._returned: list[UUID] = []
        self._bell = Event()
        self._looks_at = 0.0
        self._open = False
        self._stopping = False
        self.in_flight = 0

    def claimed_until(self) -> int:
        """For rows that are being written; 0 when they are to wait for a look into the outbox."""
        if not self._open or self._stopping or self.in_flight >= MOST_IN_FLIGHT:
            return 0
        return min(milliseconds_now() + self._lease_ms, FOREVER)

    def take(self, rows: Sequence[Outgoing]) -> None:
        """Publish what has been committed as ours; without rows, look what there is."""
        if not rows:
            self.wake()
            return
        try:
            self._publish(rows)
        except Unavailable:
            self._ring()  # they are given back by the loop, which may wait for the database

    def wake(self) -> None:
        """There may be rows that nobody has claimed."""
        self._looks_at = 0.0
        self._ring()

    def stop(self) -> None:
        self._stopping = True
        self._ring()

    @property
    def idle(self) -> bool:
        return not (self.in_flight or self._confirmed)

    def run(self) -> None:
        """Loop until stopped; a database or broker that is away is waited for."""
        released = not self._embedded
        while not self._stopping:
            self._bell = Event()
            try:
                if not released:
                    self._release_all()
                    released = True
                busy = self._settle() or self._push()
            except Conflict:
                eventlet.sleep(CONFLICT_PAUSE)
                continue
            except Unavailable as error:
                log.warning("relay_waits", service=self._service, cause=error.what)
                self._open = False
                eventlet.sleep(PAUSE)
                continue
            if not busy:
                self._bell.wait(timeout=max(0.0, self._looks_at - monotonic()))
                if self._confirmed:
                    eventlet.sleep(GATHER)
        self._settle_before_leaving()

    def _ring(self) -> None:
        if not self._bell.ready():
            self._bell.send()

    def _settle_before_leaving(self) -> None:
        try:
            while self._settle():
                pass
        except (Unavailable, Conflict):
            log.warning("relay_left_confirmed_rows_unmarked", rows=len(self._confirmed))

    def _release_all(self) -> None:
        """Embedded, at start: no other process lives, so every claim is a dead one's."""
        self._database.change(update(outbox).where(outbox.c.published_at.is_(None)).values(leased_until=0))

    def _push(self) -> bool:
        """Look for rows that nobody has, if it is time; True when there may be more."""
        if monotonic() < self._looks_at or self.in_flight >= MOST_IN_FLIGHT:
            return False
        self._looks_at = monotonic() + PAUSE
        rows = self._claim()
        try:
            self._publish(rows)
        except Unavailable:
            self._give_back()
            raise
        self._open = True
        if len(rows) == CLAIM:
            self._looks_at = 0.0
        return len(rows) == CLAIM

    def _publish(self, rows: Sequence[Outgoing]) -> None:
        """Raises Unavailable when the broker does not take one: then it takes none of those behind it, and they wait to be given back."""
        for number, row in enumerate(rows):
            self.in_flight += 1
            try:
                self._send(row, self._on_outcome(row.message_id))
            except Unavailable:
                self.in_flight -= 1
                self._open = False
                self._returned += [untaken.message_id for untaken in rows[number:]]
                raise
            crash.here("published", self._service)

    def _on_outcome(self, message_id: UUID) -> Callable[[bool], None]:
        def outcome(confirmed: bool) -> None:
            self.in_flight -= 1
            (self._confirmed if confirmed else self._returned).append(message_id)
            self._ring()

        return outcome

    def _claim(self) -> list[Outgoing]:
        """A look that takes no lock comes first: most of the time there is nothing."""
        now = milliseconds_now()
        with self._database.read() as connection:
            if connection.execute(_ANY_WAITING, {"now": now}).first() is None:
                return []
        with self._database.write() as tx:
            rows = [
                Outgoing(row.message_id, row.type, tuple(row.routes.split(",")), row.body) for row in tx.execute(_WAITING, {"now": now})
            ]
            if rows:
                until = min(now + self._lease_ms, FOREVER)
                tx.execute(_CLAIMED, {"messages": [row.message_id for row in rows], "until": until})
        return rows

    def _settle(self) -> bool:
        """Mark what the broker confirmed, set-wise."""
        if self._returned:
            self._give_back()
        confirmed = self._confirmed[:CLAIM]
        if not confirmed:
            return False
        crash.here("confirmed", self._service)
        self._database.change(_PUBLISHED, {"messages": confirmed, "now": milliseconds_now()})
        del self._confirmed[: len(confirmed)]
        return True

    def _give_back(self) -> None:
        """Not taken by the broker: free again in a second, so that a broker that is away is not hammered."""
        returned = self._returned[:]
        self._database.change(_GIVEN_BACK, {"messages": returned, "until": milliseconds_now() + 1000})
        del self._returned[: len(returned)]
