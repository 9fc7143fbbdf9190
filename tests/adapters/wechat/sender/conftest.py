"""A sender's own database, a WeChat on loopback, a clock that is set by hand, and one account."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from adapters.wechat.sender.calling import Calling
from adapters.wechat.sender.client import WeChatClient, open_session
from adapters.wechat.sender.sending import TemplateSending, shares_of
from adapters.wechat.sender.service import WeChatDesk
from chassis import privacy
from chassis.calls import CallLog
from chassis.database import Database, open_engine
from chassis.outbox import OutboxWriter
from chassis.privacy import Vault
from chassis.settings import Account, Template
from chassis.settings import WeChat as Terms
from tests.adapters.wechat.sender.stand_in import WeChat, standing_in
from tests.schemas import migrated

PUBLIC_URL = "https://car.example.com"
SHARES = shares_of(Terms())
MIGRATIONS = Path(__file__).parents[4] / "adapters/wechat/sender/migrations"


class SetClock:
    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, **how_long: float) -> None:
        self.at += timedelta(**how_long)


class Sleeper:
    """Remembers how long it was told to sleep, and returns at once; on waking it may have become later than that."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self._on_waking: Callable[[], None] = lambda: None

    def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._on_waking()

    def wakes_at(self, clock: SetClock, at: datetime) -> None:
        self._on_waking = lambda: setattr(clock, "at", at)


def open_database(url: str) -> Database:
    vault = Vault({"k1": b"1" * 32}, b"2" * 32)
    privacy.use(vault)
    return Database(open_engine(migrated(url, MIGRATIONS), pool_size=10), OutboxWriter("sender", vault))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path}/sender.db")
    yield opened
    opened.dispose()


@pytest.fixture
def wechat() -> Iterator[WeChat]:
    with standing_in() as wechat:
        yield wechat


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 3, 2, 3, 0, 10, tzinfo=UTC))


@pytest.fixture
def sleeper() -> Sleeper:
    return Sleeper()


@pytest.fixture
def calls() -> CallLog:
    return CallLog()


def an_account(url: str, secret: str = "right") -> Account:  # noqa: S107 - the stand-in knows it
    template = Template(id="tpl-confirmed", fields={"thing1": "items", "time2": "time", "thing3": "dealer", "phrase4": "state"})
    return Account(
        appid="wxtest", secret=SecretStr(secret), token=SecretStr("t"), api_url=url, templates={"appointment_confirmed": template}
    )


@pytest.fixture
def account(wechat: WeChat) -> Account:
    return an_account(wechat.url)


def calling_of(account: Account, database: Database, now: Callable[[], datetime], calls: CallLog, **more: Any) -> Calling:
    session = open_session()
    return Calling({"main": account}, lambda one: WeChatClient(one, session, calls), database, now, **more)


@pytest.fixture
def calling(account: Account, database: Database, clock: SetClock, sleeper: Sleeper, calls: CallLog) -> Calling:
    return calling_of(account, database, clock, calls, sleep=sleeper)


@pytest.fixture
def desk(calling: Calling) -> WeChatDesk:
    return WeChatDesk.over(calling, PUBLIC_URL, SHARES)


@pytest.fixture
def sending(desk: WeChatDesk) -> TemplateSending:
    return desk.templates
