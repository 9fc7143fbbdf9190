"""Two copies of each adapter, and a DMS and a CSC in trouble: what is asked about one appointment is asked in the order it was wished."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from launcher.servers.child import free_port
from launcher.stage import get
from tests.journeys.people import Record, StandIn, wait
from tests.journeys.world import World

pytestmark = pytest.mark.parametrize("world", ["production"], indirect=True)

TROUBLE = (
    {"mode": "failing", "times": 2},
    {"mode": "slow", "seconds": 0.7, "times": 3},
    {"mode": "cut", "times": 1},
    {"mode": "reset", "times": 1},
)
APPOINTMENTS = 9


class Copy:
    """One more `cheqiao run <service>` beside the house's own."""

    def __init__(self, world: World, service: str) -> None:
        self.address = f"127.0.0.1:{free_port()}"
        zones = dict.fromkeys(("CHEQIAO_HTTP_PUBLIC", "CHEQIAO_HTTP_PARTNER", "CHEQIAO_HTTP_INTERNAL"), self.address)
        with (world.stage.directory / f"{service}-copy.log").open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "launcher.cli", "run", service],
                env=world.stage.environment | zones,
                cwd=world.stage.directory,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def await_ready(self) -> None:
        wait("the copy is ready", lambda: get(f"http://{self.address}/readyz").status_code == 200)

    def end(self) -> int:
        os.kill(self._process.pid, signal.SIGTERM)
        return self._process.wait(40)


@pytest.fixture(scope="module")
def copies(world: World) -> Iterator[list[Copy]]:
    copies = [Copy(world, service) for service in ("dms", "csc")]
    try:
        for copy in copies:
            copy.await_ready()
        yield copies
    finally:
        codes = [copy.end() for copy in copies]
    assert codes == [0, 0]


def effects(partner: StandIn, appointment: str) -> list[str]:
    """What the partner did, in the order it did it; repeats of one command left out."""
    done: dict[str, str] = {}
    for entry in partner.seen(appointment):
        if entry["status"] in (200, 201, 404, 409) and entry["fault"] not in ("failing", "reset"):
            done.setdefault(entry["headers"]["Idempotency-Key"], f"{entry['method']} {last_word(entry)}")
    return list(done.values())


def last_word(entry: Record) -> str:
    words = str(entry["path"]).strip("/").split("/")
    return words[-1] if words[-1] in ("cancel", "close", "appointments", "call-tasks") else words[-2]


def consumers(world: World) -> dict[str, int]:
    """How many read each queue."""
    listed = world.place.servers.rabbitmq.rabbitmqctl("list_queues", "-p", world.place.vhost, "name", "consumers")
    rows = (line.split() for line in listed.splitlines())
    return {row[0]: int(row[1]) for row in rows if len(row) == 2 and row[1].isdigit()}


def test_two_copies_share_the_queues(world: World, copies: list[Copy]):
    wait("both read", lambda: [consumers(world)[service] for service in ("dms", "csc", "sender")] == [2, 2, 1])


def test_the_order_of_each_appointment_is_kept(world: World, copies: list[Copy]):
    followers = [world.a_follower() for _ in range(APPOINTMENTS)]
    for partner in (world.dms, world.csc):
        partner.misbehave(*TROUBLE * 4)
    try:
        appointments = [follower.book() for follower in followers]
        at_once, later, kept = appointments[:3], appointments[3:6], appointments[6:]
        for follower, appointment in zip(followers, at_once, strict=False):
            follower.withdraw(appointment)
        for appointment in later + kept:
            world.dcrc.agree(appointment)
            world.dcrc.agree(appointment, appointment_at="2031-05-06T14:00:00+08:00")
        for follower, appointment in zip(followers[3:], later, strict=False):
            follower.withdraw(appointment)
        world.at_rest()
    finally:
        world.dms.behave()
        world.csc.behave()
    world.at_rest()

    for appointment in at_once:
        assert effects(world.dms, appointment) == ["POST appointments", "POST cancel"]
        assert effects(world.csc, appointment) in ([], ["POST call-tasks", "POST close"])
        assert world.state_at_dms(appointment) == "cancelled"
    for appointment in later:
        assert effects(world.dms, appointment)[0] == "POST appointments"
        assert effects(world.dms, appointment)[-1] == "POST cancel"
        assert effects(world.csc, appointment) == ["POST call-tasks", "POST close"]
        assert (world.state_at_dms(appointment), world.state_at_csc(appointment)) == ("cancelled", "closed")
    for appointment in kept:
        # Events keep no order among themselves: where the second slip overtook the first, the first is old news and goes nowhere.
        heard = versions(world, appointment)
        assert heard in ([1, 2], [2])
        assert effects(world.dms, appointment) == ["POST appointments", *["PUT slips"] * len(heard)]
        assert [slip["version"] for slip in world.dms.records("slips", appointment)] == [2]


def versions(world: World, appointment: str) -> list[int]:
    """Of the slips as the DMS first heard of each."""
    heard = [entry["body"].partition('"version":')[2].partition(",")[0] for entry in world.dms.seen(appointment, "PUT")]
    return [int(version) for version in dict.fromkeys(heard)]
