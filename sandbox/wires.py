"""Breaks a connection for real: on its socket, under eventlet's server and under werkzeug's."""

import socket
import struct
import time
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from os import dup2
from typing import TYPE_CHECKING, Any

from sandbox.answers import Answer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class Broken(ConnectionAbortedError):
    """Raised to a server that does not show its socket: it closes the connection in the middle."""


def hang_up(environ: "WSGIEnvironment", start_response: "StartResponse", *, reset: bool) -> Iterable[bytes]:
    """Close without an answer; with `reset`, the other side sees ECONNRESET instead of an end."""
    line = _socket(environ)
    if line is None:
        return _unanswered()
    _close(line, reset=reset)
    return _nothing_more(environ, start_response)


def hold(environ: "WSGIEnvironment", start_response: "StartResponse", seconds: float) -> Iterable[bytes]:
    """Say nothing until the other side gives up or `seconds` are over, then close."""
    line, end = _socket(environ), time.monotonic() + seconds
    while time.monotonic() < end and not (line is not None and _left(line)):
        time.sleep(0.05)
    return hang_up(environ, start_response, reset=False)


def cut(environ: "WSGIEnvironment", start_response: "StartResponse", answer: Answer) -> Iterable[bytes]:
    """Half of the body under the length of the whole, then the end."""
    half = answer.body[: len(answer.body) // 2]
    line = _socket(environ)
    if line is None:
        start_response(_status(answer), answer.head())
        return _half(half)
    _send(line, _head(answer) + half)
    _close(line, reset=False)
    return _nothing_more(environ, start_response)


def trickle(environ: "WSGIEnvironment", start_response: "StartResponse", answer: Answer, pause: float) -> Iterable[bytes]:
    """The body byte by byte. Ends early when the other side gives up."""
    line = _socket(environ)
    if line is None:
        start_response(_status(answer), answer.head())
        return _drops(answer.body, pause)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    open_still = _send(line, _head(answer))
    for drop in _drops(answer.body, pause):
        if not open_still or _left(line):
            break
        open_still = _send(line, drop)
    _close(line, reset=False)
    return _nothing_more(environ, start_response)


def _socket(environ: "WSGIEnvironment") -> socket.socket | None:
    """The connection's socket where the server shows it."""
    if "eventlet.input" in environ:
        get_socket: Callable[[], socket.socket] = environ["eventlet.input"].get_socket
        return get_socket()
    line: socket.socket | None = environ.get("werkzeug.socket")
    return line


def _close(line: Any, *, reset: bool) -> None:
    """Close now, though the server holds more handles on it: a dead socket takes its place under the same number.

    `line` is a socket or eventlet's likeness of one.
    """
    if reset:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    dead, peer = socket.socketpair()
    peer.close()
    dup2(dead.fileno(), line.fileno())
    dead.close()


def _left(line: socket.socket) -> bool:
    """Whether the other side has closed. Looks without waiting (eventlet's likeness would wait) and without taking anything away."""
    bare: socket.socket = getattr(line, "fd", line)
    try:
        return bare.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def _send(line: socket.socket, data: bytes) -> bool:
    try:
        line.sendall(data)
    except OSError:
        return False
    return True


def _nothing_more(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Tell the server that the answer was given. werkzeug finds the line broken and lets it be."""
    if "eventlet.input" in environ:
        from eventlet.wsgi import WSGI_LOCAL

        WSGI_LOCAL.already_handled = True
        return ()
    start_response("200 OK", [("Content-Length", "0")])
    return ()


def _unanswered() -> Iterator[bytes]:
    yield from ()
    raise Broken("told to hang up")


def _half(half: bytes) -> Iterator[bytes]:
    yield half
    raise Broken("told to cut the answer")


def _drops(body: bytes, pause: float) -> Iterator[bytes]:
    for byte in body:
        time.sleep(pause)
        yield bytes((byte,))


def _status(answer: Answer) -> str:
    return f"{answer.status} {HTTPStatus(answer.status).phrase}"


def _head(answer: Answer) -> bytes:
    lines = [f"HTTP/1.1 {_status(answer)}", *(f"{name}: {value}" for name, value in answer.head()), "Connection: close", "", ""]
    return "\r\n".join(lines).encode("latin-1")
