"""The broker as the rows need it: queues made, emptied and counted, and many messages published with their confirms awaited."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import amqp
import kombu

from chassis import topology
from contracts.catalogue import QUEUED_SERVICES
from contracts.envelope import CONTENT_TYPE, Envelope

PERSISTENT = 2
CONFIRM_SECONDS = 60
Json = Mapping[str, Any]


class NotConfirmed(Exception):
    """The broker did not take what it was sent."""


@dataclass(frozen=True)
class Letter:
    """A message as it goes out, persistent."""

    exchange: str
    routing_key: str
    body: str
    properties: Json = field(default_factory=dict)


def letter_to(service: str, envelope: Envelope, body: str) -> Letter:
    """As our publisher sends one copy of it."""
    properties = {"content_type": CONTENT_TYPE, "content_encoding": "utf-8", "message_id": str(envelope.id), "type": envelope.type}
    return Letter(topology.MESSAGES, topology.routing_key(service, envelope.type), body, properties)


class Broker:
    """One connection without heartbeats: nobody reads from it while the rows do something else."""

    def __init__(self, url: str) -> None:
        self._connection = kombu.Connection(url)
        self._channel: Any = self._connection.channel()
        self._channel.confirm_select()
        self._refused = 0
        self._channel.events["basic_ack"].add(self._on_ack)
        self._channel.events["basic_nack"].add(self._on_nack)
        self._sent = 0
        self._pending: set[int] = set()

    def declare_ours(self) -> None:
        """The topology of the contracts, as every process of ours declares it."""
        topology.declare(self._channel, QUEUED_SERVICES)

    def declare_quorum(self, name: str) -> None:
        self._channel.queue_declare(name, durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"})

    def depth(self, name: str) -> int:
        """Messages that wait in a queue. Raises amqp.NotFound for one that is not there; this connection is then of no more use."""
        return int(self._channel.queue_declare(name, passive=True).message_count)

    def consumers(self, name: str) -> int:
        """How many read a queue; 0 for one that is not there."""
        with self._connection.channel() as channel:
            try:
                return int(channel.queue_declare(name, passive=True).consumer_count)
            except amqp.NotFound:
                return 0

    def purge(self, *names: str) -> None:
        for name in names:
            self._channel.queue_purge(name)

    def publish(self, letters: Iterable[Letter]) -> None:
        """All of them, many confirms in flight, and wait for the last. Raises NotConfirmed."""
        for letter in letters:
            self._send(letter)
        end = time.monotonic() + CONFIRM_SECONDS
        while self._pending:
            if time.monotonic() > end or self._refused:
                raise NotConfirmed(f"{len(self._pending)} not confirmed, {self._refused} refused")
            self._read(1)

    def send(self, letter: Letter) -> None:
        """One, whose confirm is not awaited but read in passing."""
        self._send(letter)
        self._read(0.0005)

    def close(self) -> None:
        self._connection.release()

    def __enter__(self) -> "Broker":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _send(self, letter: Letter) -> None:
        message = amqp.Message(letter.body, delivery_mode=PERSISTENT, **letter.properties)
        self._channel.basic_publish(message, exchange=letter.exchange, routing_key=letter.routing_key)
        self._sent += 1
        self._pending.add(self._sent)

    def _read(self, seconds: float) -> None:
        try:
            self._connection.drain_events(timeout=seconds)
        except TimeoutError:
            return

    def _on_ack(self, tag: int, multiple: bool = False) -> None:
        self._pending = {later for later in self._pending if later > tag} if multiple else self._pending - {tag}

    def _on_nack(self, tag: int, multiple: bool = False) -> None:
        self._refused += 1
        self._on_ack(tag, multiple)
