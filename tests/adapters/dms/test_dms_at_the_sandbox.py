"""The DMS adapter and the stand-in speak with each other over HTTP, in good days and bad."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr, TypeAdapter

from adapters.dms.client import DmsClient
from adapters.dms.service import DmsAdapter
from adapters.dms.translate import news_of
from chassis import privacy
from chassis.called import Partner
from chassis.calls import CallLog
from chassis.errors import ContractBroken, Unavailable
from chassis.partner import PartnerClient
from contracts.appointments import ServiceItem
from contracts.dms import (
    CapacitySet,
    DealerListed,
    FetchDealers,
    FindOwner,
    MoveAppointment,
    OwnershipChanged,
    StoreAppointment,
    StoreOutcome,
    StoreRegistration,
    StoreSlip,
    VisitArrived,
    VisitClosed,
)
from contracts.partners.dms import DmsPush
from contracts.vehicles import FetchCars, SaleRecorded
from tests.sandbox.dms_acts import NEW_ID, desk
from tests.sandbox.stage import SECRETS, Cheqiao, Stage, eventually, under_werkzeug
from tests.services.house import VAULT
from tests.serving import served

ID = UUID("11111111-2222-4333-8444-555555555555")
VIN = "LS4AAAAA1AA000001"
AT = datetime(2026, 3, 9, 1, 30, tzinfo=UTC)
ITEMS = (ServiceItem(code="M1", name="保养"),)
STORE = StoreAppointment(
    appointment_id=ID,
    customer_id="C0001",
    vin=VIN,
    name="张伟",
    mobile="13800138000",
    dealer_code="D001",
    requested_date=date(2026, 3, 9),
    slot="09:00-10:00",
    items=ITEMS,
    source="menu",
    submitted_at=AT,
)
MOVE = MoveAppointment(appointment_id=ID, request_no=2, requested_date=date(2026, 3, 12))
OUTCOME = StoreOutcome(appointment_id=ID, outcome="arrived", at=AT)
SLIP = StoreSlip(appointment_id=ID, slip_id="S-7", slip_version=1, dealer_code="D001", appointment_at=AT, items=ITEMS, confirmed_by="9001")
FIND = FindOwner(registration_id=uuid4(), vin="AA000001", id_number="500199199001010013", mobile="13800138000")
REGISTRATION = StoreRegistration(binding_id=uuid4(), binding_version=1, customer_id="C0001", vin=VIN, registered=True, at=AT)
FETCH = FetchDealers(run_id=uuid4())
EVERYTHING = [
    ("move_appointment", MOVE, "/api/v1/appointments"),
    ("store_outcome", OUTCOME, "/api/v1/appointments"),
    ("find_owner", FIND, "/api/v1/owners"),
    ("store_registration", REGISTRATION, "/api/v1/registrations"),
    ("fetch_dealers", FETCH, "/api/v1/dealers"),
]


@pytest.fixture
def stage(tmp_path):
    cheqiao = Cheqiao()
    with served(cheqiao) as target, under_werkzeug(tmp_path, target) as url:
        yield Stage(url, cheqiao)


@pytest.fixture
def dms(stage):
    """With a request on record, since most wishes are about one."""
    terms = {
        "api_key": SecretStr(SECRETS.dms_api_key),
        "webhook_secret": SecretStr("whsec_x"),
        "deadline_seconds": 1,
        "attempts_in_place": 1,
    }
    adapter = DmsAdapter()
    adapter.dms = DmsClient(PartnerClient("dms", Partner(base_url=stage.at("/dms/api/v1"), **terms), CallLog()))
    adapter.store_appointment(STORE)
    return adapter


def told(stage, number):
    heard = eventually(lambda: len(stage.cheqiao.heard) >= number and stage.cheqiao.heard)
    return [news_of(TypeAdapter(DmsPush).validate_json(each.body), lambda _vin: ID) for each in heard]


def test_a_request_is_stored_moved_confirmed_and_ended(stage, dms):
    dms.move_appointment(MOVE)
    dms.store_slip(SLIP)
    dms.store_outcome(OUTCOME)

    state = stage.state("dms")
    (kept,) = state["appointments"]
    assert (kept["requested_date"], kept["slot"], kept["request_no"], kept["outcome"]) == ("2026-03-12", "", 2, "arrived")
    assert state["slips"][0]["version"] == 1


def test_what_was_turned_down_at_the_desk_need_not_be_moved(stage, dms):
    stage.desk(f"/dms/desk/appointments/{ID}/reject")

    assert dms.move_appointment(MOVE) is None


def test_an_owner_is_found_and_registered(stage, dms):
    (owner,) = dms.find_owner(FIND).owners

    dms.store_registration(REGISTRATION)

    (kept,) = stage.state("dms")["registrations"]
    assert (owner.vin, owner.name, owner.customer_id) == (VIN, "张伟", kept["customer_id"])


@pytest.mark.parametrize("wrong", [{"vin": "AA000009"}, {"id_number": NEW_ID}, {"mobile": "13800138002"}])
def test_a_wrong_person_finds_nothing_whichever_is_wrong(dms, wrong):
    assert dms.find_owner(FIND.model_copy(update=wrong)).owners == ()


def test_all_dealers_are_fetched_over_several_pages(stage, dms):
    listed = dms.fetch_dealers(FETCH)

    assert [news.dealer_code for news in listed] == ["CLOSED", *(f"D{number:03d}" for number in range(1, 10))]
    assert len(stage.ledger("dms", path="/api/v1/dealers")) == 2


def test_what_the_desk_does_is_told_in_our_words(stage, dms):
    buyer = {"name": "赵敏", "id_number": NEW_ID, "mobile": "13900139000", "invoice_date": "2025-11-02"}
    desk(stage, "PUT", "/dealers/D001", name="启衡", hours=[{"weekday": 1, "begins": "08:30", "ends": "17:30"}])
    desk(stage, "POST", "/capacity", dealer_code="D001", day="2999-01-07", slot="09:00-10:00", total=3)
    visit = desk(stage, "POST", "/visits", appointment_id=str(ID)).json()["visit_no"]
    desk(stage, "POST", f"/visits/{visit}/close")
    desk(stage, "POST", f"/cars/{VIN}/owner", **buyer)

    news = told(stage, 6)

    assert {type(each) for each in news} == {DealerListed, CapacitySet, VisitArrived, VisitClosed, OwnershipChanged, SaleRecorded}


def test_all_cars_are_fetched_and_then_those_that_changed(stage, dms):
    privacy.use(VAULT)
    whole = dms.fetch_cars(FetchCars(load_id=ID, page_no=1))
    desk(stage, "POST", f"/cars/{VIN}/owner", name="赵敏", id_number=NEW_ID, mobile="13900139000", invoice_date="2025-11-02")

    changed = dms.fetch_cars(FetchCars(load_id=ID, page_no=1, changed_since=datetime.now(UTC) - timedelta(minutes=5)))

    before, after = ({car.vin: car for car in listed.cars} for listed in (whole, changed))
    assert (whole.next_cursor, whole.total) == (None, len(whole.cars) + len(whole.unusable))
    assert after[VIN].version > before[VIN].version
    assert after[VIN].customer_id != before[VIN].customer_id


@pytest.mark.parametrize("said", EVERYTHING, ids=lambda said: said[0])
@pytest.mark.parametrize(
    "fault",
    [
        {"mode": "failing"},
        {"mode": "failing", "when": "after"},
        {"mode": "busy"},
        {"mode": "down"},
        {"mode": "reset"},
        {"mode": "cut"},
        {"mode": "silent", "seconds": 3},
        {"mode": "slow", "seconds": 3},
        {"mode": "trickle", "seconds": 0.5},
    ],
    ids=lambda fault: "-".join(str(said) for said in fault.values()),
)
def test_a_dms_that_gives_no_usable_answer_is_asked_again_and_keeps_one_record(stage, dms, said, fault):
    carry, wish, path = said
    stage.fault("dms", path=path, times=1, **fault)
    with pytest.raises(Unavailable):
        getattr(dms, carry)(wish)

    getattr(dms, carry)(wish)

    state = stage.state("dms")
    assert (len(state["appointments"]), len(state["registrations"])) == (1, carry == "store_registration")


@pytest.mark.parametrize("said", EVERYTHING, ids=lambda said: said[0])
def test_a_dms_that_lies_is_not_believed(stage, dms, said):
    carry, wish, path = said
    stage.fault("dms", path=path, mode="off_contract", times=1)

    with pytest.raises(ContractBroken):
        getattr(dms, carry)(wish)


WITH_NEWS = ("find_owner", "move_appointment")


@pytest.mark.parametrize("said", [each for each in EVERYTHING if each[0] not in WITH_NEWS], ids=lambda said: said[0])
def test_a_dms_that_will_not_is_brought_before_an_operator(stage, dms, said):
    carry, wish, path = said
    stage.fault("dms", path=path, mode="refusing", times=1)

    with pytest.raises(ContractBroken):
        getattr(dms, carry)(wish)


def test_a_dms_that_will_not_look_has_found_nothing(stage, dms):
    stage.fault("dms", path="/api/v1/owners", mode="refusing", code="blocked", times=1)

    assert dms.find_owner(FIND).owners == ()
