"""A console before a real insight: `console.login("operator")` gives a visitor, `insight_store` takes what services report.

The console is asked as under its mount; insight answers `/ops/v1` over HTTP on a port of its own.
"""

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from argon2 import PasswordHasher
from jinja2.bccache import Bucket, BytecodeCache
from pydantic import SecretStr
from werkzeug.test import TestResponse

from chassis import privacy
from chassis.database import Database, open_engine
from chassis.health import Health
from chassis.outbox import OutboxWriter
from chassis.settings import Reminders
from contracts.envelope import Contract
from contracts.ops import Hop, OpsReport
from launcher.house import WEB_ASSETS
from services.console import store
from services.console.access import ROLES
from services.console.app import console_app, context_of
from services.console.frame import SESSION_COOKIE
from services.console.passwords import Passwords
from services.console.service import ConsoleService
from services.insight.ops_api import create_ops_api
from services.insight.service import InsightService
from tests.services.console.complaining_fake import ComplainingFake
from tests.services.console.reminding_fake import RemindingFake
from tests.services.house import VAULT, House, Times, readings_of
from tests.serving import Server

TOKEN = "t" * 40
NOW = datetime(2026, 3, 9, 10, 30, tzinfo=UTC)
PASSWORD = "eine lange Strasse im Regen"
PLACES = {"dealer_manager": "D001", "region_manager": "EAST", "dealer_staff": "D001", "leader": "2"}
"""Of the managers and dealers: a dealer of the region; of a leader the level."""
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
NOWHERE = "http://127.0.0.1:9"
MOUNTED = "http://console.test/console"
CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


class Compiled(BytecodeCache):
    """Templates compiled once for the run: that takes longer than most tests."""

    def __init__(self) -> None:
        self._known: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._known:
            bucket.bytecode_from_string(self._known[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._known[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()


class CopiedHouse(House):
    """On a copy of a schema that was made before: migrations take longer than most tests."""

    def __init__(self, service: Any, made: Path, folder: Path) -> None:
        privacy.use(VAULT)
        self.service = service
        self.schema = folder / made.name
        shutil.copy(made, self.schema)
        self.database = Database(open_engine(f"sqlite:///{self.schema}", pool_size=5), OutboxWriter(service.name, VAULT))
        self.methods = dict(readings_of(type(service)))
        self._read_up_to = 0


class InsightStore:
    """Insight with a schema of its own and its API on a port: feed it, and stop it."""

    def __init__(self, made: Path, folder: Path) -> None:
        self.house = CopiedHouse(InsightService(), made, folder)
        process = SimpleNamespace(settings=SimpleNamespace(operator=SimpleNamespace(token=SecretStr(TOKEN))), health=Health())
        self.runtime = self.house.runtime(process=process, keepings=[])
        self._server = Server(self._api)
        self.url = self._server.url
        self.operators: list[str] = []
        """Who asked, in order, as X-Operator named them."""

    def _api(self, environ: Any, start_response: Any) -> Any:
        """As it is mounted: the listener takes the prefix off the path."""
        self.operators.append(environ.get("HTTP_X_OPERATOR", ""))
        environ["SCRIPT_NAME"], environ["PATH_INFO"] = "/ops/v1", environ["PATH_INFO"].removeprefix("/ops/v1")
        return self._app(environ, start_response)

    @property
    def _app(self) -> Any:
        if not hasattr(self, "_made"):
            self._made = create_ops_api(self.runtime)
        return self._made

    def report(self, *hops: Hop) -> None:
        self.house.only_deliver(OpsReport(report_id=uuid4(), hops=hops))

    def deliver(self, message: Contract) -> None:
        self.house.only_deliver(message)

    def told(self) -> list[Contract]:
        """The orders that went out since last asked."""
        return self.house.told()

    def stop(self) -> None:
        self._server.stop()


class Visitor:
    """A browser with cookies of its own; a post carries the token of its session unless it is given another."""

    def __init__(self, app: Any, csrf: str = "") -> None:
        self.client = app.test_client()
        self.csrf = csrf

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, base_url=MOUNTED, **more)

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        return self.client.post(path, base_url=MOUNTED, data={"csrf": self.csrf} | (data or {}), **more)

    def cookie(self, name: str = SESSION_COOKIE) -> str | None:
        found = self.client.get_cookie(name, domain="console.test", path="/console/")
        return found.value if found else None

    def set_cookie(self, name: str, value: str) -> None:
        self.client.set_cookie(name, value, domain="console.test", path="/console/")

    def log_in(self, name: str, password: str) -> TestResponse:
        """By the form."""
        self.csrf = CSRF.search(self.get("/login").text).group(1)
        answer = self.post("/login", {"name": name, "password": password})
        if answer.status_code == 303:
            self.csrf = CSRF.search(self.get("/own/password").text).group(1)
        return answer


class Console:
    """The application, a member of staff for each role (named like it), and a clock that stands until it is put on."""

    def __init__(self, house: House, insight_url: str, reminding_url: str = NOWHERE, complaining_url: str = NOWHERE) -> None:
        self.now = Times(NOW)
        self.house = house
        settings = SimpleNamespace(
            console=SimpleNamespace(session_key=SecretStr("k" * 40)),
            operator=SimpleNamespace(
                token=SecretStr(TOKEN),
                url=insight_url,
                reminders_url=reminding_url,
                appointments_url=reminding_url,
                complaints_url=complaining_url,
            ),
            reminders=Reminders(),
            accounts={"main": SimpleNamespace(title="车主服务")},
            web_assets=WEB_ASSETS,
            runtime="embedded",
        )
        process = SimpleNamespace(settings=settings, health=Health())
        self.context = context_of(self.house.runtime(process=process, keepings=[]), self.now, Passwords(QUICK))
        self.app = console_app(self.context)
        self.app.jinja_env.bytecode_cache = COMPILED

    def visitor(self) -> Visitor:
        """Somebody who is not logged in."""
        return Visitor(self.app)

    def login(self, role: str) -> Visitor:
        """The member of staff with this role, logged in."""
        with self.context.database.write() as tx:
            token = self.context.sessions.begin(tx, role)
        visitor = Visitor(self.app, self.context.sessions.csrf_of(token))
        visitor.set_cookie(SESSION_COOKIE, token)
        return visitor

    def audited(self) -> list[tuple[str, str, str]]:
        """Actor, action and what it was about, oldest first, without those of the beginning."""
        with self.context.database.read() as connection:
            rows = connection.execute(store.audit.select().order_by(store.audit.c.number)).all()
        return [(row.actor, row.action, row.about) for row in rows[2 * len(ROLES) :]]


@pytest.fixture(scope="session")
def made_schemas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with an empty `insight.sqlite`, and a `console.sqlite` that knows a member of staff for each role."""
    folder = tmp_path_factory.mktemp("schemas")
    House(InsightService(), folder / "insight.sqlite").database.dispose()
    house = House(ConsoleService(), folder / "console.sqlite")
    staff = Console(house, NOWHERE).context.staff
    for role in ROLES:
        staff.add("test", role, role, PLACES.get(role, ""))
        staff.change_password(role, PASSWORD)
    house.database.dispose()
    return folder


@pytest.fixture
def insight_store(made_schemas: Path, tmp_path: Path) -> Iterator[InsightStore]:
    made = InsightStore(made_schemas / "insight.sqlite", tmp_path)
    yield made
    made.stop()


@pytest.fixture
def reminding() -> Iterator[RemindingFake]:
    made = RemindingFake(NOW.date())
    yield made
    made.stop()


@pytest.fixture
def complaining() -> Iterator[ComplainingFake]:
    made = ComplainingFake(NOW)
    yield made
    made.stop()


@pytest.fixture
def console(
    made_schemas: Path, tmp_path: Path, insight_store: InsightStore, reminding: RemindingFake, complaining: ComplainingFake
) -> Console:
    house = CopiedHouse(ConsoleService(), made_schemas / "console.sqlite", tmp_path)
    return Console(house, insight_store.url, reminding.url, complaining.url)
