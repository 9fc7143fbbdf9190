"""Complaints at the CSC, as Cheqiao and as its own people see them over HTTP (flows 4.4)."""

from itertools import permutations
from uuid import uuid4

import pytest

from contracts.complaint_steps.handling import Accept, FileCase
from contracts.complaint_steps.intake import Receive
from tests.sandbox.complaint_acts import A_LIMIT, RECEIVED, a_case, a_record, refuse, tell
from tests.sandbox.desk_visitor import Visitor
from tests.sandbox.reminder_acts import ask, at_the_desk
from tests.sandbox.stage import eventually, said

FILED = {"step": "file", "type": "quality", "grade": "serious"}
ASSIGNED = {"step": "assign", "region_code": "EAST", "dealer_code": "D001"}


def of_the_case(stage, complaint_id):
    return at_the_desk(stage, "GET", f"/complaints/{complaint_id}").json()


def asked_of_cheqiao(stage):
    return [said(each)["data"] for each in stage.cheqiao.heard if said(each)["type"] == "complaint.step"]


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
def test_steps_in_any_order_come_to_the_same(stage, order):
    complaint_id = str(uuid4())
    told = {
        1: a_record(),
        2: a_record(FILED, state="filed", type="quality", grade="serious", parts=[A_LIMIT]),
        3: a_record(ASSIGNED, state="assigned", type="quality", grade="serious", dealer_code="D001", parts=[A_LIMIT]),
    }

    answers = [tell(stage, complaint_id, version, told[version]) for version in order]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    case = of_the_case(stage, complaint_id)
    assert (case["version"], case["state"], case["dealer_code"]) == (3, "assigned", "D001")
    assert [(step["version"], step["form"]["step"]) for step in case["steps"]] == [(3, "assign"), (2, "file"), (1, "receive")]
    assert case["due_at"] == "2036-12-09T01:00:00+00:00"


def test_a_repeat_under_any_key_changes_nothing(stage):
    complaint_id = a_case(stage)
    before = of_the_case(stage, complaint_id)

    again = tell(stage, complaint_id, 1, a_record(), key="another")
    replayed = tell(stage, complaint_id, 1, a_record(), key="another")

    assert (again.status_code, replayed.headers.get("Idempotent-Replayed")) == (200, "true")
    assert of_the_case(stage, complaint_id) == before


def test_a_step_off_contract_is_named_and_not_kept(stage):
    complaint_id = str(uuid4())

    answer = tell(stage, complaint_id, 1, a_record({**RECEIVED, "colour": "red"}))

    assert answer.status_code == 400
    assert "colour" in answer.json()["message"]
    assert at_the_desk(stage, "GET", f"/complaints/{complaint_id}").status_code == 404


def test_a_complaint_by_letter_asks_cheqiao_to_take_it_in(stage):
    form = {"kind": "complaint", "channel": "letter", "text": "退车", "name": "王芳", "received_at": "2026-11-30T10:00:00+08:00"}

    answer = at_the_desk(stage, "POST", "/complaints", form=form, by="DCRC-07")

    assert answer.status_code == 202
    asked = eventually(lambda: asked_of_cheqiao(stage))[0]
    assert asked["complaint_id"] == answer.json()["complaint_id"]
    assert (asked["by"], asked["role"], asked["form"]["step"]) == ("DCRC-07", "agent", "receive")
    assert Receive.model_validate(asked["form"]).text == "退车"


def test_a_wish_is_answered_by_the_step_that_was_taken(stage):
    complaint_id = a_case(stage)
    at_the_desk(stage, "POST", f"/complaints/{complaint_id}/steps", form=FILED, by="DCRC-H1", role="handler")
    waiting = of_the_case(stage, complaint_id)["wishes"]

    tell(stage, complaint_id, 2, a_record(FILED, by="DCRC-H1", role="handler", state="filed"))

    assert [wish["answer"] for wish in waiting] == [""]
    assert [(wish["step"], wish["answer"]) for wish in of_the_case(stage, complaint_id)["wishes"]] == [("file", "taken")]
    assert FileCase.model_validate(eventually(lambda: asked_of_cheqiao(stage))[0]["form"]).grade == "serious"


def test_a_wish_that_was_refused_says_why(stage):
    complaint_id = a_case(stage)
    at_the_desk(stage, "POST", f"/complaints/{complaint_id}/steps", form=ASSIGNED, by="DCRC-H1", role="handler")

    answer = refuse(stage, complaint_id, "assign", "DCRC-H1", reason="not_open")

    assert answer.status_code == 200
    wishes = of_the_case(stage, complaint_id)["wishes"]
    assert [(wish["step"], wish["answer"], wish["reason"]) for wish in wishes] == [("assign", "refused", "not_open")]


def test_a_refusal_of_what_nobody_here_asked_for_is_not_found(stage):
    assert refuse(stage, str(uuid4()), "assign", "DCRC-H1", reason="not_open").status_code == 404


def test_a_dealers_step_by_the_centre_says_whose_it_is(stage):
    complaint_id = a_case(stage, state="assigned", dealer_code="D001")

    at_the_desk(stage, "POST", f"/complaints/{complaint_id}/steps", form={"step": "accept"}, by="陈", role="dealer", place="D001")

    asked = eventually(lambda: asked_of_cheqiao(stage))[0]
    assert (asked["role"], asked["dealer_code"], asked["region_code"]) == ("dealer", "D001", "")
    assert Accept.model_validate(asked["form"])


@pytest.mark.parametrize("wrong", [{"step": "assign"}, {"step": "applaud"}, {"step": "accept", "colour": "red"}])
def test_a_step_that_is_none_is_not_asked_for(stage, wrong):
    complaint_id = a_case(stage)

    answer = at_the_desk(stage, "POST", f"/complaints/{complaint_id}/steps", form=wrong)

    assert answer.status_code == 400
    assert of_the_case(stage, complaint_id)["wishes"] == []


def test_the_list_is_narrowed_and_the_most_urgent_comes_first(stage):
    late = a_case(stage, number="TS1", parts=[A_LIMIT | {"due_at": "2026-01-01T09:00:00+08:00"}])
    calm = a_case(stage, number="TS2", parts=[A_LIMIT], type="quality")
    still = a_case(stage, number="TS3", parts=[A_LIMIT | {"due_at": "2026-01-01T09:00:00+08:00", "waits": True}])
    ended = a_case(stage, number="TS4", state="closed")

    def listed(**query):
        rows = stage.desk_get("/csc/desk/complaints", **query)["complaints"]
        return [row["complaint_id"] for row in rows]

    assert listed() == [late, calm, still]
    assert listed(show="overdue") == [late]
    assert listed(show="all") == [late, calm, still, ended]
    assert listed(type="quality") == [calm]
    assert listed(like="TS3") == [still]
    assert listed(show="all", state="closed") == [ended]
    assert listed(like="13800000001", dealer="D009") == []


WARNED = {"number": "TS2612010001", "kind": "close", "due_at": A_LIMIT["due_at"], "threshold": "50%", "at": "2026-12-01T09:00:00+08:00"}


def test_a_warning_is_kept_once_for_each_threshold_and_each_end_of_a_limit(stage):
    case = a_case(stage, parts=[A_LIMIT])
    path = f"/complaints/{case}/deadlines/{A_LIMIT['id']}/warnings"
    moved = WARNED | {"due_at": "2036-12-10T09:00:00+08:00", "at": "2026-12-02T09:00:00+08:00"}

    answers = [ask(stage, "csc", "POST", path, body) for body in (WARNED, WARNED, WARNED | {"threshold": "80%"}, moved)]

    assert [answer.status_code for answer in answers] == [200] * 4
    told = of_the_case(stage, case)["warnings"]
    assert [(each["threshold"], each["due_at"][:10]) for each in told] == [
        ("50%", "2036-12-10"),
        ("50%", "2036-12-09"),
        ("80%", "2036-12-09"),
    ]


def test_a_warning_of_a_case_that_is_not_on_record_is_not_found(stage):
    assert ask(stage, "csc", "POST", f"/complaints/{uuid4()}/deadlines/{A_LIMIT['id']}/warnings", WARNED).status_code == 404


def test_the_history_is_told_in_words_without_ids(stage):
    case, other = a_case(stage), str(uuid4())
    tell(stage, case, 2, a_record({"step": "link", "other_id": other, "note": "同一客户"}))

    words = Visitor(stage, "csc").reads(f"/pages/complaints/{case}")

    assert "同一客户" in words
    assert other not in words
