"""Desks whose limits run, on both kinds of database."""

import pytest

from tests.services.complaints.cases.case_worlds import Desk


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path / "complaints.db")


@pytest.fixture(params=["sqlite", "mariadb"])
def any_desk(request, tmp_path):
    """For what the kind of database could change."""
    if request.param == "sqlite":
        schema = tmp_path / "complaints.db"
    else:
        schema = request.getfixturevalue("place").database_url.format(schema="complaints")
    desk = Desk(schema)
    yield desk
    desk.house.database.dispose()
