"""Steps of complaints: what CSC is told, and what it asks for (flows 4.4)."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from pydantic import TypeAdapter, ValidationError

from adapters.csc.translate import news_of
from chassis.errors import ContractBroken, Unavailable
from contracts.complaint_exchange import OpenPart, RecordComplaintStep, RecordComplaintWarning, RefuseComplaintStep, TakeComplaintStep
from contracts.complaint_steps import FORMS
from contracts.complaint_steps.handling import FileCase, SubmitPlan
from contracts.complaint_words import CaseType, Channel, DeadlineKind, Grade, Kind, Role, State
from contracts.partners.csc import CscPush
from tests.fakes.partner import BUSY, answer
from tests.services.house import VAULT

PUSHES = TypeAdapter(CscPush)
CASE = UUID("11111111-2222-4333-8444-555555555555")
LIMIT = UUID("22222222-2222-4333-8444-555555555555")
AT = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
FILED = RecordComplaintStep(
    complaint_id=CASE,
    version=3,
    number="TS2612010001",
    step="file",
    form=FileCase(type=CaseType.QUALITY, grade=Grade.SERIOUS).model_dump_json(),
    by="li.ning",
    role=Role.HANDLER,
    kind=Kind.COMPLAINT,
    channel=Channel.LETTER,
    state=State.FILED,
    type=CaseType.QUALITY,
    grade=Grade.SERIOUS,
    name="王芳",
    mobile="13800000001",
    text="发动机异响",
    parts=(OpenPart(part="deadline", id=LIMIT, name="close", due_at=AT),),
    at=AT,
)


def asked_for(form: dict, **changes: object) -> dict:
    data = {"complaint_id": str(CASE), "form": form, "by": "li.ning", "role": "handler", "at": AT.isoformat(), **changes}
    return {"type": "complaint.step", "timestamp": AT.isoformat(), "data": data}


def test_csc_is_told_of_a_step_with_its_form_and_where_the_case_stands(csc_answering):
    csc = csc_answering(answer(200, {"status": "ok"}))

    csc.record_complaint_step(FILED)

    asked = csc.asked[0]
    assert (asked.method, asked.path) == ("PUT", f"/complaints/{CASE}/steps/3")
    assert asked.headers["idempotency-key"] == str(FILED.id)
    told = asked.json()
    assert told["form"] == {
        "step": "file",
        "type": "quality",
        "subtypes": [],
        "grade": "serious",
        "safety": False,
        "media": False,
        "institution": False,
        "basis": "working",
    }
    assert (told["number"], told["by"], told["role"], told["state"]) == ("TS2612010001", "li.ning", "handler", "filed")
    assert (told["name"], told["mobile"], told["text"]) == ("王芳", "13800000001", "发动机异响")
    assert told["parts"] == [{"part": "deadline", "id": str(LIMIT), "name": "close", "due_at": "2026-12-01T01:00:00Z", "waits": False}]
    assert "complaint_id" not in told


def test_what_csc_refuses_to_keep_is_for_an_operator(csc_answering):
    csc = csc_answering(answer(422, {"code": "unknown_dealer"}))

    with pytest.raises(ContractBroken):
        csc.record_complaint_step(FILED)


def test_a_csc_that_is_busy_is_told_later(csc_answering):
    csc = csc_answering(BUSY)

    with pytest.raises(Unavailable):
        csc.record_complaint_step(FILED)


def test_a_form_that_is_none_of_ours_is_not_told_on(csc_answering):
    csc = csc_answering()
    odd = FILED.model_copy(update={"form": json.dumps({"step": "file", "type": "quality", "grade": "huge", "note": "13800000001"})})

    with pytest.raises(ContractBroken) as broken:
        csc.record_complaint_step(odd)

    assert csc.asked == []
    assert "13800000001" not in repr(broken.value)


def test_csc_hears_why_its_step_was_not_taken(csc_answering):
    csc = csc_answering(answer(200, {"status": "ok"}))

    csc.refuse_complaint_step(
        RefuseComplaintStep(
            complaint_id=CASE, step="assign", by="li.ning", reason="not_here", message="不能 / No", state=State.CLOSED, at=AT
        )
    )

    asked = csc.asked[0]
    assert (asked.method, asked.path) == ("POST", f"/complaints/{CASE}/refusals")
    assert asked.json() == {
        "step": "assign",
        "by": "li.ning",
        "reason": "not_here",
        "message": "不能 / No",
        "state": "closed",
        "at": "2026-12-01T01:00:00Z",
    }


def test_a_case_that_csc_does_not_know_need_not_hear_of_a_refusal(csc_answering):
    csc = csc_answering(answer(404, {"code": "not_found"}))

    csc.refuse_complaint_step(
        RefuseComplaintStep(
            complaint_id=CASE, step="assign", by="li.ning", reason="not_here", message="不能 / No", state=State.CLOSED, at=AT
        )
    )

    assert len(csc.asked) == 1


def test_of_a_case_that_nobody_knows_no_state_is_told(csc_answering):
    csc = csc_answering(answer(200, {"status": "ok"}))

    csc.refuse_complaint_step(RefuseComplaintStep(complaint_id=CASE, step="note", by="li.ning", reason="unknown_case", at=AT))

    assert csc.asked[0].json() == {"step": "note", "by": "li.ning", "reason": "unknown_case", "message": "", "at": "2026-12-01T01:00:00Z"}


WARNED = RecordComplaintWarning(
    complaint_id=CASE,
    number="TS2612010001",
    deadline_id=LIMIT,
    kind=DeadlineKind.CLOSE,
    due_at=AT,
    threshold="50%",
    region_code="EAST",
    dealer_code="D001",
    at=AT,
)


def test_csc_hears_that_a_limit_nears_its_end(csc_answering):
    csc = csc_answering(answer(200, {"status": "ok"}))

    csc.record_complaint_warning(WARNED)

    asked = csc.asked[0]
    assert (asked.method, asked.path) == ("POST", f"/complaints/{CASE}/deadlines/{LIMIT}/warnings")
    assert asked.headers["idempotency-key"] == str(WARNED.id)
    assert asked.json() == {
        "number": "TS2612010001",
        "kind": "close",
        "due_at": "2026-12-01T01:00:00Z",
        "threshold": "50%",
        "region_code": "EAST",
        "dealer_code": "D001",
        "at": "2026-12-01T01:00:00Z",
    }


def test_of_a_case_that_csc_does_not_know_it_need_not_be_warned(csc_answering):
    csc = csc_answering(answer(404, {"code": "not_found"}))

    csc.record_complaint_warning(WARNED)

    assert len(csc.asked) == 1


def test_a_leaders_step_carries_their_level():
    form = {"step": "decide_escalation", "escalation_id": str(LIMIT), "decision": "support", "note": "同意"}

    with_level = news_of(PUSHES.validate_python(asked_for(form, role="leader", level=3)), VAULT.vehicle_id)
    without = news_of(PUSHES.validate_python(asked_for(form, role="leader")), VAULT.vehicle_id)

    assert (with_level.level, without.level) == (3, 0)


def test_a_step_that_csc_takes_becomes_our_command():
    pushed = asked_for({"step": "submit_plan", "content": "更换", "fee": "300.00"}, role="dealer", dealer_code="D001", by="chen")

    wish = news_of(PUSHES.validate_python(pushed), VAULT.vehicle_id)

    assert isinstance(wish, TakeComplaintStep)
    assert (wish.complaint_id, wish.partner, wish.step, wish.by) == (CASE, "csc", "submit_plan", "chen")
    assert (wish.role, wish.dealer_code, wish.at) == (Role.DEALER, "D001", AT)
    assert FORMS.validate_json(wish.form) == SubmitPlan(content="更换", fee=Decimal("300.00"))
    assert (wish.actor.kind, wish.actor.id, wish.actor.role) == ("staff", "chen", "dealer")


@pytest.mark.parametrize(
    "wrong",
    [
        asked_for({"step": "assign", "region_code": "EAST"}),
        asked_for({"step": "assign", "region_code": "EAST", "dealer_code": "D001", "dealer": "D002"}),
        asked_for({"step": "applaud"}),
        asked_for({"step": "start_planning"}, role="customer"),
        asked_for({"step": "start_planning"}, role="system"),
        asked_for({"step": "start_planning"}, by=""),
        asked_for({"step": "start_planning"}, role="leader", level=10),
    ],
    ids=["a field is missing", "a field that the form has not", "no such step", "a customer", "a clock", "nobody", "no such level"],
)
def test_a_step_off_contract_is_refused_at_the_door(wrong):
    with pytest.raises(ValidationError):
        PUSHES.validate_python(wrong)
