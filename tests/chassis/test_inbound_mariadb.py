"""A partner's push on the database of production, as it runs: monkey-patched, behind the process's own listener."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import eventlet
import pytest
import requests

from chassis import tables
from chassis.listener import Listener
from chassis.settings import Http
from tests.fakes.pushes import ROOT, Csc, a_push, an_empty_schema, signed


def serve(url: str, port_file: str) -> None:
    """Until it is ended by its parent."""
    anywhere = "127.0.0.1:0"
    listener = Listener(Http(public=anywhere, partner=anywhere, internal=anywhere, public_url="http://x"))
    listener.mount("partner", "/partners/csc/v1", Csc(url).app)
    listener.start()
    unfinished = Path(f"{port_file}.new")
    unfinished.write_text(str(listener.bound("partner")[1]), encoding="ascii")
    unfinished.rename(port_file)
    while True:
        eventlet.sleep(1)


@pytest.fixture
def csc(place, tmp_path):
    """Our side of the database; `.push` sends to the process that serves."""
    url = place.database_url.format(schema="csc")
    an_empty_schema(url)
    mine = Csc(url)
    patched = "import sys, eventlet; eventlet.monkey_patch(); "
    script = patched + "from tests.chassis.test_inbound_mariadb import serve; serve(*sys.argv[1:])"
    serving = subprocess.Popen([sys.executable, "-W", "ignore", "-c", script, url, str(tmp_path / "port")], cwd=ROOT)
    while not (tmp_path / "port").exists():
        assert serving.poll() is None
        time.sleep(0.05)
    address = f"http://127.0.0.1:{(tmp_path / 'port').read_text(encoding='ascii')}/partners/csc/v1/events"

    mine.push = lambda body, webhook_id: requests.post(address, data=body, headers=signed(body, webhook_id), timeout=10)

    yield mine
    serving.kill()
    serving.wait()
    mine.database.dispose()


def test_ten_at_once_are_one_on_mariadb(csc):
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: csc.push(a_push(), "msg_1"), range(10)))

    assert {answer.status_code for answer in answers} == {200}
    assert len([answer for answer in answers if "Idempotent-Replayed" not in answer.headers]) == 1
    assert len(csc.rows(tables.outbox)) == 1


def test_ids_that_differ_in_capitals_are_two_on_mariadb(csc):
    answers = [csc.push(a_push(version=1), "msg_a"), csc.push(a_push(version=2), "msg_A")]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert len(csc.rows(tables.outbox)) == 2


def test_a_frozen_database_is_not_waited_for_and_nothing_is_taken_twice(csc, servers):
    csc.push(a_push(), "msg_1")
    servers.mariadb.freeze()
    try:
        frozen = csc.push(a_push(version=2), "msg_2")
    finally:
        servers.mariadb.thaw()

    thawed = csc.push(a_push(version=2), "msg_2")

    assert (frozen.status_code, frozen.json()["retryable"]) == (503, True)
    assert thawed.status_code == 200
    assert len(csc.rows(tables.outbox)) == 2


def test_an_absent_database_is_said_so_and_used_again_when_it_is_back(csc, servers):
    servers.mariadb.kill9()
    try:
        away = csc.push(a_push(), "msg_1")
    finally:
        servers.mariadb.start()

    back = csc.push(a_push(), "msg_1")

    assert (away.status_code, away.json()["retryable"]) == (503, True)
    assert back.status_code == 200
