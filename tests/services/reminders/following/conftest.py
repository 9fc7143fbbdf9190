"""Items and what becomes of them, on a SQLite file."""

import pytest

from tests.services.reminders.following.followed import Followed


@pytest.fixture
def house(tmp_path):
    return Followed(tmp_path / "reminders.db")
