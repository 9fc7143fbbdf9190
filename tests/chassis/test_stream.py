"""What a client sends, in pieces, too slowly or too much of it."""

import socket
from collections.abc import Iterator
from http import HTTPStatus
from time import monotonic

import eventlet
import pytest
from eventlet.greenio import GreenSocket

from chassis.body import Body
from chassis.stream import LONGEST_HEAD, LONGEST_LINE, Stream, Unreadable

SOON, LATE = 0.02, 60.0
HEAD = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, GreenSocket]]:
    client, ours = socket.socketpair()
    green = GreenSocket(ours)
    yield client, green
    client.close()
    green.close()


@pytest.fixture
def client(ends) -> socket.socket:
    return ends[0]


@pytest.fixture
def stream(ends) -> Iterator[Stream]:
    stream = Stream(ends[1], idle_seconds=LATE, head_seconds=LATE)
    yield stream
    stream.close()


def in_time() -> float:
    return monotonic() + LATE


def test_a_head_that_comes_byte_by_byte_is_one_head(client, stream):
    def dribble() -> None:
        for byte in HEAD:
            client.sendall(bytes([byte]))
            eventlet.sleep(0)

    eventlet.spawn(dribble)

    assert stream.head() == HEAD


def test_what_comes_together_is_taken_apart(client, stream):
    client.sendall(HEAD + b"hello" + HEAD)

    taken = (stream.head(), stream.read(5, in_time()), stream.head())

    assert taken == (HEAD, b"hello", HEAD)


def test_what_comes_while_nobody_waits_is_there_for_who_does(client, stream):
    client.sendall(HEAD)
    stream.head()
    client.sendall(b"more")
    eventlet.sleep(0)
    eventlet.sleep(0)

    assert stream.read(4, in_time()) == b"more"


def test_who_goes_within_a_head_has_asked_nothing(client, stream):
    client.sendall(HEAD[:10])
    client.close()

    assert stream.head() is None


def test_who_asks_nothing_is_let_go(ends):
    stream = Stream(ends[1], idle_seconds=SOON)

    assert stream.head() is None


def test_who_never_ends_a_head_is_told_so(ends):
    stream = Stream(ends[1], head_seconds=SOON)
    ends[0].sendall(HEAD[:10])

    with pytest.raises(Unreadable) as refused:
        stream.head()

    assert refused.value.status is HTTPStatus.REQUEST_TIMEOUT


def test_an_earlier_and_shorter_wait_ends_no_later_one(ends):
    stream = Stream(ends[1], idle_seconds=LATE, head_seconds=LATE)
    with pytest.raises(TimeoutError):
        stream.read(1, monotonic() + SOON)

    eventlet.spawn_after(SOON * 3, ends[0].sendall, HEAD)

    assert stream.head() == HEAD


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /" + b"x" * LONGEST_LINE, HTTPStatus.REQUEST_URI_TOO_LONG),
        (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * (LONGEST_HEAD // 6), HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE),
    ],
)
def test_a_head_without_an_end_fills_no_memory(client, stream, sent, status):
    client.sendall(sent)

    with pytest.raises(Unreadable) as refused:
        stream.head()

    assert refused.value.status is status


def test_a_body_that_came_too_slowly_is_not_read_on_from_its_middle(client, ends, stream):
    """What was read before is lost: the rest would be taken for the next request."""
    body = Body(stream, ends[1], 10, waits=False, seconds=SOON)
    client.sendall(b"half")
    with pytest.raises(TimeoutError):
        body.read()

    client.sendall(b"the rest and more")

    assert not body.passed_over()
    with pytest.raises(ValueError, match="before"):
        body.read()


def test_a_body_is_read_by_lines_up_to_its_end(client, ends, stream):
    body = Body(stream, ends[1], 11, waits=False)
    client.sendall(b"one\ntwo\nendGET /")

    assert [*body.readlines(1), *body.readlines(), *body] == [b"one\n", b"two\n", b"end"]


def test_a_body_that_breaks_off_is_short_and_nothing_follows_it(client, ends, stream):
    body = Body(stream, ends[1], 10, waits=False)
    client.sendall(b"half")
    client.close()

    assert body.read() == b"half"
    assert not body.passed_over()
