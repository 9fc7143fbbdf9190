"""A partner on a real socket that answers as told, and remembers what it was asked. Each connection carries one request."""

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from chassis.called import Partner
from chassis.calls import CallLog
from chassis.partner import PartnerClient

Act = Callable[[socket.socket, threading.Event], None]
"""What is done with a connection whose request has been read; the event says that the partner is closing."""


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def raw(data: bytes) -> Act:
    """Exactly these bytes, then the end."""
    return lambda connection, _closing: connection.sendall(data)


def answer(status: int, body: Any = None, *, text: bytes | None = None, headers: dict[str, str] | None = None) -> Act:
    content = text if text is not None else b"" if body is None else json.dumps(body).encode()
    return raw(_head(status, len(content), headers) + content)


def _head(status: int, length: int, headers: dict[str, str] | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status} As-Told", f"Content-Length: {length}", "Content-Type: application/json", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def cut(status: int, body: Any) -> Act:
    """Announces the whole body, sends half of it."""
    content = json.dumps(body).encode()
    return raw(_head(status, len(content)) + content[: len(content) // 2])


def reset(connection: socket.socket, _closing: threading.Event) -> None:
    """RST instead of an answer."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hang_up(_connection: socket.socket, _closing: threading.Event) -> None:
    """FIN instead of an answer."""


def nothing(_connection: socket.socket, closing: threading.Event) -> None:
    """Holds the line and says nothing."""
    while not closing.is_set():
        time.sleep(0.02)


def dripping(data: bytes, *, at_once: int, every: float = 0.05) -> Act:
    """The first `at_once` bytes, then a byte at a time."""

    def act(connection: socket.socket, closing: threading.Event) -> None:
        connection.sendall(data[:at_once])
        for number in range(at_once, len(data)):
            if closing.is_set():
                return
            connection.sendall(data[number : number + 1])
            time.sleep(every)

    return act


def dripping_body(status: int, body: Any, **how: float) -> Act:
    content = json.dumps(body).encode()
    head = _head(status, len(content))
    return dripping(head + content, at_once=len(head), **how)


def dripping_head(status: int, body: Any, **how: float) -> Act:
    content = json.dumps(body).encode()
    return dripping(_head(status, len(content)) + content, at_once=0, **how)


BUSY = answer(503)


class AnsweringPartner:
    """Works through `acts`; the last one is repeated."""

    def __init__(self, *acts: Act) -> None:
        self.asked: list[Asked] = []
        self._acts = list(acts)
        self._closing = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._closing.set()
        with suppress(OSError):  # wakes the accept; not connected is what we expect to hear
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            asked = _read(connection)
            if asked:
                self.asked.append(asked)
                act = self._acts.pop(0) if len(self._acts) > 1 else self._acts[0]
                act(connection, self._closing)


def _read(connection: socket.socket) -> Asked | None:
    stream = connection.makefile("rb")
    first = stream.readline().decode().split()
    if not first:
        return None
    headers = {}
    while line := stream.readline().decode().strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return Asked(first[0], first[1], headers, stream.read(int(headers.get("content-length", 0))))


@contextmanager
def answering(*acts: Act) -> Iterator[AnsweringPartner]:
    partner = AnsweringPartner(*acts)
    try:
        yield partner
    finally:
        partner.close()


def client_of(name: str, partner: AnsweringPartner, **changes: Any) -> PartnerClient:
    """A client that speaks with it, and does not really wait between its tries."""
    terms = {"deadline_seconds": 5, "attempts_in_place": 3, "api_key": SecretStr("key"), "webhook_secret": SecretStr("whsec_x")}
    return PartnerClient(name, Partner(base_url=partner.url, **(terms | changes)), CallLog(), lambda _seconds: None)
