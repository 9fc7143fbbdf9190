"""How a request is read off the wire: framed beyond doubt, bounded in time and size, and never logged as it came.

eventlet's server is lenient. A head that two readers take for two different things (two lengths, an unknown coding, a space before a
colon) hides a request from the proxy in front of us; a chunk's length without an end fills the memory; and what cannot be read was
written to stderr in clear. (design sections 5 and 7)
"""

import errno
import io
import json
import re
import socket
import string
from contextlib import AbstractContextManager
from http import HTTPStatus
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import eventlet
import eventlet.wsgi

from chassis.logs import get_logger

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

IDLE_SECONDS = 75
"""Until a request begins; longer than the 60 of load balancers, so that they hang up, and not we while they send."""
HEAD_SECONDS = 10
BODY_SECONDS = 30
"""From the head's end to the body's last byte."""
MOST_PASSED_OVER = 2 * 1024 * 1024
"""So much of a body that nobody wants is read to keep the connection; beyond that it is cheaper to hang up."""
FULL = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.ECONNABORTED}
PAUSE_SECONDS = 0.1

_HEADER = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\r\n\0]*\r?\n")
_LENGTH = re.compile(r"[0-9]{1,18}")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(;[^\r\n\0]*)?\r\n")
LONGEST_LINE = 8192
_UNREADABLE = {"code": "malformed", "message": "请求有误", "message_en": "The request is malformed."}

log = get_logger(__name__)


class Door:
    """The listening socket for eventlet's server, which an error of `accept` ends: patient where no connection can be taken now."""

    def __init__(self, opened: socket.socket) -> None:
        self._opened = opened
        self.family = opened.family

    def accept(self) -> tuple[socket.socket, Any]:
        while True:
            try:
                return self._opened.accept()
            except OSError as error:
                if error.errno not in FULL:
                    raise
                log.warning("http_takes_no_connection", cause=error.strerror)
            eventlet.sleep(PAUSE_SECONDS)

    def getsockname(self) -> Any:
        return self._opened.getsockname()

    def close(self) -> None:
        self._opened.close()


class Wire(eventlet.wsgi.HttpProtocol):
    """One connection, request by request."""

    rfile: Any

    def parse_request(self) -> bool:
        """Read the head. False: it was answered already, and the connection ends."""
        status: HTTPStatus = HTTPStatus.REQUEST_TIMEOUT
        with eventlet.Timeout(HEAD_SECONDS, False):
            self.rfile = _Head(self.rfile)  # for the head alone: eventlet puts back what was there
            try:
                if not super().parse_request():
                    return False
                status = HTTPStatus.OK if self._is_framed() else HTTPStatus.BAD_REQUEST
            except _Doubtful:
                status = HTTPStatus.BAD_REQUEST
        if status is not HTTPStatus.OK:
            self.send_error(status)
        return status is HTTPStatus.OK

    def send_error(self, code: int, _message: str | None = None, _explain: str | None = None) -> None:
        """HTTP's own word for it, and nothing of what came: the library would quote it, to the client and on stderr."""
        status = HTTPStatus(code)
        log.info("http_request_unreadable", status=status.value)
        body = json.dumps(_UNREADABLE, ensure_ascii=False).encode()
        head = (f"HTTP/1.1 {status.value} {status.phrase}", "Content-Type: application/json; charset=utf-8", f"Content-Length: {len(body)}")
        self.wfile.write("\r\n".join((*head, "Connection: close", "", "")).encode() + body)
        self.close_connection = True

    def get_environ(self) -> "WSGIEnvironment":
        environ: WSGIEnvironment = super().get_environ()
        given = environ["eventlet.input"]
        body = Body(self.rfile, given.content_length, self.connection, given.wfile, given.wfile_line, given.chunked_input)
        environ["wsgi.input"] = environ["eventlet.input"] = body
        if given.chunked_input:
            environ["wsgi.input_terminated"] = True  # without it werkzeug takes a body of no announced length for none
        asked = environ.get("QUERY_STRING", "")
        if not (asked.isascii() and asked.isprintable()):  # werkzeug breaks at a byte that is no UTF-8
            environ["QUERY_STRING"] = quote(asked, safe=string.punctuation, encoding="latin-1")
        return environ

    def _read_request_line(self) -> bytes:
        with eventlet.Timeout(IDLE_SECONDS, False):
            line: bytes = super()._read_request_line()
            return line
        return b""

    def _is_framed(self) -> bool:
        """One length at most, of digits; or chunks and nothing else."""
        lengths, codings = self.headers.get_all("content-length", []), self.headers.get_all("transfer-encoding", [])
        if codings:
            return not lengths and [coding.strip().lower() for coding in codings] == ["chunked"] and self.request_version == "HTTP/1.1"
        return len(lengths) <= 1 and all(_LENGTH.fullmatch(length.strip()) for length in lengths)


class _Doubtful(Exception):
    """A line of a head that is no header: what stands behind it could be read in more than one way."""


class _Head:
    """The lines of a head, each a header or the empty one at the end; lines that go on in the next one are long forbidden."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def readline(self, size: int = -1) -> bytes:
        """Raises _Doubtful."""
        line: bytes = self._file.readline(size)
        if line not in (b"\r\n", b"\n", b"") and not _HEADER.fullmatch(line):
            raise _Doubtful
        return line


class Body(eventlet.wsgi.Input):
    """A request's body. Whatever is wrong with it while it is read is an OSError or a ValueError."""

    chunk_length: int
    position: int

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._ends_at = monotonic() + BODY_SECONDS

    def read(self, length: int | None = None) -> bytes:
        with self._in_time():
            read: bytes = super().read(length)
        return read

    def readline(self, size: int | None = None) -> bytes:
        with self._in_time():
            line: bytes = super().readline(size)
        return line

    def discard(self, buffer_size: int = 16 << 10) -> None:
        """Raises OSError where it is not worth it; eventlet then hangs up."""
        left = MOST_PASSED_OVER
        while passed := len(self.read(buffer_size)):
            left -= passed
            if left < 0:
                raise OSError(errno.EFBIG, "longer than worth reading")

    def _in_time(self) -> AbstractContextManager[Any]:
        left = max(0.0, self._ends_at - monotonic())
        in_time: AbstractContextManager[Any] = eventlet.Timeout(left, TimeoutError(errno.ETIMEDOUT, "the body took too long"))
        return in_time

    def _chunked_read(self, _rfile: Any, length: int | None = None, use_readline: bool = False) -> bytes:
        """eventlet's own takes `1_0` and `-5` for lengths, anything for the end of a chunk, and a line of any length."""
        if use_readline:
            raise io.UnsupportedOperation("a chunked body is read, not read by lines")
        if self.should_send_hundred_continue:
            self.send_hundred_continue_response()
            self.is_hundred_continue_response_sent = True
        pieces: list[bytes] = []
        wanted = float("inf") if length is None or length < 0 else length
        while wanted > 0 and self._is_in_a_chunk():
            piece: bytes = self.rfile.read(int(min(wanted, self.chunk_length - self.position)))
            if not piece:
                raise OSError(errno.ECONNRESET, "ended within a chunk")
            pieces.append(piece)
            wanted -= len(piece)
            self.position += len(piece)
            if self.position == self.chunk_length and self.rfile.read(2) != b"\r\n":
                raise eventlet.wsgi.ChunkReadError("a chunk does not end where it said")
        return b"".join(pieces)

    def _is_in_a_chunk(self) -> bool:
        """Go on to the next one where one has ended; the one of length 0 is the last, with headers behind it that nobody wants."""
        if self.chunk_length in (-1, self.position) and self.chunk_length != 0:
            size = _CHUNK.fullmatch(self.rfile.readline(LONGEST_LINE))
            if size is None:
                raise eventlet.wsgi.ChunkReadError("no length of a chunk")
            self.chunk_length, self.position = int(size[1], 16), 0
            if self.chunk_length == 0:
                self._pass_over_trailers()
        return bool(self.chunk_length)

    def _pass_over_trailers(self) -> None:
        for _ in range(100):
            line = self.rfile.readline(LONGEST_LINE)
            if line == b"\r\n":
                return
            if not _HEADER.fullmatch(line):
                break
        raise eventlet.wsgi.ChunkReadError("no end of the last chunk")
