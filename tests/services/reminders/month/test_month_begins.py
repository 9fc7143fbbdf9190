"""A month begins by itself: on the last day of the one before, or as soon as it can, and once."""

import os
import time
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from chassis.database import millis
from chassis.settings import Reminders
from services.reminders.month import runs
from services.reminders.tables import cars, differences, loads
from services.reminders.tables import runs as run_rows
from tests.services.reminders.month.month_worlds import a_car, a_house, everything, items_of, made_cars, put, rows_of, work_on

DUE = {"next_inspection_date": date(2026, 12, 9)}


@pytest.fixture
def house(tmp_path):
    return a_house(tmp_path / "reminders.sqlite")


def shanghai(text):
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def tick(house, at):
    house.service.now.at = at
    with house.write() as tx:
        house.service.begin_the_month(tx)


def begun(house):
    return sorted((row[1], row[2]) for row in rows_of(house, run_rows))


@contextmanager
def host_in(zone):
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    time.tzset()
    try:
        yield
    finally:
        os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
        time.tzset()


@pytest.mark.parametrize(
    ("now", "period"),
    [
        ("2026-11-30T00:59", "2026-11"),
        ("2026-11-30T01:00", "2026-12"),
        ("2026-12-31T23:59", "2027-01"),
        ("2027-02-28T01:00", "2027-03"),
        ("2028-02-28T23:00", "2028-02"),
        ("2028-02-29T01:00", "2028-03"),
        ("2026-12-03T12:00", "2026-12"),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Pacific/Kiritimati"])
def test_the_month_that_is_wanted_depends_on_the_clock_of_shanghai_alone(now, period, zone):
    with host_in(zone):
        wanted = runs.wanted_period(shanghai(now), Reminders())

    assert wanted == period


def test_a_month_is_made_once_however_often_the_clock_ticks(house):
    put(house, a_car(1, **DUE))

    for minute in range(5):
        tick(house, shanghai("2026-11-30T01:00") + timedelta(minutes=minute))
        work_on(house)

    assert begun(house) == [("2026-12", 1)]


def test_a_run_that_is_late_by_three_days_makes_what_one_in_time_would_have_made(house, tmp_path):
    punctual = a_house(tmp_path / "punctual.sqlite")
    for one in (house, punctual):
        put(one, *made_cars(60))

    tick(house, shanghai("2026-12-03T09:00"))
    tick(punctual, shanghai("2026-11-30T01:00"))
    for one in (house, punctual):
        work_on(one)

    assert begun(house) == [("2026-12", 1)]
    late, in_time = ([row[:-1] for row in everything(one)[0]] for one in (house, punctual))
    assert late == in_time


def test_who_was_away_for_months_makes_the_current_one_alone(house):
    put(house, a_car(1, **DUE))
    tick(house, shanghai("2026-09-10T09:00"))
    work_on(house)

    tick(house, shanghai("2026-12-20T09:00"))

    assert begun(house) == [("2026-09", 1), ("2026-12", 1)]


def test_without_cars_nothing_begins(house):
    tick(house, shanghai("2026-12-03T09:00"))

    assert begun(house) == []


@pytest.mark.parametrize(
    ("facts", "begins"),
    [
        ({}, False),
        ({"source": "campaigns"}, True),
        ({"changed_since": 5}, True),
        ({"state": "done"}, True),
        ({"state": "stopped"}, True),
        ({"moved_at": millis(shanghai("2026-12-01T00:00"))}, True),
    ],
)
def test_it_waits_for_the_first_load_of_all_cars_that_moves(house, facts, begins):
    put(house, a_car(1, **DUE))
    now = shanghai("2026-12-03T09:00")
    load = {"load_id": a_car(1).vehicle_id, "source": "cars", "changed_since": None, "state": "running", "page_no": 3, "cursor": "c"}
    load |= {"rows": 1, "dirty": 0, "started_at": 0, "moved_at": millis(now), "ordered_by": ""}
    with house.write() as tx:
        tx.execute(insert(loads), [{**load, **facts}])

    tick(house, now)

    assert bool(begun(house)) is begins


def test_nothing_begins_where_the_dms_makes_the_month(tmp_path):
    house = a_house(tmp_path / "reminders.sqlite", source="dms")
    put(house, a_car(1, **DUE))

    tick(house, shanghai("2026-12-03T09:00"))

    assert begun(house) == []


def order(house, period, at):
    house.service.now.at = at
    with house.write() as tx:
        return runs.start_run(tx, period, "S1", at)


def test_a_month_that_was_ordered_ahead_is_made_again_once_when_its_own_time_comes(house):
    gone, stays, new = (a_car(number, **DUE) for number in (1, 2, 3))
    put(house, gone, stays)
    order(house, "2026-12", shanghai("2026-11-12T09:00"))
    work_on(house)
    with house.write() as tx:
        tx.execute(update(cars).where(cars.c.vehicle_id == gone.vehicle_id).values(state="sold"))
    put(house, new)

    for at in ("2026-11-30T00:59", "2026-11-30T01:00", "2026-11-30T01:01", "2026-12-05T09:00"):
        tick(house, shanghai(at))
        work_on(house)

    assert begun(house) == [("2026-11", 1), ("2026-12", 1), ("2026-12", 2)]
    outcomes = {row.vehicle_id: row.outcome for row in items_of(house, period="2026-12")}
    assert outcomes == {gone.vehicle_id: "void", stays.vehicle_id: "open", new.vehicle_id: "open"}
    with house.database.read() as connection:
        listed = connection.execute(select(differences.c.vehicle_id, differences.c.kind)).all()
    assert set(map(tuple, listed)) == {(gone.vehicle_id, "gone"), (new.vehicle_id, "added")}


def test_an_order_ahead_that_is_still_at_work_is_finished_first(house):
    put(house, a_car(1, **DUE))
    order(house, "2026-12", shanghai("2026-11-30T00:58"))

    tick(house, shanghai("2026-11-30T01:00"))
    at_work = begun(house)
    work_on(house)
    tick(house, shanghai("2026-11-30T01:01"))

    assert (at_work, begun(house)) == ([("2026-12", 1)], [("2026-12", 1), ("2026-12", 2)])


def test_what_was_ordered_in_its_own_time_is_not_made_again(house):
    put(house, a_car(1, **DUE))
    order(house, "2026-12", shanghai("2026-11-30T01:00"))
    work_on(house)

    tick(house, shanghai("2026-11-30T01:01"))

    assert begun(house) == [("2026-12", 1)]


def test_who_orders_a_run_while_one_is_at_work_is_given_that_one(house):
    put(house, a_car(1, **DUE))

    with house.write() as tx:
        first, second = (runs.start_run(tx, "2026-12", "S1", house.service.now()) for _ in range(2))
    work_on(house)
    with house.write() as tx:
        third = runs.start_run(tx, "2026-12", "S1", house.service.now())

    assert first == second != third
    assert begun(house) == [("2026-12", 1), ("2026-12", 2)]
