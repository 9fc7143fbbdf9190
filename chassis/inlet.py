"""Takes what the broker holds for one service: its queue, and beside it the messages that killed their reader too often."""

from collections.abc import Iterable
from time import monotonic
from typing import Any

import kombu
from eventlet import GreenPool, sleep

from chassis import broker, topology
from chassis.handling import Delivery, Handling
from chassis.logs import get_logger
from chassis.settings import Broker

log = get_logger(__name__)

AT_ONCE = 10
"""Messages in work at once; the broker hands out no more, so that the loop never waits for a worker and heartbeats go on."""


class Inlet:
    """Consumes until stopped, over as many connections as it takes, one after another."""

    def __init__(self, handling: Handling, settings: Broker, services: Iterable[str]) -> None:
        self._handling = handling
        self._settings = settings
        self._services = tuple(services)
        self._pool = GreenPool(AT_ONCE)
        self._stopping = False
        self.consuming = False
        self.last_loop = monotonic()

    def run(self) -> None:
        pause = 0.2
        while not self._stopping:
            connection = None
            try:
                with broker.answering():
                    connection = broker.connect(self._settings)
                    channel = self._consume(connection)
                pause = 0.2
                while not self._stopping:
                    broker.drain(connection, 1)
                    self.last_loop = monotonic()
                self._leave(channel)
            except broker.LOST as error:
                if not self._stopping:
                    log.warning("consumer_lost", service=self._handling.service, cause=type(error).__name__)
            finally:
                self.consuming = False
                broker.close(connection)
            self.last_loop = monotonic()
            if not self._stopping:
                sleep(pause)
                pause = min(pause * 2, 3)

    def stop(self) -> None:
        self._stopping = True

    def _consume(self, connection: kombu.Connection) -> Any:
        channel = connection.channel()
        topology.declare(channel, self._services)
        channel.basic_qos(0, AT_ONCE, False)
        service = self._handling.service
        for queue, poison in ((topology.queue_of(service), False), (topology.dead_queue_of(service), True)):
            kombu.Consumer(
                channel, [queue(channel)], on_message=self._on_poison if poison else self._on_message, auto_declare=False
            ).consume()
        self.consuming = True
        return channel

    def _on_message(self, message: Any) -> None:
        self._pool.spawn_n(self._handling.take, Delivery(_bytes(message.body), settling(message)))

    def _on_poison(self, message: Any) -> None:
        self._pool.spawn_n(self._handling.take, Delivery(_bytes(message.body), settling(message), poison=True))

    def _leave(self, channel: Any) -> None:
        """Take nothing new, end what is in work; what does not end in time goes back to the broker with the connection."""
        with broker.answering():
            channel.basic_qos(0, 1, False)
        self._pool.waitall()


def settling(message: Any) -> Any:
    """Acknowledge; over a link that is gone this does nothing, the message comes again and the inbox drops it."""

    def settle() -> None:
        try:
            message.ack()
        except (*broker.LOST, KeyError, AttributeError):
            log.info("settled_over_a_lost_link")

    return settle


def _bytes(body: Any) -> bytes:
    return body.encode() if isinstance(body, str) else bytes(body)
