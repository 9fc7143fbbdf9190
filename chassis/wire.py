"""How a connection is served: framed beyond doubt, bounded in time and size, and never logged as it came.

eventlet's server accepts connections and ends with them; what is read and written on one is ours (docs/decisions/0017), because its own
reading is lenient, quotes on stderr what it cannot read, and took a third of the time that a push costs.
"""

import errno
import json
import socket
import sys
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import eventlet
import eventlet.wsgi

from chassis import heads
from chassis.answering import Answer
from chassis.body import Body
from chassis.logs import get_logger
from chassis.stream import Stream, Unreadable

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

FULL = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.ECONNABORTED}
PAUSE_SECONDS = 0.1
_UNREADABLE = {"code": "malformed", "message": "请求有误", "message_en": "The request is malformed."}
_STATE = 2

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


class Wire:
    """One connection, request by request, from its making to its end; eventlet's server closes it then."""

    def __init__(self, connection: list[Any], server: Any) -> None:
        """`connection` is the server's note of it: the client's address, the socket, and whether it is idle, busy or to be closed."""
        self._connection = connection
        self._app = server.app
        self._socket = connection[1]
        self._stream = Stream(self._socket)
        try:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._common = _common(connection[0], self._socket.getsockname())
            while self._serves_one():
                self._note(eventlet.wsgi.STATE_IDLE)
        except OSError:  # the client has gone, or reads nothing: there is nobody to tell
            log.debug("http_client_gone")
        finally:
            self._stream.close()

    def _serves_one(self) -> bool:
        """False: no further request is read."""
        try:
            head = self._stream.head()
            if head is None:
                return False
            self._note(eventlet.wsgi.STATE_REQUEST)
            asked = heads.read(head, self._common)
        except Unreadable as no:
            self._refuse(no.status)
            return False
        body = Body(self._stream, self._socket, asked.length, waits=asked.expects)
        asked.environ["wsgi.input"] = asked.environ["eventlet.input"] = body
        if asked.length is None:
            asked.environ["wsgi.input_terminated"] = True  # without it werkzeug takes a body of no announced length for none
        answer = Answer(self._send, asked, lambda: not (body.unasked or self._is_closing()))
        return self._answered(answer, asked.environ) and answer.stays and body.passed_over() and not self._is_closing()

    def _answered(self, answer: Answer, environ: "WSGIEnvironment") -> bool:
        """False: it broke off in its middle. The application's edge has said why; as the server would print it, it might say whose."""
        result: Any = ()
        try:
            result = self._app(environ, answer.start)
            answer.give(result)
        except OSError:
            raise
        except (Exception, eventlet.Timeout) as error:  # noqa: BLE001 - the end of the connection, whatever it was
            log.warning("http_answer_broken", cause=type(error).__name__)
            return False
        finally:
            if close := getattr(result, "close", None):
                close()
        return True

    def _refuse(self, status: HTTPStatus) -> None:
        """HTTP's own word for it, and nothing of what came."""
        log.info("http_request_unreadable", status=status.value)
        body = json.dumps(_UNREADABLE, ensure_ascii=False).encode()
        head = (f"HTTP/1.1 {status.value} {status.phrase}", "Content-Type: application/json; charset=utf-8", f"Content-Length: {len(body)}")
        self._send("\r\n".join((*head, "Connection: close", "", "")).encode() + body)

    def _send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def _note(self, state: str) -> None:
        if not self._is_closing():
            self._connection[_STATE] = state

    def _is_closing(self) -> bool:
        return bool(self._connection[_STATE] == eventlet.wsgi.STATE_CLOSE)


def _common(client: Any, here: Any) -> "WSGIEnvironment":
    """What all requests of a connection have in their environ."""
    return {
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "SCRIPT_NAME": "",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": here[0],
        "SERVER_PORT": str(here[1]),
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
    }
