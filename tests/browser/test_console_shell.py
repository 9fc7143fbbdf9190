"""The console's frame in a browser: the first login of a house, language and light, orders that ask once, and pages that fit a phone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from launcher.stage import Stage, until
from services.console.access import ROLES
from tests.browser.board_stage import BoardStage
from tests.browser.looking import Complaints, axe, axe_by_night_and_day, phone, picture

FIRST = re.compile(r"账号 name: (\S+) +密码 password: (\S+)")
SENTENCE = "a horse, a battery and a staple"
PAGES = {"staff": "/staff", "member": "/staff/operator", "audit": "/audit", "own": "/own/password", "nothing": "/nothing"}


@pytest.fixture
def stage(tmp_path) -> Iterator[BoardStage]:
    made = BoardStage(tmp_path)
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture
def screen(browser: Browser, complaints: Complaints) -> Iterator[Page]:
    """Of somebody who is not logged in."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN", timezone_id="Asia/Shanghai")
    try:
        page = context.new_page()
        complaints.listen(page)
        yield page
    finally:
        context.close()


def log_in(page: Page, name: str, password: str) -> None:
    page.get_by_label("账号", exact=True).fill(name)
    page.get_by_label("密码", exact=True).fill(password)
    page.get_by_role("button", name="登录").click()


def test_a_visitor_of_a_new_house_comes_in_with_what_its_start_said(house: Stage, screen: Page, complaints: Complaints) -> None:
    assert until(lambda: FIRST.search(house.log()), 60)  # said soon after it answers
    name, password = FIRST.search(house.log()).groups()
    screen.goto(house.url)
    screen.get_by_role("link", name="运维控制台").click()
    picture(screen, "console-login")
    assert axe(screen) == []

    log_in(screen, name, "not this one")
    expect(screen.get_by_role("alert")).to_have_text("账号或密码不对。")
    log_in(screen, name, password)
    expect(screen.get_by_role("heading", level=1)).to_have_text("修改密码")
    picture(screen, "console-first-password")
    screen.get_by_label("现在的密码").fill(password)
    screen.get_by_label("新密码（").fill(SENTENCE)
    screen.get_by_label("再输一次新密码").fill(SENTENCE)
    screen.get_by_role("button", name="修改", exact=True).click()

    expect(screen.get_by_role("heading", level=1)).to_have_text("总览")
    expect(screen.get_by_role("link", name="账号", exact=True)).to_be_visible()
    assert axe(screen) == []
    complaints.expect("401")
    screen.get_by_role("button", name="退出").click()
    screen.goto(f"{house.url}/console/")
    expect(screen.get_by_role("heading", level=1)).to_have_text("登录")


def test_language_and_light_are_chosen_on_any_page_and_stay(stage: BoardStage, browser: Browser, complaints: Complaints) -> None:
    with stage.seat(browser, complaints, "administrator") as page:
        page.goto(f"{stage.url}/staff?cols=name")
        page.get_by_role("link", name="English").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Staff")
        page.get_by_role("link", name="Dark").click()
        expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
        assert page.url == f"{stage.url}/staff?cols=name"

        page.get_by_role("link", name="Audit", exact=True).click()

        expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
        expect(page.get_by_role("heading", level=1)).to_have_text("Audit")


def test_who_chose_no_light_gets_what_the_system_wants(stage: BoardStage, screen: Page) -> None:
    screen.emulate_media(color_scheme="dark")
    screen.goto(f"{stage.url}/login")
    expect(screen.locator("html")).to_have_attribute("data-bs-theme", "dark")

    screen.emulate_media(color_scheme="light")

    expect(screen.locator("html")).to_have_attribute("data-bs-theme", "light")


def test_an_order_says_what_it_does_and_asks_once(stage: BoardStage, browser: Browser, complaints: Complaints) -> None:
    with stage.seat(browser, complaints, "administrator") as page:
        page.goto(f"{stage.url}/staff/operator")
        page.get_by_role("button", name="停用").click()
        question = page.get_by_role("dialog", name="停用 operator？")
        picture(page, "console-question")
        assert axe(page) == []
        question.get_by_role("button", name="不了").click()
        expect(question).to_be_hidden()
        assert not stage.console.context.staff.get("operator").disabled

        page.get_by_role("button", name="停用").click()
        question.get_by_role("button", name="停用").dblclick()

        expect(page.get_by_role("button", name="启用")).to_be_visible()
        told = [line for line in stage.console.audited() if line[1] == "staff.disabled"]
        assert told == [("administrator", "staff.disabled", "operator")]


def test_an_account_is_added_and_its_password_copied(stage: BoardStage, browser: Browser, complaints: Complaints) -> None:
    with stage.seat(browser, complaints, "administrator") as page:
        page.goto(f"{stage.url}/staff")
        page.get_by_role("button", name="添加账号").first.click()
        page.get_by_label("账号（小写字母、数字）").fill("li.ming")
        page.get_by_role("dialog").get_by_role("button", name="添加账号").click()

        expect(page.locator("#password")).to_have_text(re.compile("[a-z0-9-]{19}"))
        page.get_by_role("button", name="复制").click()

        expect(page.locator("#said")).to_have_text("已复制")
        picture(page, "console-new-account")


def test_rows_are_gone_through_by_keys(stage: BoardStage, browser: Browser, complaints: Complaints) -> None:
    with stage.seat(browser, complaints, "administrator") as page:
        page.goto(f"{stage.url}/staff")
        second = sorted(ROLES)[1]
        for key in ("j", "j", "k", "j"):
            page.keyboard.press(key)
        expect(page.locator("tr.at")).to_contain_text(second)

        page.keyboard.press("Enter")

        expect(page.get_by_role("heading", level=1)).to_have_text(second)


def test_a_filter_leaves_what_is_empty_out_of_the_address(stage: BoardStage, browser: Browser, complaints: Complaints) -> None:
    stage.console.context.audit.write("operator", "login", "operator")
    with stage.seat(browser, complaints, "auditor") as page:
        page.goto(f"{stage.url}/audit")
        expect(page.get_by_text("链条完好")).to_be_visible()

        page.get_by_role("combobox", name="做了什么").select_option("login")

        expect(page.locator("tbody tr")).to_have_count(1)
        assert page.url == f"{stage.url}/audit?action=login"


def test_a_page_whose_session_ends_meanwhile_goes_to_the_login_by_itself(
    stage: BoardStage, browser: Browser, complaints: Complaints
) -> None:
    with stage.seat(browser, complaints, "operator") as page:
        page.goto(f"{stage.url}/")

        stage.console.context.staff.set_disabled("administrator", "operator", True)

        expect(page.get_by_role("heading", level=1)).to_have_text("登录")
    complaints.expect("401")


def test_on_a_phone_the_menu_opens_and_leads_on(stage: BoardStage, browser: Browser, complaints: Complaints) -> None:
    with stage.seat(browser, complaints, "auditor", width=390) as page:
        page.goto(f"{stage.url}/own/password")
        expect(page.get_by_role("link", name="审计", exact=True)).to_be_hidden()

        page.get_by_role("button", name="打开菜单").click()
        expect(page.get_by_role("link", name="审计", exact=True)).to_be_visible()
        expect(page.locator("#menu")).not_to_have_class(re.compile("collapsing"))
        picture(page, "console-menu-390")
        assert axe(page) == []
        page.get_by_role("link", name="审计", exact=True).click()

        expect(page.get_by_role("heading", level=1)).to_have_text("审计")


@pytest.mark.parametrize("width", [1280, 390])
def test_pages_are_sound_in_both_languages_and_lights(stage: BoardStage, browser: Browser, complaints: Complaints, width: int) -> None:
    for language, theme in (("zh", "light"), ("en", "dark")):
        with stage.seat(browser, complaints, "administrator", width=width, language=language, theme=theme) as page:
            for name, path in PAGES.items():
                page.goto(f"{stage.url}{path}")
                picture(page, f"console-{name}-{language}-{theme}-{width}")
                assert (path, page.evaluate("document.documentElement.scrollWidth")) == (path, width)
                assert (path, axe_by_night_and_day(page)) == (path, [])
    complaints.expect("404")


def test_the_login_fits_a_phone(stage: BoardStage, browser: Browser, complaints: Complaints) -> None:
    with phone(browser, complaints) as page:
        page.goto(f"{stage.url}/")
        picture(page, "console-login-390")
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == 390
