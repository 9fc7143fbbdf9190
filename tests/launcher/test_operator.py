"""Asking the running system: where it is, who we are, and what it says."""

import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from launcher.operator import Away, Operator, Said
from launcher.servers.child import free_port
from launcher.var import Running


class SmallSystem(ThreadingHTTPServer):
    """Answers every path with what it was told, and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer: tuple[int, str] = (200, "{}")
        self.asked: list[tuple[str, str, str | None, bytes]] = []
        self.ready = threading.Event()
        self.ready.set()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: SmallSystem

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.command, self.path, self.headers.get("Authorization"), body))
        self.server.ready.wait(60)
        status, text = self.server.answer
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    do_POST = do_GET  # noqa: N815 - http.server's name

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def system() -> Iterator[SmallSystem]:
    with SmallSystem() as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()


def test_it_asks_below_ops_with_the_token(system: SmallSystem) -> None:
    Operator(system.address, "t0ken").ask("POST", "/parked/1/drop", json={"reason": "old"})

    assert system.asked == [("POST", "/ops/v1/parked/1/drop", "Bearer t0ken", b'{"reason": "old"}')]


def test_it_goes_where_the_running_system_announced_itself(system: SmallSystem, tmp_path: Path) -> None:
    (tmp_path / "operator.token").write_text("t0ken")
    Running(os.getpid(), "127.0.0.1:1", "127.0.0.1:1", system.address).announce(tmp_path)

    assert Operator.here({"CHEQIAO_VAR": str(tmp_path)}) == Operator(system.address, "t0ken")


def test_the_environment_names_another(tmp_path: Path) -> None:
    elsewhere = {"CHEQIAO_VAR": str(tmp_path), "CHEQIAO_HTTP_INTERNAL": "10.0.0.1:8002", "CHEQIAO_OPERATOR_TOKEN": "other"}

    assert Operator.here(elsewhere) == Operator("10.0.0.1:8002", "other")


def test_without_a_token_it_says_where_one_would_be(tmp_path: Path) -> None:
    with pytest.raises(Away, match=r"operator\.token"):
        Operator.here({"CHEQIAO_VAR": str(tmp_path)})


def test_what_takes_long_is_waited_for_as_long_as_it_is_worth(system: SmallSystem) -> None:
    system.ready.clear()

    with pytest.raises(Away):
        Operator(system.address, "t0ken").ask("GET", "/recount", patience=(3, 0.1))
    threading.Timer(0.3, system.ready.set).start()

    assert Operator(system.address, "t0ken").ask("GET", "/recount", patience=(3, 60)) == {}


def test_nothing_running_is_said_so() -> None:
    with pytest.raises(Away, match="is Cheqiao up"):
        Operator(f"127.0.0.1:{free_port()}", "t").ask("GET", "/parked")


def test_a_no_is_told_in_the_systems_own_words(system: SmallSystem) -> None:
    system.answer = (404, json.dumps({"code": "unknown", "message": "没有", "message_en": "Nothing is known under this id."}))

    with pytest.raises(Said, match=r"没有 / Nothing is known"):
        Operator(system.address, "t").ask("GET", "/trace/1")


def test_something_else_on_the_port_is_not_taken_for_cheqiao(system: SmallSystem) -> None:
    system.answer = (200, "<html>")

    with pytest.raises(Away, match="something else answers"):
        Operator(system.address, "t").ask("GET", "/parked")
