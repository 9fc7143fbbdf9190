"""The one listener of a process: zones, prefixes, and answers that say nothing of what went wrong inside."""

import http.client
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import eventlet
import pytest
import requests
from prometheus_client import CollectorRegistry

from chassis.listener import Listener, Mount
from chassis.proxies import Proxies
from chassis.runtime import ServiceRuntime
from chassis.settings import Http, SettingsError
from chassis.telemetry import Telemetry

ANY = "127.0.0.1:0"


def addresses(**changed: object) -> Http:
    return Http(**({"public": ANY, "partner": ANY, "internal": ANY, "public_url": "http://car.example.com"} | changed))


@contextmanager
def running(listener: Listener) -> Iterator[str]:
    """The listener in a thread with an eventlet loop of its own, as in a process of its own; gives the address of the public zone."""
    ready, enough = threading.Event(), threading.Event()

    def run() -> None:
        listener.start()
        ready.set()
        while not enough.is_set():
            eventlet.sleep(0.005)
        listener.stop(1)

    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(10)
    try:
        yield "http://{}:{}".format(*listener.bound("public"))
    finally:
        enough.set()
        thread.join(10)


def got(address: str, headers: dict[str, str] | None = None) -> requests.Response:
    return requests.get(address, headers=headers, timeout=30)


def saying(name: str):
    """An application that tells its name and where it thinks it is."""

    def app(environ, start_response) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [f"{name}|{environ['SCRIPT_NAME']}|{environ['PATH_INFO']}|{environ['REMOTE_ADDR']}|{environ['wsgi.url_scheme']}".encode()]

    return app


def failing(_environ, _start_response) -> Iterable[bytes]:
    raise ValueError("张伟 13800138000")


def failing_late(_environ, start_response) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    raise ValueError("张伟 13800138000")
    yield b""


def out_of_time(_environ, _start_response) -> Iterable[bytes]:
    raise eventlet.Timeout


@pytest.fixture
def listener() -> Listener:
    return Listener(addresses())


def test_the_longest_prefix_wins_and_moves_into_the_script_name(listener):
    listener.mount("public", "/m", saying("pages"))
    listener.mount("public", "/m/api", saying("api"))

    with running(listener) as address:
        answers = {path: got(address + path).text.split("|")[:3] for path in ("/m", "/m/", "/m/x/y", "/m/api/x", "/m/apix")}

    assert answers == {
        "/m": ["pages", "/m", ""],
        "/m/": ["pages", "/m", "/"],
        "/m/x/y": ["pages", "/m", "/x/y"],
        "/m/api/x": ["api", "/m/api", "/x"],
        "/m/apix": ["pages", "/m", "/apix"],
    }


def test_an_unknown_path_is_a_404_in_json(listener):
    listener.mount("public", "/m", saying("pages"))

    with running(listener) as address:
        answers = [got(address + path) for path in ("/", "/mx", "/wechat/main", "/M")]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert answers[0].json()["code"] == "not_found"


def test_the_root_takes_what_nobody_else_takes(listener):
    listener.mount("public", "/m", saying("pages"))
    listener.mount("public", "/", saying("home"))

    with running(listener) as address:
        assert got(f"{address}/").text.startswith("home||/|")
        assert got(f"{address}/else").text.startswith("home||/else|")
        assert got(f"{address}/m").text.startswith("pages|")


@pytest.mark.parametrize("app", [failing, failing_late, out_of_time])
def test_a_broken_application_answers_500_with_an_id_and_no_text(listener, app):
    listener.mount("public", "/m", app)

    with running(listener) as address:
        answer = got(f"{address}/m")

    assert answer.status_code == 500
    assert len(answer.json()["error_id"]) == 32
    assert "ValueError" not in answer.text
    assert "13800138000" not in answer.text


def test_a_person_is_told_on_a_page_in_both_languages(listener):
    listener.mount("public", "/m", failing)

    with running(listener) as address:
        broken, nothing = (got(address + path, {"Accept": "text/html,*/*;q=0.8"}) for path in ("/m/cars", "/nothing"))

    for answer, status, zh, en in ((broken, 500, "系统出错", "went wrong"), (nothing, 404, "没有这个地址", "nothing at this address")):
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
        assert f"<h1>{zh}" in answer.text
        assert en in answer.text
        assert "13800138000" not in answer.text
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"


def test_an_answer_that_breaks_in_its_middle_is_cut_not_completed(listener):
    def app(_environ, start_response):
        start_response("200 OK", [("Content-Length", "100000")])
        yield b"x" * 50_000
        raise ValueError("张伟")

    listener.mount("public", "/m", app)

    with running(listener) as address, pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        assert got(f"{address}/m").content == b"cut"


def test_what_an_application_yields_is_closed_even_when_nobody_reads_on(listener):
    closed = threading.Event()

    class Pieces:
        def __iter__(self):
            return iter([b"a", b"b"])

        def close(self):
            closed.set()

    def app(_environ, start_response):
        start_response("200 OK", [])
        return Pieces()

    listener.mount("public", "/m", app)

    with running(listener) as address:
        assert got(f"{address}/m").content == b"ab"

    assert closed.is_set()


def test_zones_with_addresses_of_their_own_do_not_see_each_other():
    listener = Listener(Http(public="127.0.0.1:0", partner="localhost:0", internal="127.0.0.1:00", public_url="http://x"))
    listener.mount("public", "/m", saying("pages"))
    listener.mount("internal", "/livez", saying("health"))

    with running(listener) as public:
        internal = "http://{}:{}".format(*listener.bound("internal"))
        statuses = [got(at).status_code for at in (f"{public}/m", f"{public}/livez", f"{internal}/livez", f"{internal}/m")]

        assert statuses == [200, 404, 200, 404]
        with pytest.raises(RuntimeError, match="not listening"):
            listener.bound("partner")


def test_one_address_for_all_zones_is_one_listener(listener):
    listener.mount("public", "/m", saying("pages"))
    listener.mount("internal", "/livez", saying("health"))

    with running(listener):
        assert listener.bound("public") == listener.bound("internal") == listener.bound("partner")


def test_a_taken_port_is_a_clear_error_and_leaves_nothing_open(listener):
    listener.mount("public", "/m", saying("pages"))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        late = Listener(addresses(internal=address))
        late.mount("public", "/m", saying("pages"))
        late.mount("internal", "/livez", saying("health"))

        with pytest.raises(SettingsError, match=f"{address} is taken"):
            late.start()

    with pytest.raises(RuntimeError):
        late.bound("public")


def test_two_listeners_do_not_share_a_port(listener):
    listener.mount("public", "/m", saying("pages"))

    with running(listener) as address:
        second = Listener(addresses(public=address.removeprefix("http://")))
        second.mount("public", "/m", saying("impostor"))

        with pytest.raises(SettingsError, match="taken"):
            second.start()


def test_what_is_mounted_after_the_start_is_there_too(listener):
    listener.mount("public", "/m", saying("pages"))

    with running(listener) as address:
        listener.mount("public", "/late", saying("late"))

        assert got(f"{address}/late").text.startswith("late")


def test_a_connection_serves_many_requests(listener):
    listener.mount("public", "/m", saying("pages"))

    with running(listener) as address:
        connection = http.client.HTTPConnection(address.removeprefix("http://"))
        for _ in range(3):
            connection.request("GET", "/m")
            assert connection.getresponse().read().startswith(b"pages")
            sock = connection.sock
        assert sock is connection.sock is not None


def test_a_running_request_ends_before_the_listener_has_stopped(listener):
    begun = threading.Event()

    def slow(_environ, start_response):
        begun.set()
        eventlet.sleep(0.2)
        start_response("200 OK", [])
        return [b"done"]

    listener.mount("public", "/m", slow)
    answers: list[bytes] = []
    with running(listener) as address:
        client = threading.Thread(target=lambda: answers.append(got(f"{address}/m").content))
        client.start()
        assert begun.wait(5)

    client.join(5)
    assert answers == [b"done"]


def test_a_client_that_never_finishes_does_not_keep_the_listener_from_stopping(listener):
    listener.mount("public", "/m", lambda environ, _start_response: [environ["wsgi.input"].read()])
    with running(listener):
        client = socket.create_connection(listener.bound("public"))
        client.sendall(b"POST /m HTTP/1.1\r\nHost: car\r\nContent-Length: 100\r\n\r\nhalf")

    assert client.recv(100) == b""
    client.close()


@pytest.mark.parametrize("request_line", [b"nonsense", b"GET / HTTP/9.9", b"GET /" + b"x" * 9000 + b" HTTP/1.1", b"\xff\xfe \x00 HTTP/1.1"])
def test_nonsense_on_the_line_is_refused_and_the_next_caller_served(listener, request_line):
    listener.mount("public", "/m", saying("pages"))

    with running(listener) as address:
        with socket.create_connection(listener.bound("public"), timeout=30) as client:
            client.sendall(request_line + b"\r\n\r\n")
            answer = client.recv(1000)
        after = got(f"{address}/m")

    assert b" 200 " not in answer.partition(b"\r\n")[0]
    assert b"Traceback" not in answer
    assert after.status_code == 200


def test_after_the_stop_nobody_answers_and_the_port_is_free(listener):
    listener.mount("public", "/m", saying("pages"))
    with running(listener) as address:
        pass

    with pytest.raises(requests.ConnectionError):
        got(f"{address}/m")
    socket.create_server(("127.0.0.1", int(address.rpartition(":")[2]))).close()


def test_a_client_is_believed_to_be_who_it_is_unless_a_known_proxy_speaks_for_it():
    forged = {"X-Forwarded-For": "1.1.1.1, 203.0.113.9", "X-Forwarded-Proto": "https"}
    seen = {}
    for name, trusted in {"nobody": (), "proxy": ("127.0.0.0/8",), "chain": ("127.0.0.1", "203.0.113.0/24")}.items():
        listener = Listener(addresses(trusted_proxies=trusted))
        listener.mount("public", "/m", saying("pages"))
        with running(listener) as address:
            seen[name] = got(f"{address}/m", headers=forged).text.split("|")[3:]

    assert seen == {"nobody": ["127.0.0.1", "http"], "proxy": ["203.0.113.9", "https"], "chain": ["1.1.1.1", "https"]}


def test_what_a_proxy_says_that_is_no_address_is_not_believed():
    listener = Listener(addresses(trusted_proxies=("127.0.0.1",)))
    listener.mount("public", "/m", saying("pages"))

    with running(listener) as address:
        seen = got(f"{address}/m", headers={"X-Forwarded-For": "somewhere", "X-Forwarded-Proto": "gopher"}).text

    assert seen.split("|")[3:] == ["127.0.0.1", "http"]


def test_a_proxy_is_known_on_a_socket_of_both_families_too():
    environ = {"REMOTE_ADDR": "::ffff:10.0.0.5", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}

    Proxies(("10.0.0.0/8",)).believe(environ)

    assert environ["REMOTE_ADDR"] == "203.0.113.9"


@pytest.mark.parametrize(
    ("prefix", "mounted_at"),
    [
        ("/sandbox/phone/w/oA-1_b", "/sandbox/phone/w/oA-1_b/m"),
        ("/cars/", "/cars/m"),
        ("//evil.example", "/m"),
        ("/a/../b", "/m"),
        ("/a b", "/m"),
        ("https://evil.example", "/m"),
        ("/a?b", "/m"),
        ("", "/m"),
    ],
)
def test_a_known_proxy_says_what_it_took_off_the_path(prefix, mounted_at):
    seen = {}
    for name, trusted in {"nobody": (), "proxy": ("127.0.0.1",)}.items():
        listener = Listener(addresses(trusted_proxies=trusted))
        listener.mount("public", "/m", saying("pages"))
        with running(listener) as address:
            seen[name] = got(f"{address}/m/cars", headers={"X-Forwarded-Prefix": prefix}).text.split("|")[1:3]

    assert seen == {"nobody": ["/m", "/cars"], "proxy": [mounted_at, "/cars"]}


class Container:
    """As much of a nameko container as a mount sees: the runtime that its service shares."""

    def __init__(self, listener: Listener) -> None:
        self.service_name = self.name = "pages"
        self.process = self
        self.registry = CollectorRegistry()
        self.telemetry = Telemetry(self.registry)
        self.listener = listener
        self.shared_extensions = {ServiceRuntime: self}


def test_a_service_mounts_its_application_and_asks_callers_to_come_again_when_it_goes_down(listener):
    container = Container(listener)
    mount = Mount("public", "/m", lambda runtime: saying(runtime.service_name)).bind(container, "web")
    mount.start()

    with running(listener) as address:
        up = got(f"{address}/m")
        mount.stop()
        down = got(f"{address}/m")

    assert up.text.startswith("pages|/m")
    assert (down.status_code, down.headers["Retry-After"], down.json()["code"]) == (503, "5", "stopping")


def test_requests_are_timed_by_what_is_mounted_and_not_by_what_was_asked_for(listener):
    container = Container(listener)
    Mount("public", "/m", lambda _runtime: saying("pages")).bind(container, "web").start()

    with running(listener) as address:
        for method, path in (("GET", "/m/one"), ("GET", "/m/two?openid=o123"), ("BREW", "/m")):
            requests.request(method, address + path, timeout=30)

    def timed(method: str) -> float | None:
        labels = {"zone": "public", "route": "/m", "method": method, "status": "2xx"}
        return container.registry.get_sample_value("cheqiao_http_request_seconds_count", labels)

    assert (timed("GET"), timed("other")) == (2, 1)


def test_an_application_that_breaks_is_timed_as_broken(listener):
    def broken(_environ, _start_response):
        raise KeyError

    container = Container(listener)
    Mount("public", "/m", lambda _runtime: broken).bind(container, "web").start()

    with running(listener) as address:
        got(f"{address}/m")

    labels = {"zone": "public", "route": "/m", "method": "GET", "status": "5xx"}
    assert container.registry.get_sample_value("cheqiao_http_request_seconds_count", labels) == 1
