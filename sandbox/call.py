"""One HTTP request that ends when its time is over, whatever the other side does; and several of them at once."""

import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from sandbox.clock import utc_now

LARGEST_ANSWER = 1_048_576


@dataclass(frozen=True)
class Try:
    """What came of one request. No status: no usable answer, and `outcome` says why."""

    at: datetime
    milliseconds: float
    status: int | None
    outcome: str
    content_type: str = ""
    body: str = ""


def post(url: str, body: bytes, headers: Mapping[str, str], *, deadline: float) -> Try:
    return call("POST", url, body, headers, deadline=deadline)


def call(method: str, url: str, body: bytes | None, headers: Mapping[str, str], *, deadline: float) -> Try:
    """The connection is cut `deadline` seconds after the start, even while bytes still come."""
    at, start = utc_now(), time.monotonic()
    line = _line(url, deadline)
    cut = threading.Event()

    def give_up() -> None:
        cut.set()
        _shut(line)

    timer = threading.Timer(deadline, give_up)
    timer.daemon = True
    timer.start()
    try:
        parts = urlsplit(url)
        line.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body, {"Connection": "close", **headers})
        answer = line.getresponse()
        text = answer.read(LARGEST_ANSWER).decode(errors="replace")
        status, outcome, kind = answer.status, "answered", answer.getheader("Content-Type", "")
    except (OSError, HTTPException) as error:
        status, outcome, kind, text = None, type(error).__name__, "", ""
    finally:
        timer.cancel()
        line.close()
    if cut.is_set():
        status, outcome = None, "cut"
    return Try(at, (time.monotonic() - start) * 1000, status, outcome, kind, text)


def together(times: int, one: Callable[[], Try]) -> list[Try]:
    """The same call several times at once."""
    tries: list[Try] = []
    threads = [threading.Thread(target=lambda: tries.append(one()), daemon=True) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tries


def _line(url: str, deadline: float) -> HTTPConnection:
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    return kind(parts.hostname or "", parts.port, timeout=deadline)


def _shut(line: HTTPConnection) -> None:
    open_socket: socket.socket | None = line.sock
    if open_socket is not None:
        try:
            open_socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
