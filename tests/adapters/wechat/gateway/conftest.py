"""A door to push at, for the tests of the gateway."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.wechat.gateway.stage import Open, doors


@pytest.fixture
def open_door(tmp_path: Path) -> Iterator[Open]:
    with doors(tmp_path / "spool") as open_it:
        yield open_it
