"""What CSC is asked, and what its answers and its own news become."""

from datetime import UTC, date, datetime
from typing import get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from adapters.csc.translate import news_of
from chassis.errors import ContractBroken, Unavailable
from contracts.appointments import ServiceItem
from contracts.csc import (
    AppointmentCallLogged,
    AppointmentSlipSaved,
    AppointmentTaskCreated,
    AppointmentTaskRefused,
    Call,
    CallResult,
    CloseCallTask,
    OpenCallTask,
)
from contracts.partners.csc import CscPush
from tests.fakes.partner import BUSY, answer
from tests.services.house import VAULT

PUSHES = TypeAdapter(CscPush)
ID = UUID("11111111-2222-4333-8444-555555555555")
OPEN = OpenCallTask(
    appointment_id=ID,
    dms_no="D-7",
    customer_id="C0001",
    vin="LS4AAAAA1AA000001",
    name="张伟",
    mobile="13800138000",
    dealer_code="CQ01",
    requested_date=date(2026, 3, 9),
    items=(ServiceItem(code="M1", name="保养"),),
    due_at=datetime(2026, 3, 2, 10, 0, tzinfo=UTC),
)
CLOSE = CloseCallTask(appointment_id=ID, reason="withdrawn")
MADE = answer(201, {"task_id": "T-7"})
CLOSED = answer(200, {"status": "ok"})


def test_a_task_is_made_in_csc_words(csc_answering):
    csc = csc_answering(MADE)

    news = csc.open_call_task(OPEN)

    assert news == AppointmentTaskCreated(appointment_id=ID, task_id="T-7").identified(news.id)
    assert (csc.asked[0].method, csc.asked[0].path) == ("POST", "/call-tasks")
    assert csc.asked[0].json() == {
        "appointment_id": str(ID),
        "dms_no": "D-7",
        "customer_id": "C0001",
        "vin": "LS4AAAAA1AA000001",
        "name": "张伟",
        "mobile": "13800138000",
        "dealer_code": "CQ01",
        "requested_date": "2026-03-09",
        "slot": "",
        "request_no": 1,
        "items": [{"code": "M1", "name": "保养"}],
        "due_at": "2026-03-02T10:00:00Z",
    }


def test_a_short_outage_is_waited_out(csc_answering):
    assert csc_answering(BUSY, BUSY, MADE).open_call_task(OPEN).task_id == "T-7"


def test_a_long_outage_leaves_the_task_for_later(csc_answering):
    with pytest.raises(Unavailable):
        csc_answering(BUSY).open_call_task(OPEN)


def test_a_refused_task_becomes_news(csc_answering):
    news = csc_answering(answer(422, {"code": "no_capacity"})).open_call_task(OPEN)

    assert news == AppointmentTaskRefused(appointment_id=ID, reason="no_capacity").identified(news.id)


def test_csc_without_idempotency_is_asked_for_our_reference_first(csc_answering):
    csc = csc_answering(answer(404, {"code": "not_found"}), MADE, idempotent=False)

    csc.open_call_task(OPEN)

    assert [(asked.method, asked.path) for asked in csc.asked] == [("GET", f"/call-tasks/{ID}"), ("POST", "/call-tasks")]


def test_a_task_is_closed_with_its_reason(csc_answering):
    csc = csc_answering(CLOSED)

    assert csc.close_call_task(CLOSE) is None
    assert (csc.asked[0].path, csc.asked[0].json()) == (f"/call-tasks/{ID}/close", {"reason": "withdrawn"})


@pytest.mark.parametrize(("status", "code"), [(404, "not_found"), (409, "already_closed")])
def test_a_task_that_is_not_open_need_not_be_closed(csc_answering, status, code):
    assert csc_answering(answer(status, {"code": code})).close_call_task(CLOSE) is None


def test_a_closing_that_is_refused_comes_before_an_operator(csc_answering):
    with pytest.raises(ContractBroken):
        csc_answering(answer(422, {"code": "being_called"})).close_call_task(CLOSE)


def test_a_call_is_told_with_the_task_in_full():
    push = PUSHES.validate_python(
        {
            "type": "call.logged",
            "timestamp": "2026-03-02T09:00:00Z",
            "data": {
                "appointment_id": str(ID),
                "task_id": "T-7",
                "version": 3,
                "state": "open",
                "calls": [{"at": "2026-03-02T08:55:00Z", "result": "no_answer"}],
            },
        }
    )

    news = news_of(push, VAULT.vehicle_id)

    assert news == AppointmentCallLogged(
        appointment_id=ID,
        task_id="T-7",
        task_version=3,
        task_state="open",
        calls=(Call(at=datetime(2026, 3, 2, 8, 55, tzinfo=UTC), result="no_answer"),),
    ).identified(news.id)


def test_a_slip_is_told_in_full():
    push = PUSHES.validate_python(
        {
            "type": "slip.saved",
            "timestamp": "2026-03-02T09:00:00Z",
            "data": {
                "appointment_id": str(ID),
                "slip_id": "S-7",
                "version": 2,
                "state": "cancelled",
                "dealer_code": "CQ01",
                "appointment_at": "2026-03-09T09:30:00+08:00",
                "items": [{"code": "M1", "name": "保养"}],
                "confirmed_by": "9001",
                "reason": "customer_ill",
            },
        }
    )

    news = news_of(push, VAULT.vehicle_id)

    assert news == AppointmentSlipSaved(
        appointment_id=ID,
        slip_id="S-7",
        slip_version=2,
        slip_state="cancelled",
        dealer_code="CQ01",
        appointment_at=datetime(2026, 3, 9, 1, 30, tzinfo=UTC),
        items=(ServiceItem(code="M1", name="保养"),),
        confirmed_by="9001",
        reason="customer_ill",
    ).identified(news.id)


TEXT = st.text(min_size=1, max_size=32)
TIMES = st.datetimes(timezones=st.just(UTC))
ITEMS = st.lists(st.fixed_dictionaries({"code": TEXT, "name": TEXT}), max_size=3)
CALLS = st.lists(st.fixed_dictionaries({"at": TIMES, "result": st.sampled_from(get_args(CallResult))}), max_size=8)
STATES = st.sampled_from(["open", "closed", "declined"])
TASKS = st.fixed_dictionaries({"appointment_id": st.uuids(), "task_id": TEXT, "version": st.integers(1), "state": STATES, "calls": CALLS})
SLIPS = st.fixed_dictionaries(
    {
        "appointment_id": st.uuids(),
        "slip_id": TEXT,
        "version": st.integers(1),
        "state": st.sampled_from(["active", "cancelled"]),
        "dealer_code": TEXT,
        "appointment_at": TIMES,
        "items": ITEMS,
        "confirmed_by": TEXT,
    }
)


@given(
    st.fixed_dictionaries({"type": st.just("call.logged"), "timestamp": TIMES, "data": TASKS})
    | st.fixed_dictionaries({"type": st.just("slip.saved"), "timestamp": TIMES, "data": SLIPS})
)
def test_every_push_on_contract_can_be_told(push):
    news = news_of(PUSHES.validate_python(push), VAULT.vehicle_id)

    assert news.appointment_id == push["data"]["appointment_id"]
