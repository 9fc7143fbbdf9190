"""The DMS moves a request to another day, keeps what became of it, and tells of cars that come and leave (A-APT-28)."""

from uuid import UUID, uuid4

import pytest

from tests.sandbox.dms_acts import ask, desk, pushed
from tests.sandbox.stage import a_slip_record, a_store_record

VIN = "LS4AAAAA1AA000001"


@pytest.fixture
def booked(stage):
    record = a_store_record()
    stage.store(record)
    return record["appointment_id"]


def move(stage, appointment_id, request_no, day="2026-04-08", slot="09:00-10:00"):
    body = {"request_no": request_no, "requested_date": day, "slot": slot}
    return ask(stage, "PUT", f"/appointments/{appointment_id}/day", body, key=f"m-{appointment_id}-{request_no}")


def outcome(stage, appointment_id, word):
    body = {"outcome": word, "at": "2026-04-03T10:00:00+08:00"}
    return ask(stage, "PUT", f"/appointments/{appointment_id}/outcome", body, key=f"o-{word}")


def test_another_day_is_kept_beside_the_first_request(stage, booked):
    answer = move(stage, booked, 2)

    (kept,) = stage.state("dms")["appointments"]
    assert answer.json() == {"status": "ok"}
    assert (kept["requested_date"], kept["slot"], kept["request_no"], kept["version"]) == ("2026-04-08", "09:00-10:00", 2, 2)
    assert kept["record"]["requested_date"] == "2026-04-03"


def test_the_highest_request_counts_in_any_order(stage, booked):
    move(stage, booked, 3, day="2026-04-09")

    late = move(stage, booked, 2)

    (kept,) = stage.state("dms")["appointments"]
    assert (late.status_code, kept["requested_date"], kept["version"]) == (200, "2026-04-09", 2)


def test_a_move_that_is_repeated_is_answered_as_the_first_time(stage, booked):
    move(stage, booked, 2)

    assert move(stage, booked, 2).headers["Idempotent-Replayed"] == "true"


def test_a_slip_holds_while_another_day_is_asked_for(stage, booked):
    stage.slip("S-1", a_slip_record(booked))

    move(stage, booked, 2)

    assert stage.state("dms")["slips"][0]["state"] == "active"


def test_what_is_cancelled_is_not_moved(stage, booked):
    stage.cancel(UUID(booked))

    answer = move(stage, booked, 2)

    assert (answer.status_code, answer.json()["code"]) == (409, "cancelled")


def test_what_never_came_is_neither_moved_nor_ended(stage):
    assert [move(stage, uuid4(), 2).status_code, outcome(stage, uuid4(), "arrived").status_code] == [404, 404]


def test_the_outcome_that_is_told_last_is_kept(stage, booked):
    outcome(stage, booked, "no_show")

    outcome(stage, booked, "arrived")

    assert stage.state("dms")["appointments"][0]["outcome"] == "arrived"


def test_a_car_with_an_appointment_comes_and_leaves(stage, booked):
    visit = desk(stage, "POST", "/visits", appointment_id=booked).json()

    left = desk(stage, "POST", f"/visits/{visit['visit_no']}/close")

    came, gone = pushed(stage, 2)
    assert (came.type, came.data.vin, came.data.dealer_code, str(came.data.appointment_id)) == ("visit.arrived", VIN, "D001", booked)
    assert (gone.type, gone.data.visit_no, gone.data.arrived_at) == ("visit.closed", came.data.visit_no, came.data.arrived_at)
    assert (left.status_code, stage.state("dms")["visits"][0]["closed_at"] is None) == (202, False)


def test_a_car_without_an_appointment_comes_too(stage):
    desk(stage, "POST", "/visits", vin=VIN.lower(), dealer_code="D002", arrived_at="2026-01-02T09:00:00+08:00", appointment_id="")

    (news,) = pushed(stage, 1)
    assert (news.data.vin, news.data.appointment_id, news.data.arrived_at.isoformat()) == (VIN, None, "2026-01-02T09:00:00+08:00")


def test_a_car_comes_again_once_it_has_left(stage):
    first = desk(stage, "POST", "/visits", vin=VIN, dealer_code="D001").json()
    while_here = desk(stage, "POST", "/visits", vin=VIN, dealer_code="D001")
    desk(stage, "POST", f"/visits/{first['visit_no']}/close")

    again = desk(stage, "POST", "/visits", vin=VIN, dealer_code="D001")

    assert (while_here.status_code, while_here.json()["code"]) == (409, "already_here")
    assert (again.status_code, again.json()["visit_no"]) == (202, "VISIT-000002")


@pytest.mark.parametrize(
    ("visit", "status", "code"),
    [
        ({}, 400, "malformed"),
        ({"vin": VIN}, 400, "malformed"),
        ({"vin": "X", "dealer_code": "D001"}, 400, "malformed"),
        ({"vin": VIN, "dealer_code": "D999"}, 404, "unknown_dealer"),
        ({"vin": VIN, "dealer_code": "D001", "arrived_at": "2999-01-01T00:00:00Z"}, 400, "time"),
        ({"appointment_id": "11111111-2222-4333-8444-555555555555"}, 409, "no_such_appointment"),
    ],
)
def test_an_arrival_that_cannot_be_says_why(stage, visit, status, code):
    answer = desk(stage, "POST", "/visits", **visit)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (stage.state("dms")["visits"], stage.state("dms")["pushes"]) == ([], [])


def test_a_car_does_not_leave_twice_nor_before_it_came(stage):
    visit = desk(stage, "POST", "/visits", vin=VIN, dealer_code="D001").json()["visit_no"]

    early = desk(stage, "POST", f"/visits/{visit}/close", closed_at="2020-01-01T00:00:00Z")
    desk(stage, "POST", f"/visits/{visit}/close")
    twice = desk(stage, "POST", f"/visits/{visit}/close")

    assert (early.json()["code"], twice.json()["code"]) == ("closed_at", "not_here")


@pytest.mark.parametrize("name", ["sales", "registrations", "dealers", "capacity", "appointments", "visits"])
def test_the_desk_can_be_read(stage, booked, name):
    assert isinstance(stage.desk_get(f"/dms/desk/{name}")[name], list)
