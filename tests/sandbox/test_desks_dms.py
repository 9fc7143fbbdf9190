"""The dealer's desk in the browser: sales, appointments, cars that come and go, dealers, capacity."""

from uuid import uuid4

import pytest
import requests

from tests.sandbox.desk_visitor import Visitor, a_customer_waits, a_slip_is_made, soon, value_of, words_of
from tests.sandbox.stage import DMS_KEY, eventually, said

SOLD = "LS4AAAAA1AA000001"
"""Of 张伟, among the samples."""


@pytest.fixture
def desk(stage):
    return Visitor(stage, "dms")


def a_sale(**changes):
    return {
        "vin": "LS4BBBBB1BB000009",
        "plate": "渝AD12345",
        "model": "CQ5",
        "name": "赵敏",
        "id_number": "500199199001010013",
        "mobile": "13900139000",
        "invoice_date": soon(days=-1).date().isoformat(),
        "dealer_code": "D001",
    } | changes


def heard(stage, kind):
    return eventually(lambda: [said(each)["data"] for each in stage.cheqiao.heard if said(each)["type"] == kind])


def test_a_sale_is_entered_and_the_owner_can_be_found(stage, desk):
    shown = words_of(desk.sends("/pages/sales/new", **a_sale(vin="ls4bbbbb1bb000009 ", id_number="11010519491231002X")))

    assert "销售记录已保存" in shown
    assert "渝AD12345" in desk.reads("/pages/sales?q=赵敏")
    query = {"vin": "BB000009", "id_number": "11010519491231002X", "mobile": "13900139000"}
    found = requests.post(stage.at("/dms/api/v1/owners/find"), json=query, headers=DMS_KEY, timeout=30).json()
    assert [owner["vin"] for owner in found["owners"]] == ["LS4BBBBB1BB000009"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"vin": "LS4BBBBB1BB00000I"}, "VIN 为 17 位字母和数字，不含 I、O、Q"),
        ({"vin": SOLD}, "这辆车已有销售记录，请办理过户"),
        ({"name": " "}, "请填写"),
        ({"id_number": "110105194912310021"}, "身份证号校验位不对"),
        ({"id_number": "500199199001010013"}, "该身份证号已登记在其他姓名下"),
        ({"mobile": "23900139000"}, "手机号为 1 开头的 11 位数字"),
        ({"plate": "12345"}, "车牌如 渝A12345、渝AD12345"),
        ({"invoice_date": "2999-01-01"}, "开票日期不能晚于今天"),
        ({"invoice_date": ""}, "请填写"),
        ({"dealer_code": ""}, "请选择一项"),
        ({"dealer_code": "D777"}, "没有这家服务商"),
    ],
)
def test_what_is_wrong_with_a_sale_is_said_beside_the_field_and_nothing_typed_is_lost(stage, desk, wrong, words):
    typed = a_sale(id_number="11010519491231002X") | wrong

    answer = desk.sends("/pages/sales/new", **typed)

    (field,) = wrong
    assert answer.status_code == 422
    assert f'id="f-{field}-wrong">{words}<' in answer.text
    texts = ("vin", "plate", "model", "name", "id_number", "mobile", "invoice_date")
    assert {name: value_of(answer, name) for name in texts} == {name: typed[name] for name in texts}
    assert "赵敏" not in desk.reads("/pages/sales")


def test_a_field_says_it_in_english_too(stage):
    answer = Visitor(stage, "dms", "en").sends("/pages/sales/new", **a_sale(id_number="110105194912310021", plate="12345"))

    assert "The check digit of the ID number is wrong" in answer.text
    assert "Plates look like" in answer.text


def test_a_car_changes_hands_and_cheqiao_is_told(stage, desk):
    sale = a_sale(id_number="11010519491231002X")
    form = {name: sale[name] for name in ("name", "id_number", "mobile", "invoice_date")}

    shown = words_of(desk.sends(f"/pages/cars/{SOLD}/owner", **form, plate="", dealer_code=""))

    assert "已过户" in shown
    assert shown.index("赵敏") < shown.index("张伟")
    (news,) = heard(stage, "ownership.changed")
    assert (news["vin"], news["version"]) == (SOLD, 2)


def test_a_car_is_not_sold_to_its_owner(desk):
    answer = desk.sends(
        f"/pages/cars/{SOLD}/owner", name="张伟", id_number="500199199001010013", mobile="13800138000", invoice_date="2026-01-01"
    )

    assert (answer.status_code, "车辆已在此人名下" in words_of(answer)) == (422, True)


def test_name_mobile_and_plate_are_set_right(desk):
    desk.sends(f"/pages/cars/{SOLD}/contact", name="张伟", mobile="13900139009")
    desk.sends(f"/pages/cars/{SOLD}/car", plate="渝A54321", model="CQ5")

    assert {"13900139009", "渝A54321"} < set(desk.reads(f"/pages/cars/{SOLD}").split())


def test_an_appointment_waits_for_the_call_and_is_confirmed_by_the_slip(stage, desk):
    task = a_customer_waits(stage)

    before = desk.reads()
    a_slip_is_made(stage, task)
    after = desk.reads()

    assert "待电话确认" in before
    assert "已确认" in after
    assert "09:30 张伟 13800138000 渝A12345" in after


def test_a_request_is_rejected_with_a_reason_that_is_told(stage, desk):
    task = a_customer_waits(stage)

    shown = words_of(desk.sends(f"/pages/appointments/{task}/reject", reason="full"))

    assert "已拒绝" in shown
    assert "该时段已约满" in shown
    assert heard(stage, "appointment.rejected")[0]["reason"] == "full"
    assert words_of(desk.sends(f"/pages/appointments/{task}/reject", reason="full")).count("没有可拒绝的预约") == 0


def test_a_request_is_not_rejected_without_one_of_the_reasons(stage, desk):
    task = a_customer_waits(stage)

    answer = desk.sends(f"/pages/appointments/{task}/reject", reason="")

    assert (answer.status_code, "请选择一项" in words_of(answer)) == (422, True)
    assert stage.state("dms")["appointments"][0]["state"] == "stored"


def test_a_car_with_a_slip_arrives_by_one_press_and_leaves_again(stage, desk):
    task = a_customer_waits(stage)
    a_slip_is_made(stage, task)
    assert f"/pages/appointments/{task}/arrive" in desk.opens().text

    desk.sends(f"/pages/appointments/{task}/arrive")
    here = desk.reads("/pages/visits")
    desk.sends("/pages/visits/VISIT-000001/close")

    assert "渝A12345" in here
    assert "按预约" in here
    assert heard(stage, "visit.arrived")[0]["appointment_id"] == task
    assert heard(stage, "visit.closed")[0]["visit_no"] == "VISIT-000001"
    assert "店内没有车" in desk.reads("/pages/visits")


def test_a_car_without_a_slip_arrives_by_its_vin(stage, desk):
    answer = desk.sends("/pages/visits", vin=SOLD.lower(), dealer_code="D002")

    assert "直接到店" in words_of(answer)
    assert heard(stage, "visit.arrived")[0]["appointment_id"] is None


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"vin": "LS4", "dealer_code": "D001"}, "VIN 为 17 位"),
        ({"vin": "", "dealer_code": "D001"}, "请填写"),
        ({"vin": SOLD, "dealer_code": ""}, "请选择一项"),
        ({"vin": "LS4AAAAA5AA000003", "dealer_code": "D001"}, "这辆车已在店内"),
    ],
)
def test_what_is_wrong_with_an_arrival_is_said(stage, desk, form, words):
    stage.desk("/dms/desk/visits", vin="LS4AAAAA5AA000003", dealer_code="D003")

    answer = desk.sends("/pages/visits", **form)

    assert (answer.status_code, words in words_of(answer)) == (422, True)
    assert value_of(answer, "vin") == form["vin"]


def test_a_dealer_is_changed_and_told(stage, desk):
    hours = {f"hours{weekday}": "8:30-12:00，13:30-17:30" for weekday in range(1, 6)}

    answer = desk.sends("/pages/dealers/D001", name="新名字", address="", phone="023-1", latitude="29.5", longitude="106.5", **hours)

    (news,) = heard(stage, "dealer.saved")
    assert "服务店已保存" in words_of(answer)
    assert (news["version"], news["active"], len(news["hours"])) == (2, False, 10)
    assert news["hours"][0] == {"weekday": 1, "begins": "08:30", "ends": "12:00"}
    assert "停业" in desk.reads("/pages/dealers")


def test_a_dealer_is_added_once(desk):
    first = desk.sends("/pages/dealers/new", dealer_code="d020", name="新店", active="on", hours1="08:30-17:30")
    second = desk.sends("/pages/dealers/new", dealer_code="D020", name="又一家", active="on")

    assert "D020 新店 营业" in words_of(first)
    assert (second.status_code, "这个编号已有服务店" in words_of(second)) == (422, True)


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"name": ""}, "name", "请填写"),
        ({"latitude": "91"}, "latitude", "请填 -90 到 90 之间的度数"),
        ({"latitude": "29,5"}, "latitude", "请填 -90 到 90 之间的度数"),
        ({"longitude": ""}, "longitude", "经纬度应一起填写"),
        ({"hours3": "25:00-26:00"}, "hours3", "营业时间如 08:30-17:30"),
        ({"hours3": "上午"}, "hours3", "营业时间如 08:30-17:30"),
        ({"hours3": "17:30-08:30"}, "hours3", "营业时间应先开后关"),
    ],
)
def test_what_is_wrong_with_a_dealer_is_said_beside_the_field(desk, wrong, field, words):
    form = {"name": "店", "latitude": "29.5", "longitude": "106.5", "active": "on"} | wrong

    answer = desk.sends("/pages/dealers/D001", **form)

    assert answer.status_code == 422
    assert f'id="f-{field}-wrong">{words}<' in answer.text
    assert "重庆渝北启衡汽车服务中心" in desk.reads("/pages/dealers")


def test_capacity_is_set_for_days_in_a_row_and_told_day_by_day(stage, desk):
    first = soon(days=5).date().isoformat()

    shown = words_of(desk.sends("/pages/capacity", dealer_code="D001", day=first, days="3", slot="08:00-12:00", total="4"))

    assert "已保存 3 天" in shown
    assert shown.count("08:00-12:00 4 开放") == 3
    assert len(eventually(lambda: len(stage.cheqiao.heard) >= 3 and stage.cheqiao.heard)) == 3


def test_a_closed_day_is_shown_as_closed(desk):
    shown = words_of(
        desk.sends("/pages/capacity", dealer_code="D002", day=soon().date().isoformat(), days="1", slot="", total="0", closed="on")
    )

    assert "全天 0 关闭" in shown


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"dealer_code": ""}, "dealer_code", "请选择一项"),
        ({"day": "2020-01-01"}, "day", "日期已过"),
        ({"days": "40"}, "days", "请填 1 到 31 之间的整数"),
        ({"total": "-1"}, "total", "请填 0 到 10000 之间的整数"),
        ({"total": "很多"}, "total", "请填 0 到 10000 之间的整数"),
        ({"slot": "上午"}, "slot", "时段如 08:00-12:00，留空为全天"),
        ({"slot": "12:00-08:00"}, "slot", "时段应先开始后结束"),
    ],
)
def test_what_is_wrong_with_a_capacity_is_said_beside_the_field(desk, wrong, field, words):
    form = {"dealer_code": "D001", "day": soon().date().isoformat(), "days": "1", "slot": "", "total": "3"} | wrong

    answer = desk.sends("/pages/capacity", **form)

    assert answer.status_code == 422
    assert f'id="f-{field}-wrong">{words}<' in answer.text


def test_who_is_registered_is_listed_with_the_car(stage, desk):
    record = {"version": 1, "customer_id": "C0001", "vin": SOLD, "registered": True, "at": soon(hours=-1).isoformat()}
    url = stage.at(f"/dms/api/v1/registrations/{uuid4()}")
    requests.put(url, json=record, headers={**DMS_KEY, "Idempotency-Key": "r"}, timeout=30)

    assert "已绑定 渝A12345 CQ5 1.5T 尊享版 张伟 13800138000 C0001" in desk.reads("/pages/registered?q=张伟")


@pytest.mark.parametrize(
    "path", ["/pages/appointments/7d1b6b1e-0000-4000-8000-000000000000", "/pages/cars/LS4ZZZZZ1ZZ000001", "/pages/dealers/D404"]
)
def test_a_record_that_is_not_there_is_a_page_that_says_so(desk, path):
    answer = desk.opens(path)

    assert (answer.status_code, "没有找到" in words_of(answer)) == (404, True)
