"""The workbench in a browser: redrive a group and watch it, mend and send, from a phone number to a record, on two widths."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from contracts.ops import Cause, MendParked, RedriveParked
from services.insight import ordering
from tests.browser.board_stage import BoardStage
from tests.browser.looking import Complaints, axe, axe_by_night_and_day, picture
from tests.services.console.workbench_seeds import APPOINTMENT, DATA, a_hop, a_way, envelope_of, held, parked, waiting

WIDTHS = (1280, 390)
STATUS = Cause(kind="contract", field="status", rule="418 is not agreed")


@pytest.fixture
def stage(tmp_path) -> Iterator[BoardStage]:
    made = BoardStage(tmp_path)
    try:
        yield made
    finally:
        made.stop()


def orders(stage: BoardStage, kind: type) -> list:
    return [order for order in stage.insight.told() if isinstance(order, kind)]


def carry_out(stage: BoardStage) -> None:
    """Insight orders what is due, and the holder does it: every third parks again."""
    ordering.carry_on(stage.insight.house.database)
    for number, order in enumerate(orders(stage, RedriveParked)):
        message, times = order.message_id, {"attempt": 2}
        done = a_hop(order.service, "handled", order.id, 20, type="redrive.parked", **times).model_copy(update={"subject": message})
        again = parked(message, STATUS, service=order.service, seconds=30).model_copy(update={"attempt": 3})
        after = again if number % 3 == 2 else a_hop(order.service, "handled", message, 30, attempt=1)
        redriven = parked(message, service=order.service, seconds=20).model_copy(update={"attempt": 2, "outcome": "redriven"})
        stage.insight.report(redriven, done, after)


def test_a_group_is_redriven_with_its_count_shown_first_and_watched_to_its_end(
    stage: BoardStage, browser: Browser, complaints: Complaints
) -> None:
    stage.report([*(parked(seconds=number) for number in range(6)), parked(cause=STATUS)])
    with stage.seat(browser, complaints) as page:
        page.goto(f"{stage.url}/parked")
        page.locator(".group", has_text="dealer_code").get_by_role("link", name="重发").click()
        page.get_by_text("每秒 50 条", exact=True).click()
        expect(page.get_by_role("button", name="重发 6 条，每秒 50 条")).to_be_visible()

        page.get_by_role("button", name="重发 6 条，每秒 50 条").dblclick()

        expect(page.get_by_role("heading", level=1)).to_have_text("重发 6 条，每秒 50 条")
        for _ in range(60):
            carry_out(stage)
            if page.get_by_text("6 条都已下达").is_visible() and page.locator("[data-ended]").count():
                break
            page.wait_for_timeout(250)
        expect(page.locator(".stat", has_text="办好")).to_contain_text("4")
        expect(page.locator(".stat", has_text="再次滞留")).to_contain_text("2")
        page.get_by_role("link", name="看再次滞留的").click()
        expect(page).to_have_url(re.compile("since="))


def test_a_copy_is_mended_told_what_is_wrong_and_sent(stage: BoardStage, browser: Browser, complaints: Complaints) -> None:
    message = held(stage.insight, uuid4())
    with stage.seat(browser, complaints) as page:
        page.goto(f"{stage.url}/parked")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        expect(page.locator("#payload")).to_contain_text("138••••8001")
        page.get_by_role("link", name="修正后发送").click()
        page.get_by_label("希望日期").fill("the third")
        page.get_by_role("button", name="核对并发送").click()
        expect(page.get_by_label("希望日期")).to_have_value("the third")
        expect(page.get_by_text("应为日期，如 2026-12-03").first).to_be_visible()
        complaints.expect("422")

        page.get_by_label("希望日期").fill("2026-12-04")
        page.get_by_label("服务店代码").fill("D002")
        page.get_by_role("button", name="核对并发送").dblclick()

        expect(page.get_by_text("已下达：发送修正后的副本")).to_be_visible()
        (order,) = orders(stage, MendParked)
        assert (order.message_id, '"D002"' in order.body, "2026-12-04" in order.body) == (message, True, True)


def test_personal_data_is_shown_after_a_press_to_who_may_and_to_nobody_else(
    stage: BoardStage, browser: Browser, complaints: Complaints
) -> None:
    message = held(stage.insight, uuid4())
    with stage.seat(browser, complaints, "integrator") as page:
        page.goto(f"{stage.url}/parked/{message}?service=dms")
        expect(page.locator("#payload")).to_contain_text("您的角色看不到个人信息")
    with stage.seat(browser, complaints) as page:
        page.goto(f"{stage.url}/parked/{message}?service=dms")
        expect(page.locator("#payload")).to_contain_text("138••••8001")
        page.get_by_role("button", name="显示明文").click()
        expect(page.locator("#payload")).to_contain_text("13800138001")
    assert stage.console.audited()[-1] == ("operator", "payload.shown", str(message))


def test_from_a_search_to_the_record_of_a_hop(stage: BoardStage, browser: Browser, complaints: Complaints) -> None:
    stage.report(a_way())
    with stage.seat(browser, complaints) as page:
        page.goto(f"{stage.url}/trace")
        page.get_by_text("我们的编号").click()
        page.get_by_label("要查的内容").fill(str(APPOINTMENT))
        page.get_by_label("要查的内容").press("Enter")
        expect(page).to_have_url(re.compile(f"/trace/{APPOINTMENT}$"))

        page.get_by_role("link", name="在 DMS 登记预约").click()

        record = page.get_by_label("这一跳的记录")
        expect(record).to_contain_text("POST /appointments")
        expect(record).to_contain_text("87 ms")
        expect(page).to_have_url(re.compile("at="))
        page.get_by_role("link", name="收起").click()
        expect(record).to_be_hidden()


def test_a_trace_follows_what_happens(stage: BoardStage, browser: Browser, complaints: Complaints) -> None:
    way = a_way()
    stage.report(way[:3])
    with stage.seat(browser, complaints) as page:
        page.goto(f"{stage.url}/trace/{APPOINTMENT}")
        expect(page.locator("tr.hop")).to_have_count(2)
        page.evaluate("window.notReloaded = true")

        stage.report(way[3:])

        expect(page.locator("tr.hop")).to_have_count(3)
        assert page.evaluate("window.notReloaded")


def seeded(stage: BoardStage) -> dict[str, str]:
    message = held(stage.insight, uuid4())
    whole = held(stage.insight, uuid4(), envelope_of(uuid4(), DATA | {"dealer_code": "D001"}), cause=STATUS)
    stage.report([*a_way(), *(parked(seconds=number) for number in range(20)), waiting(), waiting()])
    return {
        "trace": f"/trace/{APPOINTMENT}?at={message}",
        "search": "/trace",
        "parked": "/parked",
        "groups": "/parked/groups",
        "message": f"/parked/{message}?service=dms",
        "mend": f"/parked/{message}/mend?service=dms",
        "mend-whole": f"/parked/{whole}/mend?service=dms",
        "retries": "/retries",
        "jobs": "/jobs",
        "redrive": "/jobs/new?order=redrive",
        "drop": "/jobs/new?order=drop",
    }


@pytest.mark.parametrize(("language", "theme"), [("zh", "light"), ("en", "dark")])
def test_every_page_fits_both_widths_and_can_be_used_by_everyone(
    stage: BoardStage, browser: Browser, complaints: Complaints, language: str, theme: str
) -> None:
    pages = seeded(stage)
    for width in WIDTHS:
        with stage.seat(browser, complaints, width=width, language=language, theme=theme) as page:
            for name, path in pages.items():
                page.goto(f"{stage.url}{path}")
                _settled(page)
                picture(page, f"console-{name}-{width}-{language}-{theme}")
                assert page.evaluate("document.documentElement.scrollWidth") <= width, name
                look = axe_by_night_and_day if width == WIDTHS[0] else axe
                assert look(page) == [], name


def _settled(page: Page) -> None:
    """What is asked for by itself has come."""
    if page.locator("#payload").count():
        expect(page.locator("#payload table.content")).to_be_visible()
