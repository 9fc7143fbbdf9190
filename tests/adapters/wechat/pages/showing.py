"""The pages for tests that look at them: with things to book, and with news of everything."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from adapters.wechat.pages import learning
from adapters.wechat.pages.app import pages_app
from adapters.wechat.pages.context import Context
from adapters.wechat.pages.session import mint_session
from adapters.wechat.pages.tables import consent
from chassis.database import Database, in_one_transaction
from chassis.settings import Settings
from contracts.appointments import AppointmentNews, PlacesLeft
from contracts.complaint_files import ComplaintFileFetched, ComplaintFileLost
from contracts.complaints import ComplaintNews, ComplaintWishRefused
from contracts.customers import Binding, RegistrationNews
from contracts.dms import DealerListed
from contracts.reminders import ReminderDue, ReminderWishesSet
from tests.adapters.wechat.pages.conftest import FOLLOWER, KEY, Phone, context_for, serving, some_settings
from tests.adapters.wechat.pages.seeing import Seen

CONSENT = "2026-03"
ITEMS = [
    {"code": "MAINTENANCE", "name": "定期保养", "name_en": "Regular maintenance"},
    {"code": "REPAIR", "name": "故障维修", "name_en": "Repair"},
]
TODAY = date(2026, 3, 2)
"""The day of NOW at the dealers': a Monday, eleven in the morning."""


@dataclass
class Shown:
    """A follower's phone before pages that have heard some news."""

    phone: Phone
    database: Database

    def hear(self, *news: Any) -> None:
        for one in news:
            in_one_transaction(self.database, lambda tx, one=one: LEARNT[next(kind for kind in LEARNT if isinstance(one, kind))](tx, one))

    def agree(self) -> None:
        row = {"follower_id": FOLLOWER, "text_version": CONSENT, "granted": True, "at": 0}
        in_one_transaction(self.database, lambda tx: tx.execute(insert(consent).values(row)))

    def see(self, path: str, *, lang: str = "zh", follower: Any = FOLLOWER, headers: dict[str, str] | None = None) -> Seen:
        cookie = f"cheqiao_session={mint_session(KEY, follower, 'main')}; cheqiao_lang={lang}"
        return Seen(self.phone.get(path, session=None, headers={"Cookie": cookie} | (headers or {})))


LEARNT: dict[type, Any] = {
    AppointmentNews: learning.learn_of_appointment,
    Binding: learning.learn_of_car,
    ComplaintNews: learning.learn_of_complaint,
    ComplaintWishRefused: learning.learn_of_refusal,
    ComplaintFileFetched: learning.learn_of_file,
    ComplaintFileLost: learning.learn_of_file,
    DealerListed: learning.learn_of_dealer,
    PlacesLeft: learning.learn_of_places,
    RegistrationNews: learning.learn_of_registration,
    ReminderDue: learning.learn_of_reminder,
    ReminderWishesSet: learning.learn_of_wishes,
}


def stand_in_for_weui(assets: Path) -> Path:
    """A folder of a test's own. Raises FileExistsError for one that is somebody's."""
    (assets / "weui").mkdir(parents=True)
    (assets / "weui" / "weui.min.css").write_text(".weui-btn{}", encoding="utf-8")
    return assets


def settings_to_show(assets: Path) -> Settings:
    return some_settings(booking={"items": ITEMS}, web_assets=assets, pages={"session_key": KEY, "consent_version": CONSENT})


@contextmanager
def showing(database: Database, assets: Path, **changed: Any) -> Iterator[Shown]:
    context: Context = replace(context_for(database, settings_to_show(assets)), **changed)
    with serving(pages_app(context)) as url:
        yield Shown(Phone(url), database)
