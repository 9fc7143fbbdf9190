"""One house per runtime and module: it plays one story after another, however often it dies."""

from collections.abc import Iterator

import pytest

from launcher.house import SCHEMAS
from launcher.stage import Stage
from tests.faults.scene import Scene, played
from tests.servers import Place


@pytest.fixture(scope="module", params=["embedded", "production"])
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    directory = tmp_path_factory.mktemp("house")
    if request.param == "embedded":
        stage = Stage(directory, "embedded", sandbox_apart=True)
        database_url = f"sqlite:///{stage.var}/{{schema}}.db"
    else:
        unused_places: Iterator[Place] = request.getfixturevalue("unused_places")
        place = next(unused_places)
        place.create_schemas(*SCHEMAS)
        stage, database_url = Stage(directory, "production", place), place.database_url
    with played(directory, stage, database_url) as scene:
        yield scene
