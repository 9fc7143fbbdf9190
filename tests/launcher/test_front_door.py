"""The front door hands requests on as they came, and never makes anybody wait for a service that is down."""

import json
import socket
from collections.abc import Iterable, Iterator
from typing import Any

import eventlet
import pytest
import requests

from chassis.listener import Listener
from chassis.settings import Http
from launcher.front_door import INSIDE, OUTSIDE, Bounds, door_to
from launcher.servers.child import free_port

HASTY = Bounds(OUTSIDE.largest_body, seconds=0.3)


def listener_at(address: str) -> Listener:
    return Listener(Http(public=address, partner=address, internal=address, public_url="http://x", trusted_proxies=("127.0.0.1",)))


def echo(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """What a service behind the door sees."""
    seen = {
        "method": environ["REQUEST_METHOD"],
        "path": environ["SCRIPT_NAME"] + environ["PATH_INFO"],
        "query": environ.get("QUERY_STRING", ""),
        "type": environ.get("CONTENT_TYPE", ""),
        "size": len(environ["wsgi.input"].read()),
        "client": environ["REMOTE_ADDR"],
        "cookie": environ.get("HTTP_COOKIE", ""),
    }
    start_response("202 Accepted", [("Content-Type", "application/json"), ("X-Seen", "yes")])
    return [json.dumps(seen).encode()]


def slow(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    eventlet.sleep(4 * HASTY.seconds)
    return echo(environ, start_response)


@pytest.fixture
def behind() -> Iterator[str]:
    address = f"127.0.0.1:{free_port()}"
    listener = listener_at(address)
    listener.mount("public", "/m", echo)
    listener.mount("internal", "/files", echo)
    listener.mount("internal", "/slow", slow)
    listener.mount("public", "/slow-outside", slow)
    listener.start()
    yield address
    listener.stop(0)


@pytest.fixture
def door() -> Iterator[tuple[str, list[str | None]]]:
    """Its URL, and where the service behind it is: settable."""
    address = f"127.0.0.1:{free_port()}"
    where: list[str | None] = [None]
    listener = listener_at(address)
    listener.mount("public", "/m", door_to(lambda: where[0], OUTSIDE))
    listener.mount("internal", "/files", door_to(lambda: where[0], INSIDE))
    listener.mount("internal", "/slow", door_to(lambda: where[0], INSIDE))
    listener.mount("public", "/slow-outside", door_to(lambda: where[0], HASTY))
    listener.start()
    yield f"http://{address}", where
    listener.stop(0)


def test_a_request_arrives_as_it_came(door: tuple[str, list[str | None]], behind: str) -> None:
    url, where = door
    where[0] = behind

    answer = requests.post(f"{url}/m/a%2Fb?x=1&y=%E8%BD%A6", json={"a": 1}, cookies={"s": "1"}, timeout=30)

    seen = answer.json()
    assert (answer.status_code, answer.headers["X-Seen"]) == (202, "yes")
    assert (seen["method"], seen["path"], seen["query"]) == ("POST", "/m/a/b", "x=1&y=%E8%BD%A6")
    assert (seen["type"], seen["size"], seen["cookie"]) == ("application/json", 8, "s=1")


def test_the_service_is_told_who_the_client_is(door: tuple[str, list[str | None]], behind: str) -> None:
    url, where = door
    where[0] = behind

    answer = requests.get(f"{url}/m/", headers={"X-Forwarded-For": "203.0.113.7"}, timeout=30)

    assert answer.json()["client"] == "203.0.113.7"


def test_a_service_that_is_down_is_a_503_with_a_time(door: tuple[str, list[str | None]]) -> None:
    answer = requests.post(f"{door[0]}/m/", data=b"x", timeout=30)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")


def test_a_port_that_nobody_holds_any_more_is_a_503_too(door: tuple[str, list[str | None]]) -> None:
    url, where = door
    where[0] = f"127.0.0.1:{free_port()}"

    assert requests.get(f"{url}/m/", timeout=30).status_code == 503


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_a_mebibyte_goes_no_further(door: tuple[str, list[str | None]], behind: str, chunked: bool) -> None:
    url, where = door
    where[0] = behind
    body = b"x" * (OUTSIDE.largest_body + 1)

    answer = requests.post(f"{url}/m/", data=iter([body]) if chunked else body, timeout=30)

    assert answer.status_code == 413


def test_a_file_goes_through_a_door_for_files(door: tuple[str, list[str | None]], behind: str) -> None:
    url, where = door
    where[0] = behind

    answers = [requests.put(f"{url}/files/1", data=bytes(size), timeout=30) for size in (INSIDE.largest_body, INSIDE.largest_body + 1)]

    assert [answer.status_code for answer in answers] == [202, 413]
    assert answers[0].json()["size"] == INSIDE.largest_body


def test_each_door_waits_as_long_as_its_bounds_say(door: tuple[str, list[str | None]], behind: str) -> None:
    url, where = door
    where[0] = behind

    answers = [requests.get(f"{url}/{path}", timeout=30) for path in ("slow", "slow-outside")]

    assert [answer.status_code for answer in answers] == [202, 503]


def test_a_chunked_body_arrives_whole(door: tuple[str, list[str | None]], behind: str) -> None:
    url, where = door
    where[0] = behind

    answer = requests.post(f"{url}/m/", data=iter([b"x" * 1000, b"y" * 1000]), timeout=30)

    assert answer.json()["size"] == 2000


def test_a_length_that_is_no_number_is_no_accident(door: tuple[str, list[str | None]], behind: str) -> None:
    url, where = door
    where[0] = behind
    host, _, port = url.removeprefix("http://").partition(":")

    with socket.create_connection((host, int(port)), timeout=30) as link:
        link.sendall(b"POST /m/ HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\nConnection: close\r\n\r\n")
        answered = link.recv(4096)

    assert answered.split()[1] == b"400"
