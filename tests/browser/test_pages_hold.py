"""What the follower's pages hold to whatever happens on the phone: two taps, a bad network, somebody else's session, a page that is old."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from sqlalchemy import insert

from adapters.wechat.pages.app import pages_app
from adapters.wechat.pages.session import Session
from adapters.wechat.pages.tables import consent
from contracts.appointments import AppointmentConfirmed, AppointmentKept, AppointmentWithdrawn
from contracts.customers import RegistrationState
from launcher.house import WEB_ASSETS
from tests.adapters.wechat.pages.conftest import FOLLOWER, STRANGER, context_for
from tests.adapters.wechat.pages.news import (
    APPOINTMENT,
    BINDING,
    COMPLAINT,
    ITEM,
    MESSAGE,
    REGISTRATION,
    SURVEY,
    appointment_news,
    binding_news,
    closed_news,
    complaint_news,
    registration_news,
    reminder_news,
)
from tests.adapters.wechat.pages.showing import CONSENT, Shown, settings_to_show
from tests.browser.looking import Complaints, axe, picture
from tests.browser.phone_and_pages import choose, commands, log_in, pages_alone

ID_NUMBER = "11010519491231002X"
WECHAT = '<meta charset="utf-8"><link rel="icon" href="data:,"><title>微信登录</title>'
CLOSED = UUID(int=4242)
COMPLAINT_PAGE, CLOSED_PAGE = f"/complaints/{COMPLAINT}", f"/complaints/{CLOSED}"
APPOINTMENT_PAGE, REGISTRATION_PAGE = f"/appointments/{APPOINTMENT}", f"/registrations/{REGISTRATION}"


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Shown]:
    """One car, one appointment, one registration that waits for its code, one reminder, a complaint that is open and one that is closed."""
    with pages_alone(tmp_path) as alone:
        for follower, openid in ((FOLLOWER, "oFollower1"), (STRANGER, "oFollower2")):
            context_for(alone.database).submitting.saw(Session(follower_id=follower, account="main"), openid)
        with alone.database.write() as tx:
            tx.execute(insert(consent).values(follower_id=STRANGER, text_version=CONSENT, granted=True, at=0))
        alone.hear(appointment_news(state="to_call"), registration_news(tries_left=5), reminder_news(), complaint_news())
        alone.hear(closed_news(complaint_id=CLOSED, number="TS2603010009", survey_id=SURVEY))
        yield alone


@pytest.fixture
def page(pages: Shown, phone_page: Page) -> Page:
    log_in(phone_page, pages)
    phone_page.route("**/api/jssdk**", lambda route: route.fulfill(status=204))
    return phone_page


def open_page(page: Page, pages: Shown, path: str) -> None:
    page.goto(pages.phone.url + path)


def fill_in_registration(page: Page) -> None:
    page.get_by_label("车架号（VIN）后 8 位").fill("LS000001")
    page.get_by_label("车主身份证号").fill(ID_NUMBER)
    page.get_by_label("手机号").fill("13800138000")


def tick(page: Page) -> None:
    page.get_by_role("checkbox").check()


def write_the_code(page: Page) -> None:
    page.get_by_label("6 位验证码").fill("123456")


def choose_another_day(page: Page) -> None:
    choose(page, page.get_by_role("radio", name="3月12日 周四"))


def ask(button: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_role("button", name=button).click()


def write(label: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_label(label).fill("刹车还是有异响，回店检查说没有问题。")


def judge(page: Page) -> None:
    choose(page, page.get_by_role("radio", name="不满意 2 分", exact=True))


def fill_in_booking(page: Page) -> None:
    choose_another_day(page)
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("checkbox", name="定期保养").check()
    page.get_by_role("button", name="下一步").click()


@dataclass(frozen=True)
class Form:
    """Where it is, how it is filled in, and the button that sends it; `asked` when that stands in a question."""

    path: str
    fill: Callable[[Page], None]
    button: str | re.Pattern[str]
    asked: bool = False

    def ready(self, page: Page, pages: Shown) -> Locator:
        open_page(page, pages, self.path)
        self.fill(page)
        within = page.get_by_role("dialog") if self.asked else page
        return within.get_by_role("button", name=self.button)


FORMS = {
    "consent": Form("/consent?next=/cars", tick, "同意并继续"),
    "registration": Form("/registrations/new", fill_in_registration, "提交核对"),
    "code": Form(REGISTRATION_PAGE, write_the_code, "完成绑定"),
    "another code": Form(REGISTRATION_PAGE, lambda page: None, "没收到？重新发送"),
    "unbinding": Form(f"/cars/{BINDING}", ask("解除绑定"), "解除绑定", asked=True),
    "booking": Form("/appointments/new?from=menu", fill_in_booking, "提交预约"),
    "cancelling": Form(APPOINTMENT_PAGE, ask("取消预约"), "取消预约", asked=True),
    "another day": Form(f"{APPOINTMENT_PAGE}/reschedule", choose_another_day, "申请改期"),
    "complaint": Form("/complaints/new", write("发生了什么？"), "提交"),
    "addition": Form(f"{COMPLAINT_PAGE}/add", write("还想告诉我们什么？"), "提交补充"),
    "taking it back": Form(COMPLAINT_PAGE, ask("不用处理了，撤回"), re.compile("^撤回$"), asked=True),
    "objection": Form(f"{CLOSED_PAGE}/reopen", write("哪里没有解决？"), "提交"),
    "survey": Form(f"{CLOSED_PAGE}/survey", judge, "提交评价"),
}
each_form = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)


@each_form
def test_two_taps_are_one(page: Page, pages: Shown, form: Form) -> None:
    button = form.ready(page, pages)

    with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        button.dblclick()

    assert answered.value.status == 202
    page.wait_for_load_state("networkidle")
    assert commands(pages) == 1


@each_form
def test_an_answer_that_is_lost_is_no_second_post(page: Page, pages: Shown, form: Form, complaints: Complaints) -> None:
    lost: list[int] = []

    def lose_the_first(route: Route) -> None:
        if route.request.method != "POST" or lost:
            route.fallback()
            return
        lost.append(route.fetch().status)
        route.abort("connectionreset")

    button = form.ready(page, pages)
    page.route("**/api/**", lose_the_first)

    with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        button.click()

    assert (lost, answered.value.status) == ([202], 202)
    assert commands(pages) == 1
    complaints.expect("ERR_CONNECTION_RESET")


@each_form
def test_a_session_that_has_ended_is_asked_for_again_and_leads_back(page: Page, pages: Shown, form: Form, complaints: Complaints) -> None:
    button = form.ready(page, pages)
    page.route("**/oauth/begin**", lambda route: route.fulfill(body=WECHAT, content_type="text/html"))
    page.context.clear_cookies()

    button.click()

    expect(page).to_have_title("微信登录")
    begun = page.url.partition("path=")[2].replace("%2F", "/").replace("%3F", "?").replace("%3D", "=")
    assert begun == form.path
    assert commands(pages) == 0
    complaints.expect("401")


def test_nobody_sees_what_another_follower_typed_in_the_same_window(page: Page, pages: Shown) -> None:
    open_page(page, pages, "/registrations/new")
    fill_in_registration(page)
    log_in(page, pages, STRANGER)

    open_page(page, pages, "/registrations/new")

    for label in ("车架号（VIN）后 8 位", "车主身份证号", "手机号"):
        expect(page.get_by_label(label)).to_have_value("")
    assert ID_NUMBER not in page.evaluate("JSON.stringify(sessionStorage)")


def test_a_page_of_before_does_nothing_for_who_is_there_now(page: Page, pages: Shown, complaints: Complaints) -> None:
    button = FORMS["registration"].ready(page, pages)
    page.route("**/oauth/begin**", lambda route: route.fulfill(body=WECHAT, content_type="text/html"))
    log_in(page, pages, STRANGER)

    button.click()

    expect(page).to_have_title("微信登录")
    assert commands(pages) == 0
    complaints.expect("401")


def test_where_the_phone_forbids_storage_a_second_try_is_still_the_same_post(page: Page, pages: Shown, complaints: Complaints) -> None:
    page.add_init_script("Storage.prototype.setItem = function () { throw new Error('QuotaExceededError'); }")
    ids = []

    def refuse(route: Route) -> None:
        ids.append(route.request.post_data_json["id"])
        route.fulfill(status=400, json={"code": "x", "message": "不行", "message_en": "no"})

    button = FORMS["registration"].ready(page, pages)
    page.route("**/api/registrations", refuse)
    for _ in range(2):
        button.click()
        expect(page.get_by_text("不行")).to_be_visible()
        expect(button).to_be_enabled()

    assert len(ids) == 2
    assert len(set(ids)) == 1
    complaints.expect("400")


def test_what_was_changed_after_a_lost_answer_is_told_and_sent_with_the_next_tap(page: Page, pages: Shown, complaints: Complaints) -> None:
    """The first was taken, and nobody knows: the answer never came."""

    def garble(route: Route) -> None:
        route.fetch()
        route.fulfill(status=400, json={"code": "x", "message": "不行", "message_en": "no"})

    button = FORMS["registration"].ready(page, pages)
    page.route("**/api/registrations", garble, times=1)
    button.click()
    expect(page.get_by_text("不行")).to_be_visible()
    page.get_by_label("手机号").fill("13900139000")
    button.click()
    expect(page.get_by_role("alert")).to_contain_text("之前提交的一份已经收到")
    assert commands(pages) == 1

    button.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("正在核对")
    assert commands(pages) == 2
    complaints.expect("400")
    complaints.expect("409")


def test_unbinding_one_car_that_failed_is_not_taken_for_unbinding_the_other(page: Page, pages: Shown, complaints: Complaints) -> None:
    ids = []

    def refuse(route: Route) -> None:
        ids.append(route.request.post_data_json["id"])
        route.fulfill(status=400, json={"code": "x", "message": "不行", "message_en": "no"})

    other = uuid4()
    pages.hear(binding_news(binding_id=other, vehicle_id=UUID(int=78), plate="渝B00002"))
    page.route("**/end", refuse)
    for binding in (BINDING, other):
        Form(f"/cars/{binding}", ask("解除绑定"), "解除绑定", asked=True).ready(page, pages).click()
        expect(page.get_by_text("不行")).to_be_visible()

    assert len(set(ids)) == 2
    complaints.expect("400")


def test_numbers_pasted_with_spaces_are_not_cut_off(page: Page, pages: Shown) -> None:
    open_page(page, pages, "/registrations/new")
    for label, pasted in (
        ("车架号（VIN）后 8 位", "LS 00 00 01"),
        ("车主身份证号", "110105 1949 1231 002X"),
        ("手机号", "+86 138 0013 8000"),
    ):
        page.get_by_label(label).focus()
        page.keyboard.insert_text(pasted)

    page.get_by_role("button", name="提交核对").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("正在核对")


def test_a_code_is_called_wrong_only_once_it_was_looked_at(page: Page, pages: Shown) -> None:
    page.route("**/verify", lambda route: route.fetch())  # it arrives; its answer never does
    FORMS["code"].ready(page, pages).click()
    expect(page.get_by_role("button", name="正在核对验证码")).to_be_disabled()

    page.reload()
    assert commands(pages) == 1
    expect(page.get_by_label("6 位验证码")).to_be_visible()
    expect(page.locator("#code-wrong")).to_have_text("")

    pages.hear(registration_news(version=2, tries_left=4))
    expect(page.locator("#code-wrong")).to_have_text("验证码不对，还可以再试 4 次。")


def test_a_new_registration_is_not_blamed_for_the_codes_of_the_last(page: Page, pages: Shown) -> None:
    FORMS["code"].ready(page, pages).click()
    pages.hear(registration_news(version=2, state=RegistrationState.LOCKED))
    expect(page.get_by_role("heading", level=1)).to_have_text("验证码错误次数太多")
    another = uuid4()
    pages.hear(registration_news(registration_id=another, tries_left=5))

    open_page(page, pages, f"/registrations/{another}")

    expect(page.get_by_label("6 位验证码")).to_be_visible()
    expect(page.locator("#code-wrong")).to_have_text("")


def test_what_could_not_be_cancelled_can_be_asked_for_again_without_a_reload(page: Page, pages: Shown) -> None:
    FORMS["cancelling"].ready(page, pages).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("取消申请已收到")
    page.reload()
    pages.hear(appointment_news(AppointmentKept, version=2, state="to_call", kept_because="full"))

    page.get_by_role("main").get_by_role("button", name="取消预约").click()

    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_question_speaks_of_the_hour_that_is_agreed_now(page: Page, pages: Shown) -> None:
    open_page(page, pages, APPOINTMENT_PAGE)
    pages.hear(
        appointment_news(AppointmentConfirmed, version=2, state="confirmed", slip_id="S-1", appointment_at="2026-03-09T09:30:00+08:00")
    )
    expect(page.get_by_role("heading", level=1)).to_have_text("预约成功")

    page.get_by_role("main").get_by_role("button", name="取消预约").click()

    expect(page.get_by_role("dialog")).to_contain_text("上午9:30")


def test_what_has_ended_is_not_asked_about_any_more(page: Page, pages: Shown) -> None:
    open_page(page, pages, APPOINTMENT_PAGE)
    pages.hear(appointment_news(AppointmentWithdrawn, version=2, state="withdrawn"))
    expect(page.get_by_role("heading", level=1)).to_have_text("预约已撤回")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.evaluate("window.dispatchEvent(new Event('online'))")

    page.wait_for_timeout(300)
    assert asked == []


def test_news_that_cannot_be_fetched_leaves_the_page_as_it_is_and_comes_later(page: Page, pages: Shown, complaints: Complaints) -> None:
    open_page(page, pages, APPOINTMENT_PAGE)
    page.evaluate("window.still = 'here'")
    page.route(
        f"**{APPOINTMENT_PAGE}",
        lambda route: route.fulfill(status=503, body="busy") if "/api/" not in route.request.url else route.fallback(),
        times=2,
    )

    pages.hear(appointment_news(AppointmentWithdrawn, version=2, state="withdrawn"))

    expect(page.get_by_role("heading", level=1)).to_have_text("预约已撤回")
    assert page.evaluate("window.still") == "here"
    complaints.expect("503")


def test_without_a_network_the_page_says_so_until_it_is_back(page: Page, pages: Shown, complaints: Complaints) -> None:
    open_page(page, pages, APPOINTMENT_PAGE)
    notice = page.locator("#offline")
    expect(notice).to_be_hidden()

    page.context.set_offline(True)
    expect(notice).to_contain_text("暂时连不上")
    expect(notice).to_be_visible()
    page.context.set_offline(False)

    expect(notice).to_be_hidden()
    complaints.expect("ERR_INTERNET_DISCONNECTED")


PAGES = {
    "/": "/",
    "/consent": "/consent",
    "/registrations/new": "/registrations/new",
    "/registrations/<uuid:registration_id>": REGISTRATION_PAGE,
    "/cars": "/cars",
    "/cars/<uuid:binding_id>": f"/cars/{BINDING}",
    "/appointments": "/appointments",
    "/appointments/<uuid:appointment_id>": APPOINTMENT_PAGE,
    "/appointments/<uuid:appointment_id>/reschedule": f"{APPOINTMENT_PAGE}/reschedule",
    "/appointments/new": "/appointments/new",
    "/complaints": "/complaints",
    "/complaints/new": "/complaints/new",
    "/complaints/<uuid:complaint_id>": COMPLAINT_PAGE,
    "/complaints/<uuid:complaint_id>/add": f"{COMPLAINT_PAGE}/add",
    "/complaints/<uuid:complaint_id>/reopen": f"{CLOSED_PAGE}/reopen",
    "/complaints/<uuid:complaint_id>/survey": f"{CLOSED_PAGE}/survey",
    "/reminders": "/reminders",
    "/reminders/<uuid:item_id>": f"/reminders/{ITEM}?m={MESSAGE}",
    "/oauth/callback": "/oauth/callback?state=1",
}
NO_PAGES = {"/oauth/begin", "/language", "/static/<path:filename>", "/assets/<path:name>"}


def test_no_page_is_forgotten_here(pages: Shown) -> None:
    rules = {rule.rule for rule in pages_app(context_for(pages.database, settings_to_show(WEB_ASSETS))).url_map.iter_rules()}

    assert {rule for rule in rules if not rule.startswith("/api/")} == PAGES.keys() | NO_PAGES


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [360, 768])
def test_every_page_fits_the_phone_and_can_be_used_by_everybody(
    page: Page, pages: Shown, complaints: Complaints, width: int, lang: str
) -> None:
    log_in(page, pages, FOLLOWER, lang)
    page.set_viewport_size({"width": width, "height": 740})

    found = {}
    for path in [*PAGES.values(), "/nothing"]:
        if "oauth" in path:
            page.context.clear_cookies(name="cheqiao_session")
        open_page(page, pages, path)
        if width == 360:
            picture(page, f"page{path.partition('?')[0].replace('/', '-')}-{lang}")
        found[path] = axe(page)
        for size in ("100%", "200%"):
            page.evaluate(f"document.documentElement.style.fontSize = '{size}'")
            if page.evaluate("document.documentElement.scrollWidth") > width:
                found[path].append(f"wider than the phone at {size}")

    assert found == {path: [] for path in found}
    complaints.expect("403")
    complaints.expect("404")


def test_every_page_and_every_question_can_be_read_by_night(page: Page, pages: Shown, complaints: Complaints) -> None:
    page.emulate_media(color_scheme="dark")

    found = {}
    for path in [*PAGES.values(), "/nothing"]:
        if "oauth" in path:
            continue
        open_page(page, pages, path)
        if page.locator("main [data-ask]").count():
            found[f"{path} asks"] = ask_and_look(page)
        picture(page, f"night{path.partition('?')[0].replace('/', '-')}")
        found[path] = axe(page)

    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 20, 22)"
    assert found == {path: [] for path in found}
    complaints.expect("404")


def ask_and_look(page: Page) -> list[str]:
    page.locator("main [data-ask]").first.click()
    found = axe(page)
    page.locator("[data-close]:visible").first.click()
    return found


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_step_of_booking_and_every_question_fits_at_twice_the_size(page: Page, pages: Shown, lang: str) -> None:
    log_in(page, pages, FOLLOWER, lang)
    page.set_viewport_size({"width": 360, "height": 740})
    page.add_init_script(
        "document.addEventListener('DOMContentLoaded', function () { document.documentElement.style.fontSize = '200%'; });"
    )
    found: dict[str, list[str]] = {}

    def look(at: str) -> None:
        found[at] = axe(page)
        if page.evaluate("document.documentElement.scrollWidth") > 360:
            found[at].append("wider than the phone")

    open_page(page, pages, "/appointments/new")
    choose(page, page.locator("input[value='2026-03-12']"))
    for step in ("dealer", "items"):
        page.locator("[data-next]:visible").click()
        look(step)
    page.locator("input[name=items]").first.check()
    page.get_by_role("textbox").last.fill("Donaudampfschifffahrtsgesellschaft" * 3)
    page.locator("[data-next]:visible").click()
    look("confirm")
    for path in (f"/cars/{BINDING}", APPOINTMENT_PAGE, COMPLAINT_PAGE):
        open_page(page, pages, path)
        page.locator("[data-ask]").click()
        look(path)

    assert found == {at: [] for at in found}
