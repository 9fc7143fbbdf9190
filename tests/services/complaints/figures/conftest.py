"""The desk over HTTP."""

import pytest

from tests.services.complaints.api.desk_asked import asked_desk


@pytest.fixture
def asked(tmp_path):
    with asked_desk(tmp_path / "complaints.db") as desk:
        yield desk
