"""What a follower's phone posts, and what it hears."""

import json
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4, uuid5

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select, text

from adapters.wechat.pages.session import COOKIE, Session, mark_of, mint_session, session_of
from chassis.messages import decode, unwrap
from chassis.tables import outbox
from contracts.appointments import RequestAppointment, WithdrawAppointment
from tests.adapters.wechat.pages.conftest import FOLLOWER, KEY, NOW, STRANGER, VAULT, a_form


def told(database):
    """The envelopes that wait in the outbox."""
    with database.read() as connection:
        return [decode(body) for body in connection.execute(select(outbox.c.body).order_by(outbox.c.number)).scalars()]


def test_a_booking_is_taken_and_passed_on_as_a_command(phone, database):
    form = a_form()

    answer = phone.book(form)

    assert (answer.status_code, answer.json()) == (202, {"id": form["id"], "status": "accepted"})
    (envelope,) = told(database)
    wish = unwrap(RequestAppointment, envelope, VAULT)
    assert wish.id == uuid5(UUID(form["id"]), "request")
    assert (wish.follower_id, wish.vehicle_id, wish.dealer_code) == (FOLLOWER, UUID(int=77), "D001")
    assert (wish.concern, wish.mileage_km, wish.source, wish.submitted_at) == ("刹车有异响", 12000, "menu", NOW)
    assert [(item.code, item.name) for item in wish.items] == [("maintenance", "保养")]


@pytest.mark.parametrize(
    ("typed", "handed_on"),
    [
        ("刹车\x0b异响\x00\x1b[2J", "刹车 异响  [2J"),
        ("一\n二\r\n三", "一\n二\n三"),
        (" 空调 ", "空调"),
        ("\x00 \t", None),
        ("\u202e倒", "倒"),
        ("😀", "😀"),
    ],
)
def test_what_no_eye_can_see_is_not_handed_on(phone, database, typed, handed_on):
    """Not every system of a dealer lives through it, and none should show a line the wrong way round."""
    assert phone.book(a_form(concern=typed)).status_code == 202

    (envelope,) = told(database)
    assert unwrap(RequestAppointment, envelope, VAULT).concern == handed_on


def test_a_day_in_the_past_is_for_appointments_to_judge(phone):
    assert phone.book(a_form(requested_date="2001-01-01")).status_code == 202


def test_a_double_tap_is_one_booking_and_hears_the_same(phone, database):
    form = a_form()

    first, second = phone.book(form), phone.book(form)

    assert second.status_code == first.status_code == 202
    assert second.content == first.content
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert len(told(database)) == 1


def test_the_order_of_fields_makes_no_other_booking(phone, database):
    form = a_form()
    phone.book(form)

    assert phone.book(dict(reversed(form.items()))).headers["Idempotent-Replayed"] == "true"


def test_ten_at_once_are_one_booking(phone, database):
    form = a_form()

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: phone.book(form), range(10)))

    assert {answer.status_code for answer in answers} == {202}
    assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1
    assert len(told(database)) == 1


def test_the_same_id_with_another_form_is_refused(phone, database):
    form = a_form()
    phone.book(form)

    answer = phone.book(form | {"concern": "空调不制冷"})

    assert answer.status_code == 409
    assert (answer.json()["code"], answer.json()["field"]) == ("another_body", "id")
    assert len(told(database)) == 1


def test_another_followers_id_does_not_exist(phone, database):
    form = a_form()
    phone.book(form)
    stranger = mint_session(KEY, STRANGER, "main")

    assert phone.book(form, session=stranger).status_code == 404
    assert phone.withdraw(form["id"], session=stranger).status_code == 404
    assert phone.withdraw(form["id"], session=stranger).json() == phone.withdraw(str(uuid4()), session=stranger).json()
    assert len(told(database)) == 1


def test_a_booking_can_be_withdrawn_once_and_again(phone, database):
    form = a_form()
    phone.book(form)

    first, second = phone.withdraw(form["id"], {"reason": "临时有事"}), phone.withdraw(form["id"])

    assert (first.status_code, first.json()) == (202, {"id": form["id"], "status": "accepted"})
    assert second.status_code == 202
    assert second.headers["Idempotent-Replayed"] == "true"
    _, envelope = told(database)
    wish = unwrap(WithdrawAppointment, envelope, VAULT)
    assert wish.id == uuid5(UUID(form["id"]), "withdraw")
    assert (wish.appointment_id, wish.follower_id, wish.reason) == (UUID(form["id"]), FOLLOWER, "临时有事")


def test_a_booking_repeated_after_its_withdrawal_is_still_a_repeat(phone, database):
    form = a_form()
    phone.book(form)
    phone.withdraw(form["id"])

    assert phone.book(form).headers["Idempotent-Replayed"] == "true"
    assert len(told(database)) == 2


def test_what_was_never_booked_cannot_be_withdrawn(phone, database):
    answer = phone.withdraw(str(uuid4()))

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_appointment")
    assert not told(database)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"id": "7"}, "id"),
        ({"vehicle_id": None}, "vehicle_id"),
        ({"dealer_code": "D 1; DROP"}, "dealer_code"),
        ({"dealer_code": ""}, "dealer_code"),
        ({"requested_date": "next Monday"}, "requested_date"),
        ({"requested_date": 1}, "requested_date"),
        ({"items": []}, "items"),
        ({"items": [{"code": "x", "name": ""}]}, "items.0.name"),
        ({"items": [{"code": "x", "name": "y"}] * 21}, "items"),
        ({"mileage_km": -1}, "mileage_km"),
        ({"mileage_km": "12"}, "mileage_km"),
        ({"concern": "x" * 1001}, "concern"),
        ({"concern": ""}, "concern"),
    ],
)
def test_a_wrong_field_is_named_in_chinese_and_english(phone, database, changed, field):
    answer = phone.book(a_form(**changed))

    assert answer.status_code == 400
    problem = answer.json()
    assert problem["field"] == field
    assert problem["message"]
    assert problem["message_en"].isascii()
    assert not told(database)


def test_a_missing_field_is_named(phone):
    form = a_form()
    del form["requested_date"]

    missing = {"code": "missing", "field": "requested_date", "message": "请填写这一项。", "message_en": "This field is required."}
    assert phone.book(form).json() == {**missing, "problems": [missing], "login": None}


def test_all_that_is_wrong_is_named_at_once_and_the_first_in_front(phone):
    answer = phone.book(a_form(dealer_code="", items=[], mileage_km=-1)).json()

    assert [one["field"] for one in answer["problems"]] == ["dealer_code", "items", "mileage_km"]
    assert answer["field"] == "dealer_code"


def test_a_field_we_do_not_know_is_refused_and_its_name_not_echoed(phone):
    answer = phone.book(a_form(oSecretOpenid="x"))

    assert answer.status_code == 400
    assert "oSecretOpenid" not in answer.text


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"[]", b"\xff\xfe", b'{"id": "\\ud800"}', b"[" * 60_000, b'{"a":' * 9000])
def test_garbage_is_refused_properly(phone, body):
    answer = phone.post("/api/appointments", data=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == 400
    assert answer.json()["message"]


VALUES = st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(body=st.binary(max_size=300) | VALUES)
def test_whatever_is_posted_is_answered_properly(phone, body):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()

    answer = phone.post("/api/appointments", data=data, headers={"Content-Type": "application/json"})

    assert answer.status_code == 400
    assert answer.json()["message_en"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_only_json_is_taken(phone, kind):
    answer = phone.post("/api/appointments", data=b"{}", headers={"Content-Type": kind})

    assert answer.status_code == 415


def test_more_than_64_kib_is_refused(phone):
    answer = phone.book(a_form(concern="x" * 70_000))

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    "session",
    [
        None,
        "nonsense",
        mint_session("another key", FOLLOWER, "main"),
        mint_session(KEY, FOLLOWER, "closed-account"),
        URLSafeTimedSerializer(KEY, salt=COOKIE).dumps({"follower_id": "x", "account": "main"}),
        URLSafeTimedSerializer(KEY, salt=COOKIE).dumps([1]),
        URLSafeTimedSerializer(KEY, salt="another use of the key").dumps({"follower_id": str(FOLLOWER), "account": "main"}),
    ],
)
def test_without_a_good_session_nothing_is_taken(phone, database, session):
    form = a_form()

    assert phone.book(form, session=session).status_code == 401
    assert phone.withdraw(form["id"], session=session).status_code == 401
    assert not told(database)


def test_a_session_ends_after_twelve_hours():
    class LongAgo(URLSafeTimedSerializer):
        def make_signer(self, salt=None):
            signer = super().make_signer(salt)
            signer.get_timestamp = lambda: 1_000_000_000
            return signer

    old = LongAgo(KEY, salt=COOKIE).dumps({"follower_id": str(FOLLOWER), "account": "main"})

    assert session_of(KEY, old) is None
    assert session_of(KEY, mint_session(KEY, FOLLOWER, "main")).follower_id == FOLLOWER


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://["},
        {"Sec-Fetch-Site": "same-site", "Origin": "https://other.example.com"},
        {"Sec-Fetch-Site": "something new"},
    ],
)
def test_another_site_cannot_post_for_the_follower(phone, database, headers):
    answer = phone.book(a_form(), headers=headers)

    assert answer.status_code == 403
    assert not told(database)


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin", "Origin": "https://car.example.com"}, {"Sec-Fetch-Site": "none"}])
def test_our_own_pages_can_post_and_nothing_else_in_a_browser(phone, headers):
    mark = mark_of(KEY, Session(follower_id=FOLLOWER, account="main"))

    assert phone.book(a_form(), headers=headers | {"X-Cheqiao-Session": mark}).status_code == 202
    for nobodys in ({}, {"X-Cheqiao-Session": ""}, {"X-Cheqiao-Session": "\xff"}):
        refused = phone.book(a_form(), headers=headers | nobodys)
        assert (refused.status_code, refused.json()["code"]) == (401, "session_changed")


def test_a_program_need_not_be_a_page(phone):
    assert phone.book(a_form()).status_code == 202


def test_our_pages_can_post_under_the_name_they_were_reached_by(phone):
    assert phone.book(a_form(), headers={"Origin": phone.url}).status_code == 202


@pytest.mark.parametrize("path", ["/api/", "/api/nothing", "/api/appointments/not-an-id/withdraw", "/api/appointments/"])
def test_an_unknown_address_is_a_404_in_json(phone, path):
    answer = phone.post(path, a_form(), allow_redirects=False)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_another_method_is_a_405_in_json_that_names_the_right_one(phone):
    for method in ("GET", "PUT", "OPTIONS", "DELETE"):
        answer = requests.request(method, phone.url + "/api/appointments", timeout=20)
        assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
        assert "POST" in answer.headers["Allow"]


def test_without_a_database_the_phone_is_asked_to_come_again(phone, database):
    form = a_form()
    with database.write() as tx:
        tx.execute(text("ALTER TABLE submission RENAME TO gone"))

    answer = phone.book(form)

    assert (answer.status_code, answer.json()["code"]) == (503, "come_again")
    assert int(answer.headers["Retry-After"]) > 0
    with database.write() as tx:
        tx.execute(text("ALTER TABLE gone RENAME TO submission"))
    again = phone.book(form)
    assert again.status_code == 202
    assert "Idempotent-Replayed" not in again.headers


def test_what_the_follower_wrote_is_nowhere_on_disk_in_clear(phone, database, tmp_path):
    phone.book(a_form(concern="canary 刹车异响"))
    database.dispose()

    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"D001" in kept
    assert b"canary" not in kept
    assert "刹车异响".encode() not in kept
