"""The pages on a real socket, with a database of their own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import requests
from pydantic import SecretStr
from werkzeug.serving import WSGIRequestHandler, make_server

from adapters.wechat.pages.app import pages_app
from adapters.wechat.pages.context import Context
from adapters.wechat.pages.copies import Copies
from adapters.wechat.pages.session import COOKIE, mint_session
from adapters.wechat.pages.submitting import Submitting
from chassis import privacy
from chassis.database import Database, open_engine
from chassis.outbox import OutboxWriter
from chassis.privacy import Vault
from chassis.settings import Settings
from tests.schemas import migrated

MIGRATIONS = Path(__file__).parents[4] / "adapters/wechat/pages/migrations"
KEY = "session-key-of-a-test"
VAULT = Vault({"k1": b"1" * 32}, b"2" * 32)
NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
FOLLOWER, STRANGER = UUID(int=1), UUID(int=2)
SECRET = SecretStr("secret")


def some_settings(**changed: Any) -> Settings:
    address = "127.0.0.1:0"
    partner = {"base_url": "http://127.0.0.1:9", "api_key": "k", "webhook_secret": "whsec_a2V5"}
    return Settings.model_validate(
        {
            "runtime": "embedded",
            "var": "var",
            "http": {"public": address, "partner": address, "internal": address, "public_url": "https://car.example.com"},
            "broker": {"url": "memory://"},
            "database": {"url": "sqlite:///{schema}.db"},
            "privacy": {
                "keys": "k1:" + "MTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTE=",
                "lookup_key": "MTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTE=",
            },
            "accounts": {"main": {"appid": "wxtest", "secret": "s", "token": "t"}},
            "partners": {"dms": partner, "csc": partner},
            "sms": {"reference": {"base_url": "http://127.0.0.1:9", "api_key": "key"}},
            "pages": {"session_key": KEY},
            "console": {"session_key": KEY},
            "operator": {"token": "operator"},
        }
        | changed
    )


def open_database(url: str) -> Database:
    privacy.use(VAULT)
    return Database(open_engine(migrated(url, MIGRATIONS), pool_size=10), OutboxWriter("pages", VAULT))


class Quiet(WSGIRequestHandler):
    def log_request(self, *_arguments: object) -> None:
        pass


class Phone:
    """A follower's phone. What is not named is filled in well."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = mint_session(KEY, FOLLOWER, "main")

    def post(
        self, path: str, json: Any = None, *, session: str | None = "own", headers: dict[str, str] | None = None, **more: Any
    ) -> requests.Response:
        cookie = self.session if session == "own" else session
        cookies = {COOKIE: cookie} if cookie else {}
        return requests.post(self.url + path, json=json, headers=headers, cookies=cookies, timeout=20, **more)

    def get(self, path: str, *, session: str | None = "own", **more: Any) -> requests.Response:
        cookie = self.session if session == "own" else session
        cookies = {COOKIE: cookie} if cookie else {}
        return requests.get(self.url + path, cookies=cookies, timeout=20, allow_redirects=False, **more)

    def book(self, form: Any, **how: Any) -> requests.Response:
        return self.post("/api/appointments", form, **how)

    def complain(self, form: Any, **how: Any) -> requests.Response:
        return self.post("/api/complaints", form, **how)

    def withdraw(self, id: str, form: Any = None, **how: Any) -> requests.Response:
        return self.post(f"/api/appointments/{id}/withdraw", form or {}, **how)


def a_form(**changed: Any) -> dict[str, Any]:
    form: dict[str, Any] = {
        "id": str(uuid4()),
        "vehicle_id": str(UUID(int=77)),
        "dealer_code": "D001",
        "requested_date": "2026-03-09",
        "items": [{"code": "maintenance", "name": "保养"}],
        "mileage_km": 12000,
        "concern": "刹车有异响",
    }
    return form | changed


def a_complaint(**changed: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "text": "刚保养完，刹车就有异响。", "demand": "请免费返修。"} | changed


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path}/pages.db")
    yield opened
    opened.dispose()


def context_for(database: Database, settings: Settings | None = None) -> Context:
    return Context(settings or some_settings(), VAULT, Copies(database), submitting_for(database), lambda: NOW)


def submitting_for(database: Database) -> Submitting:
    return Submitting(database, VAULT, lambda: NOW, {"REPAIR": "故障维修"})


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """The application on a port of its own; gives the URL."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def phone(database: Database) -> Iterator[Phone]:
    with serving(pages_app(context_for(database))) as url:
        yield Phone(url)
