"""The statistics of appointments: what counts where, what stands after the freeze, and who may see what (flows 6, A-APT-23..30)."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
import requests
from alembic import command
from pydantic import SecretStr
from sqlalchemy import select, text

from chassis.database import migrate, millis, open_engine, revisions
from contracts.dms import DealerListed, dealer_id
from services.appointments.figures.api import create_appointments_api
from services.appointments.figures.recount import recount
from services.appointments.figures.sums import SUMS
from services.appointments.tables import sums
from tests.services.appointments.builders import NOW, VISIT, a_call_log, a_visit, a_withdrawal
from tests.services.appointments.stages import a_house, agreed, booked, to_call
from tests.services.house import ROOT, Times
from tests.serving import Server

TOKEN = "a token that only operators have"
MARCH = {"first": "2026-03", "last": "2026-03"}
VERSIONS = ROOT / "services" / "appointments" / "migrations"


@pytest.fixture
def house(tmp_path):
    return a_house(tmp_path / "appointments.db")


@pytest.fixture
def ask(house):
    settings = SimpleNamespace(operator=SimpleNamespace(token=SecretStr(TOKEN)))
    server = Server(create_appointments_api(house.runtime(process=SimpleNamespace(settings=settings))))

    def asking(path, scope=None, **params):
        headers = {"Authorization": f"Bearer {TOKEN}"} | ({"X-Scope": scope} if scope else {})
        return requests.get(f"{server.url}{path}", headers=headers, params=params, timeout=30)

    yield asking
    server.stop()


def counted(house):
    """The only row of the sums of March, without what is 0; it is what the appointments give."""
    with house.database.read() as connection:
        (row,) = connection.execute(select(sums).where(sums.c.period == "2026-03")).all()
        assert recount(connection, "2026-03") == []
    return {name: number for name, number in row._mapping.items() if isinstance(number, int) and number}


def freeze(house):
    with house.write() as tx:
        SUMS.freeze(tx, date(2026, 4, 6), 6, datetime(2026, 4, 6, tzinfo=UTC))


def test_a_request_counts_in_the_month_in_which_it_was_made(house):
    booked(house)

    assert counted(house) == {"requested": 1}


def test_what_is_taken_back_before_the_first_call_needs_no_feedback(house):
    id = to_call(house)
    house.deliver(a_withdrawal(id))

    assert counted(house) == {"requested": 1, "withdrawn_uncalled": 1}


def test_what_is_taken_back_after_a_call_does(house):
    id = to_call(house)
    house.deliver(a_call_log(id, 1, "no_answer"))
    house.deliver(a_withdrawal(id))

    assert counted(house) == {"requested": 1}


def test_a_call_that_reached_the_follower_within_two_hours_is_feedback_in_time(house):
    house.deliver(a_call_log(to_call(house), 1, "no_answer", "reached"))

    assert counted(house) == {"requested": 1, "called": 1, "called_in_time": 1}


def test_a_later_one_is_feedback_all_the_same(house):
    house.deliver(a_call_log(to_call(house), 1, "no_answer", "busy", "reached"))

    assert counted(house) == {"requested": 1, "called": 1}


def test_a_log_of_calls_that_is_heard_again_or_late_changes_nothing(house):
    id = to_call(house)
    house.deliver(a_call_log(id, 2, "no_answer", "reached"))
    before = counted(house)
    house.deliver(a_call_log(id, 1, "no_answer"))
    house.deliver(a_call_log(id, 2, "no_answer", "reached"))

    assert counted(house) == before


def test_a_slip_counts_in_the_month_of_its_day_and_a_car_that_comes_in_returned(house):
    agreed(house)
    confirmed = counted(house)
    house.deliver(a_visit())

    assert confirmed == {"requested": 1, "due": 1, "confirmed": 1}
    assert counted(house) == confirmed | {"arrived": 1, "arrived_of_requested": 1}


def test_a_car_that_does_not_come_stays_in_the_denominator(house):
    agreed(house)
    house.service.now = Times(NOW + timedelta(days=9))
    with house.write() as tx:
        house.service.notice_absences(tx)

    assert counted(house) == {"requested": 1, "due": 1, "confirmed": 1, "no_show": 1}


def test_what_is_cancelled_after_the_freeze_is_a_correction(house, ask):
    id = agreed(house)
    freeze(house)
    house.deliver(a_withdrawal(id))

    (row,) = ask("/figures", **MARCH).json()["rows"]

    assert (row["sums"]["confirmed"], row["corrections"]["confirmed"], row["corrections"]["due"]) == (1, -1, -1)
    assert "2026-03" in ask("/figures", **MARCH).json()["frozen"]
    assert ask("/recount", period="2026-03").json()["off"] == 0


def test_dealers_have_names_and_regions_and_the_newest_word_counts(house, ask):
    booked(house)
    for version, region in ((2, "SW"), (1, "N")):
        told = DealerListed(dealer_id=dealer_id("D001"), dealer_version=version, dealer_code="D001", name="重庆一店", region_code=region)
        house.deliver(told)

    (dealer,) = ask("/figures", **MARCH, level="dealer", code="SW").json()["rows"]
    (region,) = ask("/figures", **MARCH, level="region").json()["rows"]

    assert (dealer["code"], dealer["name"], dealer["sums"]["requested"]) == ("D001", "重庆一店", 1)
    assert (region["code"], region["sums"]["requested"]) == ("SW", 1)


@pytest.mark.parametrize(
    ("scope", "level", "seen"),
    [
        (None, "nation", (200, 1)),
        ("dealer:D001", "dealer", (200, 1)),
        ("dealer:D002", "dealer", (200, 0)),
        ("region:N", "dealer", (200, 0)),
        ("dealer:D001", "nation", (403, 0)),
        ("region:SW", "nation", (403, 0)),
    ],
)
def test_figures_of_others_are_not_seen(house, ask, scope, level, seen):
    booked(house)

    answer = ask("/figures", scope=scope, **MARCH, level=level)

    assert (answer.status_code, len(answer.json().get("rows", []))) == seen


@pytest.fixture(params=["sqlite", "mariadb"])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'appointments.sqlite'}"
    place = request.getfixturevalue("place")
    place.create_schemas("appointments")
    return place.database_url.format(schema="appointments")


def test_what_was_there_before_there_were_statistics_is_counted(url):
    engine = open_engine(url, 1)
    at_first = revisions(VERSIONS)
    with engine.connect() as connection:
        at_first.attributes["connection"] = connection
        command.upgrade(at_first, "appointments_0002")
        last_of_november = datetime(2025, 11, 30, 16, tzinfo=UTC)  # midnight in Shanghai: December
        for number, (state, taken_back, slip) in enumerate(
            [("to_call", 0, 0), ("withdrawn", 1, 0), ("cancelled", 1, 1), ("arrived", 0, 1)]
        ):
            connection.execute(text(_EARLIER), _earlier(number, state, taken_back, slip, last_of_november))
        connection.commit()

    migrate(url, VERSIONS)

    with engine.connect() as connection:
        rows = connection.execute(select(sums).order_by(sums.c.period)).all()
        off = [one for period in ("2025-11", "2025-12", "2026-01") for one in recount(connection, period)]
    engine.dispose()
    assert [(row.period, row.requested, row.due, row.withdrawn_uncalled, row.confirmed, row.arrived) for row in rows] == [
        ("2025-12", 4, 0, 2, 0, 0),
        ("2026-01", 0, 1, 0, 1, 1),
    ]
    assert off == []


_EARLIER = """
    INSERT INTO appointments
        (appointment_id, version, state, follower_id, vehicle_id, dealer_code, requested_date, slot, request_no, items, source,
         submitted_at, answered_no, kept_because, turned_away, dms_asked, refused, task_version, attempts, given_up, day_passed,
         declined, transferred_to, called_off, on_record_id, on_record_version, announced, sent, missed_id, missed_version,
         taken_back, taken_back_because, troubles, slip_id, slip_dealer_code, appointment_at, visit_id)
    VALUES (:id, 1, :state, :id, :id, 'D001', '2025-12-09', '', 1, '[]', 'wechat',
         :at, 1, '', '', 1, '', 0, 0, 0, 0,
         0, '', '', '', 0, 0, 0, '', 0,
         :taken_back, '', '[]', :slip, 'D002', :day, :visit)
"""


def _earlier(number, state, taken_back, slip, at):
    return {
        "id": f"{number:032x}",
        "state": state,
        "taken_back": taken_back,
        "at": millis(at),
        "slip": "S-1" if slip else None,
        "day": millis(at + timedelta(days=40)) if slip else None,
        "visit": VISIT.hex if state == "arrived" else None,
    }
