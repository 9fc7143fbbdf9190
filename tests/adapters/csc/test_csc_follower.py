"""What CSC is asked when a follower wants another day, came or did not come, or registers; and what it tells of other dealers."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from pydantic import TypeAdapter

from adapters.csc.translate import news_of
from chassis.errors import ContractBroken, Unavailable
from contracts.appointments import ServiceItem
from contracts.csc import AppointmentTaskRefused, MarkRegistered, OpenCallTask, RecordOutcome, ReopenCallTask
from contracts.partners.csc import CscPush
from tests.fakes.partner import BUSY, answer, cut
from tests.services.house import VAULT

PUSHES = TypeAdapter(CscPush)
ID = UUID("11111111-2222-4333-8444-555555555555")
VIN = "LS4AAAAA1AA000001"
AT = datetime(2026, 3, 9, 1, 30, tzinfo=UTC)
DONE = answer(200, {"status": "ok"})
REOPEN = ReopenCallTask(appointment_id=ID, request_no=2, requested_date=date(2026, 3, 12), slot="09:00-10:00", due_at=AT)
OUTCOME = RecordOutcome(appointment_id=ID, outcome="no_show", at=AT)
REGISTERED = MarkRegistered(binding_id=ID, binding_version=3, customer_id="C0001", vin=VIN, registered=False, at=AT)
WITHOUT_NEWS = [("record_outcome", OUTCOME), ("mark_registered", REGISTERED)]
EVERYTHING = [*WITHOUT_NEWS, ("reopen_call_task", REOPEN)]


def no(code: str, status: int = 409):
    return answer(status, {"code": code})


def test_a_task_says_which_request_it_is_and_for_which_hour(csc_answering):
    wish = OpenCallTask(
        appointment_id=ID,
        dms_no="D-7",
        customer_id="C0001",
        vin=VIN,
        name="张伟",
        mobile="13800138000",
        dealer_code="D001",
        requested_date=date(2026, 3, 9),
        slot="09:00-10:00",
        request_no=2,
        items=(ServiceItem(code="M1", name="保养"),),
        due_at=AT,
    )
    csc = csc_answering(answer(201, {"task_id": "T-7"}))

    csc.open_call_task(wish)

    asked = csc.asked[0].json()
    assert (asked["slot"], asked["request_no"]) == ("09:00-10:00", 2)


def test_another_day_opens_the_task_again(csc_answering):
    csc = csc_answering(DONE)

    assert csc.reopen_call_task(REOPEN) is None
    assert (csc.asked[0].method, csc.asked[0].path) == ("POST", f"/call-tasks/{ID}/reopen")
    assert csc.asked[0].json() == {
        "request_no": 2,
        "requested_date": "2026-03-12",
        "slot": "09:00-10:00",
        "due_at": "2026-03-09T01:30:00Z",
    }


@pytest.mark.parametrize("code", ["declined", "transferred", "cancelled"])
def test_what_csc_has_ended_itself_need_not_be_opened_again(csc_answering, code):
    assert csc_answering(no(code)).reopen_call_task(REOPEN) is None


def test_a_task_that_csc_never_made_need_not_be_opened_again(csc_answering):
    assert csc_answering(no("not_found", 404)).reopen_call_task(REOPEN) is None


def test_any_other_no_to_another_day_becomes_news(csc_answering):
    refused = csc_answering(no("task_limit")).reopen_call_task(REOPEN)

    assert (type(refused), refused.appointment_id, refused.reason) == (AppointmentTaskRefused, ID, "task_limit")


def test_an_outcome_is_told_to_csc(csc_answering):
    csc = csc_answering(DONE)

    assert csc.record_outcome(OUTCOME) is None
    assert (csc.asked[0].method, csc.asked[0].path) == ("PUT", f"/appointments/{ID}/outcome")
    assert csc.asked[0].json() == {"outcome": "no_show", "at": "2026-03-09T01:30:00Z"}


def test_the_outcome_of_what_csc_does_not_have_is_not_counted(csc_answering):
    assert csc_answering(no("not_found", 404)).record_outcome(OUTCOME) is None


def test_who_is_registered_is_told_to_csc_without_a_vin_in_the_path(csc_answering):
    csc = csc_answering(DONE)

    assert csc.mark_registered(REGISTERED) is None
    assert (csc.asked[0].method, csc.asked[0].path) == ("PUT", f"/registrations/{ID}")
    assert csc.asked[0].json() == {"version": 3, "customer_id": "C0001", "vin": VIN, "registered": False, "at": "2026-03-09T01:30:00Z"}


@pytest.mark.parametrize(("carry", "wish"), WITHOUT_NEWS)
def test_a_no_that_nobody_hears_of_comes_before_an_operator(csc_answering, carry, wish):
    with pytest.raises(ContractBroken, match="may not be refused"):
        getattr(csc_answering(no("system_says_no")), carry)(wish)


@pytest.mark.parametrize(("carry", "wish"), EVERYTHING)
@pytest.mark.parametrize("fault", [BUSY, answer(500), cut(200, {"status": "ok"})], ids=["503", "500", "cut"])
def test_no_usable_answer_leaves_it_for_later(csc_answering, carry, wish, fault):
    with pytest.raises(Unavailable):
        getattr(csc_answering(fault), carry)(wish)


@pytest.mark.parametrize(("carry", "wish"), EVERYTHING)
def test_an_answer_off_contract_is_not_guessed_at(csc_answering, carry, wish):
    with pytest.raises(ContractBroken):
        getattr(csc_answering(answer(200, {"status": 5})), carry)(wish)


def test_a_task_that_went_to_another_dealer_is_told_so():
    task = {"appointment_id": str(ID), "task_id": "T-7", "version": 4, "state": "closed", "transferred_to": "D002"}

    news = news_of(PUSHES.validate_python({"type": "call.logged", "timestamp": "2026-03-09T09:00:00Z", "data": task}), VAULT.vehicle_id)

    assert (news.task_state, news.transferred_to) == ("closed", "D002")


def test_a_slip_is_told_with_the_request_that_it_answers():
    slip = {
        "appointment_id": str(ID),
        "slip_id": "S-7",
        "version": 2,
        "state": "active",
        "request_no": 3,
        "dealer_code": "D001",
        "appointment_at": "2026-03-12T09:30:00+08:00",
        "items": [{"code": "M1", "name": "保养"}],
        "confirmed_by": "9001",
    }

    news = news_of(PUSHES.validate_python({"type": "slip.saved", "timestamp": "2026-03-09T09:00:00Z", "data": slip}), VAULT.vehicle_id)

    assert news.request_no == 3
