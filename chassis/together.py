"""Several messages in one transaction, where nothing stands against it: inbox and outbox are written set-wise, one commit serves all.

On any error, and where one of them is a repeat, everything is rolled back and each is done by itself, so that a message that fails
takes no other with it. No savepoints: a deadlock destroys them silently. (design section 3; docs/decisions/0014)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic

from eventlet.semaphore import Semaphore

from chassis import crash, inbox, tracing
from chassis.clock import milliseconds_now
from chassis.database import Conflict, Transaction
from chassis.errors import ContractBroken
from chassis.handling import Delivery, Handling, Opened
from chassis.logs import get_logger

log = get_logger(__name__)

IN_TURNS_SECONDS = 30.0
"""How long lanes that met go one after another."""

Work = Callable[[Transaction], None]


@dataclass(frozen=True)
class Part:
    """One message's share of the transaction."""

    opened: Opened
    work: Work
    received_at: int
    span: tracing.Span

    @property
    def taken(self) -> inbox.Taken:
        return inbox.Taken(self.opened.id, self.opened.described, self.opened.delivery.attempt, self.received_at)


class Repeated(Exception):
    """One of them was done before, or is there twice."""


class Together:
    """What `Handling.take` does for one delivery, for several."""

    def __init__(self, handling: Handling, by_itself: Callable[[Delivery], None]) -> None:
        """`by_itself` takes one that may take its time, and does not wait for it: nobody behind it in the lane is held up."""
        self._handling = handling
        self._by_itself = by_itself
        self._turn = Semaphore(1)
        self._in_turns_until = 0.0

    def take(self, deliveries: Sequence[Delivery]) -> None:
        """Settles what is done, and hands on what is not."""
        if monotonic() < self._in_turns_until:
            with self._turn:
                self._take(deliveries, self._commit)
        else:
            self._take(deliveries, self._commit_or_take_turns)

    def _take(self, deliveries: Sequence[Delivery], commit: Callable[[Sequence[Part]], None]) -> None:
        wanted = [delivery for delivery in deliveries if self._handling.wants(delivery)]
        if len(wanted) == 1:
            self._take_one(wanted[0])
        elif wanted and self._is_done(wanted, commit):
            crash.here("after_commit", self._handling.service)
            for delivery in wanted:
                delivery.settle()
        else:
            for delivery in wanted:
                self._by_itself(delivery)

    def _take_one(self, delivery: Delivery) -> None:
        if self._handling.try_once(delivery):
            self._by_itself(delivery)

    def _is_done(self, deliveries: Sequence[Delivery], commit: Callable[[Sequence[Part]], None]) -> bool:
        """False: nothing of it is in the database, and each is to be done by itself."""
        try:
            parts = [self._part_of(delivery) for delivery in deliveries]
            commit(parts)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is met again by the one message whose it is
            log.info("done_one_by_one", service=self._handling.service, messages=len(deliveries), cause=type(error).__name__)
            return False
        for part in parts:
            part.span.end()
        return True

    def _part_of(self, delivery: Delivery) -> Part:
        """Raises ContractBroken, and Held where nothing is taken now."""
        opened = Opened.of(delivery, self._handling.service)
        self._handling.gate(opened)
        joining = self._handling.joining.get(opened.envelope.type)
        if joining is None:
            raise ContractBroken("envelope", (("type", "is done by itself"),))
        span = tracing.handled(self._handling.service, opened.envelope, delivery.attempt)
        opened = opened.under(span)
        return Part(opened, joining.part(opened), milliseconds_now(), span)

    def _commit_or_take_turns(self, parts: Sequence[Part]) -> None:
        """Where all want the same few rows, as a day's places are, lanes lock them crosswise: then they take turns for a while."""
        try:
            self._commit(parts)
        except Conflict:
            self._in_turns_until = monotonic() + IN_TURNS_SECONDS
            log.info("lanes_take_turns", service=self._handling.service)
            with self._turn:
                self._commit(parts)

    def _commit(self, parts: Sequence[Part]) -> None:
        """The inbox comes first: a second copy at the same time waits there, before it has changed anything."""
        with self._handling.database.write() as tx:
            if not inbox.take_all(tx, [part.taken for part in parts]):
                raise Repeated
            tx.unit.subjects = frozenset(part.opened.envelope.subject for part in parts)
            for part in parts:
                part.work(tx.on_behalf_of(part.opened.envelope, part.opened.delivery.attempt))
            crash.here("before_commit", self._handling.service)
