"""The follower's pages alone, on a port of their own, with a phone that has a session: for what a script in them does."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from uuid import UUID

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import func, select

from adapters.wechat.pages.session import COOKIE, mint_session
from chassis.tables import outbox
from launcher.house import WEB_ASSETS
from tests.adapters.wechat.pages.conftest import FOLLOWER, KEY, open_database
from tests.adapters.wechat.pages.news import binding_news, dealer_news, places_news
from tests.adapters.wechat.pages.showing import Shown, showing

HOURS = [{"weekday": day, "begins": "08:30", "ends": "17:30"} for day in range(1, 7)]
FAR = {"dealer_code": "D002", "name": "渝中服务店", "phone": "023-2", "latitude": 29.40, "longitude": 106.55, "hours": HOURS}
SLOTS = (("09:00-10:00", 2), ("10:00-11:00", 0), ("13:30-14:30", 4))


@contextmanager
def pages_alone(folder: Path) -> Iterator[Shown]:
    """One car at D001, which takes bookings by the hour on the ninth and is full on the tenth; D002 counts nothing."""
    database = open_database(f"sqlite:///{folder}/pages.db")
    with showing(database, WEB_ASSETS) as pages:
        pages.agree()
        pages.hear(binding_news(), dealer_news(hours=HOURS), dealer_news(**FAR))
        pages.hear(*(places_news(slot=slot, left=left) for slot, left in SLOTS), places_news(day=date(2026, 3, 10), left=0))
        yield pages
    database.dispose()


def log_in(page: Page, pages: Shown, follower: UUID = FOLLOWER, lang: str = "zh") -> None:
    kept = {COOKIE: mint_session(KEY, follower, "main"), "cheqiao_lang": lang}
    page.context.add_cookies([{"name": name, "value": value, "url": f"{pages.phone.url}/"} for name, value in kept.items()])


def choose(page: Page, radio: Locator) -> None:
    """As a finger does, on the label that is seen: the radio itself is not, and places that come later push it along.

    Playwright waits until the label stands still and can be hit; a forced click goes where it was.
    """
    page.locator("label").filter(has=radio).click()
    expect(radio).to_be_checked()


def commands(pages: Shown) -> int:
    """So many were sent on."""
    with pages.database.read() as connection:
        return connection.execute(select(func.count()).select_from(outbox)).scalar_one()
