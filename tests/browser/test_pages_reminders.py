"""A reminder on a phone: read, switched off and on again, and booked with one tap (A-REM-22, 25)."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tests.adapters.wechat.pages.news import ITEM, MESSAGE, due, reminder_news
from tests.adapters.wechat.pages.showing import Shown
from tests.browser.looking import axe, picture
from tests.browser.phone_and_pages import choose, commands, log_in, pages_alone

PARTS = (
    due(),
    due("inspection", date(2026, 3, 30), UUID(int=82)),
    due("birthday", date(2026, 3, 8), UUID(int=83)),
    due("campaign", date(2026, 3, 1), UUID(int=84), title="春季免费检测", text="36 项免费检测，机油八折。", until=date(2026, 3, 31)),
)


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Shown]:
    with pages_alone(tmp_path) as alone:
        yield alone


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_can_be_read_by_everybody(pages: Shown, phone_page: Page, language: str) -> None:
    pages.hear(reminder_news(*PARTS), reminder_news(due(on=date(2026, 1, 10)), message_id=UUID(int=90), period="2026-01"))
    log_in(phone_page, pages, lang=language)

    for name, path in (("reminder", f"/reminders/{ITEM}?m={MESSAGE}"), ("reminders", "/reminders"), ("home-reminded", "/")):
        phone_page.goto(pages.phone.url + path)
        picture(phone_page, f"{name}-{language}")
        assert axe(phone_page) == [], path
        assert phone_page.evaluate("document.documentElement.scrollWidth") == 390, path


def test_no_more_of_a_type_is_said_at_once_and_can_be_taken_back(pages: Shown, phone_page: Page) -> None:
    pages.hear(reminder_news())
    log_in(phone_page, pages)
    phone_page.goto(f"{pages.phone.url}/reminders/{ITEM}?m={MESSAGE}")

    phone_page.get_by_role("button", name="不再提醒定期保养").click()
    expect(phone_page.get_by_role("main")).to_contain_text("以后不再提醒您：定期保养。")
    expect(phone_page.locator("#told")).to_contain_text("以后不再提醒您")
    picture(phone_page, "reminder-unwanted")
    phone_page.get_by_role("button", name="恢复提醒定期保养").click()

    expect(phone_page.get_by_role("button", name="不再提醒定期保养")).to_be_visible()
    assert commands(pages) == 3  # opened, no more, again


def test_one_tap_leads_to_a_booking_that_is_filled_in(pages: Shown, phone_page: Page) -> None:
    pages.hear(reminder_news(due("inspection")))
    log_in(phone_page, pages)
    phone_page.route("**/api/jssdk**", lambda route: route.fulfill(status=204))
    phone_page.goto(f"{pages.phone.url}/reminders/{ITEM}?m={MESSAGE}")

    phone_page.get_by_role("link", name="预约到店").click()
    choose(phone_page, phone_page.get_by_role("radio", name="3月12日 周四"))
    phone_page.get_by_role("button", name="下一步").click()

    expect(phone_page.get_by_role("radio", name="江北服务店")).to_be_checked()
    phone_page.get_by_role("button", name="下一步").click()
    expect(phone_page.get_by_label("想告诉服务店的话")).to_have_value("提醒：年审")
