"""The desks in a browser: a customer waits, is called, gets a slip, comes and leaves; lists stay fresh and forms are left alone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from launcher.stage import Stage
from tests.browser.looking import Complaints, axe, phone, picture
from tests.sandbox.stage import CSC_KEY, DMS_KEY, a_store_record, a_task_record

PAGES = {
    "csc": ("/", "/pages/slips", "/pages/ended", "/pages/registered", "/pages/traffic", "/pages/faults"),
    "dms": (
        "/",
        "/pages/visits",
        "/pages/sales",
        "/pages/sales/new",
        "/pages/cars/LS4AAAAA1AA000001",
        "/pages/registered",
        "/pages/dealers",
        "/pages/dealers/D001",
        "/pages/capacity",
        "/pages/traffic",
        "/pages/faults",
    ),
    "wechat": ("/", "/pages/messages", "/pages/platform", "/pages/traffic", "/pages/faults"),
    "sms": ("/", "/pages/traffic", "/pages/faults"),
}


@pytest.fixture
def desk(browser: Browser, complaints: Complaints) -> Iterator[Page]:
    """Somebody's screen at work."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN", timezone_id="Asia/Shanghai")
    try:
        page = context.new_page()
        complaints.listen(page)
        yield page
    finally:
        context.close()


def a_customer_waits(house: Stage, name: str, vin: str = "LS4AAAAA2AA000002") -> str:
    """Both systems have the request, as if Cheqiao had brought it."""
    day = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    record = a_store_record(name=name, vin=vin, requested_date=day)
    of_the_dms = set(a_store_record()) - set(a_task_record())
    due = (datetime.now(UTC) + timedelta(minutes=20)).isoformat()
    task = a_task_record(**{field: value for field, value in record.items() if field not in of_the_dms}, due_at=due)
    for address, body, key in (("dms/api/v1/appointments", record, DMS_KEY), ("csc/api/v1/call-tasks", task, CSC_KEY)):
        url, headers = f"{house.sandbox_url}/{address}", {**key, "Idempotency-Key": str(uuid4())}
        assert requests.post(url, json=body, headers=headers, timeout=30).status_code == 201
    return str(record["appointment_id"])


def test_a_customer_who_books_appears_by_himself_and_is_called(house: Stage, desk: Page) -> None:
    desk.goto(f"{house.sandbox_url}/csc/")
    a_customer_waits(house, "周一一")

    desk.get_by_role("link", name="周一一").click()
    desk.get_by_role("button", name="无人接听").click()
    expect(desk.get_by_role("status")).to_have_text("已记录：无人接听")
    desk.get_by_role("button", name="已接通").click()
    desk.get_by_label("时间").fill("14:30")
    desk.get_by_label("故障维修").check()
    desk.get_by_role("button", name="保存预约单").click()

    expect(desk.get_by_role("status")).to_have_text("预约单已保存，已告知车桥")
    expect(desk.locator("#story")).to_contain_text("预约单第 1 版")
    expect(desk.locator("#story")).to_contain_text("第 2 次通话 已接通")
    picture(desk, "desk-csc-task")
    assert axe(desk) == []


def test_a_form_that_is_being_filled_is_left_alone_while_its_lists_change(house: Stage, desk: Page) -> None:
    task = a_customer_waits(house, "周二二")
    desk.goto(f"{house.sandbox_url}/csc/pages/tasks/{task}")
    desk.get_by_label("经办人").fill("小陈")

    requests.post(f"{house.sandbox_url}/csc/desk/tasks/{task}/calls", json={"result": "busy"}, timeout=30)

    expect(desk.locator("#story")).to_contain_text("第 1 次通话 占线")
    expect(desk.get_by_label("经办人")).to_have_value("小陈")
    expect(desk.get_by_label("经办人")).to_be_focused()


def test_what_was_opened_to_be_read_stays_open(house: Stage, desk: Page) -> None:
    task = a_customer_waits(house, "周三三")
    desk.goto(f"{house.sandbox_url}/csc/pages/traffic")
    desk.locator("#asked summary").first.click()
    expect(desk.locator("#asked details[open]")).to_contain_text("周三三")

    requests.post(f"{house.sandbox_url}/csc/desk/tasks/{task}/calls", json={"result": "refused"}, timeout=30)

    expect(desk.locator("#pushes")).to_contain_text("call.logged")
    expect(desk.locator("#asked details[open]")).to_contain_text("周三三")


def test_what_is_marked_to_be_copied_stays_marked_until_it_is_let_go(house: Stage, desk: Page) -> None:
    a_customer_waits(house, "吴八八")
    desk.goto(f"{house.sandbox_url}/csc/")
    waiting = int(desk.locator("#tabs .count").first.inner_text())
    desk.locator("#list .tel").first.evaluate("link => getSelection().selectAllChildren(link)")

    a_customer_waits(house, "郑九九")

    expect(desk.locator("#tabs .count").first).to_have_text(str(waiting + 1))
    assert desk.evaluate("getSelection().toString()") == "13800138000"
    desk.evaluate("getSelection().removeAllRanges()")
    expect(desk.get_by_role("link", name="郑九九")).to_be_visible()


def test_what_is_wrong_is_said_beside_the_field_and_the_cursor_stands_there(house: Stage, desk: Page, complaints: Complaints) -> None:
    desk.goto(f"{house.sandbox_url}/dms/pages/sales/new")
    desk.get_by_label("VIN").fill("LS4")
    desk.get_by_label("姓名").fill("赵敏")

    desk.get_by_role("button", name="保存销售记录").click()

    expect(desk.get_by_label("VIN")).to_be_focused()
    expect(desk.get_by_label("VIN")).to_have_accessible_description("✕ VIN 为 17 位字母和数字，不含 I、O、Q")
    expect(desk.get_by_label("姓名")).to_have_value("赵敏")
    picture(desk, "desk-dms-sale-wrong")
    assert axe(desk) == []
    complaints.expect("422")


def test_a_page_with_a_wrong_form_goes_on_asking_where_it_may(house: Stage, desk: Page, complaints: Complaints) -> None:
    task = a_customer_waits(house, "周四四")
    desk.goto(f"{house.sandbox_url}/csc/pages/tasks/{task}")
    desk.get_by_label("经办人").fill("")
    desk.get_by_role("button", name="保存预约单").click()
    expect(desk.get_by_text("请填写")).to_be_visible()

    requests.post(f"{house.sandbox_url}/csc/desk/tasks/{task}/calls", json={"result": "switched_off"}, timeout=30)

    expect(desk.locator("#story")).to_contain_text("关机")
    expect(desk.get_by_text("请填写")).to_be_visible()
    complaints.expect("422")


def test_a_car_comes_and_leaves(house: Stage, desk: Page) -> None:
    task = a_customer_waits(house, "周五五", vin="LS4AAAAA9AA000004")
    desk.goto(f"{house.sandbox_url}/dms/pages/appointments/{task}")

    desk.get_by_role("button", name="登记到店").click()
    desk.get_by_role("link", name="去登记离店").click()
    desk.get_by_role("row", name="川A45678").get_by_role("button", name="完工离店").click()

    expect(desk.locator("#left")).to_contain_text("川A45678")


def test_faults_are_switched_on_and_off_by_buttons_under_a_warning(house: Stage, desk: Page) -> None:
    desk.goto(f"{house.sandbox_url}/sms/pages/faults")

    desk.get_by_label("次数").first.select_option("3")
    desk.get_by_role("button", name="报错 500").click()

    expect(desk.get_by_role("region", name="故障")).to_contain_text("报错 500 ×3")
    picture(desk, "desk-sms-faults")
    assert axe(desk) == []
    desk.get_by_role("region", name="故障").get_by_role("button", name="全部恢复正常").click()
    expect(desk.get_by_role("region", name="故障")).to_have_count(0)


def test_a_press_too_many_does_it_once(house: Stage, desk: Page) -> None:
    task = a_customer_waits(house, "周六六")
    desk.goto(f"{house.sandbox_url}/csc/pages/tasks/{task}")

    desk.get_by_role("button", name="占线").dblclick()

    expect(desk.get_by_role("status")).to_have_text("已记录：占线")
    tasks = requests.get(f"{house.sandbox_url}/csc/control/state", timeout=30).json()["tasks"]
    assert [len(each["calls"]) for each in tasks if each["appointment_id"] == task] == [1]


def test_the_start_page_leads_to_phone_and_desks_in_both_languages(house: Stage, desk: Page) -> None:
    desk.goto(house.url)
    expect(desk).to_have_title("车桥 Cheqiao")
    picture(desk, "start")
    assert axe(desk) == []

    desk.get_by_role("link", name="English").click()
    expect(desk.get_by_role("heading", name="See it in three steps")).to_be_visible()
    desk.get_by_role("link", name="CSC desk").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("To call")


@pytest.mark.parametrize("key", PAGES)
def test_every_page_of_a_desk_is_sound_in_both_languages_and_fits_a_phone(
    house: Stage, browser: Browser, complaints: Complaints, key: str
) -> None:
    a_customer_waits(house, "孙七七")
    for language in ("zh", "en"):
        with phone(browser, complaints) as page:
            page.context.add_cookies([{"name": "cheqiao_lang", "value": language, "url": house.url}])
            for path in PAGES[key]:
                page.goto(f"{house.sandbox_url}/{key}{path}")
                picture(page, f"desk-{key}{path.replace('/', '-')}-{language}-390")
                assert (path, axe(page)) == (path, [])
                assert (path, page.evaluate("document.documentElement.scrollWidth")) == (path, 390)
                assert (path, page.locator("h1").count(), page.locator("main").count()) == (path, 1, 1)
