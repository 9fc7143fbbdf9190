"""Working calendars over HTTP: who sees and who changes them, and what is answered."""

from types import SimpleNamespace

import pytest
import requests
from pydantic import SecretStr

from services.complaints.api.app import create_complaints_api
from services.complaints.clocks import recounting
from tests.serving import Server

TOKEN = "a token that only operators have"


@pytest.fixture
def ask(desk):
    settings = SimpleNamespace(operator=SimpleNamespace(token=SecretStr(TOKEN)), complaints=desk.service.terms)
    app = create_complaints_api(desk.house.runtime(process=SimpleNamespace(settings=settings)), desk.service.now)
    server = Server(app)

    def asking(method, path, role="monitor", scope=None, **more):
        headers = {"Authorization": f"Bearer {TOKEN}", "X-Operator": "admin", "X-Role": role} | ({"X-Scope": scope} if scope else {})
        return requests.request(method, f"{server.url}{path}", headers=headers, timeout=30, **more)

    yield asking
    server.stop()


def a_day(day="2026-11-24", **changes):
    return {"calendar_id": "default", "day": day, "periods": [], "reason": "盘点", **changes}


def days(answer):
    return {one["day"]: one for one in answer.json()["days"]}


def test_a_year_is_shown_with_its_holidays_and_make_up_days(ask):
    answer = ask("GET", "/calendars/default?year=2026")

    told = answer.json()
    assert told["periods"]["1"] == [["08:30", "12:00"], ["13:30", "17:30"]]
    assert told["periods"]["6"] == []
    assert told["known_until"] == "2026-12-31"
    assert days(answer)["2026-10-01"] == a_day("2026-10-01", reason="国庆节", set_by="")
    assert days(answer)["2026-10-10"]["reason"] == "国庆节调休"
    assert days(answer)["2026-10-10"]["periods"] == told["periods"]["1"]


def test_of_a_year_that_is_not_published_nothing_is_invented(ask):
    answer = ask("GET", "/calendars/default?year=2029")

    assert days(answer) == {}
    assert answer.json()["known_until"] < "2029"


def test_without_a_year_it_is_this_one(ask):
    assert "2026-10-01" in days(ask("GET", "/calendars/default"))


def test_a_day_is_set_and_taken_back_and_open_limits_follow(ask, desk):
    desk.filed()

    set_so = ask("POST", "/calendars/default/days", json=a_day())
    recounting.carry_on(desk.house.database, desk.service.terms, desk.service.now)
    applied = ask("GET", "/calendars/default?year=2026").json()["applied"]
    taken_back = ask("DELETE", "/calendars/default/days/2026-11-24")

    assert set_so.status_code == 201
    assert days(set_so)["2026-11-24"] == a_day(set_by="admin")
    assert not set_so.json()["applied"]
    assert applied
    assert taken_back.status_code == 200
    assert "2026-11-24" not in days(taken_back)


def test_a_dealers_calendar_shows_its_own_days_over_those_of_all(ask):
    ask("POST", "/calendars/default/days", json=a_day())
    ask("POST", "/calendars/dealer:D001/days", json=a_day(calendar_id="dealer:D001", periods=[["10:00", "00:00"]], reason="夜市"))

    theirs = days(ask("GET", "/calendars/dealer:D001?year=2026"))
    others = days(ask("GET", "/calendars/dealer:D002?year=2026"))

    assert theirs["2026-11-24"] == a_day(calendar_id="dealer:D001", periods=[["10:00", "00:00"]], reason="夜市", set_by="admin")
    assert others["2026-11-24"]["calendar_id"] == "default"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"reason": " "}, "reason"),
        ({"periods": [["12:00", "08:00"]]}, "periods"),
        ({"periods": [["noon", "13:00"]]}, "periods"),
        ({"periods": [["08:00:30", "13:00"]]}, "periods"),
        ({"calendar_id": "dealer:D001"}, "form"),
        ({"day": "tomorrow"}, "form"),
    ],
)
def test_what_is_off_the_form_is_said(ask, changes, code):
    answer = ask("POST", "/calendars/default/days", json=a_day(**changes))

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert "2026-11-24" not in days(ask("GET", "/calendars/default"))


@pytest.mark.parametrize("path", ["/calendars/other", "/calendars/dealer:a b"])
def test_a_calendar_that_cannot_be_is_unknown(ask, path):
    assert ask("GET", path).status_code == 404


@pytest.mark.parametrize("day", ["2026-11-24", "tomorrow"])
def test_what_was_never_set_is_not_taken_back(ask, day):
    assert ask("DELETE", f"/calendars/default/days/{day}").status_code == 404


@pytest.mark.parametrize(("role", "scope"), [("handler", None), ("dealer", "dealer:D001"), ("leader:3", None)])
def test_only_who_administers_changes_a_calendar(ask, role, scope):
    set_so = ask("POST", "/calendars/default/days", role, scope, json=a_day())
    taken_back = ask("DELETE", "/calendars/default/days/2026-11-24", role, scope)

    assert (set_so.status_code, taken_back.status_code) == (403, 403)


def test_a_dealer_is_shown_no_calendars(ask):
    assert ask("GET", "/calendars/dealer:D001", "dealer", "dealer:D001").status_code == 403
