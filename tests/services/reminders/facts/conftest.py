"""The service on an empty schema."""

import pytest

from tests.services.reminders.facts.fact_makers import a_house


@pytest.fixture
def house(tmp_path):
    built = a_house(tmp_path / "reminders.sqlite")
    yield built
    built.database.dispose()


@pytest.fixture(params=["sqlite", "mariadb"])
def any_house(request, tmp_path):
    """For what the kind of database could change."""
    if request.param == "sqlite":
        schema = tmp_path / "reminders.sqlite"
    else:
        schema = request.getfixturevalue("place").database_url.format(schema="reminders")
    built = a_house(schema)
    yield built
    built.database.dispose()
