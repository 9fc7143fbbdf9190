"""The DMS lists its dealers page by page, and tells when one of them or its capacity was saved."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from contracts.partners.dms import DealersAnswer
from tests.sandbox.dms_acts import ask, desk, pushed
from tests.sandbox.stage import a_store_record

TODAY = (datetime.now(UTC) + timedelta(hours=8)).date()
HOURS = [{"weekday": weekday, "begins": "09:00", "ends": "18:00"} for weekday in range(1, 7)]


def pages(stage):
    cursor, read = "", []
    while cursor is not None:
        read.append(DealersAnswer.model_validate(ask(stage, "GET", f"/dealers?cursor={cursor}").json()))
        cursor = read[-1].next_cursor
    return read


def test_the_dealers_come_page_by_page(stage):
    read = pages(stage)

    assert [len(page.dealers) for page in read] == [8, 2]
    codes = [dealer.dealer_code for page in read for dealer in page.dealers]
    assert codes == ["CLOSED", *(f"D{number:03d}" for number in range(1, 10))]


def test_a_dealer_is_complete(stage):
    dealer = pages(stage)[0].dealers[1]

    assert (dealer.dealer_code, dealer.version, dealer.active, len(dealer.hours)) == ("D001", 1, True, 7)
    assert 29 < dealer.latitude < 30
    assert 106 < dealer.longitude < 107
    assert "重庆" in dealer.name


def test_without_the_key_no_dealer_is_listed(stage):
    assert ask(stage, "GET", "/dealers", Authorization="Bearer x").status_code == 401


def test_a_dealer_that_is_saved_is_told_in_full_with_a_higher_version(stage):
    answer = desk(stage, "PUT", "/dealers/D001", name="启衡", hours=HOURS, latitude=29.5, longitude=106.5)

    (news,) = pushed(stage, 1)
    assert (answer.status_code, news.type, news.data.version, news.data.name, len(news.data.hours)) == (202, "dealer.saved", 2, "启衡", 6)
    assert pages(stage)[0].dealers[1] == news.data


def test_a_new_dealer_takes_bookings(stage):
    desk(stage, "PUT", "/dealers/D010", name="新店", hours=[{"weekday": day, "begins": "09:00", "ends": "18:00"} for day in range(1, 8)])

    assert stage.store(a_store_record(dealer_code="D010")).status_code == 201


def test_a_dealer_that_is_not_active_takes_none(stage):
    desk(stage, "PUT", "/dealers/D001", name="启衡", hours=HOURS, active=False)

    answer = stage.store()

    assert (answer.status_code, answer.json()["code"]) == (422, "closed_dealer")


def test_a_weekday_without_hours_is_a_closed_day(stage):
    answer = stage.store(a_store_record(dealer_code="D007", requested_date="2026-04-05"))

    assert (answer.status_code, answer.json()["code"]) == (422, "closed_day")


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"hours": [{"weekday": 1, "begins": "18:00", "ends": "09:00"}]},
        {"hours": [{"weekday": 8, "begins": "08:00", "ends": "09:00"}]},
        {"latitude": 29.5},
    ],
)
def test_a_dealer_that_is_not_right_is_refused(stage, changes):
    answer = desk(stage, "PUT", "/dealers/D001", **{"name": "启衡", "hours": HOURS} | changes)

    assert answer.status_code == 400
    assert stage.state("dms")["pushes"] == []


def test_a_dealer_without_a_code_is_none(stage):
    assert desk(stage, "PUT", "/dealers/d%20001", name="启衡", hours=HOURS).json()["code"] == "dealer_code"


def test_capacity_is_told_day_by_day_with_a_version_that_rises(stage):
    wish = {"dealer_code": "D001", "day": TODAY.isoformat(), "slot": "09:00-10:00", "total": 4}
    desk(stage, "POST", "/capacity", **wish)

    desk(stage, "POST", "/capacity", **wish | {"total": 2, "days": 2})

    told = [(news.data.day, news.data.version, news.data.total) for news in pushed(stage, 3)]
    assert sorted(told) == [(TODAY, 1, 4), (TODAY, 2, 2), (TODAY + timedelta(days=1), 1, 2)]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"dealer_code": "D999"}, 404),
        ({"day": "2020-01-01"}, 400),
        ({"slot": "9-10"}, 400),
        ({"slot": "10:00-09:00"}, 400),
        ({"total": -1}, 400),
        ({"days": 32}, 400),
    ],
)
def test_capacity_that_cannot_be_is_refused(stage, changes, status):
    wish = {"dealer_code": "D001", "day": TODAY.isoformat(), "total": 4} | changes

    assert desk(stage, "POST", "/capacity", **wish).status_code == status
    assert stage.state("dms")["capacity"] == []


@pytest.mark.parametrize(
    ("shut", "wished", "status"),
    [("", "", 422), ("", "09:00-10:00", 422), ("09:00-10:00", "09:00-10:00", 422), ("09:00-10:00", "10:00-11:00", 201)],
)
def test_a_day_or_slot_that_the_dealer_closed_is_a_clear_no(stage, shut, wished, status):
    desk(stage, "POST", "/capacity", dealer_code="D001", day=TODAY.isoformat(), slot=shut, total=0, closed=True)

    answer = stage.store(a_store_record(requested_date=TODAY.isoformat(), slot=wished))

    assert answer.status_code == status


def a_registration(**changes):
    return {
        "version": 2,
        "customer_id": "C0001",
        "vin": "LS4AAAAA1AA000001",
        "registered": True,
        "at": "2026-04-01T09:00:00+08:00",
    } | changes


@pytest.mark.parametrize("partner", ["dms", "csc"])
def test_the_highest_version_of_a_registration_stays(stage, partner):
    binding = uuid4()
    stage.register(partner, binding, a_registration(), key="r-2")

    late = stage.register(partner, binding, a_registration(version=1, registered=False), key="r-1")
    again = stage.register(partner, binding, a_registration(), key="r-2")

    (kept,) = stage.state(partner)["registrations"]
    assert (late.json(), kept["version"], kept["registered"]) == ({"status": "ok"}, 2, True)
    assert again.headers["Idempotent-Replayed"] == "true"
