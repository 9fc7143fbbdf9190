"""What the broker says of the queues: how much lies in each, and who takes from it. Asked every few seconds, over a connection of its own.

Passive declares ask and make nothing; both runtimes answer them. Nobody waits for the broker: who asks here is told what it said last.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

import eventlet
import kombu

from chassis import broker
from chassis.embedded import URL as EMBEDDED
from chassis.logs import get_logger
from chassis.settings import Broker

log = get_logger(__name__)

EVERY_SECONDS = 4.0
PATIENCE_SECONDS = 5.0
TRUE_FOR_SECONDS = 20.0
"""What was said longer ago is not said any more."""


@dataclass(frozen=True)
class Depth:
    """Of one service; None where the broker could not be asked. The embedded broker knows no consumers."""

    ready: int | None = None
    dead: int | None = None
    consumers: int | None = None


class Depths:
    """Asks until its thread is ended."""

    def __init__(self, settings: Broker, services: Iterable[str], clock: Callable[[], float] = monotonic) -> None:
        self._settings = settings
        self._services = tuple(services)
        self._clock = clock
        self._channel: Any = None
        self._told: dict[str, Depth] = {}
        self._told_at = float("-inf")

    def now(self) -> dict[str, Depth]:
        """By service; empty when the broker has not answered lately."""
        return dict(self._told) if self._clock() - self._told_at < TRUE_FOR_SECONDS else {}

    def run(self) -> None:
        connection: kombu.Connection | None = None
        try:
            while True:
                try:
                    with broker.answering(PATIENCE_SECONDS):
                        connection = connection or broker.connect(self._settings)
                        self.ask(connection)
                except broker.LOST as error:
                    log.info("broker_not_asked", cause=type(error).__name__)
                    broker.close(connection)
                    connection = self._channel = None
                eventlet.sleep(EVERY_SECONDS)
        finally:
            broker.close(connection)

    def ask(self, connection: kombu.Connection) -> None:
        """Raises one of broker.LOST."""
        told = {}
        for service in self._services:
            queue, dead = self._asked(connection, service), self._asked(connection, f"{service}.dead")
            told[service] = replace(queue, dead=dead.ready)
        self._told, self._told_at = told, self._clock()

    def _asked(self, connection: kombu.Connection, queue: str) -> Depth:
        """A queue that is not there costs the channel."""
        self._channel = self._channel or connection.channel()
        try:
            said = self._channel.queue_declare(queue, passive=True)
        except connection.channel_errors:
            channel, self._channel = self._channel, None
            channel.close()
            return Depth()
        consumers = None if self._settings.url.startswith(EMBEDDED) else said.consumer_count
        return Depth(ready=said.message_count, consumers=consumers)
