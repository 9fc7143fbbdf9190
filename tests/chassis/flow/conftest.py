"""The same tests on both runtimes: embedded transport with SQLite, and the real RabbitMQ with the real MariaDB."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chassis import embedded
from tests.fakes.mini_house import SCHEMAS, MiniHouse, mini_house
from tests.servers import Place

NewHouse = Callable[..., MiniHouse]


@pytest.fixture(params=["embedded", "production"])
def new_house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewHouse]:
    """Makes a house that has not started yet; `patience` as in the settings."""
    if request.param == "embedded":
        urls: dict[str, Any] = {"broker_url": embedded.URL, "database_url": f"sqlite:///{tmp_path}/{{schema}}.db"}
    else:
        place: Place = request.getfixturevalue("place")
        place.create_schemas(*SCHEMAS)
        urls = {"broker_url": place.broker_url, "database_url": place.database_url}
    opened = []

    def make(**patience: float) -> MiniHouse:
        context = mini_house(tmp_path, **urls, **patience)
        opened.append(context)
        return context.__enter__()

    yield make
    for context in opened:
        context.__exit__(None, None, None)


@pytest.fixture
def house(new_house: NewHouse) -> MiniHouse:
    """A house that runs."""
    house = new_house()
    house.start()
    return house
