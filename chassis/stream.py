"""What one client sends: kept until somebody wants it, and every wait for more of it bounded in time.

The hub watches a connection for as long as it lives: two calls of the system for each request (wait, read) instead of five, and one alarm
that is moved on instead of one for each wait. (docs/decisions/0017)
"""

import errno
from http import HTTPStatus
from time import monotonic
from typing import Any

import eventlet
from eventlet.hubs import get_hub
from eventlet.support.greenlets import getcurrent

IDLE_SECONDS = 75
"""Until a request begins; longer than the 60 of load balancers, so that they hang up, and not we while they send."""
HEAD_SECONDS = 10
"""From a request's first byte to its head's end."""
LONGEST_LINE = 8192
LONGEST_HEAD = 65_536
PIECE = 65_536
_END = b"\r\n\r\n"


class Unreadable(Exception):
    """No request that we answer otherwise than with this status, and nothing behind it is read."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status)
        self.status = status


class Stream:
    """Read by one green thread. A client that breaks off has simply ended."""

    def __init__(self, sock: Any, *, idle_seconds: float = IDLE_SECONDS, head_seconds: float = HEAD_SECONDS) -> None:
        """`sock` is eventlet's; nobody else reads from it."""
        self._bare = sock.fd
        self._idle_seconds = idle_seconds
        self._head_seconds = head_seconds
        self._hub = get_hub()
        self._kept = b""
        self._watch: Any = None
        self._waiting: Any = None
        self._until = 0.0
        self._alarm: Any = None
        self._alarm_at = 0.0

    def head(self) -> bytes | None:
        """A request's lines with the empty one at their end. None: the client has gone, or had nothing to ask. Raises Unreadable."""
        if self._kept:
            eventlet.sleep(0)  # whoever sends many requests at once does not keep others from theirs
        elif not self._more_or_idle():
            return None
        until = monotonic() + self._head_seconds
        looked = 0
        while (end := self._kept.find(_END, looked)) < 0:
            self._keep_bounds(len(self._kept))
            looked = max(0, len(self._kept) - len(_END) + 1)
            try:
                if not self._more(until):
                    return None
            except TimeoutError as error:
                raise Unreadable(HTTPStatus.REQUEST_TIMEOUT) from error
        self._keep_bounds(end)
        return self._taken(end + len(_END))

    def read(self, size: int, until: float) -> bytes:
        """So many bytes, fewer only where the client ends before. Raises TimeoutError."""
        if len(self._kept) >= size:
            return self._taken(size)
        pieces = [self._taken(len(self._kept))]
        missing = size - len(pieces[0])
        while missing > 0 and self._more(until):
            pieces.append(self._taken(missing))
            missing -= len(pieces[-1])
        return b"".join(pieces)

    def readline(self, most: int, until: float) -> bytes:
        """Up to and with the line's end, or as many bytes as that if it is longer. Raises TimeoutError."""
        while (end := self._kept.find(b"\n", 0, most)) < 0 and len(self._kept) < most:
            if not self._more(until):
                break
        return self._taken(end + 1 if end >= 0 else most)

    def close(self) -> None:
        """Before the socket's number may be another's."""
        self._unwatch()
        if self._alarm is not None:
            self._alarm.cancel()

    def _keep_bounds(self, length: int) -> None:
        if length > LONGEST_LINE and self._kept.find(b"\n", 0, LONGEST_LINE) < 0:
            raise Unreadable(HTTPStatus.REQUEST_URI_TOO_LONG)
        if length > LONGEST_HEAD:
            raise Unreadable(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def _taken(self, size: int) -> bytes:
        taken, self._kept = self._kept[:size], self._kept[size:]
        return taken

    def _more_or_idle(self) -> bool:
        try:
            return self._more(monotonic() + self._idle_seconds)
        except TimeoutError:
            return False

    def _more(self, until: float) -> bool:
        """Keep what comes next; False when nothing will. Raises TimeoutError."""
        while True:
            self._wait(until)
            try:
                piece: bytes = self._bare.recv(PIECE)
            except BlockingIOError:
                continue
            except OSError:
                return False
            self._kept += piece
            return bool(piece)

    def _wait(self, until: float) -> None:
        """Until there is something to read. Raises TimeoutError."""
        self._until = until
        if self._alarm is None or self._alarm_at > until:
            self._set_alarm(until)
        if self._watch is None:
            self._watch = self._hub.add(self._hub.READ, self._bare.fileno(), self._on_readable, self._on_lost, None)
        self._waiting = getcurrent()
        try:
            in_time = self._hub.switch()
        finally:
            self._waiting = None
        if not in_time:
            raise TimeoutError(errno.ETIMEDOUT, "it took too long")

    def _on_readable(self, _file: int) -> None:
        """What comes while nobody waits stays where it is: the hub is told to look away until somebody does."""
        if self._waiting is None:
            self._unwatch()
        else:
            self._wake(in_time=True)

    def _on_lost(self, _error: BaseException) -> None:
        """The socket's number is another's by now: reading from ours says so."""
        self._watch = None
        if self._waiting is not None:
            self._wake(in_time=True)

    def _wake(self, *, in_time: bool) -> None:
        waiting, self._waiting = self._waiting, None
        waiting.switch(in_time)

    def _unwatch(self) -> None:
        watch, self._watch = self._watch, None
        if watch is not None:
            self._hub.remove(watch)

    def _set_alarm(self, at: float) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm_at = at
        self._alarm = self._hub.schedule_call_global(max(0.0, at - monotonic()), self._on_alarm)

    def _on_alarm(self) -> None:
        """A wait that began since then may last longer: the alarm is moved on to its end."""
        self._alarm = None
        if self._waiting is None:
            return
        if monotonic() < self._until:
            self._set_alarm(self._until)
        else:
            self._wake(in_time=False)
