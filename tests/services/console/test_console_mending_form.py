"""The form that a message is mended in, and what is shown of a message to whom."""

import json

import pytest

from contracts.catalogue import ALL, BY_TYPE
from services.console.contract_words import rule_words, wanted
from services.console.masking import GONE, masked, open_payload
from services.console.mending import form_of, mend
from services.console.names import MESSAGES

STORE = BY_TYPE["store.appointment"]


def the_data(**changes):
    data = {
        "appointment_id": "dddddddd-0000-4000-8000-000000000001",
        "customer_id": "C-1",
        "vin": "LSVAU2180N2183294",
        "name": "王芳",
        "mobile": "13800138001",
        "dealer_code": "D001",
        "requested_date": "2026-12-03",
        "items": [{"code": "MNT", "name": "定期保养"}],
        "mileage_km": 12000,
        "source": "menu",
        "submitted_at": "2026-11-22T09:30:00+08:00",
    }
    return {name: value for name, value in (data | changes).items() if value is not ...}


def field(form, path):
    return next(one for one in form.fields if one.path == path)


def test_the_broken_fields_stand_first_and_say_what_is_wrong_and_what_is_wanted():
    form = form_of(STORE, the_data(requested_date="3.12.", items=[{"code": "MNT", "name": ""}]), clear=True)

    assert [one.path for one in form.fields if one.problem] == [one.path for one in form.fields[:2]] == ["requested_date", "items.0.name"]
    assert form.fields[0].problem == "应为日期，如 2026-12-03"
    assert form.fields[1].wants == "文字，1–64 个字"


def test_a_field_that_is_missing_can_be_filled_in():
    mended = mend(STORE, the_data(dealer_code=...), {"f.dealer_code": "D002"}, clear=True)

    assert mended.data == the_data(dealer_code="D002")
    assert mended.changed == ("dealer_code",)


def test_what_is_still_wrong_is_said_and_what_was_typed_is_kept():
    mended = mend(STORE, the_data(mileage_km="far"), {"f.mileage_km": "very far"}, clear=True)

    assert mended.data is None
    assert (field(mended.form, "mileage_km").value, field(mended.form, "mileage_km").problem) == ("very far", "应为整数")


def test_a_number_that_was_text_becomes_a_number_and_an_emptied_option_nothing():
    assert mend(STORE, the_data(mileage_km="far"), {"f.mileage_km": "12"}, clear=True).data["mileage_km"] == 12
    assert mend(STORE, the_data(mileage_km="far"), {"f.mileage_km": ""}, clear=True).data["mileage_km"] is None


def test_a_shape_that_nobody_agreed_on_is_mended_as_json():
    mended = mend(STORE, the_data(items={"code": "MNT"}), {"f.items": '[{"code": "MNT", "name": "保养"}]'}, clear=True)

    assert mended.data["items"] == [{"code": "MNT", "name": "保养"}]


def test_what_the_contract_does_not_name_stays_in_the_message():
    assert mend(STORE, the_data(mileage_km="far", later=7), {"f.mileage_km": ""}, clear=True).data["later"] == 7


def test_who_may_not_see_a_personal_field_finds_it_empty_and_leaves_it_as_it_was():
    broken = the_data(mileage_km="far")

    assert (field(form_of(STORE, broken, clear=False), "mobile").value, field(form_of(STORE, broken, clear=False), "mobile").hidden) == (
        "",
        f"138{GONE}8001",
    )
    mended = mend(STORE, broken, {"f.mileage_km": "1", "f.mobile": "", "f.name": "李娜"}, clear=False)
    assert (mended.data["mobile"], mended.data["name"]) == ("13800138001", "李娜")


def test_a_form_without_personal_data_holds_none_wherever_it_stands():
    odd = the_data(dealer_code="13800138001", items={"owner": "王芳", "tel": 13800138001}, concern="王芳 wants")

    shown = str(form_of(STORE, odd, clear=False))

    assert "13800138001" not in shown
    assert "王芳" not in shown
    assert "LSVAU2180N2183294" not in shown


def test_a_masked_message_shows_what_is_not_personal_and_hides_what_no_contract_names():
    shown = masked(STORE, the_data(tel="13800138001", concern="刹车异响"))

    assert (shown["dealer_code"], shown["items"], shown["mileage_km"]) == ("D001", [{"code": "MNT", "name": "定期保养"}], 12000)
    assert (shown["mobile"], shown["name"], shown["vin"]) == (f"138{GONE}8001", "王••", f"{GONE}3294")
    assert (shown["tel"], shown["concern"]) == (GONE, GONE)


def test_what_is_no_envelope_is_text():
    assert open_payload("hello\xff").data is None
    assert open_payload(json.dumps({"data": {}})).data is None


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("missing", "缺少这一项"),
        ("string_too_long (max_length 32)", "太长，最多 32 个字"),
        ("literal_error (expected 'a', 'b' or 'c')", "只能是：'a', 'b' or 'c'"),
        ("greater_than_equal (ge 2)", "不能小于 2"),
        ("418 is not agreed", "没有约定过状态码 418"),
        ("string_too_long", "太长"),
        ("a rule of tomorrow", "a rule of tomorrow"),
    ],
)
def test_a_rule_is_said_in_words(rule, words):
    assert rule_words(rule) == words


def test_what_a_contract_wants_is_said_of_a_field_in_a_list_and_of_an_option():
    assert wanted("store.appointment", "items.3.code") == "文字，1–32 个字"
    assert wanted("request.appointment", "mileage_km") == "整数，0–5000000"
    assert wanted("request.appointment", "unheard_of") == ""


def test_every_message_on_the_bus_has_a_name_that_operators_use():
    assert set(MESSAGES) == {contract.type_name() for contract in ALL}


def test_a_form_can_be_made_of_every_contract_even_with_nothing_in_it():
    assert all(form_of(contract, {}, clear=False).fields for contract in ALL)
