"""`cheqiao parked redrive-all` against insight's own API: what is shown first, how it ends, and ctrl-C."""

import json
import os
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
from pydantic import SecretStr
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from contracts.ops import RedriveParked
from launcher.house import ROOT
from services.insight import job_store, ordering
from services.insight.ops_api import create_ops_api
from services.insight.service import InsightService
from tests.services.house import House
from tests.services.insight.test_jobs import a_hop, carried_out, park, report
from tests.serving import Server

TOKEN = "a token that only operators have"
PATIENCE = 120


@pytest.fixture
def house(tmp_path):
    house = House(InsightService(), tmp_path / "insight.sqlite")
    process = SimpleNamespace(settings=SimpleNamespace(operator=SimpleNamespace(token=SecretStr(TOKEN))))
    mounted = DispatcherMiddleware(NotFound(), {"/ops/v1": create_ops_api(house.runtime(process=process))})
    server = Server(mounted)
    house.environ = os.environ | {
        "CHEQIAO_HTTP_INTERNAL": f"127.0.0.1:{server.port}",
        "CHEQIAO_OPERATOR_TOKEN": TOKEN,
        "CHEQIAO_OPERATOR": "韩梅梅",
    }
    yield house
    server.stop()


def cheqiao(house, *words):
    command = [sys.executable, "-m", "launcher.cli", "parked", *words]
    return subprocess.Popen(
        command, cwd=ROOT, env=house.environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def orders_until(house, enough):
    """What the job orders, as the service it goes to would hear it, each carried out at once."""
    told, until = [], time.monotonic() + PATIENCE
    while not enough(told):
        assert time.monotonic() < until
        ordering.carry_on(house.database)
        new = [order for order in house.told() if isinstance(order, RedriveParked)]
        for order in new:
            job = SimpleNamespace(id=_job(house)["id"], kind="redrive")
            report(house, carried_out(job, order.message_id, 1), a_hop("handled", order.message_id))
        told += new
        time.sleep(0.01)
    return told


def _job(house):
    with house.database.read() as connection:
        ((job, counts),) = job_store.newest(connection)
    return vars(job) | vars(counts)


def test_all_that_a_filter_finds_is_redriven_once_the_count_is_agreed_to(house):
    meant = park(house, 12)
    park(house, 3, field="vin")
    running = cheqiao(house, "redrive-all", "--field", "dms_no", "--rate", "200", "--json")
    running.stdin.write("y\n")
    running.stdin.flush()

    told = orders_until(house, lambda told: len(told) == 12)
    orders_until(house, lambda _: running.poll() is not None)

    job = json.loads(running.stdout.read())
    assert running.returncode == 0, running.stderr.read()
    assert "12" in running.stderr.read()
    assert {order.message_id for order in told} == set(meant)
    assert (job["state"], job["handled"], job["ordered_by"]) == ("done", 12, "韩梅梅")


def test_nothing_is_ordered_where_the_count_is_not_agreed_to(house):
    park(house, 2)

    running = cheqiao(house, "redrive-all")
    running.communicate("n\n", timeout=PATIENCE)

    assert running.returncode == 1
    assert house.told() == []


def test_control_c_stops_what_is_not_yet_ordered(house):
    park(house, 40)
    running = cheqiao(house, "redrive-all", "--rate", "20", "--yes")

    told = orders_until(house, lambda told: len(told) >= 3)
    running.send_signal(signal.SIGINT)
    said, _ = running.communicate(timeout=PATIENCE)

    assert running.returncode == 0
    assert "stopped" in said
    assert (_job(house)["state"], _job(house)["ordered"]) == ("stopped", len(told))


def test_jobs_are_listed_and_can_be_stopped_by_anyone(house):
    park(house, 40)
    first = cheqiao(house, "redrive-all", "--rate", "1", "--yes", "--json")
    orders_until(house, lambda told: told)
    job_id = str(_job(house)["id"])

    stopped, _ = cheqiao(house, "stop", job_id, "--json").communicate(timeout=PATIENCE)
    listed, _ = cheqiao(house, "jobs").communicate(timeout=PATIENCE)

    assert json.loads(stopped)["state"] == "stopped"
    assert job_id in listed
    assert json.loads(first.communicate(timeout=PATIENCE)[0])["state"] == "stopped"
