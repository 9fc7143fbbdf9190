"""What a form of the follower's pages does on a phone: once, whatever the network does, and without losing what was typed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from adapters.wechat.pages.session import Session
from contracts.customers import RegistrationState
from tests.adapters.wechat.pages.conftest import FOLLOWER, context_for
from tests.adapters.wechat.pages.news import BINDING, REGISTRATION, registration_news
from tests.adapters.wechat.pages.showing import Shown
from tests.browser.looking import Complaints, axe, picture
from tests.browser.phone_and_pages import commands, log_in, pages_alone

WRITTEN = {"车架号（VIN）后 8 位": "ls000001", "车主身份证号": "11010519491231002x", "手机号": "138 0013 8000"}
WECHAT = '<meta charset="utf-8"><link rel="icon" href="data:,"><title>微信登录</title>'
REGISTERING = "**/api/registrations"
REGISTRATION_PAGE = f"/registrations/{REGISTRATION}"


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Shown]:
    with pages_alone(tmp_path) as alone:
        context_for(alone.database).submitting.saw(Session(follower_id=FOLLOWER, account="main"), "oFollower1")
        yield alone


@pytest.fixture
def form(pages: Shown, phone_page: Page) -> Page:
    log_in(phone_page, pages)
    phone_page.goto(f"{pages.phone.url}/registrations/new")
    return phone_page


def write(page: Page) -> None:
    for label, text in WRITTEN.items():
        page.get_by_label(label).fill(text)


def test_what_is_wrong_stands_beside_the_field_and_the_first_has_the_focus(form: Page, complaints: Complaints) -> None:
    form.get_by_label("手机号").fill("12345")
    form.get_by_role("button", name="提交核对").click()

    vin = form.get_by_label("车架号（VIN）后 8 位")
    expect(vin).to_be_focused()
    expect(vin).to_have_attribute("aria-invalid", "true")
    expect(form.locator("#mobile-wrong")).to_contain_text("手机号")
    expect(form.get_by_label("手机号")).to_have_value("12345")
    expect(form.get_by_role("button", name="提交核对")).to_be_enabled()
    picture(form, "registration-wrong")
    assert axe(form) == []
    complaints.expect("400")


def test_a_word_about_a_field_goes_when_the_field_is_changed(form: Page, complaints: Complaints) -> None:
    form.get_by_role("button", name="提交核对").click()
    expect(form.locator("#vin-wrong")).to_be_visible()

    form.get_by_label("车架号（VIN）后 8 位").fill("a")

    expect(form.locator("#vin-wrong")).to_be_hidden()
    expect(form.get_by_label("车架号（VIN）后 8 位")).to_have_value("A")
    complaints.expect("400")


def test_two_taps_are_one_registration(form: Page, pages: Shown) -> None:
    write(form)

    form.get_by_role("button", name="提交核对").dblclick()

    expect(form.get_by_role("heading", level=1)).to_have_text("正在核对")
    assert commands(pages) == 1


def test_an_answer_that_is_lost_is_asked_for_again_under_the_same_id(form: Page, pages: Shown, complaints: Complaints) -> None:
    lost = []

    def lose_the_first(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort("connectionreset")

    form.route(REGISTERING, lose_the_first)
    write(form)
    form.get_by_role("button", name="提交核对").click()

    expect(form.get_by_role("heading", level=1)).to_have_text("正在核对")
    assert lost == [202]
    assert commands(pages) == 1
    complaints.expect("ERR_CONNECTION_RESET")


def test_who_is_asked_to_come_again_comes_again(form: Page, pages: Shown, complaints: Complaints) -> None:
    answers = iter([503, 503])

    def busy(route: Route) -> None:
        status = next(answers, None)
        if status is None:
            route.continue_()
        else:
            route.fulfill(status=status, headers={"Retry-After": "1"}, body="{}")

    form.route(REGISTERING, busy)
    write(form)
    form.get_by_role("button", name="提交核对").click()

    expect(form.get_by_text("网络不稳")).to_be_visible()
    expect(form.get_by_role("heading", level=1)).to_have_text("正在核对", timeout=30_000)
    assert commands(pages) == 1
    complaints.expect("503")


def test_without_a_network_nothing_that_was_typed_is_lost(form: Page, pages: Shown, complaints: Complaints) -> None:
    form.route(REGISTERING, lambda route: route.abort("internetdisconnected"))
    write(form)
    form.get_by_role("button", name="提交核对").click()
    expect(form.get_by_text("没有提交成功")).to_be_visible(timeout=30_000)
    form.unroute(REGISTERING)
    form.reload()

    expect(form.get_by_label("手机号")).to_have_value("138 0013 8000")
    form.get_by_role("button", name="提交核对").click()

    expect(form.get_by_role("heading", level=1)).to_have_text("正在核对")
    assert commands(pages) == 1
    complaints.expect("ERR_INTERNET_DISCONNECTED")


def test_an_expired_session_is_renewed_and_the_form_is_still_filled_in(form: Page, pages: Shown, complaints: Complaints) -> None:
    write(form)
    form.context.clear_cookies()
    form.route("**/oauth/begin**", lambda route: route.fulfill(body=WECHAT, content_type="text/html"))
    form.get_by_role("button", name="提交核对").click()
    expect(form).to_have_title("微信登录")
    assert form.url.endswith("?path=%2Fregistrations%2Fnew")
    log_in(form, pages)

    form.goto(f"{pages.phone.url}/registrations/new")

    expect(form.get_by_label("车主身份证号")).to_have_value("11010519491231002X")
    complaints.expect("401")


def test_going_back_from_a_rejection_finds_everything_still_there(form: Page, pages: Shown) -> None:
    write(form)
    form.get_by_role("button", name="提交核对").click()
    expect(form.get_by_role("heading", level=1)).to_have_text("正在核对")
    pages.hear(registration_news(registration_id=form.url.rsplit("/", 1)[1], state=RegistrationState.REJECTED))

    form.get_by_role("link", name="返回修改").click()

    expect(form.get_by_label("车架号（VIN）后 8 位")).to_have_value("LS000001")


def test_a_wrong_code_says_how_many_tries_are_left_and_a_right_one_binds(form: Page, pages: Shown) -> None:
    pages.hear(registration_news(tries_left=5))
    form.goto(pages.phone.url + REGISTRATION_PAGE)
    form.get_by_label("6 位验证码").fill("123456")
    form.get_by_role("button", name="完成绑定").click()
    expect(form.get_by_role("button", name="正在核对验证码")).to_be_disabled()

    pages.hear(registration_news(version=2, tries_left=4))
    expect(form.locator("#code-wrong")).to_have_text("验证码不对，还可以再试 4 次。")
    expect(form.get_by_label("6 位验证码")).to_be_focused()
    form.get_by_label("6 位验证码").fill("654321")
    form.get_by_role("button", name="完成绑定").click()
    pages.hear(registration_news(version=3, state="active", binding_id=BINDING))

    expect(form.get_by_role("heading", level=1)).to_have_text("绑定成功")
    assert commands(pages) == 2
    assert form.evaluate("sessionStorage.length") == 0


def test_a_page_taken_back_from_memory_can_be_used_again(form: Page, pages: Shown) -> None:
    write(form)
    form.route(REGISTERING, lambda _route: None)  # never answered
    form.get_by_role("button", name="提交核对").click()
    expect(form.get_by_role("button", name="提交核对")).to_be_disabled()

    form.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")

    expect(form.get_by_role("button", name="提交核对")).to_be_enabled()


def test_a_question_is_closed_by_its_button_and_by_escape(form: Page, pages: Shown) -> None:
    form.goto(f"{pages.phone.url}/cars/{BINDING}")
    form.get_by_role("button", name="解除绑定").click()
    dialog = form.get_by_role("dialog")
    expect(dialog).to_contain_text("解除绑定 渝A12345？")
    picture(form, "unbind")
    assert axe(form) == []

    form.keyboard.press("Escape")

    expect(dialog).to_be_hidden()
    expect(form.get_by_role("button", name="解除绑定")).to_be_focused()
    assert commands(pages) == 0


def test_unbinding_is_shown_at_once(form: Page, pages: Shown) -> None:
    form.goto(f"{pages.phone.url}/cars/{BINDING}")
    form.get_by_role("button", name="解除绑定").click()
    form.get_by_role("dialog").get_by_role("button", name="解除绑定").click()

    expect(form.get_by_role("main")).to_contain_text("正在解除绑定")
    assert commands(pages) == 1
