"""What goes back for one request: WSGI's `start_response` and what the application returned, in as few writes as it takes."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from http import HTTPStatus
from time import time
from typing import Any
from wsgiref.handlers import format_date_time

from chassis.heads import Asked

PIECE = 4096
"""Small pieces of an answer are put together until there is so much of it."""
Headers = list[tuple[str, str]]


class Answer:
    """Of one request. `stays`: the connection may be used again, as far as the answer goes."""

    def __init__(self, send: Callable[[bytes], object], asked: Asked, may_stay: Callable[[], bool]) -> None:
        self.stays = asked.stays
        self._send = send
        self._asked = asked
        self._may_stay = may_stay
        self._line = ""
        self._headers: Headers = []
        self._bodyless = False
        self._in_chunks = False
        self._begun = False

    def start(self, status: str, headers: Headers, error: Any = None) -> Callable[[bytes], None]:
        """WSGI's start_response. Called again with an error, it raises that one if the first answer is on its way."""
        if error and self._begun:
            raise error[1].with_traceback(error[2])
        code = int(status[:3])
        self._line, self._headers = status, headers
        self._bodyless = code < HTTPStatus.OK or code in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED) or self._asked.method == "HEAD"
        return self._write

    def give(self, result: Iterable[bytes]) -> None:
        """Send what the application returned. Without a `start` the application has answered by itself, on the socket."""
        rest = b"".join(result) if isinstance(result, list | tuple) else self._all_but_the_last(result)
        if not self._line:
            self.stays = False
        elif not self._begun:
            self._send(self._head(len(rest)) + (b"" if self._bodyless else rest))
        else:
            self._write(rest)
            if self._in_chunks:
                self._send(b"0\r\n\r\n")

    def _all_but_the_last(self, result: Iterable[bytes]) -> bytes:
        """Sends an answer that is made in pieces; what is left at its end is the caller's to send."""
        kept: list[bytes] = []
        size = 0
        for piece in result:
            kept.append(piece)
            size += len(piece)
            if size >= PIECE:
                self._write(b"".join(kept))
                kept, size = [], 0
        return b"".join(kept)

    def _write(self, piece: bytes) -> None:
        head = b"" if self._begun else self._head(None)
        if self._bodyless or not piece:
            piece = b""
        elif self._in_chunks:
            piece = b"%x\r\n%b\r\n" % (len(piece), piece)
        if head or piece:
            self._send(head + piece)

    def _head(self, length: int | None) -> bytes:
        """`length` None: nobody knows how long the answer will be. Raises ValueError for a header that would end before its end."""
        self._begun = True
        lines = [f"HTTP/1.1 {self._line}"]
        named = set()
        for name, value in self._headers:
            spelled = _spelled(name)
            named.add(spelled)
            lines.append(f"{spelled}: {value}")
        if "Date" not in named:
            lines.append(f"Date: {_date(int(time()))}")
        if "Content-Length" not in named and not self._bodyless:
            lines += self._framing(length)
        self.stays = self.stays and self._may_stay()
        if not self.stays:
            lines.append("Connection: close")
        elif not self._asked.newer:
            lines.append("Connection: keep-alive")
        text = "\r\n".join(lines)
        if text.count("\n") != len(lines) - 1 or text.count("\r") != len(lines) - 1:
            raise ValueError("a header with the end of a line in it")
        return text.encode("latin-1") + b"\r\n\r\n"

    def _framing(self, length: int | None) -> list[str]:
        if length is not None:
            return [f"Content-Length: {length}"]
        if self._asked.newer:
            self._in_chunks = True
            return ["Transfer-Encoding: chunked"]
        self.stays = False
        return []


@lru_cache(256)
def _spelled(name: str) -> str:
    """As all the world writes it: Content-Type."""
    return "-".join(part.capitalize() for part in name.split("-"))


@lru_cache(2)
def _date(second: int) -> str:
    return format_date_time(second)
