"""Connections to the broker: one shape for RabbitMQ and for the embedded transport."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import kombu
from amqp.exceptions import AMQPError
from eventlet import Timeout
from kombu.exceptions import KombuError

from chassis.settings import Broker

CONNECT_SECONDS = 3
ANSWER_SECONDS = 10
LOST = (AMQPError, OSError, KombuError)
"""What a broken connection may raise from any call on it."""


def connect(broker: Broker) -> kombu.Connection:
    """An open connection, heartbeats agreed. Raises one of LOST."""
    connection = kombu.Connection(broker.url, heartbeat=broker.heartbeat_seconds, connect_timeout=CONNECT_SECONDS)
    try:
        connection.connect()
    except BaseException:
        connection.release()
        raise
    return connection


@contextmanager
def answering(seconds: float = ANSWER_SECONDS) -> Iterator[None]:
    """Bounds what waits for the broker's answer (opening, declaring): over a half-open link it would wait for ever. Raises one of LOST."""
    with Timeout(seconds, TimeoutError("the broker does not answer")):
        yield


def drain(connection: kombu.Connection, seconds: float) -> None:
    """Handle what arrives within `seconds`, then look at the heartbeats. Raises one of LOST when the link is dead.

    Each heartbeat of the broker, two in an interval, begins the wait anew: a longer wait might never end, and ours never be sent.
    """
    interval = connection.get_heartbeat_interval() if connection.supports_heartbeats else None
    with suppress(TimeoutError):
        connection.drain_events(timeout=min(seconds, interval / 4) if interval else seconds)
    if interval:
        connection.heartbeat_check(rate=2)


def close(connection: kombu.Connection | None) -> None:
    """Let go of it at once: saying goodbye over a dead link would wait for an answer that never comes."""
    if connection is None:
        return
    native = connection._connection
    if hasattr(native, "collect"):
        native.collect()
    else:
        connection.release()
