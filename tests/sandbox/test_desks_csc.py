"""The DCRC's desk in the browser: call, agree, change, cancel, hand over; what is wrong is said beside the field."""

from uuid import uuid4

import pytest
import requests

from tests.sandbox.desk_visitor import Visitor, a_customer_waits, a_slip_is_made, soon, value_of, words_of
from tests.sandbox.stage import CSC_KEY, a_task_record, eventually, said


@pytest.fixture
def desk(stage):
    return Visitor(stage, "csc")


def a_form(**changes):
    return {"day": soon().date().isoformat(), "hour": "10:30", "dealer_code": "D002", "item:M1": "on", "confirmed_by": "小陈"} | changes


def test_whoever_is_late_stands_first_and_it_is_said_how_late(stage, desk):
    stage.open_task(a_task_record(name="张伟", due_at=soon(minutes=20).isoformat()), key="t-1")
    stage.open_task(a_task_record(name="李娜", due_at=soon(hours=-2, minutes=-13).isoformat()), key="t-2")

    words = desk.reads()

    assert "逾期 2 小时 13 分 李娜" in words
    assert "还有 19 分钟 张伟" in words
    assert words.index("李娜") < words.index("张伟")


def test_a_task_shows_what_the_customer_wants_and_offers_it_in_the_form(stage, desk):
    task = a_customer_waits(stage, slot="13:00-17:00", concern="刹车异响")

    page = desk.opens(f"/pages/tasks/{task}")

    assert 'href="tel:13800138000"' in page.text
    assert "刹车异响" in page.text
    assert (value_of(page, "day"), value_of(page, "hour"), value_of(page, "dealer_code")) == (soon().date().isoformat(), "13:00", "D001")
    assert 'name="item:M1" checked' in page.text


def test_a_call_is_noted_with_a_press_and_told(stage, desk):
    task = a_customer_waits(stage)

    shown = words_of(desk.sends(f"/pages/tasks/{task}/call", result="no_answer"))

    assert "已记录：无人接听" in shown
    assert "第 1 次通话 无人接听" in shown
    heard = eventually(lambda: stage.cheqiao.heard)
    assert said(heard[0])["data"]["calls"][0]["result"] == "no_answer"
    assert "已记录" not in desk.reads(f"/pages/tasks/{task}"), "it is said once"


def test_a_slip_is_made_as_agreed_on_the_phone(stage, desk):
    task = a_customer_waits(stage)

    shown = words_of(desk.sends(f"/pages/tasks/{task}/slip", **a_form(**{"item:TYRES": "on"})))

    (slip,) = stage.state("csc")["slips"]
    assert "预约单已保存" in shown
    assert slip["appointment_at"] == f"{soon().date().isoformat()}T10:30:00+08:00"
    assert (slip["dealer_code"], slip["confirmed_by"]) == ("D002", "小陈")
    assert [item["name"] for item in slip["items"]] == ["保养", "轮胎与四轮定位"]
    assert task in desk.opens("/pages/slips").text
    assert "没有待回电的客户" in desk.reads()


def test_a_slip_is_changed_in_place_and_both_versions_stay_to_be_seen(stage, desk):
    task = a_customer_waits(stage)
    desk.sends(f"/pages/tasks/{task}/slip", **a_form())

    desk.sends(f"/pages/tasks/{task}/slip", **a_form(hour="15:00"))

    words = desk.reads(f"/pages/tasks/{task}")
    assert words.index("预约单第 2 版") < words.index("预约单第 1 版")
    assert len(stage.state("csc")["slips"]) == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"day": "2026-02-30"}, "没有这一天"),
        ({"day": "12/3"}, "日期格式为 2026-12-03"),
        ({"day": "2020-01-01"}, "这个时间已经过去"),
        ({"hour": ""}, "请填写"),
        ({"hour": "9 点"}, "时间格式为 09:30"),
        ({"dealer_code": "服务店"}, "服务店编号如 D001"),
        ({"confirmed_by": "陈" * 65}, "最多 64 个字"),
    ],
)
def test_what_is_wrong_with_a_slip_is_said_and_nothing_typed_is_lost(stage, desk, wrong, words):
    task = a_customer_waits(stage)
    typed = a_form(confirmed_by="小陈") | wrong

    answer = desk.sends(f"/pages/tasks/{task}/slip", **typed)

    assert answer.status_code == 422
    assert words in words_of(answer)
    assert {name: value_of(answer, name) for name in ("day", "hour", "dealer_code", "confirmed_by")} == {
        name: typed[name] for name in ("day", "hour", "dealer_code", "confirmed_by")
    }
    assert stage.state("csc")["slips"] == []


def test_a_slip_without_anything_to_do_is_none(stage, desk):
    task = a_customer_waits(stage)
    form = a_form()
    del form["item:M1"]

    answer = desk.sends(f"/pages/tasks/{task}/slip", **form)

    assert "请至少选择一个项目" in words_of(answer)
    assert 'name="item:M1" checked' not in answer.text


def test_a_slip_is_cancelled_with_its_reason(stage, desk):
    task = a_customer_waits(stage)
    a_slip_is_made(stage, task)

    desk.sends(f"/pages/tasks/{task}/cancel", reason="dealer_full")

    (slip,) = stage.state("csc")["slips"]
    assert (slip["state"], slip["reason"]) == ("cancelled", "dealer_full")
    assert "服务店排不开" in desk.reads(f"/pages/tasks/{task}")
    assert "预约单已取消" in desk.reads("/pages/ended")


def test_a_customer_who_wants_it_no_longer_is_called_no_more(stage, desk):
    task = a_customer_waits(stage)

    desk.sends(f"/pages/tasks/{task}/decline")

    assert stage.state("csc")["tasks"][0]["state"] == "declined"
    assert "客户不需要" in desk.reads("/pages/ended")


def test_a_task_is_handed_to_another_dealer(stage, desk):
    task = a_customer_waits(stage)

    desk.sends(f"/pages/tasks/{task}/transfer", dealer_code="d003")

    assert stage.state("csc")["tasks"][0]["transferred_to"] == "D003"
    assert "已转店 → D003" in desk.reads("/pages/ended")


@pytest.mark.parametrize(("dealer", "words"), [("D001", "已是这家服务商"), ("", "请选择一项"), ("店", "服务店编号如 D001")])
def test_a_task_is_not_handed_to_its_own_dealer_or_to_none(stage, desk, dealer, words):
    task = a_customer_waits(stage)

    answer = desk.sends(f"/pages/tasks/{task}/transfer", dealer_code=dealer)

    assert (answer.status_code, words in words_of(answer)) == (422, True)


def test_what_ended_meanwhile_is_said_above_the_form(stage, desk):
    task = a_customer_waits(stage)
    stage.close_task(task)

    answer = desk.sends(f"/pages/tasks/{task}/call", result="reached")

    assert answer.status_code == 422
    assert "这个任务已结束" in words_of(answer)


def test_a_customer_who_asks_for_another_day_is_to_be_called_while_the_slip_holds(stage, desk):
    task = a_customer_waits(stage)
    a_slip_is_made(stage, task)
    wish = {"request_no": 2, "requested_date": soon(days=9).date().isoformat(), "slot": "", "due_at": soon(hours=2).isoformat()}
    url = stage.at(f"/csc/api/v1/call-tasks/{task}/reopen")
    assert requests.post(url, json=wish, headers={**CSC_KEY, "Idempotency-Key": "r-1"}, timeout=30).status_code == 200

    page = desk.opens(f"/pages/tasks/{task}")

    assert "要求改期" in desk.reads()
    assert value_of(page, "day") == wish["requested_date"]
    assert "第 1 次改期" in words_of(page)


def test_the_outcome_is_shown_where_it_ended(stage, desk):
    task = a_customer_waits(stage)
    a_slip_is_made(stage, task)
    url = stage.at(f"/csc/api/v1/appointments/{task}/outcome")
    requests.put(
        url, json={"outcome": "no_show", "at": soon(hours=-1).isoformat()}, headers={**CSC_KEY, "Idempotency-Key": "o"}, timeout=30
    )

    assert "未到店 张伟" in desk.reads("/pages/ended")
    assert "未到店" in desk.reads(f"/pages/tasks/{task}")


def test_the_search_finds_by_name_mobile_vin_and_number(stage, desk):
    a_customer_waits(stage, "a", name="张伟")
    a_customer_waits(stage, "b", name="李娜", mobile="13900139000", vin="LS4AAAAA2AA000002")

    found = [desk.reads(f"/?q={text}") for text in ("李娜", "139001", "AA000002", "task-000002")]

    assert all("李娜" in words and "张伟" not in words for words in found)
    assert "没有找到“王芳”" in desk.reads("/?q=王芳")


def test_a_task_that_is_not_there_is_a_page_that_says_so(desk):
    answer = desk.opens(f"/pages/tasks/{uuid4()}")

    assert answer.status_code == 404
    assert "没有找到" in words_of(answer)


def test_who_is_registered_is_listed(stage, desk):
    a_customer_waits(stage)
    record = {"version": 1, "customer_id": "C0001", "vin": "LS4AAAAA1AA000001", "registered": True, "at": soon(hours=-1).isoformat()}
    url = stage.at(f"/csc/api/v1/registrations/{uuid4()}")
    requests.put(url, json=record, headers={**CSC_KEY, "Idempotency-Key": "r"}, timeout=30)

    assert "已绑定 C0001 张伟 13800138000 LS4AAAAA1AA000001" in desk.reads("/pages/registered")
