"""How a service says what it reads: `handles`, `carries_out`, `watches`. A decorated method stays a plain method.

`handles` does what no handler should repeat: validates, opens the transaction, drops what the inbox has seen, hands the transaction
in, commits, settles. `carries_out` keeps no transaction open while a partner is spoken to. (design section 3)
"""

import sys
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar, cast

from eventlet.event import Event as GreenEvent
from eventlet.support.greenlets import GreenletExit
from nameko.containers import WorkerContext
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import Entrypoint

from chassis import crash, inbox, lines, retries
from chassis.clock import milliseconds_now
from chassis.database import Transaction
from chassis.errors import ContractBroken, Unavailable
from chassis.handling import Opened, in_place
from chassis.logs import get_logger
from chassis.messages import unwrap
from chassis.runtime import CallRow, ServiceRuntime, write_calls
from contracts.envelope import Command, Contract, Event

log = get_logger(__name__)

OVER = 0
"""What a claim gives for a message that is done already."""

Method = TypeVar("Method", bound=Callable[..., Any])


class Working(Entrypoint):
    """What all entrypoints share: they run the method as a nameko worker."""

    runtime = ServiceRuntime()

    def setup(self) -> None:
        self.runtime.setup()  # nameko sets extensions up in any order

    def stop(self) -> None:
        self.runtime.stop_reading()

    def call_here(self, *arguments: Any) -> Any:
        """Run the method as a worker of the container would, but in this green thread: where many share a transaction, switching counts."""
        container = self.container
        worker = WorkerContext(container, container.service_cls(), self, arguments)
        providers = tuple(container.dependencies)
        for provider in providers:
            setattr(worker.service, provider.attr_name, provider.get_dependency(worker))
        for provider in providers:
            provider.worker_setup(worker)
        result, exc_info = None, None
        try:
            result = getattr(worker.service, self.method_name)(*arguments)
        except Exception:
            exc_info = sys.exc_info()
            raise
        finally:
            for provider in providers:
                provider.worker_result(worker, result, exc_info)
            for provider in providers:
                provider.worker_teardown(worker)
        return result

    def call(self, *arguments: Any, seconds: float | None = None) -> Any:
        """Run the method in a worker of the container and hand back what it returns or raises; Unavailable when it takes too long."""
        ended = GreenEvent()

        def keep(_context: object, result: Any, exc_info: Any) -> tuple[Any, Any]:
            if not ended.ready():
                ended.send((result, exc_info[1] if exc_info else None))
            return result, exc_info

        try:
            self.container.spawn_worker(self, arguments, {}, handle_result=keep)
        except ContainerBeingKilled as killed:
            raise GreenletExit from killed  # no fault of the message: it stays unsettled, and comes again
        outcome = ended.wait(timeout=seconds)
        if outcome is None:
            raise Unavailable("no end within the lease")
        result, error = outcome
        if error is not None:
            raise error
        return result


class Read(Working):
    """What the three entrypoints for messages share: they register with the service's runtime."""

    def __init__(self, types: tuple[type[Contract], ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._types = types

    def setup(self) -> None:
        super().setup()
        for contract in self._types:
            self.runtime.handling.readings[contract.type_name()] = self

    def kill(self) -> None:
        self.runtime.handling.stopping = True
        super().kill()


class Handles(Read):
    """One transaction: inbox row, state, outbox. It may be shared with other messages (chassis/together.py)."""

    def setup(self) -> None:
        super().setup()
        for contract in self._types:
            self.runtime.handling.joining[contract.type_name()] = self

    def part(self, opened: Opened) -> Callable[[Transaction], None]:
        message = self.read(opened)
        return lambda tx: self.call_here(message, tx)

    def work(self, opened: Opened) -> None:
        part = self.part(opened)
        received_at = milliseconds_now()
        with self.runtime.database.write() as tx:
            if inbox.take(tx, opened.id, opened.described, attempt=opened.delivery.attempt, received_at=received_at):
                part(tx.on_behalf_of(opened.envelope, opened.delivery.attempt))
            if opened.delivery.again:
                retries.end(tx, opened.id)
            crash.here("before_commit", self.runtime.name)

    def read(self, opened: Opened) -> object:
        (contract,) = self._types
        return unwrap(contract, opened.envelope, self.runtime.vault)


class Watches(Handles):
    """As `handles`, but of many types, and with the envelope as it came: personal fields stay sealed."""

    def setup(self) -> None:
        super().setup()
        self.runtime.handling.keeps_record = True

    def read(self, opened: Opened) -> object:
        return opened.envelope


class CarriesOut(Read):
    """Transaction 1 claims; the partner is called with none open; transaction 2 commits the answer and the inbox together."""

    def setup(self) -> None:
        super().setup()
        self.runtime.handling.calls_partners = True

    def work(self, opened: Opened) -> None:
        if self._claimed(opened):
            crash.here("claimed", self.runtime.name)
            (contract,) = self._types
            wish = unwrap(contract, opened.envelope, self.runtime.vault)
            answer = self.call(wish, seconds=self.runtime.lease_seconds - 1)
            self._commit(opened, answer)

    @property
    def _lease_ms(self) -> int:
        return round(self.runtime.lease_seconds * 1000)

    def _claimed(self, opened: Opened) -> bool:
        """True: ours to do. False: a repeat, or it waits for its turn in a retry row (no attempt counted)."""
        opened.lease.until = milliseconds_now() + self._lease_ms
        database, place = self.runtime.database, opened.place
        if place and lines.claim_at_once(database, place, opened.id, opened.lease.until):
            return True
        with database.write() as tx:
            later = self._claim(tx, opened)
            if later == OVER:
                retries.end(tx, opened.id)
            elif later is not None:
                self._wait_until(tx, opened, later)
        if later not in (None, OVER):
            self.runtime.look_for_due()
        return later is None

    def _claim(self, tx: Transaction, opened: Opened) -> int | None:
        """None: claimed. OVER: done already. Otherwise when to look again (milliseconds). Raises ContractBroken."""
        until = opened.lease.until
        if opened.place is None:
            return inbox.claim(tx, opened.id, opened.described, attempt=opened.delivery.attempt, until=until)
        turn = lines.claim(tx, opened.place, opened.id, until)
        if turn == OVER and not inbox.is_done(tx, opened.id):
            # Not a repeat: its sender has counted this number before, as one does that was set back to a backup.
            raise ContractBroken("envelope", (("partnersequence", "was another command's"),))
        return turn

    def _wait_until(self, tx: Transaction, opened: Opened, later: int) -> None:
        body, cause = opened.delivery.body.decode(), {"kind": "order", "field": "", "rule": "waits for its turn"}
        attempt = opened.delivery.attempt
        retries.put(tx, opened.id, opened.described, body, attempt=attempt, due_at=later, causes=[cause], place=opened.place)

    def _commit(self, opened: Opened, answer: Event | Iterable[Event] | None) -> None:
        events = () if answer is None else (answer,) if isinstance(answer, Event) else tuple(answer)
        calls = self.runtime.calls_of(opened)
        # A conflict is met here: begun anew from the top, the work would find its own lease and call the partner a second time.
        in_place(lambda: self._commit_once(opened, events, calls))

    def _commit_once(self, opened: Opened, events: tuple[Event, ...], calls: list[CallRow]) -> None:
        with self.runtime.database.write() as tx:
            tx.cause = opened.envelope
            write_calls(tx, calls)
            if self._is_first(tx, opened):
                tx.tell(*events)
            else:
                log.warning("answer_came_too_late", service=self.runtime.name, message=opened.id)
            if opened.delivery.again:  # a copy of it that waits meanwhile is found done when it is due, and ends by itself
                retries.end(tx, opened.id)
            if opened.place:
                lines.advance(tx, opened.place)
            crash.here("before_commit", self.runtime.name)

    def _is_first(self, tx: Transaction, opened: Opened) -> bool:
        """It is done now. False when another, who claimed it after our lease had ended, was done first.

        With a place in a line it has no row in the inbox until then, unless a release before this one began it.
        """
        if opened.place is None:
            return inbox.finish(tx, opened.id)
        attempt, received_at = opened.delivery.attempt, opened.lease.until - self._lease_ms
        return inbox.take(tx, opened.id, opened.described, attempt=attempt, received_at=received_at) or inbox.finish(tx, opened.id)


def handles(contract: type[Contract]) -> Callable[[Method], Method]:
    """`def on_x(self, message: X, tx: Transaction) -> None`"""
    return decorating(Handles, (contract,))


def carries_out(command: type[Command]) -> Callable[[Method], Method]:
    """`def do_x(self, wish: X) -> Event | tuple[Event, ...] | None`. Raise Unavailable or ContractBroken; a Refused becomes an event."""
    return decorating(CarriesOut, (command,))


def watches(*types: type[Contract]) -> Callable[[Method], Method]:
    """`def on_any(self, envelope: Envelope, tx: Transaction) -> None`"""
    return decorating(Watches, types)


def decorating(kind: type[Working], argument: object) -> Callable[[Method], Method]:
    registering: Callable[[Method], Method] = kind.decorator(argument)
    return lambda method: registering(_ending_as_it_should(method))


class Escaped(Exception):
    """A method was ended by something that is no Exception, an eventlet.Timeout for one: nameko would never say that it ended."""


def _ending_as_it_should(method: Method) -> Method:
    @wraps(method)
    def run(*arguments: Any) -> Any:
        try:
            return method(*arguments)
        except (Exception, GreenletExit):
            raise
        except BaseException as error:
            raise Escaped from error

    return cast(Method, run)
