"""A request's body as an application reads it: bounded in time, its chunks read strictly, passed over where nobody wants it."""

import errno
import io
import re
from collections.abc import Iterator
from time import monotonic
from typing import Any

from chassis.heads import HEADERS
from chassis.stream import LONGEST_LINE, Stream

BODY_SECONDS = 30
"""From the head's end to the body's last byte."""
MOST_PASSED_OVER = 2 * 1024 * 1024
"""So much of a body that nobody wants is read to keep the connection; beyond that it is cheaper to hang up."""
MOST_TRAILERS = 100
PIECE = 65_536
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(;[^\r\n\0]*)?\r\n")


class Body:
    """`wsgi.input`. Whatever is wrong with it while it is read is an OSError or a ValueError."""

    def __init__(self, stream: Stream, sock: Any, length: int | None, *, waits: bool, seconds: float = BODY_SECONDS) -> None:
        """`length` None: it comes in chunks. `waits`: the client sends nothing before it is asked to."""
        self._stream = stream
        self._socket = sock
        self._chunked = length is None
        self._left = length or 0
        """Bytes of the body, or of the chunk that is being read, still to come."""
        self._ended = length == 0
        self._sound = True
        """False while it is read, and for ever where that failed: what comes next on the connection could then be anything."""
        self.unasked = waits and not self._ended
        """The client still waits to be asked: so it may send the body, or nothing, whatever it hears next."""
        self._ends_at = monotonic() + seconds

    def read(self, size: int | None = None) -> bytes:
        """Up to so many bytes, or all; fewer where the client broke off within a body of known length."""
        wanted = None if size is None or size < 0 else size
        if self._ended or wanted == 0:
            return b""
        self._begin()
        if self._chunked:
            piece = self._of_chunks(wanted)
        else:
            most = self._left if wanted is None else min(wanted, self._left)
            piece = self._stream.read(most, self._ends_at)
            self._count(len(piece))
        self._sound = True
        return piece

    def readline(self, size: int | None = None) -> bytes:
        if self._chunked:
            raise io.UnsupportedOperation("a chunked body is read, not read by lines")
        most = self._left if size is None or size < 0 else min(size, self._left)
        if not most:
            return b""
        self._begin()
        line = self._stream.readline(most, self._ends_at)
        self._count(len(line))
        self._sound = True
        return line

    def readlines(self, hint: int | None = None) -> list[bytes]:
        lines: list[bytes] = []
        while (hint is None or hint <= 0 or sum(map(len, lines)) < hint) and (line := self.readline()):
            lines.append(line)
        return lines

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def get_socket(self) -> Any:
        """The connection itself, for who answers otherwise than an application does."""
        return self._socket

    def passed_over(self) -> bool:
        """Read what is left, so that the next request can follow. False where that cannot be done or is not worth it."""
        if self.unasked:
            return False
        left = MOST_PASSED_OVER
        try:
            while piece := self.read(PIECE):
                left -= len(piece)
                if left < 0:
                    return False
        except (OSError, ValueError):
            return False
        return self._ended

    def _begin(self) -> None:
        """Raises ValueError after an earlier failure."""
        if not self._sound:
            raise ValueError("it could not be read before")
        self._sound = False
        if self.unasked:
            self.unasked = False
            self._socket.sendall(CONTINUE)

    def _count(self, size: int) -> None:
        self._left -= size
        self._ended = self._left == 0

    def _of_chunks(self, wanted: int | None) -> bytes:
        """Raises OSError and ValueError."""
        pieces: list[bytes] = []
        while (wanted is None or wanted > 0) and self._is_in_a_chunk():
            piece = self._stream.read(self._left if wanted is None else min(wanted, self._left), self._ends_at)
            if not piece:
                raise OSError(errno.ECONNRESET, "ended within a chunk")
            pieces.append(piece)
            wanted = None if wanted is None else wanted - len(piece)
            self._left -= len(piece)
            if not self._left and self._stream.read(2, self._ends_at) != b"\r\n":
                raise ValueError("a chunk does not end where it said")
        return b"".join(pieces)

    def _is_in_a_chunk(self) -> bool:
        """Go on to the next one where one has ended; the one of length 0 is the last, with headers behind it that nobody wants."""
        if not self._left and not self._ended:
            size = _CHUNK.fullmatch(self._stream.readline(LONGEST_LINE, self._ends_at))
            if size is None:
                raise ValueError("no length of a chunk")
            self._left = int(size[1], 16)
            if not self._left:
                self._pass_over_trailers()
                self._ended = True
        return not self._ended

    def _pass_over_trailers(self) -> None:
        for _ in range(MOST_TRAILERS):
            line = self._stream.readline(LONGEST_LINE, self._ends_at)
            if line == b"\r\n":
                return
            if HEADERS.fullmatch(line.decode("latin-1")) is None or not line:
                break
        raise ValueError("no end of the last chunk")
