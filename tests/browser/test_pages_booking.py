"""Booking on a phone: three steps on one page, back and forth, with the nearest dealer first (A-APT-11)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from contracts.appointments import AppointmentCallDue
from tests.adapters.wechat.pages.news import APPOINTMENT, appointment_news
from tests.adapters.wechat.pages.showing import Shown
from tests.browser.looking import axe, picture
from tests.browser.phone_and_pages import choose, commands, log_in, pages_alone


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Shown]:
    with pages_alone(tmp_path) as alone:
        yield alone


@pytest.fixture
def booking(pages: Shown, phone_page: Page) -> Page:
    """At its first step. The signature for WeChat's location is refused: there is no ticket."""
    log_in(phone_page, pages)
    phone_page.route("**/api/jssdk**", lambda route: route.fulfill(status=204))
    phone_page.goto(f"{pages.phone.url}/appointments/new?from=menu")
    return phone_page


def day(page: Page, name: str) -> None:
    choose(page, page.get_by_role("radio", name=name))


def go_on(page: Page) -> None:
    page.get_by_role("button", name="下一步").click()


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def to_the_summary(page: Page) -> None:
    day(page, "3月9日 周一")
    choose(page, page.get_by_role("radio", name="9:00‑10:00"))
    go_on(page)
    go_on(page)
    page.get_by_role("checkbox", name="定期保养").check()
    page.get_by_label("想告诉服务店的话").fill("刹车有异响")
    go_on(page)
    heading(page, "核对后提交")


def test_day_dealer_items_and_the_summary_lead_to_the_receipt(booking: Page, pages: Shown) -> None:
    to_the_summary(booking)
    expect(booking.get_by_role("main")).to_contain_text("3月9日 周一 9:00‑10:00")
    picture(booking, "booking-summary")
    assert axe(booking) == []

    booking.get_by_role("button", name="提交预约").dblclick()

    heading(booking, "预约已收到")
    assert commands(pages) == 1
    assert booking.evaluate("sessionStorage.length") == 0


def test_no_step_is_left_without_its_answer(booking: Page) -> None:
    go_on(booking)
    expect(booking.locator("#requested_date-wrong")).to_have_text("请选择日期。")
    day(booking, "3月9日 周一")
    go_on(booking)

    expect(booking.locator("#slot-wrong")).to_have_text("请选择到店时段。")
    heading(booking, "选择日期")


def test_a_link_into_the_middle_begins_where_something_is_missing(booking: Page, pages: Shown) -> None:
    booking.goto("about:blank")
    booking.goto(f"{pages.phone.url}/appointments/new#confirm")

    heading(booking, "选择日期")


def test_what_is_full_cannot_be_chosen(booking: Page) -> None:
    expect(booking.get_by_role("radio", name="3月10日 周二, 已满")).to_be_disabled()
    expect(booking.get_by_role("radio", name="3月15日 周日, 休息")).to_be_disabled()
    day(booking, "3月9日 周一")

    expect(booking.get_by_role("radio", name="10:00‑11:00 已满")).to_be_disabled()


def test_the_phones_back_button_steps_back_and_a_reload_loses_nothing(booking: Page) -> None:
    to_the_summary(booking)

    booking.go_back()
    heading(booking, "要做什么？")
    booking.reload()
    expect(booking.get_by_role("checkbox", name="定期保养")).to_be_checked()
    booking.go_back()
    heading(booking, "选择服务店")
    booking.go_forward()
    go_on(booking)

    expect(booking.get_by_role("main")).to_contain_text("刹车有异响")
    expect(booking.get_by_role("main")).to_contain_text("9:00‑10:00")


def test_a_dealer_that_is_full_on_the_day_says_so(booking: Page) -> None:
    day(booking, "3月12日 周四")
    go_on(booking)
    booking.get_by_role("radio", name="渝中服务店").check()
    go_on(booking)
    heading(booking, "要做什么？")
    booking.goto(booking.url.split("#")[0] + "#date")
    day(booking, "3月10日 周二")
    go_on(booking)

    booking.get_by_role("radio", name="江北服务店").check()
    go_on(booking)

    expect(booking.locator("#dealer_code-wrong")).to_contain_text("3月10日 周二不能预约")


def test_the_cars_own_dealer_is_first_until_the_place_is_known(booking: Page) -> None:
    booking.context.grant_permissions(["geolocation"])
    booking.context.set_geolocation({"latitude": 29.40, "longitude": 106.56})
    day(booking, "3月12日 周四")
    go_on(booking)
    expect(booking.locator(".dealer").first).to_contain_text("江北服务店")

    booking.get_by_role("button", name="按离我远近排列").click()

    expect(booking.locator(".dealer").first).to_contain_text("渝中服务店")
    expect(booking.locator(".dealer .far")).to_have_text(["1.0 公里", "19 公里"])


def test_a_dealer_is_found_by_name(booking: Page) -> None:
    day(booking, "3月12日 周四")
    go_on(booking)

    booking.get_by_label("按名称或地址查找").fill("渝中")

    expect(booking.locator(".dealer:visible")).to_have_count(1)


def test_news_is_shown_by_itself(booking: Page, pages: Shown) -> None:
    pages.hear(appointment_news())
    booking.goto(f"{pages.phone.url}/appointments/{APPOINTMENT}")

    pages.hear(appointment_news(AppointmentCallDue, version=2, state="to_call", attempts=1))

    expect(booking.get_by_role("main")).to_contain_text("刚才没有打通您的电话")
    expect(booking.locator("#told")).to_contain_text("等服务店来电确认")


def test_cancelling_is_shown_at_once(booking: Page, pages: Shown) -> None:
    pages.hear(appointment_news())
    booking.goto(f"{pages.phone.url}/appointments/{APPOINTMENT}")
    booking.get_by_role("button", name="取消预约").click()

    booking.get_by_role("dialog").get_by_role("button", name="取消预约").click()

    heading(booking, "取消申请已收到")
    assert commands(pages) == 1
