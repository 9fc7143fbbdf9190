"""What a follower is reminded of (A-REM-21, 22, 25): the page behind the message, the list, and 不再提醒."""

import json
from collections.abc import Iterator
from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from adapters.wechat.pages.reminder_sayings import headline, time_left, type_name, when
from chassis.tables import outbox
from contracts.appointments import AppointmentCompleted
from contracts.customers import CustomerUnregistered
from contracts.reminders import DueItem, ReminderType
from tests.adapters.wechat.pages.conftest import STRANGER
from tests.adapters.wechat.pages.news import (
    APPOINTMENT,
    ITEM,
    MESSAGE,
    VEHICLE,
    appointment_news,
    binding_news,
    dealer_news,
    due,
    reminder_news,
    wishes_news,
)
from tests.adapters.wechat.pages.showing import ITEMS, TODAY, Shown, showing, stand_in_for_weui

PAGE = f"/reminders/{ITEM}?m={MESSAGE}"
OFFERED = [*ITEMS, {"code": "FIRST_MAINTENANCE", "name": "首次保养"}, {"code": "OTHER", "name": "其他"}]
CAMPAIGN = due("campaign", date(2026, 3, 5), UUID(int=83), title="春季免费检测", text="36 项免费检测。", until=date(2026, 3, 31))


@pytest.fixture
def shown(database, tmp_path) -> Iterator[Shown]:
    assets = stand_in_for_weui(tmp_path / "assets")
    with showing(database, assets) as pages:
        pages.hear(binding_news(), dealer_news())
        yield pages


def commands(shown: Shown, type: str) -> list[dict]:
    with shown.database.read() as connection:
        return [json.loads(row.body)["data"] for row in connection.execute(select(outbox)) if json.loads(row.body)["type"] == type]


def wish(shown: Shown, type: str, wanted: bool) -> int:
    return shown.phone.post("/api/reminders/wishes", {"id": str(uuid4()), "type": type, "wanted": wanted}).status_code


def test_the_page_says_what_is_due_when_and_for_which_car(shown):
    shown.hear(reminder_news())

    page = shown.see(PAGE)

    assert page.heading == "该保养了"
    assert "渝A12345" in page.text
    assert "3月12日 周四前" in page.text
    assert "还有 10 天" in page.text
    assert "更换机油和机滤" in page.text


def test_it_shows_the_four_parts_of_the_message(shown):
    shown.hear(reminder_news(due(), due("birthday", date(2026, 3, 8), UUID(int=82)), CAMPAIGN))

    page = shown.see(PAGE)

    assert page.heading == "有 3 项提醒"
    assert [part.text for part in page.all("h2")] == ["服务提醒", "生日关怀", "服务活动", "预约"]
    assert "36 项免费检测。" in page.text
    assert "3月31日 周二截止" in page.text


def test_the_usual_dealer_can_be_called_and_one_tap_leads_to_the_booking(shown):
    shown.hear(reminder_news())

    page = shown.see(PAGE)

    assert "江北服务店" in page.text
    assert page.one("a", class_="calls")["href"] == "tel:023-12345678"
    assert page.links()["预约到店"] == f"/appointments/new?item={ITEM}&vehicle={VEHICLE}"


def test_the_booking_knows_the_car_the_dealer_and_what_is_to_be_done(shown):
    second = UUID(int=78)
    shown.hear(binding_news(binding_id=UUID(int=61), vehicle_id=second, plate="渝B00001"))
    shown.hear(reminder_news(vehicle_id=second))

    page = shown.see(f"/appointments/new?item={ITEM}")

    assert [car["value"] for car in page.all("input", name="vehicle_id") if "checked" in car.attributes] == [str(second)]
    assert json.loads(page.one("form")["data-preset"]) == {"dealer_code": "D001", "items": ["MAINTENANCE"], "concern": ""}
    assert page.one("input", name="source")["value"] == "reminder"
    assert page.one("input", name="reminder_item_id")["value"] == str(ITEM)


def test_what_has_no_name_among_the_items_is_said_in_words(shown, database, tmp_path):
    shown.hear(reminder_news(due("inspection"), due("first_maintenance", item_id=UUID(int=82)), CAMPAIGN))

    page = shown.see(f"/appointments/new?item={ITEM}")

    assert json.loads(page.one("form")["data-preset"])["concern"] == "提醒：年审、春季免费检测"


def test_a_booking_is_for_a_service_before_all_else(shown):
    service = UUID(int=85)
    shown.hear(reminder_news(due("birthday", date(2026, 3, 3)), due("warranty", date(2026, 3, 30), service)))

    assert f"item={service}&" in shown.see(PAGE).links()["预约到店"]


def test_opening_the_page_is_told_once(shown):
    shown.hear(reminder_news())

    for _ in range(3):
        shown.see(PAGE)

    (told,) = commands(shown, "open.reminder")
    assert told["message_id"] == str(MESSAGE)


def test_another_follower_opens_nothing_and_nothing_is_told(shown):
    shown.hear(reminder_news())

    assert shown.see(PAGE, follower=STRANGER).status == 404
    assert commands(shown, "open.reminder") == []


def test_of_a_car_that_is_no_longer_theirs_nothing_is_shown(shown):
    shown.hear(reminder_news(), binding_news(CustomerUnregistered, version=2, reason="by_follower"))

    assert shown.see(PAGE).status == 404
    assert "该保养了" not in shown.see("/reminders").text


def test_no_more_of_a_type_is_one_tap_and_so_is_the_way_back(shown):
    shown.hear(reminder_news())
    before = shown.see(PAGE).one("form")

    assert wish(shown, "maintenance", wanted=False) == 202
    after = shown.see(PAGE)

    assert (before["data-send"], before["data-follow"]) == ("/api/reminders/wishes", "now")
    assert "以后不再提醒您：定期保养。" in after.text
    assert after.one("button").text == "恢复提醒"
    assert "checked" in after.one("input", name="wanted").attributes
    assert [(told["type"], told["wanted"]) for told in commands(shown, "set.reminder.wish")] == [("maintenance", False)]


def test_the_list_has_a_switch_for_every_type(shown):
    shown.hear(wishes_news(ReminderType.CAMPAIGN))

    page = shown.see("/reminders")

    assert [one["value"] for one in page.all("input", name="type")] == [type.value for type in ReminderType]
    assert [one.text for one in page.all("button")].count("恢复提醒") == 1


@pytest.mark.parametrize("body", [{"type": "dinner"}, {"wanted": "no"}, {"more": 1}])
def test_a_wish_that_says_nothing_clear_is_refused(shown, body):
    answer = shown.phone.post("/api/reminders/wishes", {"id": str(uuid4()), "type": "birthday", "wanted": False} | body)

    assert answer.status_code == 400


def test_the_same_wish_again_is_the_same(shown):
    form = {"id": str(uuid4()), "type": "birthday", "wanted": False}

    first, second = (shown.phone.post("/api/reminders/wishes", form) for _ in range(2))

    assert (first.status_code, second.status_code, second.headers["Idempotent-Replayed"]) == (202, 202, "true")
    assert len(commands(shown, "set.reminder.wish")) == 1
    assert shown.phone.post("/api/reminders/wishes", form | {"wanted": True}).status_code == 409


def test_what_matters_now_is_above_what_was(shown):
    shown.hear(reminder_news(), reminder_news(due(on=date(2026, 1, 10)), message_id=UUID(int=90), period="2026-01"))

    page = shown.see("/reminders")

    assert page.text.index("3月12日") < page.text.index("以前的提醒") < page.text.index("1月10日")


def test_without_a_reminder_it_is_said_what_will_come(shown):
    assert "快到期时，我们会用微信告诉您" in shown.see("/reminders").text


def test_without_a_car_the_way_to_bind_one_is_shown(shown):
    assert shown.see("/reminders", follower=STRANGER).links()["绑定我的车"] == "/registrations/new"


def test_what_is_booked_already_is_shown_instead_of_another_booking(shown):
    shown.hear(reminder_news(), appointment_news())

    page = shown.see(PAGE)

    assert page.links()["查看预约"] == f"/appointments/{APPOINTMENT}"
    assert "预约到店" not in page.text
    assert "待确认" in shown.see("/reminders").text


def test_what_is_done_is_no_longer_current(shown):
    shown.hear(reminder_news(), appointment_news(AppointmentCompleted, state="completed", reminder_item_id=ITEM))

    page = shown.see("/reminders")

    assert "现在没有要办的事" in page.text
    assert page.text.index("以前的提醒") < page.text.index("已完成")


def test_home_shows_what_is_due_until_it_is_booked(shown):
    shown.hear(reminder_news())
    before = shown.see("/").text
    shown.hear(appointment_news())

    assert "快到期" in before
    assert "快到期" not in shown.see("/").text


def test_in_english_it_is_all_english(shown):
    shown.hear(reminder_news(due("insurance", date(2026, 3, 3))))

    page = shown.see(PAGE, lang="en")

    assert page.heading == "The insurance is about to end"
    assert "by Tue 3 Mar" in page.text
    assert "due tomorrow" in page.text


@pytest.mark.parametrize(
    ("days", "tone", "words"),
    [
        (30, "good", "还有 30 天"),
        (7, "wait", "还有 7 天"),
        (1, "wait", "明天到期"),
        (0, "wait", "今天到期"),
        (-1, "bad", "昨天到期"),
        (-9, "bad", "已过 9 天"),
    ],
)
def test_how_long_there_is(days, tone, words):
    item = DueItem(item_id=ITEM, type="warranty", due_date=date.fromordinal(TODAY.toordinal() + days))

    assert time_left(item, TODAY) == (tone, words)


def test_a_campaign_is_over_after_its_last_day():
    item = DueItem(item_id=ITEM, type="campaign", due_date=date(2026, 2, 1), until=date(2026, 3, 1), title="春季活动")

    assert time_left(item, TODAY) == ("done", "已结束")
    assert (when(item, TODAY), headline((item,), "insurance")) == ("3月1日 周日截止", "春季活动")


def test_a_birthday_has_a_day_and_no_hurry():
    item = DueItem(item_id=ITEM, type="birthday", due_date=date(2026, 3, 8))

    assert (when(item, TODAY), time_left(item, TODAY)) == ("3月8日 周日", ("done", ""))


def test_what_the_third_date_means_is_a_setting():
    assert (type_name(ReminderType.INSURANCE, "insurance"), type_name(ReminderType.INSURANCE, "maintenance")) == ("保险到期", "强制保养")
