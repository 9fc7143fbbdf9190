"""What two readers could take for two different requests is refused, and nothing a stranger sends fills the memory or ends the server."""

import errno
import io
import json
import socket
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
import structlog
from flask import Flask, request

from chassis import logs
from chassis.body import MOST_PASSED_OVER
from chassis.listener import Listener
from chassis.settings import Http
from chassis.stream import LONGEST_LINE
from chassis.wire import Door

HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
AFTER = b"GET /after HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


class Seen:
    """An application that notes what reached it."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, bytes]] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        try:
            body = environ["wsgi.input"].read(1000)
        except (OSError, ValueError):
            body = b"unreadable"
        self.requests.append((environ["PATH_INFO"], body))
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "4")])
        return [b"seen"]


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def listener() -> Iterator[Listener]:
    any_port = "127.0.0.1:0"
    listener = Listener(Http(public=any_port, partner=any_port, internal=any_port, public_url="http://x"))
    yield listener
    listener.stop(0)


@pytest.fixture
def address(listener: Listener, seen: Seen) -> tuple[str, int]:
    listener.mount("public", "/", seen)
    listener.start()
    return listener.bound("public")


def answered(address: tuple[str, int], *sent: bytes) -> bytes:
    """All that comes back until the server hangs up."""
    received = b""
    with socket.create_connection(address, timeout=30) as link:
        try:
            for piece in sent:
                link.sendall(piece)
            while piece := link.recv(65_536):
                received += piece
        except ConnectionError:  # it hung up while we were still sending
            return received
    return received


@pytest.mark.parametrize(
    "head",
    [
        b"Transfer-Encoding: gzip, chunked",
        b"Transfer-Encoding: xchunked",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        b"Transfer-Encoding : chunked",
        b"Content-Length: 0\r\nTransfer-Encoding: chunked",
        b"Content-Length: 0\r\nContent-Length: 55",
        b"Content-Length: 1_0",
        b"Content-Length: +5",
        b"X-A : 1\r\nContent-Length: 55",
        b"X-A: 1\r\n Content-Length: 0",
        b"X-A: 1\rContent-Length: 0",
        b"no header at all",
    ],
)
def test_a_head_that_can_be_read_in_two_ways_hides_no_second_request(address, seen, head):
    answer = answered(address, b"POST /first HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n\r\n", HIDDEN)

    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.0 400 "))
    assert seen.requests == []


@pytest.mark.parametrize("size", [b"1_0", b"-5", b"+5", b"0x5", b"", b"5 5", b"5" * LONGEST_LINE])
def test_a_length_of_a_chunk_that_is_none_ends_the_connection(address, seen, size):
    answered(address, b"POST /first HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + size + b"\r\nhello\r\n0\r\n\r\n", HIDDEN)

    assert seen.requests == [("/first", b"unreadable")]


def test_a_chunk_that_is_longer_than_it_says_ends_the_connection(address, seen):
    answered(address, b"POST /first HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n0\r\n\r\n", HIDDEN)

    assert seen.requests == [("/first", b"unreadable")]


def test_after_chunks_that_could_not_be_read_nothing_is_taken_for_the_next_request(address, seen):
    answered(address, b"POST /first HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n0\r\n\r\n", HIDDEN)

    assert seen.requests == [("/first", b"unreadable")]


def test_chunks_with_extensions_and_trailers_are_one_body_and_the_next_request_follows(address, seen):
    body = b"5;a=b\r\nhello\r\nA\r\n, follower\r\n0\r\nX-Sum: 1\r\n\r\n"

    answered(address, b"POST /first HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + body, AFTER)

    assert seen.requests == [("/first", b"hello, follower"), ("/after", b"")]


def test_one_that_waits_to_be_asked_for_its_chunks_is_asked(address, seen):
    head = b"POST /first HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n"

    answer = answered(address, head + b"5\r\nhello\r\n0\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")
    assert seen.requests == [("/first", b"hello")]


def test_the_rest_of_a_body_nobody_reads_is_passed_over(address, seen):
    answered(address, b"POST /first HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n", b"x" * 100_000, AFTER)

    assert [path for path, _ in seen.requests] == ["/first", "/after"]


def test_a_body_that_is_far_too_long_is_not_read_to_its_end(address, seen):
    length = MOST_PASSED_OVER * 8

    answered(address, b"POST /first HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % length, b"x" * length, AFTER)

    assert [path for path, _ in seen.requests] == ["/first"]


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET / HTTP/1.1\nHost: x\n", 400),
        (b"GET / HTTP/1.1\r\nX-A: 1\nX-B: 2\r\n", 400),
        (b"GET /a b HTTP/1.1\r\n", 400),
        (b"GET  / HTTP/1.1\r\n", 400),
        (b"GET /\r\n", 400),
        (b"G@T / HTTP/1.1\r\n", 400),
        (b"\r\nGET / HTTP/1.1\r\n", 400),
        (b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + b"X-A: 1\r\n" * 101, 431),
        (b"GET / HTTP/1.1\r\nX-A: " + b"x" * LONGEST_LINE + b"\r\n", 431),
        (b"GET /" + b"x" * LONGEST_LINE + b" HTTP/1.1\r\n", 414),
    ],
)
def test_a_head_is_lines_as_the_standard_has_them_and_not_too_many(address, seen, head, status):
    answer = answered(address, head + b"\r\n", HIDDEN)

    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert answer.count(b"HTTP/1.1 ") == 1
    assert seen.requests == []


def test_requests_that_come_at_once_are_answered_in_their_order(address, seen):
    paths = [f"/{number}" for number in range(50)]

    answer = answered(address, b"".join(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode() for path in paths), AFTER)

    assert [path for path, _ in seen.requests] == [*paths, "/after"]
    assert answer.count(b"HTTP/1.1 200 OK\r\n") == 51


def test_one_that_was_not_asked_for_its_body_is_not_waited_for(listener):
    listener.mount("public", "/", Late())
    listener.start()

    answer = answered(listener.bound("public"), b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"Connection: close\r\n" in answer


class Late:
    """Answers in pieces, of a length that it does not tell, and reads nothing."""

    def __call__(self, _environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [("content-type", "text/plain")])
        return iter([b"Q" * 5000, b"", b"y" * 5000, b"z"])


@pytest.mark.parametrize(
    ("asked", "ends"),
    [
        (b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", b"\r\n1\r\nz\r\n0\r\n\r\n"),
        (b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", b"yyyz"),
        (b"HEAD / HTTP/1.1\r\nConnection: close\r\n\r\n", b"\r\n\r\n"),
    ],
)
def test_an_answer_of_unknown_length_ends_as_the_client_can_tell(listener, asked, ends):
    listener.mount("public", "/", Late())
    listener.start()

    answer = answered(listener.bound("public"), asked)

    assert answer.endswith(ends)
    assert answer.count(b"Q") == (5000 if asked.startswith(b"GET") else 0)


def test_an_older_client_keeps_the_connection_only_where_it_asks_to(address, seen):
    older = b"GET /%b HTTP/1.0\r\nHost: x\r\n%b\r\n"

    answer = answered(address, older % (b"kept", b"Connection: Keep-Alive\r\n"), older % (b"last", b""), HIDDEN)

    assert [path for path, _ in seen.requests] == ["/kept", "/last"]
    assert answer.count(b"Connection: keep-alive\r\n") == 1


def test_a_header_that_would_begin_another_is_not_sent(listener):
    def app(_environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [("X-Name", "a\r\nSet-Cookie: b")])
        return [b"x"]

    listener.mount("public", "/", app)
    listener.start()

    assert answered(listener.bound("public"), AFTER) == b""


def test_headers_of_one_name_are_one_and_a_name_that_could_pass_for_another_is_none(listener):
    given: dict[str, Any] = {}

    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        given.update(environ)
        start_response("204 No Content", [])
        return []

    listener.mount("public", "/", app)
    listener.start()

    answer = answered(listener.bound("public"), b"GET //a%20b?c HTTP/1.1\r\nX-A: 1 \r\nx-a:2\r\nX_A: 3\r\nConnection: close\r\n\r\n")

    assert (given["HTTP_X_A"], given["PATH_INFO"], given["RAW_PATH_INFO"], given["QUERY_STRING"]) == ("1,2", "/a b", "/a%20b", "c")
    assert b"Content-Length" not in answer


@pytest.mark.parametrize("line", [b"GET /m?mobile=13800138000 HTTP/9.9", b"GET /m?mobile=13800138000 and more HTTP/1.1"])
def test_what_cannot_be_read_is_neither_quoted_nor_logged(address, capsys, line):
    out = io.StringIO()
    logs.set_up(out, readable=False)
    try:
        answer = answered(address, line + b"\r\nHost: x\r\n\r\n")
    finally:
        structlog.reset_defaults()

    printed = capsys.readouterr()
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["code"] == "malformed"
    assert b"Python" not in answer
    assert "13800138000" not in answer.decode() + out.getvalue() + printed.err + printed.out
    assert "http_request_unreadable" in out.getvalue()


def test_flask_reads_a_chunked_body_to_its_end(listener):
    app = Flask(__name__)
    app.add_url_rule("/", view_func=lambda: request.get_data(as_text=True), methods=["POST"])
    listener.mount("public", "/m", app)
    listener.start()

    answer = answered(
        listener.bound("public"),
        b"POST /m/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    )

    assert answer.endswith(b"hello")


def test_an_address_with_bytes_that_belong_in_no_address_is_read_as_if_they_had_been_escaped(listener):
    """Old phones send them, and so does who looks for what breaks."""
    app = Flask(__name__)
    app.add_url_rule("/", view_func=lambda: f"{request.args['q']} {request.full_path}")
    listener.mount("public", "/m", app)
    listener.start()
    asked = (b"%2B1&\xe8\xbd\xa6", b"\xff\xc4", b"a|b{}\"'")
    ends = b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

    answers = [answered(listener.bound("public"), b"GET /m/?q=" + query + ends) for query in asked]

    said = [answer.rpartition(b"\r\n\r\n")[2].decode() for answer in answers]
    assert said == ["+1 /?q=%2B1&%E8%BD%A6", "%FF%C4 /?q=%FF%C4", "a|b{}\"' /?q=a|b{}\"'"]


class FullThenOpen:
    """A listening socket of a process that may open no more files, until one is closed."""

    family = socket.AF_INET

    def __init__(self, *errors: int) -> None:
        self._errors = list(errors)

    def accept(self) -> tuple[str, str]:
        if self._errors:
            raise OSError(self._errors.pop(0), "no")
        return "a connection", "its address"


def test_a_process_that_may_open_no_more_files_takes_connections_again_when_it_may():
    assert Door(FullThenOpen(errno.EMFILE, errno.ENFILE, errno.ECONNABORTED)).accept() == ("a connection", "its address")


def test_a_socket_that_is_closed_is_waited_for_no_longer():
    with pytest.raises(OSError, match="no"):
        Door(FullThenOpen(errno.EBADF)).accept()
