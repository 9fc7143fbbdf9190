"""Runs, standings and the DMS's own month: what the DMS is told, and what it pushes."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid5

import pytest

from adapters.dms.reminders import items_published, run_completed
from chassis.errors import ContractBroken
from contracts.partners.reminders import CompletedRun, PublishedPage, PublishedRow, TypeCountRow
from contracts.reminder_exchange import StoreReminderRun, TypeCount
from contracts.reminders import ReminderType
from contracts.vehicles import DirtyField, DirtyRow, Flaw, campaign_id
from tests.fakes.partner import answer

RUN = UUID("11111111-2222-4333-8444-555555555555")
AT = datetime(2026, 11, 30, 18, 0, tzinfo=UTC)
DONE = StoreReminderRun(
    run_id=RUN,
    period="2026-12",
    run_no=1,
    counts=(TypeCount(type=ReminderType.INSURANCE, items=3),),
    checksum="123",
    finished_at=AT,
)


def vehicle_of(vin: str) -> UUID | Flaw:
    return uuid5(RUN, vin) if vin else Flaw.MISSING


def date_of(raw: object) -> date | Flaw:
    return date.fromisoformat(raw) if isinstance(raw, str) else Flaw.ZERO


def test_the_dms_is_told_of_a_finished_month(dms_answering):
    dms = dms_answering(answer(200, {"status": "ok"}))

    dms.store_reminder_run(DONE)

    asked = dms.asked[0]
    assert (asked.method, asked.path) == ("PUT", "/reminder-runs/2026-12")
    assert asked.json() == {
        "run_no": 1,
        "counts": [{"type": "insurance", "items": 3}],
        "checksum": "123",
        "finished_at": "2026-11-30T18:00:00Z",
    }


def test_a_month_that_the_dms_will_not_have_is_for_an_operator(dms_answering):
    dms = dms_answering(answer(409, {"code": "closed_period", "message": "no"}))

    with pytest.raises(ContractBroken):
        dms.store_reminder_run(DONE)


def test_a_pushed_page_becomes_items_and_rows_without_car_or_day_are_listed():
    good = PublishedRow(
        record_id="R1", vin="LS4AAAAA1AA000001", dealer_code="CQ01", type="campaign", due_date="2026-12-05", campaign_no="A1"
    )
    no_day = PublishedRow(record_id="R2", vin="LS4AAAAA1AA000002", dealer_code="CQ01", type="insurance", due_date=0)
    no_car = PublishedRow(record_id="R3", type="insurance", due_date="2026-12-05")

    news = items_published(PublishedPage(period="2026-12", run_no=2, page_no=7, items=(good, no_day, no_car)), vehicle_of, date_of)

    assert [(item.record_id, item.due_date, item.campaign_id) for item in news.items] == [("R1", date(2026, 12, 5), campaign_id("A1"))]
    assert news.items[0].vehicle_id == vehicle_of("LS4AAAAA1AA000001")
    assert news.unusable == (
        DirtyRow(record_id="R2", fields=(DirtyField(field="due_date", flaw=Flaw.ZERO),)),
        DirtyRow(record_id="R3", fields=(DirtyField(field="vin", flaw=Flaw.MISSING),)),
    )
    assert (news.period, news.run_no, news.page_no) == ("2026-12", 2, 7)


def test_a_completed_run_is_the_run_of_its_pages():
    page = items_published(PublishedPage(period="2026-12", run_no=2, page_no=1, items=()), vehicle_of, date_of)

    news = run_completed(CompletedRun(period="2026-12", run_no=2, pages=1, counts=(TypeCountRow(type="insurance", items=0),), checksum="0"))

    assert news.run_id == page.run_id
    assert (news.pages, news.counts, news.checksum) == (1, (TypeCount(type=ReminderType.INSURANCE, items=0),), "0")
