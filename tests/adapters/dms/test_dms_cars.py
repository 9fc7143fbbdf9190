"""Cars as the DMS holds them: page by page, as they are sold, and with everything that clerks have typed."""

import json
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from adapters.dms.cars import cars_listed
from adapters.dms.translate import news_of
from chassis import privacy
from chassis.errors import ContractBroken
from contracts.dms import VisitClosed
from contracts.partners.dms import DmsPush
from contracts.partners.vehicles import CarsPage
from contracts.reminder_exchange import ReminderItemsPublished, ReminderRunCompleted
from contracts.vehicles import CarsListed, DirtyRow, FetchCars, Flaw, SaleRecorded
from tests.fakes.partner import answer
from tests.services.house import VAULT

ID = UUID("11111111-2222-4333-8444-555555555555")
VIN = "LS4AAAAA1AA000001"
AT = "2026-06-15T02:00:00Z"
WISH = FetchCars(load_id=ID, page_no=3, cursor="n 17", changed_since=datetime(2026, 6, 1, tzinfo=UTC))
PUSHES = TypeAdapter(DmsPush)


def a_row(**changes):
    return {"record_id": "R1", "version": 2, "vin": VIN, "customer_id": "C1", "dealer_code": "D001", "invoice_date": "2025-03-01"} | changes


def read(**changes):
    """The one row of a page, as we understand it."""
    listed = cars_listed(WISH, CarsPage.model_validate({"cars": [a_row(**changes)]}), VAULT.vehicle_id)
    (one,) = (*listed.cars, *listed.unusable)
    return one


def flaws(one):
    return {found.field: found.flaw for found in one.dirty}


def pushed(kind, data):
    return news_of(PUSHES.validate_python({"type": kind, "timestamp": AT, "data": data}), VAULT.vehicle_id)


@pytest.fixture(autouse=True)
def sealing():
    privacy.use(VAULT)


def test_a_page_is_asked_for_where_the_last_one_ended(dms_answering):
    dms = dms_answering(answer(200, {"cars": [a_row(), a_row(record_id="R2", vin="?")], "next_cursor": "n 18", "total": 90}))

    listed = dms.fetch_cars(WISH)

    assert (dms.asked[0].method, dms.asked[0].path) == ("GET", "/cars?cursor=n+17&changed_since=2026-06-01T00%3A00%3A00%2B00%3A00")
    assert type(listed) is CarsListed
    assert (listed.load_id, listed.page_no, listed.next_cursor, listed.total) == (ID, 3, "n 18", 90)
    assert [(car.record_id, car.vehicle_id) for car in listed.cars] == [("R1", VAULT.vehicle_id(VIN))]
    assert [row.record_id for row in listed.unusable] == ["R2"]


def test_the_first_page_of_all_is_asked_for_without_a_cursor(dms_answering):
    dms = dms_answering(answer(200, {"cars": []}))

    listed = dms.fetch_cars(FetchCars(load_id=ID, page_no=1))

    assert dms.asked[0].path == "/cars"
    assert (listed.cars, listed.next_cursor) == ((), None)


def test_a_cursor_that_leads_nowhere_is_off_contract(dms_answering):
    with pytest.raises(ContractBroken):
        dms_answering(answer(200, {"cars": [], "next_cursor": "n 17"})).fetch_cars(WISH)


def test_a_refusal_comes_before_an_operator(dms_answering):
    with pytest.raises(ContractBroken):
        dms_answering(answer(422, {"code": "bad_cursor"})).fetch_cars(WISH)


def test_a_full_page_becomes_a_message_that_the_outbox_can_hold(dms_answering):
    rows = [a_row(record_id=f"R{number}", vin=f"LS4AAAAA1AA{number:06d}", model_name="奥" * 64) for number in range(500)]

    listed = dms_answering(answer(200, {"cars": rows})).fetch_cars(WISH)

    assert len(listed.cars) == 500
    assert len(json.dumps(VAULT.seal_contract(listed))) < 1_000_000


@pytest.mark.parametrize(
    "raw",
    [
        "2026-12-01",
        "20261201",
        20261201,
        "2026/12/1",
        "2026.12.1",
        "2026年12月1日",
        "2026-11-30T17:00:00Z",
        "2026-12-01 08:30:00",
        " 2026-12-1 ",
    ],
)
def test_a_day_is_read_however_the_dms_writes_it(raw):
    car = read(purchase_date=raw)

    assert (car.purchase_date, flaws(car)) == (date(2026, 12, 1), {})


@pytest.mark.parametrize(
    ("raw", "flaw"),
    [
        ("0", Flaw.ZERO),
        (0, Flaw.ZERO),
        ("0000-00-00", Flaw.ZERO),
        ("00000000", Flaw.ZERO),
        ("1900-01-01", Flaw.PLACEHOLDER),
        ("19000101", Flaw.PLACEHOLDER),
        ("9999-12-31", Flaw.PLACEHOLDER),
        ("1970-01-01", Flaw.PLACEHOLDER),
        ("2026-02-30", Flaw.UNREADABLE),
        ("soon", Flaw.UNREADABLE),
        ("9999-12-31T23:59:59Z", Flaw.PLACEHOLDER),
        (1_767_225_600_000, Flaw.UNREADABLE),
    ],
)
def test_what_is_no_day_is_listed_and_the_row_is_used_without_it(raw, flaw):
    car = read(purchase_date=raw)

    assert (car.purchase_date, flaws(car)) == (None, {"purchase_date": flaw})
    assert car.invoice_date == date(2025, 3, 1)


@pytest.mark.parametrize("raw", [None, "", "  "])
def test_a_day_that_may_be_empty_is_no_fault(raw):
    assert (read(last_visit_date=raw).last_visit_on, flaws(read(last_visit_date=raw))) == (None, {})


@pytest.mark.parametrize(
    ("raw", "birthday"), [("02-29", (2, 29)), ("--12-05", (12, 5)), ("1985-12-05", (12, 5)), (19851205, (12, 5)), ("1970-01-01", (1, 1))]
)
def test_of_a_birthday_month_and_day_are_kept(raw, birthday):
    car = read(birth_date=raw)

    assert ((car.birth_month, car.birth_day), flaws(car)) == (birthday, {})


@pytest.mark.parametrize(("raw", "flaw"), [("02-30", Flaw.UNREADABLE), ("1900-01-01", Flaw.PLACEHOLDER), ("0", Flaw.ZERO)])
def test_a_birthday_that_is_none_is_listed(raw, flaw):
    assert (read(birth_date=raw).birth_month, flaws(read(birth_date=raw))) == (None, {"birth_date": flaw})


@pytest.mark.parametrize(
    ("vin", "flaw"),
    [("", Flaw.MISSING), (" ", Flaw.MISSING), ("0", Flaw.ZERO), ("LS4AAAAA1AA00000O", Flaw.UNREADABLE), ("短", Flaw.UNREADABLE)],
)
def test_a_row_that_names_no_car_is_listed_with_its_version(vin, flaw):
    row = read(vin=vin)

    assert type(row) is DirtyRow
    assert (row.record_id, row.version, [(one.field, one.flaw) for one in row.fields]) == ("R1", 2, [("vin", flaw)])


def test_a_vin_in_small_letters_is_the_same_car():
    assert read(vin=f" {VIN.lower()} ").vehicle_id == VAULT.vehicle_id(VIN)


def test_a_car_in_use_without_owner_dealer_or_sale_is_listed():
    nothing = {"customer_id": "", "dealer_code": "", "invoice_date": None}

    assert flaws(read(**nothing)) == dict.fromkeys(("customer_id", "dealer_code", "invoice_date"), Flaw.MISSING)
    assert flaws(read(**nothing, state="sold")) == {}


@pytest.mark.parametrize(("year", "flaw"), [(0, Flaw.ZERO), (20, Flaw.UNREADABLE)])
def test_a_model_year_that_is_none_is_listed(year, flaw):
    assert (read(model_year=year).model_year, flaws(read(model_year=year))) == (None, {"model_year": flaw})


@given(raw=st.one_of(st.none(), st.integers(), st.text(max_size=40), st.dates().map(str), st.datetimes(timezones=st.timezones()).map(str)))
def test_whatever_stands_in_a_date_is_read_or_listed(raw):
    car = read(purchase_date=raw, birth_date=raw)

    assert car.purchase_date is None or 1950 <= car.purchase_date.year <= 2098
    assert (car.birth_month is None) == (car.birth_day is None)


def test_a_sale_is_told_when_it_is_entered():
    news = pushed("sale.recorded", a_row(state="in_use", quiet=["wechat"]))

    assert type(news) is SaleRecorded
    assert (news.vehicle_id, news.car.vin, news.car.quiet) == (VAULT.vehicle_id(VIN), VIN, ("wechat",))
    assert news.entered_at == datetime(2026, 6, 15, 2, tzinfo=UTC)


def test_a_sale_of_no_car_is_refused_to_who_pushes_it():
    with pytest.raises(ValidationError):
        pushed("sale.recorded", a_row(vin="LS4"))


def test_a_closed_visit_tells_what_was_done():
    visit = {"visit_no": "V-1", "vin": VIN, "dealer_code": "D001", "arrived_at": AT, "closed_at": AT}

    news = pushed("visit.closed", visit | {"services": ["FIRST_MAINTENANCE"], "mileage_km": 5021})

    assert type(news) is VisitClosed
    assert (news.services, news.mileage_km) == (("FIRST_MAINTENANCE",), 5021)


def test_the_month_that_the_dms_works_out_is_read_with_the_same_care():
    row = {"record_id": "I1", "vin": VIN, "dealer_code": "D001", "type": "insurance", "due_date": "20261209"}
    rows = [row, row | {"record_id": "I2", "due_date": "0"}, row | {"record_id": "I3", "vin": ""}]

    items = pushed("reminder.items.published", {"period": "2026-12", "run_no": 1, "page_no": 1, "items": rows})
    completed = pushed("reminder.run.completed", {"period": "2026-12", "run_no": 1, "pages": 1, "counts": [], "checksum": "0"})

    assert (type(items), type(completed)) == (ReminderItemsPublished, ReminderRunCompleted)
    assert [(one.record_id, one.due_date) for one in items.items] == [("I1", date(2026, 12, 9))]
    assert [(one.record_id, one.fields[0].flaw) for one in items.unusable] == [("I2", Flaw.ZERO), ("I3", Flaw.MISSING)]
    assert items.run_id == completed.run_id
