"""How a service says what it reads: `handles`, `carries_out`, `watches`. A decorated method stays a plain method.

`handles` does what no handler should repeat: validates, opens the transaction, drops what the inbox has seen, hands the transaction
in, commits, settles. `carries_out` keeps no transaction open while a partner is spoken to. (design section 3)
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from eventlet.event import Event as GreenEvent
from nameko.extensions import Entrypoint

from chassis import crash, inbox, lines, retries
from chassis.clock import milliseconds_now
from chassis.errors import Unavailable
from chassis.handling import Opened, in_place
from chassis.messages import unwrap
from chassis.runtime import CallRow, ServiceRuntime, write_calls
from contracts.envelope import Command, Contract, Event

Method = TypeVar("Method", bound=Callable[..., Any])


class Read(Entrypoint):
    """What the three entrypoints share: they register with the service's runtime and run the method as a nameko worker."""

    runtime = ServiceRuntime()

    def __init__(self, types: tuple[type[Contract], ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._types = types

    def setup(self) -> None:
        self.runtime.setup()  # nameko sets extensions up in any order
        for contract in self._types:
            self.runtime.handling.readings[contract.type_name()] = self

    def stop(self) -> None:
        self.runtime.stop_reading()

    def call(self, *arguments: Any, seconds: float | None = None) -> Any:
        """Run the method in a worker of the container and hand back what it returns or raises; Unavailable when it takes too long."""
        ended = GreenEvent()

        def keep(_context: object, result: Any, exc_info: Any) -> tuple[Any, Any]:
            if not ended.ready():
                ended.send((result, exc_info[1] if exc_info else None))
            return result, exc_info

        self.container.spawn_worker(self, arguments, {}, handle_result=keep)
        outcome = ended.wait(timeout=seconds)
        if outcome is None:
            raise Unavailable("no end within the lease")
        result, error = outcome
        if error is not None:
            raise error
        return result


class Handles(Read):
    """One transaction: inbox row, state, outbox."""

    def work(self, opened: Opened) -> None:
        message = self.read(opened)
        received_at = milliseconds_now()
        with self.runtime.database.write() as tx:
            if inbox.take(tx, opened.id, opened.described, attempt=opened.delivery.attempt, received_at=received_at):
                tx.cause = opened.envelope
                self.call(message, tx)
            if opened.delivery.again:
                retries.end(tx, opened.id)
            crash.here("before_commit", self.runtime.name)

    def read(self, opened: Opened) -> object:
        (contract,) = self._types
        return unwrap(contract, opened.envelope, self.runtime.vault)


class Watches(Handles):
    """As `handles`, but of many types, and with the envelope as it came: personal fields stay sealed."""

    def read(self, opened: Opened) -> object:
        return opened.envelope


class CarriesOut(Read):
    """Transaction 1 claims; the partner is called with none open; transaction 2 commits the answer and the inbox together."""

    def work(self, opened: Opened) -> None:
        if self._claimed(opened):
            crash.here("claimed", self.runtime.name)
            (contract,) = self._types
            wish = unwrap(contract, opened.envelope, self.runtime.vault)
            answer = self.call(wish, seconds=self.runtime.lease_seconds - 1)
            self._commit(opened, answer)

    def _claimed(self, opened: Opened) -> bool:
        """True: ours to do. False: a repeat, or it waits for its turn in a retry row (no attempt counted)."""
        until = milliseconds_now() + round(self.runtime.lease_seconds * 1000)
        attempt = opened.delivery.attempt
        with self.runtime.database.write() as tx:
            later = lines.claim(tx, opened.place, until) if opened.place else None
            if later is None:
                later = inbox.claim(tx, opened.id, opened.described, attempt=attempt, until=until)
                if later is not None and opened.place:
                    lines.release(tx, opened.place)
            if later is None:
                return True
            if later == 0:
                retries.end(tx, opened.id)
            else:
                body, cause = opened.delivery.body.decode(), {"kind": "order", "field": "", "rule": "waits for its turn"}
                retries.put(tx, opened.id, opened.described, body, attempt=attempt, due_at=later, causes=[cause], place=opened.place)
        return False

    def _commit(self, opened: Opened, answer: Event | Iterable[Event] | None) -> None:
        events = () if answer is None else (answer,) if isinstance(answer, Event) else tuple(answer)
        calls = self.runtime.calls_of(opened)
        # A conflict is met here: begun anew from the top, the work would find its own lease and call the partner a second time.
        in_place(lambda: self._commit_once(opened, events, calls))

    def _commit_once(self, opened: Opened, events: tuple[Event, ...], calls: list[CallRow]) -> None:
        with self.runtime.database.write() as tx:
            tx.cause = opened.envelope
            write_calls(tx, calls)
            inbox.finish(tx, opened.id)
            tx.tell(*events)
            if opened.place:
                lines.advance(tx, opened.place)
            retries.end(tx, opened.id)
            crash.here("before_commit", self.runtime.name)


def handles(contract: type[Contract]) -> Callable[[Method], Method]:
    """`def on_x(self, message: X, tx: Transaction) -> None`"""
    return _decorating(Handles, (contract,))


def carries_out(command: type[Command]) -> Callable[[Method], Method]:
    """`def do_x(self, wish: X) -> Event | tuple[Event, ...] | None`. Raise Unavailable or ContractBroken; a Refused becomes an event."""
    return _decorating(CarriesOut, (command,))


def watches(*types: type[Contract]) -> Callable[[Method], Method]:
    """`def on_any(self, envelope: Envelope, tx: Transaction) -> None`"""
    return _decorating(Watches, types)


def _decorating(kind: type[Read], types: tuple[type[Contract], ...]) -> Callable[[Method], Method]:
    registering: Callable[[Method], Method] = kind.decorator(types)
    return registering
