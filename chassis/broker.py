"""Connections to the broker: one shape for RabbitMQ and for the embedded transport."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import amqp
import eventlet
import kombu
from amqp.exceptions import AMQPError
from eventlet import Timeout
from eventlet.greenthread import GreenThread
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
    native = connection.connection
    if isinstance(native, amqp.Connection):
        native.outgoing = Outgoing(native.transport.sock)
        native.transport._write = native.outgoing.write
    return connection


class Outgoing:
    """What goes out over one connection: whole frames one after another, written by a green thread of their own.

    So nobody who publishes, acknowledges or sends a heartbeat ever waits for a broker that reads nothing, and the loop that reads
    turns on and notices that.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._frames: list[bytes] = []
        self._writer: GreenThread | None = None
        self._broken = False
        self.backlog = 0
        """Bytes that the broker's end has not taken yet."""

    def write(self, frame: bytes | memoryview) -> None:
        if self._broken:
            raise ConnectionError("the link to the broker is broken")
        self._frames.append(bytes(frame))  # a view is py-amqp's own buffer, which the next frame overwrites
        self.backlog += len(frame)
        if self._writer is None:
            self._writer = eventlet.spawn(self._write_all)

    def _write_all(self) -> None:
        try:
            while self._frames:
                frames, self._frames = b"".join(self._frames), []
                self._sock.sendall(frames)
                self.backlog -= len(frames)
        except OSError:
            self._broken = True
            with suppress(OSError):
                self._sock.shutdown(socket.SHUT_RDWR)  # whoever reads from it wakes up, and hears of it
        finally:
            self._writer = None

    def stop(self) -> None:
        if self._writer:
            self._writer.kill()


def backlog(connection: kombu.Connection | None) -> int:
    """Bytes written that the broker has not taken yet; the embedded one takes everything at once."""
    outgoing = getattr(connection._connection, "outgoing", None) if connection else None
    return outgoing.backlog if outgoing else 0


def flush(connection: kombu.Connection) -> None:
    """Wait until everything written is on its way. Raises one of LOST."""
    with answering():
        while backlog(connection):
            eventlet.sleep(0.01)


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
    if isinstance(native, amqp.Connection):
        if outgoing := getattr(native, "outgoing", None):
            outgoing.stop()
        native.collect()
    else:
        connection.release()
