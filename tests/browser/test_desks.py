"""The desks in a browser: a customer waits, is called, gets a slip, comes and leaves; lists stay fresh and forms are left alone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from launcher.stage import Stage
from tests.browser.looking import Complaints, axe, phone, picture
from tests.sandbox.reminder_acts import ZHANGS_CAR, a_standing, a_task
from tests.sandbox.stage import CSC_KEY, DMS_KEY, a_store_record, a_task_record

PAGES = {
    "csc": (
        "/",
        "/pages/slips",
        "/pages/ended",
        "/pages/reminders?show=all",
        "/pages/reminders/{item}",
        "/pages/decisions?list=not_returned",
        "/pages/dates",
        f"/pages/dates/{ZHANGS_CAR}",
        "/pages/campaigns",
        "/pages/registered",
        "/pages/traffic",
        "/pages/faults",
    ),
    "dms": (
        "/",
        "/pages/visits",
        "/pages/visits/{visit}",
        "/pages/sales",
        "/pages/sales/new",
        f"/pages/cars/{ZHANGS_CAR}",
        f"/pages/records?q={ZHANGS_CAR}",
        "/pages/records/{car}",
        "/pages/month",
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
    record = a_store_record(name=name, vin=vin, requested_date=day(3))
    of_the_dms = set(a_store_record()) - set(a_task_record())
    due = (datetime.now(UTC) + timedelta(minutes=20)).isoformat()
    task = a_task_record(**{field: value for field, value in record.items() if field not in of_the_dms}, due_at=due)
    for address, body, key in (("dms/api/v1/appointments", record, DMS_KEY), ("csc/api/v1/call-tasks", task, CSC_KEY)):
        tell(house, address, key, **body)
    return str(record["appointment_id"])


def reminders_wait(house: Stage, *types: str) -> list[str]:
    """Tasks of this month for 张伟, the ids of their items."""
    period = f"{datetime.now(UTC):%Y-%m}"
    tasks = [a_task(type=each, period=period, due_date=day(5), carry_count=2, priority="high") for each in types]
    tell(house, "csc/api/v1/reminder-tasks", CSC_KEY, page_id=str(uuid4()), period=period, tasks=tasks)
    return [task["item_id"] for task in tasks]


def tell(house: Stage, address: str, key: dict[str, str], **body: Any) -> None:
    """As Cheqiao would."""
    headers = {**key, "Idempotency-Key": str(uuid4())}
    answer = requests.post(f"{house.sandbox_url}/{address}", json=body, headers=headers, timeout=30)
    assert answer.status_code in (200, 201), answer.text


def ask(house: Stage, method: str, path: str, **body: Any) -> dict[str, Any]:
    """At a desk."""
    answer = requests.request(method, f"{house.sandbox_url}{path}", json=body, timeout=30)
    assert answer.status_code == 202, answer.text
    return dict(answer.json())


def day(ahead: int) -> str:
    return (datetime.now(UTC) + timedelta(days=ahead)).date().isoformat()


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
    desk.get_by_role("row", name="川A45678").get_by_role("link", name="完工离店").click()
    desk.get_by_role("checkbox", name="定期保养").check()
    desk.get_by_role("button", name="登记离店").click()

    expect(desk.locator("#left")).to_contain_text("川A45678")


def test_a_reminder_is_called_about_and_its_slip_says_how_it_went(house: Stage, desk: Page) -> None:
    (item,) = reminders_wait(house, "inspection")
    desk.goto(f"{house.sandbox_url}/csc/pages/reminders")

    desk.locator(f'a[href$="{item}"]').first.click()
    desk.get_by_role("button", name="已接通").click()
    desk.get_by_label("会来", exact=True).check()
    desk.get_by_role("button", name="保存提醒单").click()

    expect(desk.get_by_role("status")).to_have_text("提醒单已保存，已告知车桥")
    picture(desk, "desk-csc-reminder")
    assert axe(desk) == []


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


@pytest.fixture(scope="module")
def records(house: Stage) -> dict[str, str]:
    """Something for every list, and the ids that pages are named by: a car that is here, reminders before and after their month's end."""
    a_customer_waits(house, "孙七七")
    visit = ask(house, "POST", "/dms/desk/visits", vin=ZHANGS_CAR, dealer_code="D001")["visit_no"]
    ask(house, "PUT", f"/csc/desk/service-dates/{ZHANGS_CAR}", next_maintenance_date=day(20))
    ask(house, "POST", "/csc/desk/campaigns", name="夏季空调检测", text="免费检测", starts_on=day(0), ends_on=day(30))
    due, over = reminders_wait(house, "maintenance", "insurance")
    tell(
        house,
        "csc/api/v1/reminder-tasks/standings",
        CSC_KEY,
        page_id=str(uuid4()),
        standings=[a_standing(over, outcome="for_decision", contact_state="missed")],
    )
    return {"item": due, "visit": visit, "car": "1"}


@pytest.mark.parametrize("key", PAGES)
def test_every_page_of_a_desk_is_sound_in_both_languages_and_fits_a_phone(
    house: Stage, browser: Browser, complaints: Complaints, records: dict[str, str], key: str
) -> None:
    for language in ("zh", "en"):
        with phone(browser, complaints) as page:
            page.context.add_cookies([{"name": "cheqiao_lang", "value": language, "url": house.url}])
            for path in (path.format(**records) for path in PAGES[key]):
                page.goto(f"{house.sandbox_url}/{key}{path}")
                picture(page, f"desk-{key}{path.partition('?')[0].replace('/', '-')}-{language}-390")
                assert (path, axe(page)) == (path, [])
                assert (path, page.evaluate("document.documentElement.scrollWidth")) == (path, 390)
                assert (path, page.locator("h1").count(), page.locator("main").count()) == (path, 1, 1)
