"""What the DMS is asked, and what its answers and its own news become."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from pydantic import TypeAdapter

from adapters.dms.client import DmsClient
from adapters.dms.service import DmsAdapter
from adapters.dms.translate import news_of
from chassis.errors import ContractBroken, Refused, Unavailable
from contracts.appointments import ServiceItem
from contracts.dms import (
    AppointmentRejected,
    AppointmentSlipRefused,
    AppointmentSlipStored,
    AppointmentStored,
    CancelAppointment,
    StoreAppointment,
    StoreSlip,
)
from contracts.partners.dms import DmsPush
from tests.fakes.partner import BUSY, AnsweringPartner, answer, client_of

ID = UUID("11111111-2222-4333-8444-555555555555")
WISH = StoreAppointment(
    appointment_id=ID,
    customer_id="C0001",
    vin="LS4AAAAA1AA000001",
    name="张伟",
    mobile="13800138000",
    dealer_code="CQ01",
    requested_date=date(2026, 3, 9),
    items=(ServiceItem(code="M1", name="保养"),),
    concern="异响",
    source="menu",
    submitted_at=datetime(2026, 3, 2, 8, 0, tzinfo=UTC),
)
CANCEL = CancelAppointment(appointment_id=ID, reason="withdrawn")
SLIP = StoreSlip(
    appointment_id=ID,
    slip_id="S-7",
    slip_version=2,
    dealer_code="CQ01",
    appointment_at=datetime(2026, 3, 9, 1, 30, tzinfo=UTC),
    items=(ServiceItem(code="M1", name="保养"),),
    confirmed_by="9001",
)
STORED = answer(201, {"dms_no": "D-7"})
KEPT = answer(200, {"slip_id": "S-7", "version": 2})
CANCELLED = answer(200, {"status": "ok"})


def no(code: str, status: int = 422):
    return answer(status, {"code": code, "message": "不行"})


@pytest.fixture
def dms_answering():
    opened = []

    def open_dms(*acts, **changes):
        partner = AnsweringPartner(*acts)
        opened.append(partner)
        client = DmsClient(client_of("dms", partner, **changes))
        client.asked = partner.asked
        return client

    yield open_dms
    for partner in opened:
        partner.close()


def adapter_with(client: DmsClient) -> DmsAdapter:
    adapter = DmsAdapter()
    adapter.dms = client
    return adapter


def test_a_short_outage_is_waited_out(dms_answering):
    assert dms_answering(BUSY, BUSY, STORED).store(WISH) == "D-7"


def test_an_answer_off_contract_is_not_guessed_at(dms_answering):
    with pytest.raises(ContractBroken):
        dms_answering(answer(201, {"no": "D-7"})).store(WISH)


def test_the_request_goes_to_the_dms_in_its_own_words(dms_answering):
    dms = dms_answering(STORED)

    dms.store(WISH)

    asked = dms.asked[0]
    assert (asked.method, asked.path) == ("POST", "/appointments")
    assert asked.json() == {
        "appointment_id": str(ID),
        "customer_id": "C0001",
        "vin": "LS4AAAAA1AA000001",
        "name": "张伟",
        "mobile": "13800138000",
        "dealer_code": "CQ01",
        "requested_date": "2026-03-09",
        "slot": "",
        "items": [{"code": "M1", "name": "保养"}],
        "concern": "异响",
        "source": "menu",
        "submitted_at": "2026-03-02T08:00:00Z",
    }
    assert asked.headers["idempotency-key"] == str(WISH.id)


def test_a_stored_request_is_told_with_the_dms_number(dms_answering):
    news = adapter_with(dms_answering(STORED)).store_appointment(WISH)

    assert news == AppointmentStored(appointment_id=ID, dms_no="D-7").identified(news.id)


def test_a_clear_no_becomes_news_not_an_error(dms_answering):
    news = adapter_with(dms_answering(no("closed_day"))).store_appointment(WISH)

    assert news == AppointmentRejected(appointment_id=ID, reason="closed_day").identified(news.id)


def test_an_outage_is_neither_yes_nor_no(dms_answering):
    with pytest.raises(Unavailable):
        adapter_with(dms_answering(BUSY)).store_appointment(WISH)


def test_a_dms_without_idempotency_is_asked_for_our_reference_first(dms_answering):
    dms = dms_answering(answer(200, {"dms_no": "D-7"}), idempotent=False)

    assert dms.store(WISH) == "D-7"
    assert [(asked.method, asked.path) for asked in dms.asked] == [("GET", f"/appointments/{ID}")]


def test_a_cancellation_is_carried_and_nothing_is_told(dms_answering):
    dms = dms_answering(CANCELLED)

    assert adapter_with(dms).cancel_appointment(CANCEL) is None
    assert (dms.asked[0].path, dms.asked[0].json()) == (f"/appointments/{ID}/cancel", {"reason": "withdrawn"})


@pytest.mark.parametrize("refusal", [no("not_found", 404), no("already_cancelled", 409)])
def test_what_the_dms_never_had_or_has_cancelled_itself_need_not_be_cancelled(dms_answering, refusal):
    assert adapter_with(dms_answering(refusal)).cancel_appointment(CANCEL) is None


def test_a_cancellation_that_is_refused_comes_before_an_operator(dms_answering):
    with pytest.raises(ContractBroken):
        adapter_with(dms_answering(no("car_is_here", 409))).cancel_appointment(CANCEL)


def test_a_slip_is_put_under_its_own_number(dms_answering):
    dms = dms_answering(KEPT)

    news = adapter_with(dms).store_slip(SLIP)

    assert news == AppointmentSlipStored(appointment_id=ID, slip_id="S-7", slip_version=2).identified(news.id)
    assert (dms.asked[0].method, dms.asked[0].path) == ("PUT", "/slips/S-7")
    assert dms.asked[0].json() == {
        "appointment_id": str(ID),
        "version": 2,
        "dealer_code": "CQ01",
        "appointment_at": "2026-03-09T01:30:00Z",
        "items": [{"code": "M1", "name": "保养"}],
        "confirmed_by": "9001",
    }


def test_a_refused_slip_becomes_news(dms_answering):
    news = adapter_with(dms_answering(no("slip_locked", 409))).store_slip(SLIP)

    assert news == AppointmentSlipRefused(appointment_id=ID, slip_id="S-7", slip_version=2, reason="slip_locked").identified(news.id)


def test_a_later_version_on_record_is_told_as_it_is(dms_answering):
    news = adapter_with(dms_answering(answer(200, {"slip_id": "S-7", "version": 3}))).store_slip(SLIP)

    assert news.slip_version == 3


@pytest.mark.parametrize("kept", [{"slip_id": "S-8", "version": 2}, {"slip_id": "S-7", "version": 1}])
def test_an_answer_about_another_slip_or_an_older_one_is_off_contract(dms_answering, kept):
    with pytest.raises(ContractBroken):
        dms_answering(answer(200, kept)).store_slip(SLIP)


def test_a_slip_number_stays_one_segment_of_the_path(dms_answering):
    dms = dms_answering(answer(200, {"slip_id": "S/7 甲?", "version": 2}))

    dms.store_slip(SLIP.model_copy(update={"slip_id": "S/7 甲?"}))

    assert dms.asked[0].path == "/slips/S%2F7%20%E7%94%B2%3F"


def test_a_slip_number_that_would_climb_out_of_the_path_is_not_sent(dms_answering):
    dms = dms_answering(KEPT)

    with pytest.raises(ContractBroken):
        dms.store_slip(SLIP.model_copy(update={"slip_id": ".."}))

    assert dms.asked == []


def test_a_clear_no_is_raised_by_the_client(dms_answering):
    with pytest.raises(Refused):
        dms_answering(no("unknown_dealer")).store(WISH)


def test_a_late_no_of_the_dms_is_told():
    record = {"appointment_id": str(ID), "version": 3, "reason": "closed_day"}
    push = TypeAdapter(DmsPush).validate_python({"type": "appointment.rejected", "timestamp": "2026-03-02T16:00:00+08:00", "data": record})

    news = news_of(push, lambda _vin: ID)

    assert news == AppointmentRejected(appointment_id=ID, reason="closed_day").identified(news.id)
