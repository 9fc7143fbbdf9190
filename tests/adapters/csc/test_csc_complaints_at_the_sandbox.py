"""Complaints between CSC and us, over HTTP and through the service: what is taken there comes back as its record, or as a refusal."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, get_args
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr, TypeAdapter

from adapters.csc.client import CscClient
from adapters.csc.service import CscAdapter
from adapters.csc.translate import news_of
from adapters.dms.client import DmsClient
from adapters.dms.service import DmsAdapter
from adapters.dms.translate import news_of as news_of_dms
from chassis.called import Partner
from chassis.calls import CallLog
from chassis.partner import PartnerClient
from contracts import complaint_steps as steps
from contracts.complaint_exchange import OpenPart, RecordComplaintStep, RecordComplaintWarning, RefuseComplaintStep, RefuseDealersStep
from contracts.complaint_steps import AnyForm
from contracts.complaint_words import Channel, Kind, Role, State
from contracts.envelope import Contract
from contracts.partners.csc import CscPush
from contracts.partners.dms import DmsPush
from services.complaints.clocks import sweep as sweeping
from tests.sandbox.desk_visitor import Visitor, words_of
from tests.sandbox.stage import SECRETS, Cheqiao, Stage, eventually, under_werkzeug
from tests.services.complaints.cases.case_worlds import Desk, listed
from tests.services.house import VAULT
from tests.serving import served

AT = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
SOME = UUID("33333333-2222-4333-8444-555555555555")
TO_CSC, TO_DMS = "/partners/csc/v1/events", "/partners/dms/v1/events"
PUSHES = {TO_CSC: (TypeAdapter(CscPush), news_of), TO_DMS: (TypeAdapter(DmsPush), news_of_dms)}


@pytest.fixture
def stage(tmp_path):
    cheqiao = Cheqiao()
    with served(cheqiao) as target, under_werkzeug(tmp_path, target) as url:
        yield Stage(url, cheqiao)


@pytest.fixture
def csc(stage):
    terms = {"api_key": SecretStr(SECRETS.csc_api_key), "webhook_secret": SecretStr("whsec_x"), "deadline_seconds": 5}
    adapter = CscAdapter()
    adapter.csc = CscClient(PartnerClient("csc", Partner(base_url=stage.at("/csc/api/v1"), attempts_in_place=1, **terms), CallLog()))
    return adapter


@pytest.fixture
def dms(stage):
    terms = {"api_key": SecretStr(SECRETS.dms_api_key), "webhook_secret": SecretStr("whsec_x"), "deadline_seconds": 5}
    adapter = DmsAdapter()
    adapter.dms = DmsClient(PartnerClient("dms", Partner(base_url=stage.at("/dms/api/v1"), attempts_in_place=1, **terms), CallLog()))
    return adapter


class Between:
    """Carries what the stand-ins push into the service, and what the service tells CSC and the DMS back, as the house does."""

    def __init__(self, stage: Stage, csc: CscAdapter, dms: DmsAdapter, desk: Desk) -> None:
        self._stage, self._csc, self._dms, self.desk = stage, csc, dms, desk
        self._heard = 0

    def carry(self) -> None:
        """The next push; it is waited for."""
        push = eventually(lambda: self._stage.cheqiao.heard[self._heard : self._heard + 1])[0]
        self._heard += 1
        pushes, read = PUSHES[push.path]
        self.tell(self.desk.house.deliver(read(pushes.validate_json(push.body), VAULT.vehicle_id)))

    def tell(self, told: Sequence[Contract]) -> None:
        for each in told:
            match each:
                case RecordComplaintStep():
                    self._csc.record_complaint_step(each)
                case RecordComplaintWarning():
                    self._csc.record_complaint_warning(each)
                case RefuseComplaintStep():
                    self._csc.refuse_complaint_step(each)
                case RefuseDealersStep():
                    self._dms.refuse_dealers_step(each)


@pytest.fixture
def between(stage, csc, dms, tmp_path):
    desk = Desk(tmp_path / "complaints.db")
    desk.house.deliver(listed("D001"))
    return Between(stage, csc, dms, desk)


def a_form(step: str) -> AnyForm:
    """With something in every field that it has."""
    model = next(each for each in get_args(get_args(AnyForm)[0]) if each.model_fields["step"].default == step)
    special: dict[tuple[str, str], Any] = {("dispute", "kind"): "litigation", ("answer_survey", "by"): "call"}
    values = {
        "accepted": True, "addition_id": SOME, "basis": "calendar", "body": "法院", "by": "call", "channel": "letter", "close_minutes": 60,
        "closes": True, "comment": "好", "conclusion": "有", "content": "换", "customer_id": "C1", "deadline_id": SOME, "deadlines": [SOME],
        "dealer_code": "D001", "decision": "higher", "demand": "退", "due_at": AT, "escalation_id": SOME, "evidence": "录音",
        "expected_value": "道歉", "fee": Decimal("12.50"), "file_id": SOME, "files": [SOME], "filed_on": "2026-12-01",
        "follow_up_on": "2026-12-09", "grade": "major", "how": "phone", "institution": True, "kind": "complaint", "label": "回电",
        "lead": "王", "lead_role": "technical",
        "legal": ["李"], "level": 2, "marketing": ["赵"], "media": True, "members": ["孙"], "mentions": ["钱"], "minutes": 60,
        "mobile": "13800000001", "name": "王芳", "note": "说明", "other_id": SOME, "plan_minutes": 60, "plate": "渝A12345",
        "problem_exists": False, "proposal": "换件", "question": "为何", "reached": False, "received_at": AT, "region_code": "EAST",
        "responsibility": "供应商", "result": "solution", "said": "您好", "safety": True, "score": 4, "shown": True, "solution": "道歉",
        "source_dealer": "D002", "subtypes": ["漏雨"], "survey_id": SOME, "text": "漏雨", "to": "周", "trigger": "overdue",
        "type": "quality", "verified": "属实", "vin": "LSGPC52U6AF102554", "vrt_id": SOME, "wanted_type": "quality",
    }  # fmt: skip
    by_step = {
        "judge_invalid": {"reason": "no_fault"},
        "propose_closure": {"reason": "accepted_pending"},
        "reopen": {"reason": "customer"},
        "pause": {"reason": "part"},
        "set_deadline": {"kind": "custom"},
        "start_vrt": {"kind": "quality"},
    }
    given = {"reason": "原因", **values, **by_step.get(step, {})}
    given |= {name: value for (of, name), value in special.items() if of == step}
    return model.model_validate({name: given[name] for name in model.model_fields if name != "step"})


@pytest.mark.parametrize("step", [model.model_fields["step"].default for model in get_args(get_args(AnyForm)[0])])
def test_every_form_reaches_csc_as_it_was_taken(csc, stage, step):
    form = a_form(step)
    record = RecordComplaintStep(
        complaint_id=uuid4(),
        version=1,
        number="TS2612010001",
        step=step,
        form=form.model_dump_json(),
        role=Role.HANDLER,
        kind=Kind.COMPLAINT,
        channel=Channel.LETTER,
        state=State.FILED,
        parts=(OpenPart(part="vrt", id=SOME, name="quality"),),
        at=AT,
    )

    csc.record_complaint_step(record)

    kept = stage.desk_get(f"/csc/desk/complaints/{record.complaint_id}")["steps"]
    assert [steps.FORMS.validate_python(each["form"]) for each in kept] == [form]
    assert "TS2612010001" in Visitor(stage, "csc", "en").reads(f"/pages/complaints/{record.complaint_id}")


def test_a_case_goes_from_the_call_to_its_end_between_csc_a_dealer_and_us(stage, between):
    case = stage.desk("/csc/desk/complaints", form={"kind": "complaint", "channel": "letter", "text": "漏雨", "name": "张三"}).json()
    case_id = case["complaint_id"]

    def at_csc(form, role="handler"):
        assert stage.desk(f"/csc/desk/complaints/{case_id}/steps", form=form, by="li", role=role).status_code == 202
        between.carry()

    def at_the_dealer(form):
        assert stage.desk(f"/dms/desk/complaints/{case_id}/steps", dealer_code="D001", form=form, by="zhao").status_code == 202
        between.carry()

    between.carry()
    at_csc({"step": "file", "type": "quality", "grade": "general"})
    at_csc({"step": "assign", "region_code": "EAST", "dealer_code": "D001"})
    at_the_dealer({"step": "accept"})
    at_the_dealer({"step": "start_planning"})
    at_the_dealer({"step": "submit_plan", "content": "换天窗", "fee": "0"})
    at_csc({"step": "authorise_plan"})
    at_the_dealer({"step": "carry_out", "accepted": True})
    at_the_dealer({"step": "propose_closure", "reason": "satisfied", "evidence": "回访录音"})
    at_csc({"step": "approve_closure", "said": "已解决"})

    shown = stage.desk_get(f"/csc/desk/complaints/{case_id}")
    assert [step["form"]["step"] for step in reversed(shown["steps"])] == [
        "receive", "file", "assign", "accept", "start_planning", "submit_plan", "authorise_plan", "carry_out", "propose_closure",
        "approve_closure",
    ]  # fmt: skip
    assert (shown["state"], shown["name"], {wish["answer"] for wish in shown["wishes"]}) == ("closed", "张三", {"taken"})
    assert stage.desk_get("/dms/desk/complaints", dealer="D001")["complaints"] == []


def test_a_step_that_we_refuse_is_shown_to_who_asked_with_its_reason(stage, between):
    case = stage.desk("/csc/desk/complaints", form={"kind": "grievance", "channel": "letter", "text": "漏雨"}).json()["complaint_id"]
    between.carry()

    stage.desk(f"/csc/desk/complaints/{case}/steps", form={"step": "file", "type": "quality", "grade": "general"}, by="li")
    between.carry()

    wish = stage.desk_get(f"/csc/desk/complaints/{case}")["wishes"][0]
    assert (wish["step"], wish["answer"], wish["reason"]) == ("file", "refused", "grievance")
    assert "抱怨须先转为投诉再建档" in Visitor(stage, "csc").reads(f"/pages/complaints/{case}")


def test_a_limit_is_paused_by_the_id_that_csc_was_told(stage, between):
    case = stage.desk("/csc/desk/complaints", form={"kind": "complaint", "channel": "letter", "text": "漏雨"}).json()["complaint_id"]
    between.carry()
    limit = stage.desk_get(f"/csc/desk/complaints/{case}")["parts"][0]

    pause = {"step": "pause", "deadlines": [limit["id"]], "reason": "customer", "note": "等客户"}
    stage.desk(f"/csc/desk/complaints/{case}/steps", form=pause, by="li")
    between.carry()

    after = stage.desk_get(f"/csc/desk/complaints/{case}")
    assert (limit["name"], limit["waits"], after["parts"][0]["waits"], after["due_at"]) == ("first_reply", False, True, None)


def test_a_dealer_sees_in_its_dms_why_its_step_was_not_taken(stage, between):
    case = stage.desk("/csc/desk/complaints", form={"kind": "complaint", "channel": "letter", "text": "漏雨"}).json()["complaint_id"]
    between.carry()
    for form in ({"step": "file", "type": "quality", "grade": "general"}, {"step": "assign", "region_code": "EAST", "dealer_code": "D001"}):
        stage.desk(f"/csc/desk/complaints/{case}/steps", form=form, by="li")
        between.carry()

    stage.desk(f"/dms/desk/complaints/{case}/steps", dealer_code="D001", form={"step": "start_planning"}, by="zhao")
    between.carry()

    (refusal,) = stage.desk_get(f"/dms/desk/complaints/{case}/refusals", dealer="D001")["refusals"]
    assert (refusal["step"], refusal["reason"], refusal["by"]) == ("start_planning", "not_here", "zhao")
    assert "单据当前状态不能做这一步" in Visitor(stage, "dms").reads(f"/pages/complaints/{case}?dealer=D001")
    assert stage.desk_get(f"/dms/desk/complaints/{case}/refusals", dealer="D002")["refusals"] == []


def test_a_leader_at_csc_says_their_level(stage, between):
    case = stage.desk("/csc/desk/complaints", form={"kind": "complaint", "channel": "letter", "text": "漏雨"}).json()["complaint_id"]
    between.carry()
    for form in (
        {"step": "file", "type": "quality", "grade": "general"},
        {"step": "escalate", "trigger": "overdue", "level": 3, "note": "请领导定"},
    ):
        stage.desk(f"/csc/desk/complaints/{case}/steps", form=form, by="li")
        between.carry()
    asked = next(part for part in stage.desk_get(f"/csc/desk/complaints/{case}")["parts"] if part["part"] == "escalation")
    visitor = Visitor(stage, "csc")
    decided = {"escalation_id": asked["id"], "decision": "support", "note": "同意", "staff": "陈总"}

    unsaid = visitor.sends(f"/pages/complaints/{case}/decide_escalation", **decided, leader_level="")
    visitor.sends(f"/pages/complaints/{case}/decide_escalation", **decided, leader_level="2")
    between.carry()
    low = stage.desk_get(f"/csc/desk/complaints/{case}")["wishes"][0]
    visitor.sends(f"/pages/complaints/{case}/decide_escalation", **decided, leader_level="3")
    between.carry()

    assert (unsaid.status_code, "授权级别" in words_of(unsaid)) == (422, True)
    assert (low["answer"], low["reason"]) == ("refused", "above_authority")
    shown = stage.desk_get(f"/csc/desk/complaints/{case}")
    assert (shown["steps"][0]["form"]["step"], shown["steps"][0]["by"]) == ("decide_escalation", "陈总")


def test_csc_sees_that_a_limit_nears_its_end(stage, between):
    case = stage.desk("/csc/desk/complaints", form={"kind": "complaint", "channel": "letter", "text": "漏雨"}).json()["complaint_id"]
    between.carry()
    desk = between.desk
    desk.wait(minutes=60)

    sweeping.sweep(desk.house.database, desk.service.terms, desk.service.now)
    between.tell(desk.house.told())

    shown = stage.desk_get(f"/csc/desk/complaints/{case}")
    assert [(each["kind"], each["threshold"], each["deadline_id"]) for each in shown["warnings"]] == [
        ("first_reply", "50%", shown["parts"][0]["id"])
    ]
    assert "时限预警" in Visitor(stage, "csc").reads(f"/pages/complaints/{case}")
