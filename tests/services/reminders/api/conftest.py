"""`/reminders/v1/` on a real server, over a real schema."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
import requests
from pydantic import SecretStr

from chassis.settings import Reminders
from services.reminders.api.app import create_reminders_api
from tests.services.house import House, Times
from tests.services.reminders.figures.figure_worlds import Reminding
from tests.serving import Server

TOKEN = "a token that only operators have"


@pytest.fixture
def house(tmp_path):
    return House(Reminding(), tmp_path / "reminders.db")


@pytest.fixture
def terms():
    return Reminders()


@pytest.fixture
def now():
    """The day after a month's end."""
    return Times(datetime(2026, 12, 1, 4, tzinfo=UTC))


@pytest.fixture
def ask(house, terms, now):
    """Asks with the token, and as who may see this scope."""
    settings = SimpleNamespace(operator=SimpleNamespace(token=SecretStr(TOKEN)), reminders=terms)
    runtime = house.runtime(process=SimpleNamespace(settings=settings))
    app = create_reminders_api(runtime, now)
    server = Server(app)

    def asking(method, path, scope=None, token=TOKEN, **more):
        headers = {"Authorization": f"Bearer {token}", "X-Operator": "li"} | ({"X-Scope": scope} if scope else {})
        return requests.request(method, f"{server.url}{path}", headers=headers, timeout=30, **more)

    yield asking
    server.stop()
