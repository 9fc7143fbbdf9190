"""A desk on a schema of its own."""

import pytest

from tests.services.complaints.cases.case_worlds import Desk


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path / "complaints.db")
