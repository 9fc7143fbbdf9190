"""The load generator: so many connections, each sends a prepared request as soon as it has the answer to its last.

A plain loop over sockets with bytes made beforehand: about 20 µs of its own for a request, the same for everyone that is measured.
"""

import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

CONNECTIONS = 32
ANSWER_SECONDS = 20
HEAD_END, LENGTH = b"\r\n\r\n", b"content-length:"


class NoAnswer(Exception):
    """The other side closed, or said nothing for too long, or what it said is no HTTP that we know."""


@dataclass
class Answered:
    """What came of a load. `milliseconds` has one entry for each request answered with 200."""

    seconds: float = 0.0
    milliseconds: list[float] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)

    @property
    def accepted(self) -> int:
        return len(self.milliseconds)

    @property
    def per_second(self) -> float:
        return self.accepted / self.seconds if self.seconds else 0.0


class _Connection:
    """One keep-alive connection with at most one request under way."""

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self.socket = socket.create_connection((host, int(port)), timeout=ANSWER_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._begun = 0.0
        self._read = b""

    def ask(self, request: bytes) -> None:
        self._begun = time.perf_counter()
        self.socket.sendall(request)

    def hear(self, into: Answered) -> bool:
        """Read what is there; True when the answer is whole. Raises NoAnswer."""
        got = self.socket.recv(65536)
        if not got:
            raise NoAnswer("the connection was closed")
        self._read += got
        end = whole(self._read)
        if end == 0:
            return False
        status = self._read[9:12].decode("ascii", "replace")
        self._read = self._read[end:]
        if status == "200":
            into.milliseconds.append((time.perf_counter() - self._begun) * 1000)
        else:
            into.refused[status] = into.refused.get(status, 0) + 1
        return True


def whole(read: bytes) -> int:
    """Where the first answer in these bytes ends; 0 while it is not all there. Raises NoAnswer for one without a length."""
    head = read.find(HEAD_END)
    if head < 0:
        return 0
    named = read[:head].lower().find(LENGTH)
    if named < 0:
        raise NoAnswer("an answer without a length")
    line = read[named + len(LENGTH) : head + 2]
    end = head + len(HEAD_END) + int(line[: line.index(b"\r\n")])
    return end if len(read) >= end else 0


def drive(address: str, requests: Sequence[bytes], *, seconds: float, connections: int = CONNECTIONS) -> Answered:
    """For so long, or until the requests are used up; what is under way then is waited for and counts. Raises NoAnswer and OSError."""
    deck, answered = iter(requests), Answered()
    opened = [_Connection(address) for _ in range(connections)]
    try:
        with selectors.DefaultSelector() as selector:
            begun = time.perf_counter()
            _run(opened, selector, deck, answered, begun + seconds)
            answered.seconds = time.perf_counter() - begun
    finally:
        for connection in opened:
            connection.socket.close()
    return answered


def _run(opened: Sequence[_Connection], selector: selectors.BaseSelector, deck: Iterator[bytes], into: Answered, until: float) -> None:
    under_way = 0
    for connection, request in zip(opened, deck, strict=False):
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.ask(request)
        under_way += 1
    while under_way:
        ready = selector.select(ANSWER_SECONDS)
        if not ready:
            raise NoAnswer(f"nothing within {ANSWER_SECONDS} s")
        for key, _ in ready:
            if not key.data.hear(into):
                continue
            request = next(deck, b"") if time.perf_counter() < until else b""
            if request:
                key.data.ask(request)
            else:
                under_way -= 1
