"""Appointments as their follower sees them: how it stands, what happens next and by when (A-APT-09..22)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from contracts.appointments import (
    AppointmentCallDue,
    AppointmentCallMissed,
    AppointmentCancelled,
    AppointmentConfirmed,
    AppointmentKept,
    AppointmentNews,
    AppointmentRescheduled,
    AppointmentTransferred,
    AppointmentTurnedDown,
    AppointmentUnreachable,
    State,
)
from tests.adapters.wechat.pages.conftest import NOW, a_form
from tests.adapters.wechat.pages.news import APPOINTMENT, VEHICLE, appointment_news, binding_news, dealer_news
from tests.adapters.wechat.pages.showing import Shown, showing, stand_in_for_weui

PAGE = f"/appointments/{APPOINTMENT}"
MORNING = datetime(2026, 3, 9, 1, 30, tzinfo=UTC)


@pytest.fixture
def shown(database, tmp_path) -> Iterator[Shown]:
    with showing(database, stand_in_for_weui(tmp_path / "assets")) as pages:
        pages.hear(binding_news(), dealer_news())
        yield pages


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_state_is_said_in_a_sentence(shown, state, lang):
    shown.hear(appointment_news(AppointmentNews, state=state))

    page = shown.see(PAGE, lang=lang)

    assert page.heading
    assert page.one("p", _class="then").text.endswith(("。", "."))


def test_the_receipt_is_there_at_once(shown):
    form = a_form()
    shown.phone.book(form)

    page = shown.see(f"/appointments/{form['id']}")

    assert page.heading == "预约已收到"
    assert "3月9日 周一" in page.text
    assert page.one("main")["data-state"] == "submitting"


def test_by_when_the_dealer_calls(shown):
    shown.hear(appointment_news(AppointmentCallDue, state="to_call", call_due_at=NOW + timedelta(hours=2)))

    assert "服务店会在今天 13:00 前给您来电" in shown.see(PAGE).text
    assert "The dealer will call you by today 13:00" in shown.see(PAGE, lang="en").text


def test_a_call_that_is_overdue_promises_no_hour(shown):
    shown.hear(appointment_news(AppointmentCallDue, state="to_call", call_due_at=NOW - timedelta(minutes=1)))

    assert "尽快给您来电" in shown.see(PAGE).text


def test_a_missed_call_is_told(shown):
    shown.hear(appointment_news(AppointmentCallMissed, state="to_call", attempts=1, call_due_at=NOW + timedelta(hours=2)))

    assert "刚才没有打通您的电话" in shown.see(PAGE).text


def test_a_confirmed_one_says_the_hour_and_where_to_ring(shown):
    shown.hear(appointment_news(AppointmentConfirmed, state="confirmed", appointment_at=MORNING, dms_no="D-7"))

    page = shown.see(PAGE)

    assert page.heading == "预约成功"
    assert all(word in page.text for word in ("3月9日 周一 上午9:30", "江北服务店", "渝A12345", "D-7"))
    assert "tel:023-12345678" in page.links().values()
    assert page.one("form", data_name="cancel")["data-send"] == f"/api{PAGE}/withdraw"
    assert page.links()["改期"] == f"{PAGE}/reschedule"


def test_today_is_called_today(shown):
    shown.hear(appointment_news(AppointmentConfirmed, state="confirmed", appointment_at=NOW + timedelta(hours=5)))

    assert "今天 下午4:00" in shown.see("/").text
    assert "Today, 4:00 PM" in shown.see("/appointments", lang="en").text


def test_shortly_before_it_only_the_dealer_can_change_it(shown):
    shown.hear(appointment_news(AppointmentConfirmed, state="confirmed", appointment_at=NOW + timedelta(minutes=119)))

    page = shown.see(PAGE)

    assert page.all("form", data_name="cancel") == []
    assert "改期" not in page.links()
    assert "不到 2 小时" in page.text
    assert shown.phone.get(f"{PAGE}/reschedule").headers["Location"] == PAGE


def test_until_the_cut_off_it_can_be_cancelled(shown):
    shown.hear(appointment_news(AppointmentConfirmed, state="confirmed", appointment_at=NOW + timedelta(minutes=121)))

    assert len(shown.see(PAGE).all("form", data_name="cancel")) == 1


def test_what_the_follower_just_asked_for_is_shown_before_there_is_news(shown):
    shown.hear(appointment_news(AppointmentConfirmed, state="confirmed", appointment_at=MORNING))
    shown.phone.withdraw(str(APPOINTMENT))

    page = shown.see(PAGE)

    assert page.heading == "取消申请已收到"
    assert page.all("form", data_name="cancel") == []


def test_while_it_is_being_moved_the_first_hour_holds(shown):
    moved = {"requested_date": date(2026, 3, 12), "slot": "09:00-10:00", "request_no": 2, "appointment_at": MORNING}
    shown.hear(appointment_news(AppointmentRescheduled, state="rescheduled", **moved))

    text = shown.see(PAGE).text

    assert "您申请改到 3月12日 周四 9:00‑10:00" in text
    assert "原来的时间 3月9日 周一 上午9:30 仍然有效" in text


def test_once_the_first_day_is_over_it_can_be_cancelled_while_it_is_being_moved(shown):
    moved = {"requested_date": date(2026, 3, 12), "request_no": 2, "appointment_at": NOW - timedelta(days=1)}
    shown.hear(appointment_news(AppointmentRescheduled, state="rescheduled", **moved))

    assert len(shown.see(PAGE).all("form", data_name="cancel")) == 1


def test_why_it_could_not_be_changed_is_told(shown):
    shown.hear(appointment_news(AppointmentKept, state="confirmed", appointment_at=MORNING, kept_because="full"))

    assert "您想改的时间已约满，原来的时间不变" in shown.see(PAGE).text


@pytest.mark.parametrize(
    ("kind", "news", "says", "button"),
    [
        (AppointmentUnreachable, {"state": "unreachable"}, "没有联系上您", "选择新日期"),
        (AppointmentTurnedDown, {"state": "rejected", "reason": "full"}, "刚刚约满", "选择新日期"),
        (AppointmentCancelled, {"state": "cancelled", "reason": "slip_cancelled"}, "服务店取消了本次预约", "再次预约"),
        (AppointmentCancelled, {"state": "cancelled", "reason": "words of another day"}, "详情请致电服务店", "再次预约"),
    ],
)
def test_one_that_has_ended_says_why_and_leads_on(shown, kind, news, says, button):
    shown.hear(appointment_news(kind, **news))

    page = shown.see(PAGE)

    assert says in page.text
    assert page.links()[button] == f"/appointments/new?again={APPOINTMENT}"
    assert "data-poll" not in page.one("main").attributes


def test_one_that_went_to_another_dealer_leads_there(shown):
    there = UUID(int=51)
    shown.hear(
        appointment_news(AppointmentTransferred, state="transferred", successor_id=there),
        appointment_news(appointment_id=there, dealer_code="D002", predecessor_id=APPOINTMENT),
    )

    page = shown.see(PAGE)

    assert f"/appointments/{there}" in page.links().values()
    assert "再次预约" not in page.links()


def test_the_history_has_what_happened_and_what_comes(shown):
    shown.hear(
        appointment_news(),
        appointment_news(AppointmentCallDue, version=2, state="to_call", call_due_at=NOW + timedelta(hours=2)),
        appointment_news(AppointmentCallMissed, version=3, state="to_call", attempts=1, call_due_at=NOW + timedelta(hours=2)),
    )

    lines = [line.text for line in shown.see(PAGE).all("li")]
    words = ("服务店来电确认", "服务店来电，未接通", "已安排服务店来电", "预约已登记")
    assert [line.startswith(said) for said, line in zip(words, lines, strict=True)] == [True] * 4


def test_the_list_has_what_comes_before_what_was(shown):
    shown.hear(
        appointment_news(appointment_id=UUID(int=1), state="completed", requested_date=date(2026, 2, 1)),
        appointment_news(appointment_id=UUID(int=2), state="requested", requested_date=date(2026, 3, 20)),
        appointment_news(appointment_id=UUID(int=3), state="requested", requested_date=date(2026, 3, 10)),
    )

    page = shown.see("/appointments")

    where = [page.text.index(day) for day in ("3月10日", "3月20日", "以前的预约", "2月1日")]
    assert where == sorted(where)


def test_an_empty_list_says_how_to_begin(shown):
    page = shown.see("/appointments")

    assert "现在没有进行中的预约" in page.text
    assert page.links()["预约保养"] == "/appointments/new"


def test_another_day_is_chosen_from_the_dealers_own(shown):
    shown.hear(appointment_news(AppointmentConfirmed, state="confirmed", appointment_at=MORNING, vehicle_id=VEHICLE))

    form = shown.see(f"{PAGE}/reschedule").one("form")

    assert (form["data-days"], form["data-weekdays"]) == ("D001", "1")
    assert (form["data-send"], form["data-then"]) == (f"/api{PAGE}/reschedule", PAGE)
