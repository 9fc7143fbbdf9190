"""The gateway as it runs: a process of its own, a broker that is away, killed, back again."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import kombu
import pytest

from chassis import topology
from tests.adapters.wechat.gateway.stage import WeChat, a_click, a_text
from tests.adapters.wechat.gateway.test_delivery import eventually
from tests.servers import Place

NOBODY = "amqp://guest:guest@127.0.0.1:9//"
PROGRAM = (
    "import eventlet; eventlet.monkey_patch(); import sys; from tests.adapters.wechat.gateway.running import main; main(*sys.argv[1:])"
)
ROOT = Path(__file__).parents[4]


class Running:
    """One run of the gateway process."""

    def __init__(self, spool: Path, broker_url: str, **environment: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(spool), broker_url],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        )
        assert self._process.stdout
        self.wechat = Punctual(f"http://127.0.0.1:{self._process.stdout.readline().strip()}/wechat/main")

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(10)

    def wait(self) -> int:
        return self._process.wait(20)

    def stop(self) -> int:
        self._process.send_signal(signal.SIGTERM)
        return self.wait()

    def end(self) -> None:
        if self._process.poll() is None:
            self.kill()
        assert self._process.stdout
        self._process.stdout.close()


class Punctual(WeChat):
    """Signs with the time it is: this gateway reads a real clock."""

    def query(self, timestamp: int | None = None, nonce: str = "n1", **more: str) -> dict[str, str]:
        return super().query(timestamp or int(datetime.now(UTC).timestamp()), nonce, **more)


@pytest.fixture
def run(tmp_path: Path) -> Iterator:
    started: list[Running] = []

    def start(broker_url: str, **environment: str) -> Running:
        started.append(Running(tmp_path / "spool", broker_url, **environment))
        return started[-1]

    yield start
    for process in started:
        process.end()


def kept_for(place: Place, service: str) -> list[str]:
    """The ids in a service's queue, in order; they stay there."""
    with kombu.Connection(place.broker_url) as connection:
        channel = connection.channel()
        topology.declare(channel, [service])
        queue = topology.queue_of(service)(channel)
        ids = []
        while message := queue.get(no_ack=False):
            ids.append(message.properties["message_id"])
        return ids


def spooled(directory: Path) -> list[Path]:
    return list(directory.glob("*.spool"))


def test_with_a_broker_a_push_is_in_the_queues_of_its_readers(run, place):
    wechat = run(place.broker_url).wechat

    assert eventually(lambda: wechat.push_safely(a_click("BOOK")).status_code == 200)
    assert eventually(lambda: kept_for(place, "messaging"))
    assert eventually(lambda: set(kept_for(place, "messaging")) <= set(kept_for(place, "insight")))


def test_an_outage_and_kills_in_it_lose_nothing_and_keep_the_order(run, place, tmp_path):
    """Broker away, process killed; killed again while it drains; the third run brings all of it out."""
    without = run(NOBODY)
    for number in range(1, 31):
        assert without.wechat.push_safely(a_text(str(number), CreateTime=number)).status_code == 200
    assert spooled(tmp_path / "spool")
    without.kill()
    mark = tmp_path / "mark"
    assert run(place.broker_url, CHEQIAO_CRASH="gateway:spool_draining", CHEQIAO_CRASH_MARK=str(mark)).wait() == -signal.SIGKILL
    assert mark.exists()

    run(place.broker_url)

    assert eventually(lambda: not spooled(tmp_path / "spool"), 30)
    ids = kept_for(place, "messaging")
    first_seen = list(dict.fromkeys(ids))
    assert len(first_seen) == 30
    assert len(ids) == 31  # the one that was out when the process died comes twice under one id: inboxes drop it


def test_a_stop_is_graceful_and_leaves_the_spool_to_the_next_run(run, place, tmp_path):
    first = run(NOBODY)
    assert first.wechat.push_safely(a_click()).status_code == 200

    code = first.stop()
    second = run(place.broker_url)

    assert code == 0
    assert eventually(lambda: not spooled(tmp_path / "spool"), 30)
    assert second.wechat.push_safely(a_click("OTHER")).status_code == 200
