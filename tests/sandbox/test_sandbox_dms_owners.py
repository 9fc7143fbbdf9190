"""The DMS knows who bought which car and whose it is, and tells it only to who has all three (A-REM-05)."""

import json

import pytest

from sandbox.dms.samples import PEOPLE, cars_of
from tests.sandbox.dms_acts import LI, NEW_ID, ZHANG, a_sale, ask, desk, owners, pushed
from tests.sandbox.stage import Stage, under_werkzeug


def test_a_sample_follower_can_register_at_once(stage):
    (owner,) = owners(stage, **ZHANG)

    assert owner == {
        "customer_id": "C0001",
        "vin": "LS4AAAAA1AA000001",
        "name": "张伟",
        "mobile": "13800138000",
        "plate": "渝A12345",
        "model": "CQ5 1.5T 尊享版",
        "dealer_code": "D001",
    }


@pytest.mark.parametrize("person", PEOPLE, ids=[person.customer_id for person in PEOPLE])
def test_what_a_visitor_is_shown_as_theirs_is_what_the_dms_has(stage, person):
    for car in cars_of(person.openid):
        (owner,) = owners(stage, vin=car.vin, id_number=person.id_number, mobile=person.mobile)

        assert (owner["name"], owner["plate"], owner["customer_id"]) == (person.name, car.plate, person.customer_id)


def test_two_cars_that_end_alike_are_told_apart_by_the_whole_vin(stage):
    both = owners(stage, **LI)

    (one,) = owners(stage, **LI | {"vin": "LS4CAAAC7AA000002"})

    assert [owner["vin"] for owner in both] == ["LS4AAAAA2AA000002", "LS4CAAAC7AA000002"]
    assert one["plate"] == "渝B65432"


def test_a_car_that_was_sold_on_is_the_new_owners_alone(stage):
    wang, liu = PEOPLE[2], PEOPLE[3]

    theirs = owners(stage, vin="AA000003", id_number=wang.id_number, mobile=wang.mobile)
    no_more = owners(stage, vin="AA000003", id_number=liu.id_number, mobile=liu.mobile)

    assert (len(theirs), no_more) == (1, [])


@pytest.mark.parametrize(
    "wrong",
    [
        {"vin": "AA000009"},
        {"vin": "%"},
        {"vin": ""},
        {"vin": "A000001"},
        {"id_number": LI["id_number"]},
        {"mobile": LI["mobile"]},
        {"vin": "LS4AAAAA9AA000001"},
    ],
)
def test_whichever_is_wrong_the_answer_is_the_same(stage, wrong):
    answer = ask(stage, "POST", "/owners/find", ZHANG | wrong)

    assert (answer.status_code, answer.json()) == (200, {"owners": []})


def test_a_question_is_answered_as_things_are_now(stage):
    query = {"vin": "BB000009", "id_number": NEW_ID, "mobile": "13900139000"}
    before = ask(stage, "POST", "/owners/find", query, key="q-1").json()
    desk(stage, "POST", "/sales", **a_sale())

    after = ask(stage, "POST", "/owners/find", query, key="q-1").json()

    assert (len(before["owners"]), len(after["owners"])) == (0, 1)


def test_a_sale_that_is_entered_gets_numbers_and_is_told(stage):
    answer = desk(stage, "POST", "/sales", **a_sale())

    sale = answer.json()
    assert answer.status_code == 202
    assert (sale["sale_no"], sale["customer_id"], sale["version"], sale["kind"]) == ("SALE-000007", "C0005", 1, "new")
    (news,) = pushed(stage, 1)
    assert (news.type, news.data.vin, news.data.version, news.data.invoice_date) == ("sale.recorded", sale["vin"], 1, "2025-10-01")
    assert (news.data.model_code, news.data.region_code, news.data.birth_date) == ("CQ5", "SOUTHWEST", "01-01")


def test_what_is_typed_in_small_letters_and_with_blanks_is_kept_as_it_is_meant(stage):
    typed = {"vin": " ls4bbbbb1bb000009 ", "name": " 李娜 ", "id_number": LI["id_number"].lower(), "mobile": LI["mobile"], "plate": " "}

    desk(stage, "POST", "/sales", **a_sale(**typed))

    kept = stage.state("dms")["sales"][0]
    assert (kept["vin"], kept["customer_id"], kept["plate"]) == ("LS4BBBBB1BB000009", "C0002", None)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"vin": "LS4BBBBB1BB00000"}, "vin"),
        ({"vin": "LS4BBBBB1BB00000O"}, "vin"),
        ({"id_number": "500199200001010052"}, "id_number"),
        ({"id_number": "500199200002300051"}, "id_number"),
        ({"id_number": "50019920000101005"}, "id_number"),
        ({"mobile": "12900139000"}, "mobile"),
        ({"mobile": "1390013900"}, "mobile"),
        ({"name": " "}, "name"),
        ({"plate": "F98765"}, "plate"),
        ({"invoice_date": "soon"}, "invoice_date"),
    ],
)
def test_a_sale_that_is_not_right_is_refused_by_field(stage, changes, field):
    answer = desk(stage, "POST", "/sales", **a_sale(**changes))

    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert answer.json()["message"].startswith(f"{field}:")
    assert len(stage.state("dms")["sales"]) == 6


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"vin": "LS4AAAAA1AA000001"}, 409, "already_sold"),
        ({"id_number": ZHANG["id_number"]}, 409, "another_name"),
        ({"dealer_code": "D999"}, 404, "unknown_dealer"),
        ({"invoice_date": "2999-01-01"}, 400, "invoice_date"),
    ],
)
def test_a_sale_that_cannot_be_says_why(stage, changes, status, code):
    answer = desk(stage, "POST", "/sales", **a_sale(**changes))

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert len(stage.state("dms")["sales"]) == 6


def test_a_second_car_is_the_same_customers_who_may_have_another_mobile_now(stage):
    desk(stage, "POST", "/sales", **a_sale(name="张伟", id_number=ZHANG["id_number"], mobile="13911139111"))

    cars = [sale["vin"] for sale in stage.state("dms")["sales"] if sale["customer_id"] == "C0001"]
    assert len(cars) == 2
    assert owners(stage, **ZHANG) == []
    assert len(owners(stage, **ZHANG | {"mobile": "13911139111"})) == 1


def test_a_change_of_owner_is_told_with_its_number(stage):
    buyer = {"name": "赵敏", "id_number": NEW_ID, "mobile": "13900139000", "invoice_date": "2025-11-02"}

    answer = desk(stage, "POST", "/cars/LS4AAAAA1AA000001/owner", **buyer)

    car, news = pushed(stage, 2)
    assert (car.type, car.data.customer_id, car.data.version, car.data.invoice_date) == ("sale.recorded", "C0005", 2, "2024-03-18")
    assert (news.type, news.data.vin, news.data.version, news.data.customer_id) == ("ownership.changed", "LS4AAAAA1AA000001", 2, "C0005")
    assert (answer.status_code, answer.json()["plate"], answer.json()["dealer_code"]) == (202, "渝A12345", "D001")
    assert owners(stage, **ZHANG) == []


def test_the_owners_of_a_car_are_counted(stage):
    buyer = {"name": "赵敏", "id_number": NEW_ID, "mobile": "13900139000", "invoice_date": "2025-11-02"}

    answer = desk(stage, "POST", "/cars/LS4AAAAA5AA000003/owner", **buyer)

    assert answer.json()["version"] == 3


@pytest.mark.parametrize(("vin", "status", "code"), [("LS4AAAAA1AA000001", 409, "same_owner"), ("LS4ZZZZZ1ZZ000001", 404, "unknown_car")])
def test_a_car_is_not_sold_to_its_owner_nor_one_that_nobody_has(stage, vin, status, code):
    buyer = {"name": "张伟", "id_number": ZHANG["id_number"], "mobile": ZHANG["mobile"], "invoice_date": "2025-11-02"}

    answer = desk(stage, "POST", f"/cars/{vin}/owner", **buyer)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert stage.state("dms")["pushes"] == []


def test_a_mobile_that_is_set_right_lets_the_customer_in(stage):
    desk(stage, "PUT", "/customers/C0001", name="张伟", mobile="13911139111")

    assert len(owners(stage, **ZHANG | {"mobile": "13911139111"})) == 1


def test_a_plate_is_set_right(stage):
    desk(stage, "PUT", "/cars/LS4AAAAA1AA000001", plate="渝AD12345", model="CQ5")

    (owner,) = owners(stage, **ZHANG)
    assert (owner["plate"], owner["model"]) == ("渝AD12345", "CQ5")


@pytest.mark.parametrize("path", ["/customers/C0099", "/customers/甲", "/cars/LS4ZZZZZ1ZZ000001"])
def test_who_and_what_is_unknown_cannot_be_set_right(stage, path):
    changes = {"name": "某人", "mobile": "13911139111"} if "customers" in path else {"plate": "渝A00001"}

    assert desk(stage, "PUT", path, **changes).status_code == 404


@pytest.mark.parametrize("like", ["张伟", "渝a12345", "1AA000001", "13800138000", "C0001"])
def test_sales_are_found_by_what_a_clerk_knows(stage, like):
    found = stage.desk_get("/dms/desk/sales", like=like)["sales"]

    assert [sale["vin"] for sale in found] == ["LS4AAAAA1AA000001"]


def test_the_samples_are_kept_once(tmp_path, cheqiao):
    with under_werkzeug(tmp_path, cheqiao.url) as url:
        desk(Stage(url, cheqiao), "PUT", "/customers/C0001", name="张伟", mobile="13911139111")

    with under_werkzeug(tmp_path, cheqiao.url) as url:
        again = Stage(url, cheqiao).state("dms")["sales"]

    assert (len(again), json.dumps(again).count("13911139111")) == (6, 1)
