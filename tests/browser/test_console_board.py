"""The board in a browser: news arrive without a reload, charts are drawn, a consumer is paused and resumed, on screens of two widths."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from contracts.ops import PauseConsumer, ResumeConsumer
from tests.browser.board_stage import BoardStage
from tests.browser.looking import Complaints, axe, axe_by_night_and_day, picture
from tests.services.console.board_seeds import a_bad_answer, a_breaker, a_status, all_well, an_hour

PAGES = {"overview": "/", "queues": "/queues", "queue": "/queues/dms", "partners": "/partners"}
WIDTHS = (1280, 390)


@pytest.fixture
def stage(tmp_path) -> Iterator[BoardStage]:
    made = BoardStage(tmp_path)
    try:
        yield made
    finally:
        made.stop()


def colours_of(page: Page) -> int:
    """How many there are in the drawing of the first chart; one is a sheet that nothing was drawn on."""
    return page.locator("hour-chart").first.evaluate(
        """chart => {
            const canvas = chart.shadowRoot.querySelector("canvas");
            const dots = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
            return new Set(new Uint32Array(dots.buffer)).size;
        }"""
    )


def test_news_arrive_without_a_reload_and_leave_scroll_and_focus_alone(stage: BoardStage, browser: Browser, complaints: Complaints) -> None:
    stage.tell(*all_well())
    with stage.seat(browser, complaints) as page:
        page.goto(f"{stage.url}/")
        expect(page.get_by_role("heading", name="一切正常")).to_be_visible()
        page.evaluate("window.notReloaded = true")
        last = page.locator("#s-sms a")
        last.focus()
        scrolled = page.evaluate("scrollY")

        stage.tell(a_status("gateway", spooled=18))

        expect(page.get_by_role("heading", name="1 处要留意")).to_be_visible()
        expect(page.get_by_role("link", name=re.compile("网关暂存 18 条推送"))).to_be_visible()
        expect(last).to_be_focused()
        assert page.evaluate("window.notReloaded")
        assert page.evaluate("scrollY") >= scrolled


def test_a_chart_is_drawn_and_goes_with_news_and_light(stage: BoardStage, browser: Browser, complaints: Complaints) -> None:
    stage.tell(*all_well())
    stage.report(an_hour())
    with stage.seat(browser, complaints) as page:
        page.goto(f"{stage.url}/partners")
        chart = page.locator("hour-chart").first
        expect(chart.locator("canvas")).to_be_visible()
        light, before = colours_of(page), chart.get_attribute("data-chart")
        page.evaluate("document.querySelector('hour-chart').shadowRoot.querySelector('canvas').marked = true")

        stage.report(a_bad_answer("csc"))
        expect(chart).not_to_have_attribute("data-chart", before or "")
        page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")

        assert light > 3
        assert colours_of(page) > 3
        assert page.evaluate("document.querySelector('hour-chart').shadowRoot.querySelector('canvas').marked")


def test_a_consumer_is_paused_and_resumed(stage: BoardStage, browser: Browser, complaints: Complaints) -> None:
    stage.tell(*(status for status in all_well() if status.service != "dms"), running := a_status("dms"))
    with stage.seat(browser, complaints) as page:
        page.goto(f"{stage.url}/queues/dms")
        page.get_by_role("button", name="暂停消费").click()
        question = page.get_by_role("dialog", name="暂停DMS 适配？")
        expect(question).to_contain_text("一条不丢")
        question.get_by_role("button", name="暂停消费").click()
        expect(page.get_by_text("已下令暂停")).to_be_visible()
        assert type(stage.insight.told()[0]) is PauseConsumer

        stage.tell(a_status("dms", copy_id=running.copy_id, paused=True, consuming=False))
        expect(page.get_by_text("已暂停，到有人恢复为止")).to_be_visible()
        page.get_by_role("button", name="恢复消费").click()
        page.get_by_role("dialog").get_by_role("button", name="恢复消费").click()
        expect(page.get_by_text("已下令恢复")).to_be_visible()
        assert type(stage.insight.told()[0]) is ResumeConsumer


def test_every_page_fits_and_axe_finds_nothing_serious(stage: BoardStage, browser: Browser, complaints: Complaints) -> None:
    stage.report([*an_hour(), *a_bad_answer()])
    stage.tell(*(status for status in all_well() if status.service not in ("dms", "csc")), a_status("messaging", ago=90))
    stage.tell(a_status("dms", breakers=(a_breaker("dms", "open", failures=9),), failing={"database": "no answer"}))
    stage.tell(a_status("csc", paused=True, consuming=False, breakers=(a_breaker("csc", "held"),)))
    looks = [(width, language, theme) for width in WIDTHS for language, theme in (("zh", "light"), ("en", "dark"))]
    for width, language, theme in looks:
        with stage.seat(browser, complaints, width=width, language=language, theme=theme) as page:
            for name, path in PAGES.items():
                page.goto(stage.url + path)
                if name in ("queue", "partners"):
                    expect(page.locator("hour-chart canvas").first).to_be_visible()
                assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
                picture(page, f"console-{name}-{width}-{language}-{theme}")
                look = axe_by_night_and_day if width == WIDTHS[0] else axe
                assert look(page) == [], (name, width, theme)
