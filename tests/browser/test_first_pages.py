"""What a browser shows that opens our addresses, and the tools that look at it."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from launcher.stage import Stage
from tests.browser.looking import Complaints, axe, phone, picture


def test_our_address_opens(house: Stage, phone_page: Page) -> None:
    answer = phone_page.goto(f"{house.url}/")

    assert answer
    assert answer.ok
    expect(phone_page.locator("body")).to_contain_text("车桥")


def test_the_documents_are_listed_for_whoever_writes_the_other_side(house: Stage, phone_page: Page) -> None:
    phone_page.goto(f"{house.url}/partners/docs")

    expect(phone_page).to_have_title("车桥 Cheqiao: 接口文档")
    expect(phone_page.get_by_role("heading", level=1)).to_contain_text("接口文档")
    expect(phone_page.get_by_role("main").get_by_role("link")).to_have_count(3)
    picture(phone_page, "documents")
    assert axe(phone_page) == []


def test_the_links_to_the_documents_lead_somewhere(house: Stage, phone_page: Page) -> None:
    phone_page.goto(f"{house.url}/partners/docs")
    links = [link.get_attribute("href") for link in phone_page.get_by_role("link").all()]

    assert [phone_page.request.get(f"{house.url}{link}").status for link in links] == [200, 200, 200]


def test_axe_finds_what_is_wrong(phone_page: Page) -> None:
    phone_page.set_content('<html lang="zh-CN"><title>预约</title><main><h1>预约</h1><input><p style="color:#ccc">小字</p></main></html>')

    assert [found.partition(":")[0] for found in axe(phone_page)] == ["color-contrast", "label"]


def test_axe_looks_past_a_policy_that_forbids_foreign_scripts(phone_page: Page) -> None:
    policy = "<meta http-equiv=content-security-policy content=\"default-src 'self'\">"
    phone_page.set_content(f'<html lang="zh-CN"><head>{policy}<title>预约</title></head><main><h1>预约</h1><input></main></html>')

    assert [found.partition(":")[0] for found in axe(phone_page)] == ["label"]


def test_a_page_that_is_not_there_is_complained_of(house: Stage, phone_page: Page, complaints: Complaints) -> None:
    phone_page.goto(f"{house.url}/nothing")

    complaints.expect("404")


def test_a_script_that_breaks_is_complained_of(browser: Browser) -> None:
    heard = Complaints()

    with phone(browser, heard) as page:
        page.set_content("<script>undefined.book()</script>")

    with pytest.raises(AssertionError, match="nobody complained of 404"):
        heard.expect("404")
    heard.expect("book")


def test_a_phone_is_where_its_follower_is(browser: Browser, complaints: Complaints) -> None:
    with phone(browser, complaints, locale="en-GB") as page:
        page.set_content('<meta name="viewport" content="width=device-width">')
        where = page.evaluate("[navigator.language, Intl.DateTimeFormat().resolvedOptions().timeZone, innerWidth, devicePixelRatio]")

    assert where == ["en-GB", "Asia/Shanghai", 390, 1]


def test_pictures_are_taken_for_whoever_asks(phone_page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHEQIAO_PICTURES", str(tmp_path))
    phone_page.set_content("<h1>预约</h1>")

    picture(phone_page, "booking")

    assert (tmp_path / "booking.png").read_bytes().startswith(b"\x89PNG")
