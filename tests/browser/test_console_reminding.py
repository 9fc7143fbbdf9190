"""The pages of reminders in a browser: charts are drawn, rows are picked and decided, the rules are changed, on screens of two widths."""

from collections.abc import Iterator
from itertools import groupby

import pytest
from playwright.sync_api import Browser, Page, expect

from contracts.reminder_figures import RecountRow
from services.console.periods import moved
from tests.browser.board_stage import BoardStage
from tests.browser.looking import Complaints, axe, axe_by_night_and_day, picture
from tests.services.console.reminding_fake import id_of

WIDTHS = (1280, 390)


@pytest.fixture
def stage(tmp_path) -> Iterator[BoardStage]:
    made = BoardStage(tmp_path)
    made.reminding.off = (an_off("returned", 118, 120), an_off("due_new", 320, 318))
    try:
        yield made
    finally:
        made.stop()


def an_off(measure: str, kept: int, counted: int) -> RecountRow:
    of = {"period": "2026-11", "region_code": "WEST", "dealer_code": "D019", "type": "maintenance"}
    return RecountRow(**of, measure=measure, kept=kept, counted=counted)


def pages_of(stage: BoardStage) -> dict[str, tuple[str, str]]:
    """Name to role and path."""
    this = stage.reminding.period
    last = moved(this, -1)
    item = next(item for item in stage.reminding.items() if item.dealer_code == "D001")
    return {
        "figures": ("operator", "/figures"),
        "figures-region": ("region_manager", f"/figures?measure=tracked&period={last}"),
        "figures-dealer": ("dealer_manager", f"/figures?by=months&period={last}"),
        "figures-appointments": ("operator", "/figures/appointments"),
        "recount": ("operator", "/figures/recount"),
        "lists": ("operator", f"/lists?list=for_decision&period={last}"),
        "item": ("dealer_manager", f"/items/{item.item_id}"),
        "reminders": ("operator", "/reminders"),
        "run": ("operator", f"/reminders/runs/{id_of(this, 2)}"),
        "run-differs": ("auditor", f"/reminders/runs/{id_of(last, 1)}"),
        "facts": ("operator", "/facts"),
        "dirty": ("auditor", "/facts/dirty"),
        "rules": ("operator", "/rules"),
        "explain": ("operator", "/rules/explain"),
    }


def test_rows_are_picked_and_decided_with_a_reason(stage: BoardStage, browser: Browser, complaints: Complaints) -> None:
    with stage.seat(browser, complaints) as page:
        page.goto(f"{stage.url}{pages_of(stage)['lists'][1]}")
        expect(page.get_by_text("已选")).to_be_hidden()
        for box in page.locator("td.pick input").all()[:3]:
            box.check()
        page.get_by_role("button", name="不需提醒…").click()
        question = page.get_by_role("dialog", name="不需提醒：3 条？")
        question.get_by_role("button", name="已在他店保养").click()
        question.get_by_role("button", name="不需提醒", exact=True).click()

        expect(page.get_by_text("3 条已决定")).to_be_visible()
        assert list(stage.reminding.decided.values()) == [("drop", "已在他店保养", "operator")] * 3


def test_all_of_a_page_are_picked_by_one_box_and_keys_pick_a_row(stage: BoardStage, browser: Browser, complaints: Complaints) -> None:
    with stage.seat(browser, complaints) as page:
        page.goto(f"{stage.url}{pages_of(stage)['lists'][1]}")
        page.get_by_role("checkbox", name="全选本页").check()
        expect(page.locator("[data-picked-count]")).to_have_text("25")
        page.keyboard.press("Escape")
        page.locator("h1").click()
        for key in ("j", "x"):
            page.keyboard.press(key)

        expect(page.locator("[data-picked-count]")).to_have_text("24")


def test_rules_are_asked_about_once_and_kept(stage: BoardStage, browser: Browser, complaints: Complaints) -> None:
    with stage.seat(browser, complaints) as page:
        page.goto(f"{stage.url}/rules")
        page.locator("[name='maintenance.months']").fill("9")
        page.get_by_role("button", name="存为第 5 版…").click()
        page.get_by_role("dialog", name="存为第 5 版？").get_by_role("button", name="保存").click()

        expect(page.get_by_text("已存为新的一版")).to_be_visible()
        assert stage.reminding.rulebook.rules["maintenance"].months == 9


def test_charts_of_figures_go_with_the_light(stage: BoardStage, browser: Browser, complaints: Complaints) -> None:
    with stage.seat(browser, complaints) as page:
        page.goto(f"{stage.url}/figures")
        expect(page.locator("bars-chart canvas").first).to_be_visible()
        expect(page.locator("months-chart canvas")).to_be_visible()
        drawn = "chart => chart.shadowRoot.querySelector('canvas').toDataURL()"
        light = [page.locator(name).first.evaluate(drawn) for name in ("bars-chart", "months-chart")]
        page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
        page.wait_for_function(
            "before => document.querySelector('bars-chart').shadowRoot.querySelector('canvas').toDataURL() !== before", arg=light[0]
        )

        assert page.locator("months-chart").evaluate(drawn) != light[1]


def test_every_page_fits_and_axe_finds_nothing_serious(stage: BoardStage, browser: Browser, complaints: Complaints) -> None:
    looks = [(WIDTHS[0], "zh", "light"), (WIDTHS[1], "en", "dark")]
    pages = sorted(pages_of(stage).items(), key=lambda named: named[1])
    for width, language, theme in looks:
        for role, its_pages in groupby(pages, key=lambda named: named[1][0]):
            with stage.seat(browser, complaints, role, width=width, language=language, theme=theme) as page:
                for name, (_, path) in its_pages:
                    page.goto(stage.url + path)
                    be_ready(page, name)
                    assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
                    picture(page, f"console-{name}-{width}-{language}-{theme}")
                    look = axe_by_night_and_day if width == WIDTHS[0] else axe
                    assert look(page) == [], (name, width, theme)


def test_who_recounts_is_told_that_it_takes_its_time(stage: BoardStage, browser: Browser, complaints: Complaints) -> None:
    with stage.seat(browser, complaints) as page:
        page.goto(f"{stage.url}/figures")
        page.get_by_role("link", name="重新核算").click()
        expect(page.get_by_text("正在逐条清点")).to_be_hidden()
        page.evaluate("document.addEventListener('submit', event => event.preventDefault(), {once: true})")  # as if it took long
        page.get_by_role("button", name="重新核算").click()
        expect(page.get_by_text("正在逐条清点")).to_be_visible()
        page.reload()

        page.get_by_role("button", name="重新核算").click()

        expect(page.get_by_text("2 处不一致")).to_be_visible()


def be_ready(page: Page, name: str) -> None:
    """Charts are drawn; a car's explanation is asked for; a month is counted anew."""
    if name.startswith("figures"):
        expect(page.locator("months-chart canvas")).to_be_visible()
    if name == "explain":
        page.locator("#vin").fill("LSVAA4187E2123456")
        page.locator("main form button").click()
        expect(page.locator(".why")).to_be_visible()
    if name == "recount":
        page.locator(".recount button").click()
        expect(page.locator("#found")).to_be_visible()
