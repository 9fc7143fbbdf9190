"""The DMS makes a month itself and tells it in pages (A-REM-18, 19, 26)."""

from datetime import UTC, date, datetime
from zlib import crc32

import pytest
from pydantic import TypeAdapter
from standardwebhooks import Webhook
from werkzeug.wrappers import Response

from contracts.partners.dms import DmsPush
from contracts.partners.vehicles import AudienceRecord, CampaignRecord, CarRow, DatesRow
from sandbox.dms.due import Month, due_in, read_day
from sandbox.seeding.seed import Plan, seed
from tests.sandbox.dms_acts import desk
from tests.sandbox.stage import SECRETS, Stage, eventually, under_werkzeug

PUSH = TypeAdapter(DmsPush)
DECEMBER = Month.of("2026-12")
CAR = CarRow(
    record_id="CAR-1",
    version=1,
    vin="LS6CB5DA0SA000001",
    customer_id="M1",
    model_code="CQ5",
    model_year=2025,
    dealer_code="D001",
    region_code="EAST",
    invoice_date="2025-06-12",
    first_maintenance_date="2025-12-12",
)


def due(car=CAR, dates=None, campaigns=()):
    return {(row.type.value, row.due_date) for row in due_in(DECEMBER, car, dates, campaigns)}


def changed(record, **fields):
    return record.model_copy(update=fields)


def test_dates_of_the_month_are_due_however_they_are_written():
    dates = DatesRow(
        record_id="S",
        version=1,
        next_maintenance_date="20261231",
        compulsory_insurance_expiry="2026/12/1",
        next_inspection_date="2026-12-05 00:00:00",
    )

    assert due(dates=dates) == {("maintenance", "2026-12-31"), ("insurance", "2026-12-01"), ("inspection", "2026-12-05")}


def test_what_is_due_in_another_month_is_not():
    dates = DatesRow(record_id="S", version=1, next_maintenance_date="2027-01-01", compulsory_insurance_expiry="2026-11-30")

    assert due(dates=dates) == set()


def test_until_the_first_maintenance_is_done_it_is_the_one_that_is_due():
    dates = DatesRow(record_id="S", version=1, next_maintenance_date="2026-12-20")

    assert due(changed(CAR, first_maintenance_date=None, invoice_date="2026-06-30"), dates) == {("first_maintenance", "2026-12-30")}


@pytest.mark.parametrize("changes", [{"state": "sold"}, {"state": "scrapped"}, {"customer_id": ""}, {"vin": ""}, {"vin": "LS6CB5DA0SA0"}])
def test_a_car_that_is_nobodys_has_nothing_due(changes):
    dates = DatesRow(record_id="S", version=1, next_maintenance_date="2026-12-20")

    assert due(changed(CAR, **changes), dates) == set()


def test_a_birthday_on_29_february_is_kept_on_the_28th():
    born = changed(CAR, birth_date="02-29")

    rows = due_in(Month.of("2027-02"), born, None, ())

    assert [(row.type.value, row.due_date) for row in rows] == [("birthday", "2027-02-28")]


def test_a_campaign_is_due_for_whom_it_is():
    campaign = CampaignRecord(
        campaign_no="NC-1",
        version=1,
        kind="national",
        name="检测",
        starts_on=date(2026, 11, 1),
        ends_on=date(2026, 12, 3),
        audience=AudienceRecord(models=("CQ5",), first_year=2024),
    )

    assert due(campaigns=[campaign]) == {("campaign", "2026-12-01")}
    assert due(changed(CAR, model_year=2023), campaigns=[campaign]) == set()
    assert due(campaigns=[changed(campaign, withdrawn=True)]) == set()


@pytest.mark.parametrize("raw", [None, "", 0, "0", "00000000", "1900-01-01", "9999-12-31", "2025-02-30", "待补", "31/12/2025"])
def test_what_is_no_date_is_none(raw):
    assert read_day(raw) is None


def news(stage, number):
    heard = eventually(lambda: len(stage.cheqiao.heard) >= number and stage.cheqiao.heard)
    return [PUSH.validate_python(Webhook(SECRETS.dms_webhook_secret).verify(each.body, each.headers)) for each in heard]


@pytest.fixture
def seeded(tmp_path):
    seed(tmp_path, Plan(cars=12_000, dirty=0.05), lambda done: None, lambda: datetime(2026, 11, 22, tzinfo=UTC))
    return tmp_path


def completed(stage):
    return eventually(lambda: [each for each in stage.state("dms")["months"] if each["state"] == "completed"])


def test_a_month_is_told_in_full_pages_and_then_as_a_whole(seeded, cheqiao):
    with under_werkzeug(seeded, cheqiao.url) as url:
        stage = Stage(url, cheqiao)
        begun = desk(stage, "POST", "/months", period="2026-12")
        run = completed(stage)[0]
        told = news(stage, run["pages"] + 1)

    pages = sorted((push.data for push in told if push.type == "reminder.items.published"), key=lambda page: page.page_no)
    (whole,) = [push.data for push in told if push.type == "reminder.run.completed"]
    items = [item for page in pages for item in page.items]
    assert (begun.status_code, begun.json()["run_no"]) == (202, 1)
    assert [page.page_no for page in pages] == list(range(1, whole.pages + 1))
    assert all(450 < len(page.items) <= 500 for page in pages[:-1])
    assert {count.type: count.items for count in whole.counts} == {
        type: sum(item.type == type for item in items) for type in {item.type for item in items}
    }
    assert whole.checksum == str(sum(crc32(f"{item.customer_id}|{item.type.value}|{item.due_date}".encode()) for item in items))
    assert len({(item.vin, item.type, item.due_date, item.campaign_no) for item in items}) == len(items)


def test_a_month_that_was_broken_off_goes_on_after_the_next_start(seeded, cheqiao):
    cheqiao.reply = lambda heard: Response(status=503)
    with under_werkzeug(seeded, cheqiao.url) as url:
        stage = Stage(url, cheqiao)
        desk(stage, "POST", "/months", period="2026-12")
        eventually(lambda: stage.state("dms")["months"][0]["pages"] >= 2)
        assert stage.state("dms")["months"][0]["state"] == "making"
    cheqiao.heard.clear()
    cheqiao.reply = lambda heard: Response("")

    with under_werkzeug(seeded, cheqiao.url) as url:
        stage = Stage(url, cheqiao)
        run = completed(stage)[0]
        told = news(stage, run["pages"] + 1)

    numbers = {push.data.page_no for push in told if push.type == "reminder.items.published"}
    assert numbers == set(range(1, run["pages"] + 1))


def test_one_month_at_a_time(seeded, cheqiao):
    cheqiao.reply = lambda heard: Response(status=503)
    with under_werkzeug(seeded, cheqiao.url) as url:
        stage = Stage(url, cheqiao)
        desk(stage, "POST", "/months", period="2026-12")

        again = desk(stage, "POST", "/months", period="2027-01")

    assert (again.status_code, again.json()["code"]) == (409, "already_running")


def test_a_month_is_named_as_agreed(stage):
    assert desk(stage, "POST", "/months", period="2026-13").status_code == 400
