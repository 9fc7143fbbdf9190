"""Booking in three parts (A-APT-11), as the follower finds it."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from adapters.wechat.pages.copies import CarCopy
from adapters.wechat.pages.views.shown import car_shown, first_day, hours_words
from adapters.wechat.pages.views.visit import Visit
from contracts.dms import OpeningHours
from tests.adapters.wechat.pages.conftest import FOLLOWER, some_settings
from tests.adapters.wechat.pages.news import APPOINTMENT, VEHICLE, appointment_news, binding_news, dealer_news
from tests.adapters.wechat.pages.showing import TODAY, Shown, showing, stand_in_for_weui

PAGE = "/appointments/new"
SECOND = UUID(int=78)


@pytest.fixture
def shown(database, tmp_path) -> Iterator[Shown]:
    with showing(database, stand_in_for_weui(tmp_path / "assets")) as pages:
        pages.hear(binding_news(), dealer_news())
        yield pages


def days_of(page):
    return {day["value"]: day for day in page.all("input", name="requested_date")}


def test_without_a_car_the_way_to_bind_one_is_shown(database, tmp_path):
    with showing(database, stand_in_for_weui(tmp_path / "assets")) as pages:
        page = pages.see(PAGE)

    assert page.links()["绑定我的车"] == "/registrations/new"
    assert page.all("form") == []


def test_the_three_parts_and_the_summary_are_steps(shown):
    page = shown.see(PAGE)

    assert [step["data-step"] for step in page.all("section")] == ["date", "dealer", "items", "confirm"]
    assert [step.text for step in page.all("li") if "aria-current" in step.attributes] == ["日期", "服务店", "项目", "确认"]


def test_days_go_from_the_next_that_gives_notice_to_the_furthest(shown):
    days = days_of(shown.see(PAGE))
    open_days = [day for day, element in days.items() if "disabled" not in element.attributes]

    assert (open_days[0], open_days[-1], len(open_days)) == ("2026-03-03", "2026-05-31", 90)
    assert "disabled" in days["2026-03-02"].attributes
    assert days["2026-03-03"]["aria-label"] == "3月3日 周二"


@pytest.mark.parametrize(
    ("now", "first"),
    [
        (datetime(2026, 3, 1, 22, 30, tzinfo=UTC), date(2026, 3, 2)),
        (datetime(2026, 3, 1, 22, 31, tzinfo=UTC), date(2026, 3, 3)),
    ],
)
def test_two_hours_before_opening_the_same_day_can_be_had(now, first):
    assert first_day(Visit(some_settings(), None, FOLLOWER, "main", now, None)) == first


def test_several_cars_are_asked_about_first(shown):
    shown.hear(binding_news(binding_id=UUID(int=61), vehicle_id=SECOND, plate=None, model="雨燕"))

    page = shown.see(PAGE)

    assert page.all("section")[0]["data-step"] == "car"
    assert {car["data-words"] for car in page.all("input", name="vehicle_id")} == {"渝A12345", "雨燕"}


def test_a_link_chooses_the_car_and_carries_its_origin(shown):
    item = UUID(int=900)
    shown.hear(binding_news(binding_id=UUID(int=61), vehicle_id=SECOND))

    page = shown.see(f"{PAGE}?from=reminder&item={item}&vehicle={SECOND}")

    assert [car["value"] for car in page.all("input", name="vehicle_id") if "checked" in car.attributes] == [str(SECOND)]
    assert page.one("input", name="source")["value"] == "reminder"
    assert page.one("input", name="reminder_item_id")["value"] == str(item)


@pytest.mark.parametrize("link", ["?from=menu", "?from=<script>", "?item=1&vehicle=x&again=y", f"?again={UUID(int=404)}"])
def test_a_link_that_says_nothing_useful_is_as_from_the_menu(shown, link):
    page = shown.see(PAGE + link)

    assert page.one("input", name="source")["value"] == "menu"
    assert page.all("input", name="reminder_item_id") == []


def test_an_earlier_one_fills_in_dealer_and_items(shown):
    shown.hear(appointment_news(state="unreachable", vehicle_id=VEHICLE))

    form = shown.see(f"{PAGE}?again={APPOINTMENT}").one("form")

    assert json.loads(form["data-preset"]) == {"dealer_code": "D001", "items": ["REPAIR"]}
    assert "data-fresh" in form.attributes


def test_dealers_say_where_they_are_and_when_they_are_open(shown):
    shown.hear(dealer_news(dealer_code="D002", name="渝中服务店", hours=[]))

    page = shown.see(PAGE)

    assert {dealer["value"] for dealer in page.all("input", name="dealer_code")} == {"D001", "D002"}
    assert "今天 8:30‑18:00" in page.text
    row = page.one("div", data_dealer="D001")
    assert (row["data-latitude"], row["data-longitude"], row["data-weekdays"]) == ("29.57", "106.55", "1")


def test_a_dealer_that_takes_no_bookings_is_not_offered(shown):
    shown.hear(dealer_news(dealer_version=2, active=False))

    page = shown.see(PAGE)

    assert page.all("input", name="dealer_code") == []
    assert "服务店名单正在更新" in page.text


def test_items_are_sent_by_their_chinese_names_in_either_language(shown):
    item = shown.see(PAGE, lang="en").one("input", value="MAINTENANCE")

    assert (item["data-name"], item["data-words"]) == ("定期保养", "Regular maintenance")


def test_the_form_is_posted_once_and_leads_to_its_receipt(shown):
    form = shown.see(PAGE).one("form")

    assert (form["data-send"], form["data-then"]) == ("/api/appointments", "/appointments/{id}")
    assert "data-draft" in form.attributes


def test_hours_are_said_for_today():
    spans = (OpeningHours(weekday=1, begins="13:00", ends="17:30"), OpeningHours(weekday=1, begins="08:30", ends="12:00"))

    assert hours_words(spans, TODAY) == "今天 8:30‑12:00、13:00‑17:30"
    assert hours_words(spans, date(2026, 3, 3)) == "今天休息"
    assert hours_words((), TODAY) == ""


@pytest.mark.parametrize(
    ("plate", "model", "title", "subtitle"),
    [
        ("渝A12345", "雨燕", "渝A12345", "雨燕 · 车架号尾号 000001"),
        (None, "雨燕", "雨燕", "车架号尾号 000001"),
        (None, "", "车架号尾号 000001", ""),
    ],
)
def test_a_car_is_called_by_what_is_known_of_it(plate, model, title, subtitle):
    car = CarCopy(UUID(int=1), 1, UUID(int=2), plate, model, "LS4AAAAA1AA000001", "张伟", "13800138000", "D001", active=True, ending=False)

    assert (car_shown(car).title, car_shown(car).subtitle) == (title, subtitle)
