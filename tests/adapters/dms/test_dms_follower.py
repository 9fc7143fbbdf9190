"""What the DMS is asked about people, cars and dealers, and what it tells of them by itself."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from adapters.dms.client import MOST_PAGES
from adapters.dms.translate import news_of
from chassis.errors import ContractBroken, Unavailable
from contracts.appointments import places_id
from contracts.dms import (
    AppointmentMoveRefused,
    CapacitySet,
    DealerListed,
    FetchDealers,
    FindOwner,
    MoveAppointment,
    OpeningHours,
    Owner,
    OwnershipChanged,
    StoreOutcome,
    StoreRegistration,
    VisitArrived,
    VisitClosed,
    dealer_id,
)
from contracts.partners.dms import DmsPush
from tests.fakes.partner import BUSY, answer, cut

ID = UUID("11111111-2222-4333-8444-555555555555")
VIN = "LS4AAAAA1AA000001"
AT = datetime(2026, 3, 9, 1, 30, tzinfo=UTC)
DONE = answer(200, {"status": "ok"})
MOVE = MoveAppointment(appointment_id=ID, request_no=2, requested_date=date(2026, 3, 12), slot="09:00-10:00")
OUTCOME = StoreOutcome(appointment_id=ID, outcome="arrived", at=AT)
FIND = FindOwner(registration_id=ID, vin="AA000001", id_number="500199199001010013", mobile="13800138000")
REGISTRATION = StoreRegistration(binding_id=ID, binding_version=3, customer_id="C0001", vin=VIN, registered=True, at=AT)
FETCH = FetchDealers(run_id=ID)
DEALER = {
    "version": 4,
    "dealer_code": "D001",
    "name": "启衡",
    "address": "启衡路 18 号",
    "phone": "023-0000-1001",
    "latitude": 29.7,
    "longitude": 106.6,
    "hours": [{"weekday": 1, "begins": "08:30", "ends": "17:30"}],
}
PUSHES = TypeAdapter(DmsPush)


def no(code: str, status: int = 422):
    return answer(status, {"code": code, "message": "不行"})


def an_owner(**changes):
    return {"customer_id": "C0001", "vin": VIN, "name": "张伟", "mobile": "13800138000"} | changes


def vehicle_id(vin: str) -> UUID:
    return uuid5(ID, vin)


def test_another_day_goes_to_the_dms_with_the_number_of_the_request(dms_answering):
    dms = dms_answering(DONE)

    assert dms.move_appointment(MOVE) is None
    assert (dms.asked[0].method, dms.asked[0].path) == ("PUT", f"/appointments/{ID}/day")
    assert dms.asked[0].json() == {"request_no": 2, "requested_date": "2026-03-12", "slot": "09:00-10:00"}


@pytest.mark.parametrize("refusal", [no("not_found", 404), no("cancelled", 409), no("rejected", 409)])
def test_what_the_dms_has_closed_itself_need_not_be_moved(dms_answering, refusal):
    assert dms_answering(refusal).move_appointment(MOVE) is None


def test_a_no_to_another_day_becomes_news(dms_answering):
    refused = dms_answering(no("closed_day")).move_appointment(MOVE)

    assert (type(refused), refused.appointment_id, refused.request_no, refused.reason) == (AppointmentMoveRefused, ID, 2, "closed_day")


def test_an_outcome_is_kept_at_the_dms(dms_answering):
    dms = dms_answering(DONE)

    assert dms.store_outcome(OUTCOME) is None
    assert (dms.asked[0].path, dms.asked[0].json()) == (f"/appointments/{ID}/outcome", {"outcome": "arrived", "at": "2026-03-09T01:30:00Z"})


def test_the_outcome_of_what_the_dms_never_had_need_not_be_kept(dms_answering):
    assert dms_answering(no("not_found", 404)).store_outcome(OUTCOME) is None


def test_who_is_registered_goes_to_the_dms_without_a_vin_in_the_path(dms_answering):
    dms = dms_answering(DONE)

    assert dms.store_registration(REGISTRATION) is None
    assert (dms.asked[0].method, dms.asked[0].path) == ("PUT", f"/registrations/{ID}")
    assert dms.asked[0].json() == {"version": 3, "customer_id": "C0001", "vin": VIN, "registered": True, "at": "2026-03-09T01:30:00Z"}


def test_a_car_that_changed_hands_meanwhile_need_not_be_registered(dms_answering):
    assert dms_answering(no("not_owner", 409)).store_registration(REGISTRATION) is None


WITHOUT_NEWS = [("store_outcome", OUTCOME), ("store_registration", REGISTRATION)]


@pytest.mark.parametrize(("carry", "wish"), [*WITHOUT_NEWS, ("fetch_dealers", FETCH)])
def test_a_no_that_nobody_hears_of_comes_before_an_operator(dms_answering, carry, wish):
    with pytest.raises(ContractBroken, match="may not be refused"):
        getattr(dms_answering(no("system_says_no")), carry)(wish)


EVERYTHING = [*WITHOUT_NEWS, ("move_appointment", MOVE), ("find_owner", FIND), ("fetch_dealers", FETCH)]


@pytest.mark.parametrize(("carry", "wish"), EVERYTHING)
@pytest.mark.parametrize("fault", [BUSY, answer(500), cut(200, {"status": "ok", "owners": [], "dealers": []})], ids=["503", "500", "cut"])
def test_no_usable_answer_leaves_it_for_later(dms_answering, carry, wish, fault):
    with pytest.raises(Unavailable):
        getattr(dms_answering(fault), carry)(wish)


@pytest.mark.parametrize(("carry", "wish"), EVERYTHING)
def test_an_answer_off_contract_is_not_guessed_at(dms_answering, carry, wish):
    with pytest.raises(ContractBroken):
        getattr(dms_answering(answer(200, {"status": 5, "owners": "?", "dealers": 9})), carry)(wish)


def test_an_owner_is_asked_for_in_the_body_alone(dms_answering):
    dms = dms_answering(answer(200, {"owners": []}))

    dms.find_owner(FIND)

    assert (dms.asked[0].method, dms.asked[0].path) == ("POST", "/owners/find")
    assert dms.asked[0].json() == {"vin": "AA000001", "id_number": "500199199001010013", "mobile": "13800138000"}


def test_owners_are_told_in_our_words(dms_answering):
    found = {"owners": [an_owner(plate="渝A12345", model="CQ5", dealer_code="D001")]}

    news = dms_answering(answer(200, found)).find_owner(FIND)

    owner = Owner(customer_id="C0001", vin=VIN, name="张伟", mobile="13800138000", plate="渝A12345", model="CQ5", dealer_code="D001")
    assert (news.registration_id, news.owners) == (ID, (owner,))


@pytest.mark.parametrize("said", [answer(200, {"owners": []}), no("blocked"), no("not_found", 404)], ids=["none", "refused", "404"])
def test_none_and_a_no_are_one_answer(dms_answering, said):
    assert dms_answering(said).find_owner(FIND).owners == ()


def test_two_cars_that_end_alike_are_both_told(dms_answering):
    found = {"owners": [an_owner(), an_owner(vin="LS4CAAAC7AA000001")]}

    assert len(dms_answering(answer(200, found)).find_owner(FIND).owners) == 2


@pytest.mark.parametrize(
    "owners",
    [[an_owner(vin="LS4AAAAA1AA000009")], [an_owner(), an_owner(vin="LS4AAAAA1AA000009")], [an_owner(), an_owner(customer_id="C0002")]],
    ids=["another car", "another car too", "two owners of one"],
)
def test_owners_that_were_not_asked_for_are_not_believed(dms_answering, owners):
    with pytest.raises(ContractBroken):
        dms_answering(answer(200, {"owners": owners})).find_owner(FIND)


def test_more_than_twenty_owners_are_off_contract(dms_answering):
    owners = [an_owner(vin=f"LS4AAAAA{letter}AA000001") for letter in "ABCDEFGHJKLMNPRSTUVWX"]

    with pytest.raises(ContractBroken):
        dms_answering(answer(200, {"owners": owners})).find_owner(FIND)


def test_a_dealer_is_listed_in_our_words(dms_answering):
    dms = dms_answering(answer(200, {"dealers": [DEALER]}))

    (news,) = dms.fetch_dealers(FETCH)

    assert news == DealerListed(
        dealer_id=dealer_id("D001"),
        dealer_version=4,
        dealer_code="D001",
        name="启衡",
        address="启衡路 18 号",
        phone="023-0000-1001",
        latitude=29.7,
        longitude=106.6,
        hours=(OpeningHours(weekday=1, begins="08:30", ends="17:30"),),
    ).identified(news.id)
    assert (dms.asked[0].method, dms.asked[0].path) == ("GET", "/dealers")


def a_page(code, cursor=None):
    return answer(200, {"dealers": [DEALER | {"dealer_code": code}], "next_cursor": cursor})


def test_dealers_are_read_to_the_last_page(dms_answering):
    dms = dms_answering(a_page("D1", "a b&甲"), a_page("D2", "z"), a_page("D3"))

    assert [news.dealer_code for news in dms.fetch_dealers(FETCH)] == ["D1", "D2", "D3"]
    assert [asked.path for asked in dms.asked] == ["/dealers", "/dealers?cursor=a+b%26%E7%94%B2", "/dealers?cursor=z"]


def test_no_dealers_at_all_is_an_answer(dms_answering):
    assert dms_answering(answer(200, {"dealers": []})).fetch_dealers(FETCH) == ()


def test_an_outage_between_two_pages_is_waited_out(dms_answering):
    dms = dms_answering(a_page("D1", "2"), BUSY, a_page("D2"))

    assert len(dms.fetch_dealers(FETCH)) == 2


def test_pages_that_go_round_in_a_circle_are_off_contract(dms_answering):
    dms = dms_answering(a_page("D1", "2"), a_page("D2", "3"), a_page("D3", "2"))

    with pytest.raises(ContractBroken, match="next_cursor"):
        dms.fetch_dealers(FETCH)

    assert len(dms.asked) == 3


def test_pages_without_end_are_off_contract(dms_answering):
    dms = dms_answering(*(a_page("D1", str(number)) for number in range(MOST_PAGES + 5)))

    with pytest.raises(ContractBroken, match="pages"):
        dms.fetch_dealers(FETCH)

    assert len(dms.asked) == MOST_PAGES


def test_a_list_of_dealers_that_comes_too_slowly_is_left_for_later(dms_answering):
    def slowly(number):
        page = a_page("D1", str(number))

        def act(connection, closing):
            closing.wait(0.4)
            page(connection, closing)

        return act

    dms = dms_answering(*(slowly(number) for number in range(20)), deadline_seconds=1)

    with pytest.raises(Unavailable):
        dms.fetch_dealers(FETCH)


def pushed(kind, **data):
    return news_of(PUSHES.validate_python({"type": kind, "timestamp": "2026-03-09T09:00:00+08:00", "data": data}), vehicle_id)


def test_a_dealer_that_was_saved_is_listed_under_the_same_id_as_when_it_is_fetched(dms_answering):
    (fetched,) = dms_answering(answer(200, {"dealers": [DEALER]})).fetch_dealers(FETCH)

    news = pushed("dealer.saved", **DEALER)

    assert news == fetched.identified(news.id)


def test_capacity_is_told_under_the_id_of_the_places():
    news = pushed("capacity.saved", version=2, dealer_code="D001", day="2026-03-12", slot="09:00-10:00", total=4, closed=True)

    assert news == CapacitySet(
        places_id=places_id("D001", date(2026, 3, 12), "09:00-10:00"),
        capacity_version=2,
        dealer_code="D001",
        day=date(2026, 3, 12),
        slot="09:00-10:00",
        total=4,
        closed=True,
    ).identified(news.id)


def test_a_car_that_came_and_left_is_one_visit():
    visit = {"visit_no": "V-1", "vin": VIN, "dealer_code": "D001", "arrived_at": "2026-03-09T09:30:00+08:00", "appointment_id": str(ID)}

    came = pushed("visit.arrived", **visit)
    left = pushed("visit.closed", **visit, closed_at="2026-03-09T11:00:00+08:00")

    said = {"vehicle_id": vehicle_id(VIN), "vin": VIN, "dealer_code": "D001", "arrived_at": AT, "appointment_id": ID}
    assert came == VisitArrived(visit_id=came.visit_id, **said).identified(came.id)
    assert left == VisitClosed(visit_id=came.visit_id, closed_at=datetime(2026, 3, 9, 3, 0, tzinfo=UTC), **said).identified(left.id)


def test_a_change_of_owner_is_told_of_the_car():
    news = pushed("ownership.changed", version=2, vin=VIN, customer_id="C0003", changed_at="2026-03-09T09:30:00+08:00")

    assert news == OwnershipChanged(
        vehicle_id=vehicle_id(VIN), ownership_version=2, vin=VIN, customer_id="C0003", changed_at=AT
    ).identified(news.id)


VINS = st.from_regex(r"[A-HJ-NPR-Z0-9]{17}", fullmatch=True)
CODES = st.text(min_size=1, max_size=32)
TIMES = st.datetimes(timezones=st.just(UTC))
COUNTS = st.integers(1)
VISITS = {"visit_no": CODES, "vin": VINS, "dealer_code": CODES, "arrived_at": TIMES, "appointment_id": st.none() | st.uuids()}
RECORDS = {
    "appointment.rejected": {"appointment_id": st.uuids(), "version": COUNTS, "reason": CODES},
    "dealer.saved": {"version": COUNTS, "dealer_code": CODES, "name": CODES, "latitude": st.none() | st.floats(-90, 90)},
    "capacity.saved": {
        "version": COUNTS,
        "dealer_code": CODES,
        "day": st.dates(),
        "total": st.integers(0, 10_000),
        "closed": st.booleans(),
    },
    "visit.arrived": VISITS,
    "visit.closed": VISITS | {"closed_at": TIMES},
    "ownership.changed": {"version": COUNTS, "vin": VINS, "customer_id": CODES, "changed_at": TIMES},
}


@given(st.one_of(*(st.tuples(st.just(kind), st.fixed_dictionaries(record)) for kind, record in RECORDS.items())))
def test_every_push_on_contract_can_be_told(push):
    kind, record = push

    assert pushed(kind, **record).subject is not None
