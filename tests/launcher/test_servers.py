"""The private servers behave as a machine's own would, and leave nothing behind."""

import os
import signal
import socket
from pathlib import Path

import kombu
import pytest

from launcher.servers import PrivateServers
from launcher.servers.child import Child, ServerFailed, free_port, listens
from tests.servers import Place


def test_a_place_has_a_vhost_and_schemas_of_its_own(place: Place) -> None:
    place.create_schemas("appointments")

    with kombu.Connection(place.broker_url) as connection:
        assert connection.connect()
    assert place.servers.mariadb.execute(f"SHOW TABLES FROM `{place.prefix}appointments`") == []


def test_what_is_on_disk_outlives_a_kill(place: Place) -> None:
    place.create_schemas("survivor")
    database = place.servers.mariadb

    database.kill9()
    database.start()

    assert database.execute(f"SHOW DATABASES LIKE '{place.prefix}survivor'") == [(f"{place.prefix}survivor",)]


def test_commits_are_flushed_to_disk(servers: PrivateServers) -> None:
    assert servers.mariadb.execute("SELECT @@innodb_flush_log_at_trx_commit, @@innodb_doublewrite") == [(1, 1)]


def test_a_frozen_broker_keeps_its_port_and_says_nothing(servers: PrivateServers) -> None:
    servers.rabbitmq.freeze()
    try:
        with socket.create_connection(("127.0.0.1", servers.rabbitmq.port), timeout=0.5) as link:
            link.sendall(b"AMQP\x00\x00\x09\x01")
            with pytest.raises(TimeoutError):
                link.recv(1)
    finally:
        servers.rabbitmq.thaw()

    servers.rabbitmq.await_ready()


def test_a_server_that_ends_at_once_says_why(tmp_path: Path) -> None:
    child = Child("a server", ["/bin/sh", "-c", "echo no space left; exit 3"], {}, tmp_path / "log")

    with pytest.raises(ServerFailed, match="no space left"):
        child.await_true(lambda: False)


def test_a_server_that_ignores_a_polite_end_is_killed(tmp_path: Path) -> None:
    child = Child("a server", ["/bin/sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"], dict(os.environ), tmp_path / "log")

    child.end(signal.SIGTERM, patience=0.3)

    assert not child.running


def test_nothing_stays_after_stop(tmp_path: Path) -> None:
    with PrivateServers(under=tmp_path, say=lambda _: None) as running:
        ports = (running.rabbitmq.port, running.mariadb.port)

    assert not any(listens(port) for port in ports)
    assert list(tmp_path.iterdir()) == []


def test_a_free_port_is_free() -> None:
    assert not listens(free_port())
