"""The desk of complaints in a browser: limits run, steps open beside the page, two people see each other, keys, screens of two widths."""

from collections.abc import Iterator
from itertools import groupby

import pytest
from playwright.sync_api import Browser, Page, expect

from contracts.complaining import MOST_BYTES
from contracts.complaint_figures import ComplaintRecountRow
from contracts.complaint_steps.beside import Note
from contracts.complaint_steps.handling import Accept
from contracts.complaint_words import Role, State
from services.console.periods import moved
from tests.browser.board_stage import BoardStage
from tests.browser.looking import Complaints, axe, axe_by_night_and_day, picture
from tests.services.console.complaining_fake import PIXEL

WIDTHS = (1280, 390)


@pytest.fixture
def stage(tmp_path) -> Iterator[BoardStage]:
    made = BoardStage(tmp_path)
    try:
        yield made
    finally:
        made.stop()


def case_at(stage: BoardStage, state: State) -> str:
    return f"/complaints/{stage.complaining.one(state).complaint_id}"


def last_month(stage: BoardStage) -> str:
    return moved(stage.complaining.reports.period, -1)


def pages_of(stage: BoardStage) -> dict[str, tuple[str, str]]:
    """Name to role and path."""
    return {
        "desk": ("complaint_handler", "/complaints?queue=open"),
        "desk-filtered": ("complaint_handler", "/complaints?queue=open&grade=serious"),
        "desk-dealer": ("dealer_staff", "/complaints"),
        "case-received": ("complaint_handler", case_at(stage, State.RECEIVED)),
        "case-plan": ("complaint_handler", case_at(stage, State.PLAN_SUBMITTED)),
        "case-dealer": ("dealer_staff", case_at(stage, State.ASSIGNED)),
        "case-closed": ("agent", case_at(stage, State.CLOSED)),
        "step-file": ("complaint_handler", f"{case_at(stage, State.RECEIVED)}/steps/file"),
        "step-vrt": ("complaint_handler", f"{case_at(stage, State.FILED)}/steps/start_vrt"),
        "intake": ("agent", "/complaints/new"),
        "authority": ("administrator", "/complaint-terms"),
        "calendar": ("administrator", "/complaint-terms/calendar"),
        "reports": ("complaint_handler", "/complaint-figures"),
        "reports-region": ("region_manager", f"/complaint-figures?by=dealers&measure=reopened&period={last_month(stage)}"),
        "reports-dealer": ("dealer_manager", f"/complaint-figures?by=months&period={last_month(stage)}"),
        "overdue": ("complaint_handler", "/complaint-figures/overdue"),
        "overdue-dealer": ("dealer_manager", "/complaint-figures/overdue?by=grades"),
        "appraisal": ("leader", f"/complaint-figures/appraisal?period={last_month(stage)}"),
        "case-recount": ("monitor", "/complaint-figures/recount"),
    }


def test_limits_run_by_themselves(stage: BoardStage, browser: Browser, complaints: Complaints) -> None:
    with stage.seat(browser, complaints, "complaint_handler") as page:
        page.goto(f"{stage.url}/complaints?queue=open")
        running = page.locator("[data-runs]:has-text('秒')").first
        first = running.inner_text()

        expect(running).not_to_have_text(first)


def test_a_step_is_taken_beside_the_case_and_the_case_shows_it(stage: BoardStage, browser: Browser, complaints: Complaints) -> None:
    with stage.seat(browser, complaints, "dealer_staff") as page:
        page.goto(stage.url + case_at(stage, State.ASSIGNED))
        page.keyboard.press("1")
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("对客户说的话").fill("我们今天下午联系您。")
        dialog.get_by_role("button", name="受理").click()

        expect(page.get_by_text("店已受理").first).to_be_visible()
        expect(page.get_by_text("我们今天下午联系您。")).to_be_visible()


def test_who_closes_a_form_finds_what_they_wrote_when_they_come_back(stage: BoardStage, browser: Browser, complaints: Complaints) -> None:
    with stage.seat(browser, complaints, "complaint_handler") as page:
        page.goto(stage.url + case_at(stage, State.ASSIGNED))
        page.keyboard.press("m")
        page.get_by_role("dialog").get_by_label("内容").fill("等门店回电")
        page.get_by_role("dialog").get_by_text("不了").click()
        page.keyboard.press("m")

        expect(page.get_by_role("dialog").get_by_label("内容")).to_have_value("等门店回电")


def test_what_another_does_appears_by_itself_behind_an_open_form_which_says_so(
    stage: BoardStage, browser: Browser, complaints: Complaints
) -> None:
    case = stage.complaining.one(State.ASSIGNED)
    with stage.seat(browser, complaints, "complaint_handler") as page:
        page.goto(stage.url + case_at(stage, State.ASSIGNED))
        page.get_by_role("link", name="更改分类分级").click()
        page.get_by_role("dialog").get_by_label("原因").fill("客户又来电")
        stage.complaining.looking[case.complaint_id] = {"li.ming"}
        stage.complaining.move(case.complaint_id, Accept(said="门店已受理。"), "dealer_staff", Role.DEALER)

        expect(page.get_by_role("dialog").get_by_text("这张单有了新的进展")).to_be_visible()
        expect(page.locator("#case-live").get_by_text("li.ming 也在看这张单")).to_be_visible()
        expect(page.locator("#case-live").get_by_text("门店已受理。")).to_be_visible()
        expect(page.get_by_role("dialog").get_by_label("原因")).to_have_value("客户又来电")


def test_who_was_slower_is_shown_what_happened_and_sends_it_again(stage: BoardStage, browser: Browser, complaints: Complaints) -> None:
    case = stage.complaining.one(State.PLAN_SUBMITTED)
    with stage.seat(browser, complaints, "complaint_handler") as page:
        page.goto(stage.url + case_at(stage, State.PLAN_SUBMITTED))
        page.get_by_role("link", name="退回方案").click()
        page.get_by_role("dialog").get_by_label("原因").fill("费用请列明细")
        stage.complaining.move(case.complaint_id, Note(text="费用我核对过了。"), "leader", Role.LEADER)
        page.get_by_role("dialog").get_by_role("button", name="退回方案").click()
        expect(page.get_by_text("您填写期间发生了这些事")).to_be_visible()
        expect(page.get_by_text("费用我核对过了。")).to_be_visible()
        picture(page, "console-clash-1280-zh-light")
        complaints.expect("409")
        page.get_by_role("button", name="退回方案").click()

        expect(page.get_by_text("制定方案中").first).to_be_visible()


def test_rows_are_chosen_by_keys_and_assigned_at_once(stage: BoardStage, browser: Browser, complaints: Complaints) -> None:
    with stage.seat(browser, complaints, "complaint_handler") as page:
        page.goto(f"{stage.url}/complaints?queue=unassigned")
        for key in ("j", "x", "j", "x"):
            page.keyboard.press(key)
        page.get_by_role("button", name="分派…").click()
        page.get_by_label("分派给服务店").fill("D002")
        picture(page, "console-bulk-1280-zh-light")
        page.get_by_role("button", name="分派 2 张单").click()

        expect(page.get_by_text("2 张办好")).to_be_visible()


def test_a_recount_that_differs_is_shown_in_words(stage: BoardStage, browser: Browser, complaints: Complaints) -> None:
    where = {"region_code": "EAST", "dealer_code": "D003", "type": "quality", "grade": "serious"}
    stage.complaining.reports.off = (ComplaintRecountRow(**where, measure="close_kept", kept=12, counted=13),)
    for width in WIDTHS:
        with stage.seat(browser, complaints, "monitor", width=width) as page:
            page.goto(f"{stage.url}/complaint-figures")
            page.get_by_role("link", name="重新核算").click()
            page.get_by_role("button", name="重新核算").click()

            expect(page.get_by_text("1 处不一致")).to_be_visible()
            expect(page.get_by_role("cell", name="结案按时")).to_be_visible()
            picture(page, f"console-case-recount-differs-{width}-zh-light")
            assert axe(page) == []


def test_charts_of_reports_are_drawn_and_lead_to_a_dealer(stage: BoardStage, browser: Browser, complaints: Complaints) -> None:
    with stage.seat(browser, complaints, "complaint_handler") as page:
        page.goto(f"{stage.url}/complaint-figures?by=dealers&period={last_month(stage)}")
        expect(page.locator("bars-chart canvas").first).to_be_visible()
        expect(page.locator("months-chart canvas")).to_be_visible()
        page.get_by_role("link", name="杭州滨江店").click()

        expect(page.locator(".figures-of")).to_contain_text("杭州滨江店")
        expect(page.locator("select[name=dealer]")).to_have_value("D003")


def test_a_file_that_is_too_large_is_said_before_it_is_sent(stage: BoardStage, browser: Browser, complaints: Complaints) -> None:
    with stage.seat(browser, complaints, "complaint_handler") as page:
        page.goto(stage.url + case_at(stage, State.EXECUTING))
        page.get_by_role("link", name="上传文件").click()
        dialog = page.get_by_role("dialog")
        chosen = dialog.get_by_label("文件")
        chosen.set_input_files({"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": bytes(MOST_BYTES + 2**20 // 10)})
        dialog.get_by_role("button", name="上传文件").click()

        assert chosen.evaluate("input => input.validationMessage").startswith("这个文件有 10.1 MB，最多 10 MB")
        assert stage.complaining.brought == {}
        chosen.set_input_files({"name": "现场.png", "mimeType": "image/png", "buffer": PIXEL})
        dialog.get_by_role("button", name="上传文件").click()
        expect(dialog).to_be_hidden()
        assert list(stage.complaining.brought.values()) == [PIXEL]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_all_columns_of_the_queue_are_seen_at_once(stage: BoardStage, browser: Browser, complaints: Complaints, language: str) -> None:
    with stage.seat(browser, complaints, "complaint_handler", language=language) as page:
        page.goto(f"{stage.url}/complaints?queue=open")

        expect(page.locator("tbody tr").first).to_be_visible()
        hidden = page.locator("table.rows").evaluate("table => table.scrollWidth - table.parentElement.clientWidth")
        assert hidden <= 0
        picture(page, f"console-queue-1280-{language}")
        page.set_viewport_size({"width": 390, "height": 844})
        picture(page, f"console-queue-390-{language}")


def test_every_page_fits_and_axe_finds_nothing_serious(stage: BoardStage, browser: Browser, complaints: Complaints) -> None:
    looks = [(WIDTHS[0], "zh", "light"), (WIDTHS[1], "en", "dark"), (WIDTHS[1], "zh", "light")]
    pages = sorted(pages_of(stage).items(), key=lambda named: named[1])
    for width, language, theme in looks:
        for role, its_pages in groupby(pages, key=lambda named: named[1][0]):
            with stage.seat(browser, complaints, role, width=width, language=language, theme=theme) as page:
                for name, (_, path) in its_pages:
                    page.goto(stage.url + path)
                    be_ready(page)
                    picture(page, f"console-{name}-{width}-{language}-{theme}")
                    assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
                    look = axe_by_night_and_day if width == WIDTHS[0] else axe
                    assert look(page) == [], (name, width, theme)


def be_ready(page: Page) -> None:
    """Pictures are there, other dealings were asked for."""
    page.wait_for_function("() => ![...document.images].some(image => !image.complete && image.getBoundingClientRect().top < innerHeight)")
    expect(page.get_by_text("正在查…")).to_have_count(0)
    expect(page.get_by_text("Looking…", exact=True)).to_have_count(0)
