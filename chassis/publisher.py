"""Publishes with many confirms in flight: one connection and one channel per service, one loop that reads what the broker says.

`publish` never waits. It raises Unavailable at once when there is no broker or the broker takes nothing (memory alarm); the
receipt tells later whether the message was confirmed by every queue it went to. (design section 3; nameko.md)
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any
from uuid import UUID

import amqp
import kombu
from amqp.exceptions import RecoverableConnectionError
from eventlet.event import Event

from chassis import broker, frames, topology, tracing
from chassis.errors import Unavailable
from chassis.logs import get_logger
from chassis.messages import encode, wrap
from chassis.privacy import Vault
from chassis.settings import Broker
from contracts.envelope import CONTENT_TYPE, Contract

log = get_logger(__name__)

PERSISTENT = 2
LARGEST_BACKLOG = 8 * 1_048_576
"""Bytes that the broker may leave unread before nothing more is handed to it."""
DECLARE_AGAIN_SECONDS = 20
"""A queue that somebody deleted is there again within this time, whoever reads it."""

Outcome = Callable[[bool], None]


class Receipt:
    """What became of one message: confirmed once every queue it went to has it, failed if any has not."""

    def __init__(self, copies: int, on_outcome: Outcome | None = None, span: tracing.Span = tracing.UNTRACED) -> None:
        self._open = copies
        self._outcome: bool | None = None
        self._told: Event | None = None
        self._on_outcome = on_outcome
        self._span = span

    def copy_settled(self, confirmed: bool) -> None:
        if self._outcome is not None:
            return
        self._open -= 1
        if not confirmed or not self._open:
            self._outcome = confirmed
            if self._told:
                self._told.send(confirmed)
            self._span.end("" if confirmed else "not confirmed")
            if self._on_outcome:
                self._on_outcome(confirmed)

    def wait(self, seconds: float) -> bool:
        """True if confirmed within this time. A later confirm is harmless: the id is the same."""
        if self._outcome is None:
            self._told = self._told or Event()  # most are not waited for
            return bool(self._told.wait(timeout=seconds))
        return self._outcome


class Publisher:
    """One service's way to the broker."""

    def __init__(self, service: str, settings: Broker, vault: Vault, services: Iterable[str]) -> None:
        self._service = service
        self._settings = settings
        self._vault = vault
        self._services = tuple(services)
        self._connection: kombu.Connection | None = None
        self._channel: Any = None
        self._tag = 0
        self._pending: OrderedDict[int, Receipt] = OrderedDict()
        self._returned: set[str] = set()
        self._blocked = False
        self._stopping = False
        self.last_loop = monotonic()

    def publish(self, message: Contract) -> Receipt:
        """Publish a message that has no outbox behind it (the gateway's, and reports)."""
        envelope = wrap(message, source=self._service, vault=self._vault, cause=None)
        return self.send(message.id, envelope.type, message.addressed_to(), encode(envelope))

    def send(self, message_id: UUID, type_name: str, routes: tuple[str, ...], body: str, on_outcome: Outcome | None = None) -> Receipt:
        """Publish one copy for each route. Raises Unavailable when the broker cannot take it now."""
        if self._channel is None:
            raise Unavailable("broker")
        if self._blocked or broker.backlog(self._connection) > LARGEST_BACKLOG:
            raise Unavailable("broker takes nothing (alarm)")
        receipt = Receipt(len(routes), on_outcome, tracing.published(self._service, type_name, message_id, body))
        tags = range(self._tag + 1, self._tag + 1 + len(routes))
        self._tag += len(routes)
        self._pending.update(dict.fromkeys(tags, receipt))
        try:
            self._send_copies(dict(zip(tags, routes, strict=True)), str(message_id), type_name, body)
        except broker.LOST as error:
            # The caller hears of this one by the error, and must not hear of it twice.
            self._pending = OrderedDict((tag, other) for tag, other in self._pending.items() if other is not receipt)
            raise Unavailable("broker") from error  # the loop hears of it too, and makes the link anew
        return receipt

    def _send_copies(self, routes: dict[int, str], message_id: str, type_name: str, body: str) -> None:
        """All in one write. The number of each is its `correlation_id`, by which it is known if it comes back."""
        channel = self._channel
        keys = {tag: topology.routing_key(route, type_name) for tag, route in routes.items()}
        if not isinstance(channel, amqp.Channel):
            for tag, key in keys.items():
                properties = {"message_id": message_id, "type": type_name, "delivery_mode": PERSISTENT, "correlation_id": str(tag)}
                message = channel.prepare_message(body, content_type=CONTENT_TYPE, content_encoding="utf-8", properties=properties)
                channel.basic_publish(message, topology.MESSAGES, key, mandatory=True, tag=tag)
            return
        # Past py-amqp's basic_publish, which reads from the socket first: our loop is doing that already.
        encoded, connection = body.encode(), channel.connection
        if connection is None:
            raise RecoverableConnectionError("the channel was closed")
        connection.outgoing.write(
            b"".join(
                frames.published(
                    channel.channel_id,
                    topology.MESSAGES,
                    key,
                    frames.properties_of(CONTENT_TYPE, type_name, message_id, str(tag)),
                    encoded,
                    frame_max=connection.frame_max,
                )
                for tag, key in keys.items()
            )
        )

    @property
    def connected(self) -> bool:
        return self._channel is not None and not self._blocked

    def run(self) -> None:
        """Hold the connection until stopped: connect, read confirms, look at heartbeats, declare again from time to time."""
        pause = 0.2
        while not self._stopping:
            self.last_loop = monotonic()
            try:
                self._open()
                pause = 0.2
                self._read_until_lost()
            except broker.LOST as error:
                log.warning("broker_lost", service=self._service, cause=type(error).__name__)
            self._lose()
            if not self._stopping:
                Event().wait(timeout=pause)
                pause = min(pause * 2, 3)

    def stop(self) -> None:
        self._stopping = True

    def _open(self) -> None:
        with self._answering():
            self._connection = broker.connect(self._settings)
            native = self._connection.connection
            if hasattr(native, "on_blocked"):
                native.on_blocked = lambda _reason: self._set_blocked(True)
                native.on_unblocked = lambda: self._set_blocked(False)
            channel = self._connection.channel()
        topology.declare(channel, self._services, self._answering)
        with self._answering():
            channel.confirm_select()
        channel.events["basic_ack"].add(lambda tag, multiple=False: self._on_confirm(channel, tag, multiple, True))
        channel.events["basic_nack"].add(lambda tag, multiple=False: self._on_confirm(channel, tag, multiple, False))
        channel.events["basic_return"].add(self._on_return)
        self._tag = 0
        self._blocked = False
        self._channel = channel

    @contextmanager
    def _answering(self) -> Iterator[None]:
        """One step on the way to a link: the next one has as long again, and the watchdog sees that it goes on."""
        self.last_loop = monotonic()
        with broker.answering():
            yield

    def _set_blocked(self, blocked: bool) -> None:
        log.warning("broker_blocked" if blocked else "broker_unblocked", service=self._service)
        self._blocked = blocked

    def _read_until_lost(self) -> None:
        assert self._connection is not None  # noqa: S101 - narrowing for the type checker; run() has just opened it
        with self._answering():
            declaring = self._connection.channel()
        declare_at = monotonic() + DECLARE_AGAIN_SECONDS
        while not self._stopping:
            broker.drain(self._connection, 1)
            self.last_loop = monotonic()
            if monotonic() > declare_at and not self._blocked:
                topology.declare(declaring, self._services, self._answering)
                declare_at = monotonic() + DECLARE_AGAIN_SECONDS

    def _on_return(self, *returned: Any) -> None:
        """Unroutable. The broker says so before it confirms: remember it until then."""
        message = returned[-1]
        self._returned.add(str(message.properties.get("correlation_id")))
        log.error("message_unroutable", service=self._service, type=message.properties.get("type"))

    def _on_confirm(self, channel: Any, tag: int, multiple: bool, confirmed: bool) -> None:
        if channel is not self._channel:
            return  # numbers begin anew with each channel: a late word about an old one is not about ours
        if not multiple:
            self._settle_one(tag, confirmed)
            return
        while self._pending and next(iter(self._pending)) <= tag:
            self._settle_one(next(iter(self._pending)), confirmed)

    def _settle_one(self, tag: int, confirmed: bool) -> None:
        receipt = self._pending.pop(tag, None)
        unroutable = str(tag) in self._returned
        self._returned.discard(str(tag))
        if receipt:
            receipt.copy_settled(confirmed and not unroutable)

    def _lose(self) -> None:
        """The link is gone: what was not confirmed has failed, and its sender decides what to do."""
        connection, self._connection, self._channel = self._connection, None, None
        pending, self._pending = self._pending, OrderedDict()
        self._returned.clear()
        broker.close(connection)
        for receipt in pending.values():
            receipt.copy_settled(False)
