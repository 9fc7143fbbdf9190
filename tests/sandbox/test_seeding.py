"""Made cars: the same each time, as many as wanted, dirty where they should be, and whole after any end (A-CLD-03..06)."""

import sqlite3
from collections import Counter
from datetime import UTC, date, datetime

import pytest
from click.testing import CliRunner

from contracts.vehicles import Flaw
from launcher.commands import cheqiao as command
from sandbox.dms.due import read_day
from sandbox.seeding.calendar import anniversary, inspected, months_after
from sandbox.seeding.cars import Maker, vin_of
from sandbox.seeding.market import MODELS, dealers_of
from sandbox.seeding.seed import Plan, seed
from tests.sandbox.reminder_acts import all_pages
from tests.sandbox.stage import Stage, under_werkzeug

TODAY = date(2026, 11, 22)


def at_that_day():
    return datetime(2026, 11, 22, 4, tzinfo=UTC)


def seeded(state, cars, **plan):
    return seed(state, Plan(cars=cars, **plan), lambda done: None, at_that_day)


def rows(state, name, table):
    connection = sqlite3.connect(state / f"{name}.db")
    connection.row_factory = sqlite3.Row
    found = [dict(row) for row in connection.execute(f"SELECT * FROM {table} ORDER BY 1")]  # noqa: S608 - our own names
    connection.close()
    return found


def all_rows(state):
    return [rows(state, "dms", "cars"), rows(state, "csc", "service_dates"), rows(state, "csc", "campaigns"), rows(state, "dms", "dealers")]


class Killed(Exception):
    pass


def test_the_same_seed_and_day_give_the_same_cars(tmp_path):
    seeded(tmp_path / "a", 2000, seed=7)
    seeded(tmp_path / "b", 2000, seed=7)
    seeded(tmp_path / "c", 2000, seed=8)

    assert all_rows(tmp_path / "a") == all_rows(tmp_path / "b")
    assert all_rows(tmp_path / "a") != all_rows(tmp_path / "c")


def test_what_is_ended_in_the_middle_goes_on_to_the_same_end(tmp_path):
    def killed_after_two(done):
        if done == 2000:
            raise Killed

    with pytest.raises(Killed):
        seed(tmp_path / "a", Plan(cars=4000), killed_after_two, at_that_day)
    seeded(tmp_path / "a", 4000)
    seeded(tmp_path / "b", 4000)

    assert all_rows(tmp_path / "a") == all_rows(tmp_path / "b")


def test_a_block_that_only_the_dms_has_is_brought_to_the_csc_too(tmp_path):
    seeded(tmp_path / "a", 2000, dealers=8)
    connection = sqlite3.connect(tmp_path / "a" / "csc.db")
    with connection:
        connection.execute("DELETE FROM service_dates WHERE number > (SELECT max(number) - 1000 FROM service_dates)")
        connection.execute("UPDATE seeded SET blocks = 1")
    connection.close()

    seeded(tmp_path / "a", 2000, dealers=8)
    seeded(tmp_path / "b", 2000, dealers=8)

    vins = [[row["vin"] for row in rows(tmp_path / state, "csc", "service_dates")] for state in ("a", "b")]
    assert vins[0] == vins[1]
    assert rows(tmp_path / "a", "dms", "cars") == rows(tmp_path / "b", "dms", "cars")


def test_more_may_be_wanted_later(tmp_path):
    seeded(tmp_path / "a", 1000)
    made = seeded(tmp_path / "a", 3000, seed=99, dirty=0.9)

    assert made.cars == 3000
    assert len({row["vin"] for row in rows(tmp_path / "a", "dms", "cars") if len(row["vin"]) == 17}) >= 2990


def test_every_flaw_is_there_and_rare(tmp_path):
    made = seeded(tmp_path, 10_000)

    assert set(made.flaws) >= set(Flaw)
    assert 0.01 < sum(number for flaw, number in made.flaws.items() if flaw not in (Flaw.SOLD, "scrapped")) / made.cars < 0.03


def test_without_dirt_every_date_is_one(tmp_path):
    seeded(tmp_path, 1000, dirty=0)

    for car in rows(tmp_path, "dms", "cars"):
        for name in ("invoice_date", "purchase_date", "last_visit_date", "first_maintenance_date", "warranty_end_date"):
            assert car[name] is None or read_day(car[name]) is not None, car[name]


def test_cars_are_sold_before_they_are_visited_and_nothing_happens_tomorrow():
    maker = Maker(1, TODAY, dealers_of(1, 20))

    for made, _ in maker.block(3):
        car = made.cars[0]
        sold, first, last = (read_day(car[name]) for name in ("invoice_date", "first_maintenance_date", "last_visit_date"))
        assert sold <= TODAY
        assert last is None or sold < first <= last <= TODAY


def test_models_regions_and_ages_are_spread_as_on_the_road():
    maker = Maker(1, TODAY, dealers_of(1, 200))
    cars = [made.cars[0] for number in range(5) for made, _ in maker.block(number)]

    models, regions = Counter(car["model_code"] for car in cars), Counter(car["region_code"] for car in cars)
    years = Counter(read_day(car["invoice_date"]).year for car in cars)
    assert models.most_common(1)[0][0] == "CQ5"
    assert regions["SOUTHWEST"] > regions["NORTHEAST"] > 0
    assert years[2025] > years[2021] > years[2018] > 0


def test_a_month_has_its_share_of_all_kinds_of_dates():
    maker = Maker(1, TODAY, dealers_of(1, 20))
    dates = [made.dates[0] for number in range(5) for made, _ in maker.block(number)]

    due = Counter(
        name
        for row in dates
        for name in ("next_maintenance_date", "compulsory_insurance_expiry", "next_inspection_date")
        if (day := read_day(row[name])) is not None and (day.year, day.month) == (2026, 12)
    )
    assert all(25 < due[name] < 1500 for name in ("next_maintenance_date", "compulsory_insurance_expiry", "next_inspection_date")), due


def test_a_vin_has_the_check_digit_of_the_standard():
    vin = vin_of(MODELS[0], 2024, 1_000_042)

    values = dict(zip("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", (*range(10), *range(1, 9), 1, 2, 3, 4, 5, 7, 9, *range(2, 10)), strict=True))
    rest = sum(values[char] * weight for char, weight in zip(vin, (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2), strict=True)) % 11
    assert (len(vin), vin[8]) == (17, "X" if rest == 10 else str(rest))


def test_no_two_cars_have_one_vin():
    vins = {vin_of(MODELS[serial % 5], 2016 + serial % 11, serial) for serial in (*range(1, 3000), *range(1_000_000, 1_003_000))}

    assert len(vins) == 5999


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [(date(2024, 1, 31), 1, date(2024, 2, 29)), (date(2024, 2, 29), 12, date(2025, 2, 28)), (date(2025, 12, 1), 1, date(2026, 1, 1))],
)
def test_months_are_counted_as_people_count_them(day, months, then):
    assert months_after(day, months) == then


def test_inspections_come_every_two_years_then_every_year():
    sold = date(2014, 3, 9)

    assert [inspected(sold, date(year, 6, 1)) for year in (2014, 2019, 2023, 2025)] == [
        date(2016, 3, 31),
        date(2020, 3, 31),
        date(2024, 3, 31),
        date(2026, 3, 31),
    ]


def test_insurance_ends_on_the_day_of_the_sale():
    assert [anniversary(date(2024, 2, 29), day) for day in (date(2024, 2, 29), date(2025, 2, 28), date(2026, 1, 1))] == [
        date(2025, 2, 28),
        date(2026, 2, 28),
        date(2026, 2, 28),
    ]


def test_the_command_fills_a_sandbox_that_then_gives_all_of_it_in_pages(tmp_path, cheqiao):
    said = CliRunner().invoke(command, ["sandbox", "seed", "--cars", "1000", "--state", str(tmp_path), "--dirty", "0"])

    with under_werkzeug(tmp_path, cheqiao.url) as url:
        stage = Stage(url, cheqiao)
        cars, dates = all_pages(stage, "dms", "/cars", "cars"), all_pages(stage, "csc", "/service-dates", "dates")
    assert (said.exit_code, "1,000 cars" in said.output) == (0, True)
    assert (len(cars), len({car["record_id"] for car in cars})) == (1005, 1005)
    assert {car["vin"] for car in cars} == {row["vin"] for row in dates}
