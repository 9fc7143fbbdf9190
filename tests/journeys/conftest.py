"""One house per runtime for all journeys: to start one takes longer than to play ten."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.world import World
from tests.servers import Place

VHOST = "journeys"
_open: list[World] = []


@pytest.fixture(scope="session", params=["embedded", "production"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    place = None
    if request.param == "production":
        servers = request.getfixturevalue("servers")
        servers.rabbitmq.add_vhosts(VHOST)
        place = Place(servers, VHOST, f"{VHOST}_")
    world = World(tmp_path_factory.mktemp(request.param), place)
    _open.append(world)
    try:
        world.open()
        yield world
    finally:
        _close(world)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    """After the last journey: other tests need the machine, and the servers, for themselves."""
    if nextitem is None or not nextitem.path.is_relative_to(Path(__file__).parent):
        for world in tuple(_open):
            _close(world)


def _close(world: World) -> None:
    if world in _open:
        _open.remove(world)
        assert world.close(), "not every process ended as it should"
