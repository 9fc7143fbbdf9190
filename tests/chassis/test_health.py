"""Probes and metrics: named checks, causes in our own words, nothing of an exception."""

import json

import eventlet
import pytest
from eventlet.event import Event
from prometheus_client import Counter

from chassis.health import Health
from chassis.listener import Listener
from chassis.settings import Http


class Mounts(Listener):
    """The listener without its sockets: what is mounted is asked directly."""

    def __init__(self) -> None:
        super().__init__(Http(public="127.0.0.1:1", partner="127.0.0.1:2", internal="127.0.0.1:3", public_url="http://car.example.com"))
        self.said: dict[tuple[str, str], object] = {}

    def mount(self, zone, prefix, app):
        self.said[zone, prefix] = app

    def get(self, path: str) -> tuple[str, str]:
        statuses: list[str] = []
        body = self.said["internal", path]({}, lambda status, _headers: statuses.append(status))
        return statuses[0], b"".join(body).decode()


@pytest.fixture
def health() -> Health:
    return Health()


def asked(health: Health, path: str) -> tuple[str, str]:
    mounts = Mounts()
    health.mount_on(mounts)
    return mounts.get(path)


def broken() -> str | None:
    raise ValueError("张伟 13800138000")


def test_a_process_whose_checks_pass_is_alive_and_ready(health):
    health.register("database", lambda: None)
    health.register("watchdog", lambda: None, "live")

    assert asked(health, "/livez")[0] == "200 OK"
    assert json.loads(asked(health, "/readyz")[1]) == {"status": "ok", "checks": ["database"], "failing": {}}


def test_a_failing_check_is_named_with_its_cause(health):
    health.register("appointments: database", lambda: "no database")
    health.register("appointments: broker", lambda: None)

    status, body = asked(health, "/readyz")

    assert status == "503 Service Unavailable"
    assert json.loads(body)["failing"] == {"appointments: database": "no database"}


def test_what_is_not_ready_may_still_be_alive(health):
    health.register("database", lambda: "no database")
    health.register("watchdog", lambda: None, kind="live")

    assert asked(health, "/livez")[0] == "200 OK"
    assert asked(health, "/readyz")[0] == "503 Service Unavailable"


def test_a_check_that_breaks_fails_without_its_text(health):
    health.register("odd", broken)

    status, body = asked(health, "/readyz")

    assert status == "503 Service Unavailable"
    assert json.loads(body)["failing"] == {"odd": "the check itself broke"}


def test_a_slow_check_does_not_hold_up_the_others(health):
    second_asked = Event()

    def slow() -> str | None:
        with eventlet.Timeout(5, False):
            second_asked.wait()
            return None
        return "was asked alone"

    health.register("a slow one", slow)
    health.register("b", second_asked.send)

    assert health.failing("ready") == {}


def test_a_container_that_starts_anew_brings_its_check_anew(health):
    health.register("database", lambda: "no database")
    health.register("database", lambda: None)

    assert asked(health, "/readyz")[0] == "200 OK"


def test_metrics_are_those_of_this_process_alone(health):
    Counter("pushes", "Pushes taken.", ["account"], registry=health.registry).labels("main").inc(3)

    status, body = asked(health, "/metrics")

    assert status == "200 OK"
    assert 'pushes_total{account="main"} 3.0' in body
    assert "process_resident_memory_bytes" in body
    assert "pushes_total" not in asked(Health(), "/metrics")[1]
