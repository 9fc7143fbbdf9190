"""Complaints at a dealer's desk: passing on, the dealer's own cases and steps, and that another dealer's are not there."""

import pytest
import requests

from contracts.complaint_steps.intake import Receive
from tests.sandbox.complaint_acts import A_LIMIT, a_case, a_record, tell
from tests.sandbox.desk_visitor import Visitor, words_of
from tests.sandbox.reminder_acts import ask
from tests.sandbox.stage import eventually, said

NOW = "2026-12-01T09:00:00+08:00"
PLAN = {"step": "submit_plan", "content": "更换正时链条", "fee": "300.00"}


@pytest.fixture(params=["zh", "en"])
def dms(stage, request):
    return Visitor(stage, "dms", request.param)


@pytest.fixture
def at_dms(stage):
    return Visitor(stage, "dms")


def asked_of_cheqiao(stage):
    return [said(each)["data"] for each in stage.cheqiao.heard if said(each)["type"] == "complaint.step"]


def assigned(stage, **changes):
    return a_case(stage, **{"state": "assigned", "dealer_code": "D001", "parts": [A_LIMIT], **changes})


def test_the_pages_are_there_with_and_without_cases(dms, stage):
    empty = dms.reads("/pages/complaints")
    case = assigned(stage)

    listed, page = dms.reads("/pages/complaints"), dms.reads(f"/pages/complaints/{case}")

    assert "TS2612010001" not in empty
    assert "TS2612010001" in listed
    assert "13800000001" in page


def test_a_dealer_passes_a_complaint_on(at_dms, stage):
    page = at_dms.sends("/pages/complaints?dealer=D002", kind="complaint", text="新车掉漆", name="李娜", mobile="13900000002", staff="陈")

    assert "已转交车桥" in words_of(page)
    assert "等待登记" in words_of(page)
    asked = eventually(lambda: asked_of_cheqiao(stage))[0]
    assert (asked["dealer_code"], asked["by"], "role" in asked) == ("D002", "陈", False)
    form = Receive.model_validate(asked["form"])
    assert (form.channel, form.source_dealer, form.dealer_code, form.text) == ("dealer", "D002", "D002", "新车掉漆")
    tell(stage, asked["complaint_id"], 1, a_record(asked["form"], channel="dealer", text="新车掉漆", number="TS7"))
    assert "TS7" in at_dms.reads("/pages/complaints?dealer=D002")
    assert "TS7" not in at_dms.reads("/pages/complaints?dealer=D001")


def test_what_is_passed_on_without_words_is_shown_again(at_dms, stage):
    answer = at_dms.sends("/pages/complaints?dealer=D002", kind="complaint", text="", name="李娜", staff="陈")

    assert answer.status_code == 422
    assert "请填写" in words_of(answer)
    assert asked_of_cheqiao(stage) == []


def test_a_dealer_takes_its_steps_by_the_buttons(at_dms, stage):
    case = assigned(stage, state="planning")

    page = at_dms.sends(f"/pages/complaints/{case}/submit_plan?dealer=D001", content="更换正时链条", fee="300", staff="陈")

    assert "已提交：提交方案" in words_of(page)
    asked = eventually(lambda: asked_of_cheqiao(stage))[0]
    assert (asked["complaint_id"], asked["dealer_code"], asked["by"]) == (case, "D001", "陈")
    assert (asked["form"]["step"], asked["form"]["fee"]) == ("submit_plan", "300")


def test_a_case_that_was_taken_away_is_not_there_any_more(at_dms, stage):
    case = assigned(stage)
    before = at_dms.opens(f"/pages/complaints/{case}?dealer=D001")

    tell(stage, case, 2, a_record(state="assigned", dealer_code="D002"))

    assert before.status_code == 200
    assert at_dms.opens(f"/pages/complaints/{case}?dealer=D001").status_code == 404
    assert at_dms.opens(f"/pages/complaints/{case}?dealer=D002").status_code == 200


@pytest.mark.parametrize("state", ["received", "filed", "returned"])
def test_a_case_that_is_about_a_dealer_is_not_yet_theirs(at_dms, stage, state):
    case = a_case(stage, state=state, dealer_code="D001")

    assert at_dms.opens(f"/pages/complaints/{case}?dealer=D001").status_code == 404
    assert at_dms.sends(f"/pages/complaints/{case}/add?dealer=D001", text="?", staff="陈").status_code == 404
    assert asked_of_cheqiao(stage) == []


@pytest.mark.parametrize("step", ["approve_closure", "file", "applaud"])
def test_what_no_dealer_does_has_no_address(at_dms, stage, step):
    assert at_dms.sends(f"/pages/complaints/{assigned(stage)}/{step}?dealer=D001", said="好", staff="陈").status_code == 404


def test_the_same_as_json(stage):
    case = assigned(stage, state="planning")

    listed = stage.desk_get("/dms/desk/complaints", dealer="D001")["complaints"]
    taken = stage.desk(f"/dms/desk/complaints/{case}/steps", dealer_code="D001", form=PLAN)
    foreign = stage.desk(f"/dms/desk/complaints/{case}/steps", dealer_code="D002", form=PLAN)
    passed = stage.desk("/dms/desk/complaints", dealer_code="D001", form={"kind": "grievance", "channel": "dealer", "text": "等太久"})

    assert [row["complaint_id"] for row in listed] == [case]
    assert (taken.status_code, foreign.status_code, passed.status_code) == (202, 404, 202)
    asked = eventually(lambda: len(asked_of_cheqiao(stage)) == 2 and asked_of_cheqiao(stage))
    assert [each["form"]["step"] for each in asked] == ["submit_plan", "receive"]
    assert requests.get(stage.at("/dms/control/state"), timeout=30).status_code == 200


def test_what_the_makers_people_note_is_not_shown_to_a_dealer(at_dms, stage):
    case = assigned(stage)
    tell(stage, case, 2, a_record({"step": "note", "text": "客户难缠"}, role="handler", state="assigned", dealer_code="D001"))
    tell(stage, case, 3, a_record({"step": "contact", "how": "phone", "note": "晚上再打"}, state="assigned", dealer_code="D001"))

    words = at_dms.reads(f"/pages/complaints/{case}?dealer=D001")

    assert "晚上再打" in words
    assert "客户难缠" not in words


def test_what_was_passed_on_and_not_taken_says_why(at_dms, stage):
    passed = stage.desk(
        "/dms/desk/complaints", dealer_code="D001", form={"kind": "grievance", "channel": "dealer", "text": "等太久"}, by="陈"
    )
    record = {"step": "receive", "by": "陈", "dealer_code": "D001", "reason": "not_yours", "message": "不能受理 / No", "at": NOW}

    answer = ask(stage, "dms", "POST", f"/complaints/{passed.json()['complaint_id']}/refusals", record)
    foreign = ask(stage, "dms", "POST", f"/complaints/{passed.json()['complaint_id']}/refusals", {**record, "dealer_code": "D002"})

    assert (answer.status_code, foreign.status_code) == (200, 404)
    words = at_dms.reads("/pages/complaints?dealer=D001")
    assert "不能受理" in words
    assert "等待登记" not in words
