"""The load generator against a server that answers as told: it counts what was accepted, and believes nothing else."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from bench.load import NoAnswer, drive, whole

OK = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 7\r\n\r\nsuccess"
BUSY = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
REQUEST = b"POST /wechat/main HTTP/1.1\r\nHost: bench\r\nContent-Length: 0\r\n\r\n"


@contextmanager
def answering(answer: Callable[[int], bytes]) -> Iterator[str]:
    """Answers the n-th request on each connection with `answer(n)`; empty closes."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve(connection: socket.socket) -> None:
            with connection:
                for number in range(10_000):
                    if not connection.recv(65536) or not (said := answer(number)):
                        return
                    connection.sendall(said)

        def accept() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)


def test_every_request_is_sent_once_and_every_answer_counted():
    with answering(lambda _: OK) as address:
        answered = drive(address, [REQUEST] * 50, seconds=30, connections=4)

    assert (answered.accepted, answered.refused) == (50, {})
    assert answered.per_second > 0


def test_what_is_not_200_is_not_accepted():
    with answering(lambda number: BUSY if number % 2 else OK) as address:
        answered = drive(address, [REQUEST] * 10, seconds=30, connections=1)

    assert (answered.accepted, answered.refused) == (5, {"503": 5})


def test_it_ends_when_its_time_is_over():
    with answering(lambda _: OK) as address:
        answered = drive(address, [REQUEST] * 100, seconds=0.0, connections=4)

    assert answered.accepted == 4  # what was under way


def test_a_connection_that_is_closed_is_an_error_and_no_figure():
    with answering(lambda _: b"") as address, pytest.raises(NoAnswer):
        drive(address, [REQUEST] * 3, seconds=30, connections=1)


def test_an_answer_is_whole_with_its_last_byte():
    assert [whole(OK[:-1]), whole(OK), whole(OK + OK)] == [0, len(OK), len(OK)]


def test_an_answer_without_a_length_is_refused():
    with pytest.raises(NoAnswer):
        whole(b"HTTP/1.1 200 OK\r\n\r\nsuccess")
