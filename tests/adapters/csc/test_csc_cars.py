"""Service dates and campaigns as CSC holds them: page by page, and as they are saved."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from pydantic import TypeAdapter, ValidationError

from adapters.csc.translate import news_of
from chassis import privacy
from chassis.errors import ContractBroken
from contracts.partners.csc import CscPush
from contracts.vehicles import (
    CampaignPublished,
    CampaignWithdrawn,
    FetchCampaigns,
    FetchServiceDates,
    Flaw,
    ServiceDatesUpdated,
    campaign_id,
)
from tests.fakes.partner import answer
from tests.services.house import VAULT

ID = UUID("11111111-2222-4333-8444-555555555555")
VIN = "LS4AAAAA1AA000001"
AT = "2026-06-15T02:00:00Z"
PUSHES = TypeAdapter(CscPush)
CAMPAIGN = {
    "campaign_no": "CP-1",
    "version": 2,
    "kind": "dealer",
    "dealer_code": "D001",
    "name": "夏季检查",
    "starts_on": "2026-07-01",
    "ends_on": "2026-07-31",
    "audience": {"models": ["CQ5"], "first_year": 2020, "regions": ["SW"]},
}


def a_row(**changes):
    return {"record_id": "SD1", "version": 4, "vin": VIN, "next_inspection_date": "2026-08-01"} | changes


def pushed(kind, data):
    return news_of(PUSHES.validate_python({"type": kind, "timestamp": AT, "data": data}), VAULT.vehicle_id)


@pytest.fixture(autouse=True)
def sealing():
    privacy.use(VAULT)


def test_dates_are_asked_for_page_by_page(csc_answering):
    rows = [a_row(compulsory_insurance_expiry=20260901, mileage_km=42_000), a_row(record_id="SD2", vin="")]
    csc = csc_answering(answer(200, {"dates": rows, "next_cursor": "c2", "total": 2}))

    listed = csc.fetch_service_dates(FetchServiceDates(load_id=ID, page_no=2, cursor="c1"))

    assert csc.asked[0].path == "/service-dates?cursor=c1"
    assert (listed.load_id, listed.page_no, listed.next_cursor, listed.total) == (ID, 2, "c2", 2)
    (dates,) = listed.dates
    assert (dates.vehicle_id, dates.version, dates.mileage_km) == (VAULT.vehicle_id(VIN), 4, 42_000)
    assert (dates.next_inspection_date, dates.compulsory_insurance_expiry) == (date(2026, 8, 1), date(2026, 9, 1))
    assert [(row.record_id, row.version, row.fields[0].flaw) for row in listed.unusable] == [("SD2", 4, Flaw.MISSING)]


def test_only_what_changed_is_asked_for(csc_answering):
    csc = csc_answering(answer(200, {"campaigns": []}))

    csc.fetch_campaigns(FetchCampaigns(load_id=ID, page_no=1, changed_since=datetime(2026, 6, 1, tzinfo=UTC)))

    assert csc.asked[0].path == "/campaigns?changed_since=2026-06-01T00%3A00%3A00%2B00%3A00"


@pytest.mark.parametrize(
    ("changes", "flaws"),
    [
        ({"next_inspection_date": "0"}, {"next_inspection_date": Flaw.ZERO}),
        ({"next_inspection_date": None}, {"dates": Flaw.MISSING}),
        ({"mileage_km": -1}, {"mileage_km": Flaw.UNREADABLE}),
        ({"next_maintenance_date": "1900-01-01"}, {"next_maintenance_date": Flaw.PLACEHOLDER}),
        ({}, {}),
    ],
)
def test_what_is_no_date_is_listed(csc_answering, changes, flaws):
    csc = csc_answering(answer(200, {"dates": [a_row(**changes)]}))

    (dates,) = csc.fetch_service_dates(FetchServiceDates(load_id=ID, page_no=1)).dates

    assert {one.field: one.flaw for one in dates.dirty} == flaws


def test_campaigns_are_listed_with_those_that_are_withdrawn(csc_answering):
    csc = csc_answering(answer(200, {"campaigns": [CAMPAIGN, CAMPAIGN | {"campaign_no": "CP-2", "withdrawn": True}]}))

    listed = csc.fetch_campaigns(FetchCampaigns(load_id=ID, page_no=1))

    assert [one.campaign_id for one in listed.campaigns] == [campaign_id("CP-1"), campaign_id("CP-2")]
    assert listed.withdrawn == (campaign_id("CP-2"),)
    first = listed.campaigns[0]
    assert (first.kind, first.dealer_code, first.ends_on) == ("dealer", "D001", date(2026, 7, 31))
    assert (first.audience.models, first.audience.first_year, first.audience.regions) == (("CQ5",), 2020, ("SW",))


@pytest.mark.parametrize("fetch", ["fetch_service_dates", "fetch_campaigns"])
def test_a_cursor_that_leads_nowhere_is_off_contract(csc_answering, fetch):
    wish = {"fetch_service_dates": FetchServiceDates, "fetch_campaigns": FetchCampaigns}[fetch](load_id=ID, page_no=2, cursor="c1")
    csc = csc_answering(answer(200, {"dates": [], "campaigns": [], "next_cursor": "c1"}))

    with pytest.raises(ContractBroken):
        getattr(csc, fetch)(wish)


def test_dates_are_told_when_the_adviser_saves_them():
    news = pushed("service_dates.updated", a_row())

    assert type(news) is ServiceDatesUpdated
    assert (news.vehicle_id, news.dates.record_id) == (VAULT.vehicle_id(VIN), "SD1")


def test_dates_of_no_car_are_refused_to_who_pushes_them():
    with pytest.raises(ValidationError):
        pushed("service_dates.updated", a_row(vin="0"))


@pytest.mark.parametrize(
    ("kind", "withdrawn", "told"),
    [
        ("campaign.published", False, CampaignPublished),
        ("campaign.published", True, CampaignWithdrawn),
        ("campaign.withdrawn", False, CampaignWithdrawn),
    ],
)
def test_a_campaign_is_told_as_it_stands(kind, withdrawn, told):
    news = pushed(kind, CAMPAIGN | {"withdrawn": withdrawn})

    assert (type(news), news.campaign_id, news.campaign.version) == (told, campaign_id("CP-1"), 2)
