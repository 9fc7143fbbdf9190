"""Complaints on the pages of the desks: what is listed, what the buttons ask for, what was taken and what was not."""

import re
from typing import get_args

import pytest
from flask import Flask

from contracts.complaint_exchange import OpenPart
from contracts.complaint_steps import AnyForm
from contracts.complaint_words import Kind, State
from sandbox.complaints.forms import MODELS, fields_of, read
from sandbox.complaints.offered import AT_A_DEALER, AT_CSC, buttons
from sandbox.complaints.words import CHANNELS, FIELDS, GRADES, KINDS, ROLES, STATES, STEPS, TYPES, VALUES
from sandbox.desks.forms import Form
from tests.sandbox.complaint_acts import A_LIMIT, LIMIT, a_case, a_record, refuse, tell
from tests.sandbox.desk_visitor import Visitor, words_of
from tests.sandbox.stage import eventually, said


@pytest.fixture(params=["zh", "en"])
def csc(stage, request):
    return Visitor(stage, "csc", request.param)


@pytest.fixture
def at_csc(stage):
    return Visitor(stage, "csc")


@pytest.fixture
def somebody_reads():
    with Flask("words").test_request_context():
        yield


FILLED_IN = {
    "line": "D001",
    "text": "说明",
    "number": "3",
    "money": "120.50",
    "day": "2026-12-01",
    "moment": "2026-12-01T09:00",
    "tick": "on",
    "names": "王,李",
}
NEEDS_ANOTHER = {"link": "other_id", "unlink": "other_id", "attach": "file_id"}
"""Steps that no desk here offers: another case, a file."""


def asked_of_cheqiao(stage):
    return [said(each)["data"] for each in stage.cheqiao.heard if said(each)["type"] == "complaint.step"]


def test_every_page_about_complaints_is_there_with_and_without_records(csc, stage):
    empty = [csc.reads(page) for page in ("/pages/complaints", "/pages/complaints/new")]
    cases = [a_case(stage, state=state.value, parts=[A_LIMIT], type="quality", grade="major") for state in State]

    listed = csc.reads("/pages/complaints?show=all")
    pages = [csc.reads(f"/pages/complaints/{case}") for case in cases]

    assert all(words.strip() for words in empty)
    assert listed.count("TS2612010001") == len(cases)
    assert all("王芳" in words for words in pages)


def test_a_call_is_taken_in_at_the_page(at_csc, stage):
    page = at_csc.sends("/pages/complaints/new", kind="complaint", channel="call_centre_phone", text="退车", name="王芳", staff="DCRC-02")

    asked = eventually(lambda: asked_of_cheqiao(stage))[0]
    assert asked["complaint_id"] in page.url
    assert "等待车桥登记" in words_of(page)
    assert (asked["form"]["text"], asked["form"]["mobile"], asked["by"]) == ("退车", None, "DCRC-02")
    assert "受理" in at_csc.reads("/pages/complaints")


def test_an_intake_without_its_text_is_shown_again_as_it_was_typed(at_csc, stage):
    answer = at_csc.sends("/pages/complaints/new", kind="complaint", channel="letter", text="", name="王芳", staff="DCRC-02")

    assert answer.status_code == 422
    assert "请填写" in words_of(answer)
    assert 'value="王芳"' in answer.text
    assert asked_of_cheqiao(stage) == []


def test_a_button_asks_for_its_step_by_the_role_it_belongs_to(at_csc, stage):
    case = a_case(stage)

    page = at_csc.sends(
        f"/pages/complaints/{case}/file",
        type="quality",
        subtypes="发动机、变速箱",
        grade="serious",
        safety="on",
        basis="working",
        staff="DCRC-H1",
    )

    assert "已提交：建档分级" in words_of(page)
    asked = eventually(lambda: asked_of_cheqiao(stage))[0]
    assert (asked["role"], asked["by"], asked["complaint_id"]) == ("handler", "DCRC-H1", case)
    form = asked["form"]
    assert (form["type"], form["subtypes"], form["safety"], form["media"]) == ("quality", ["发动机", "变速箱"], True, False)
    assert form["close_minutes"] is None


def test_a_form_that_is_not_right_stays_open_with_what_was_typed(at_csc, stage):
    case = a_case(stage)

    answer = at_csc.sends(f"/pages/complaints/{case}/judge_invalid", reason="", note="客户误会了", staff="DCRC-H1")

    assert answer.status_code == 422
    assert "客户误会了" in answer.text
    assert re.search(r'<details id="step-judge_invalid" open>', answer.text)
    assert asked_of_cheqiao(stage) == []


def test_limits_to_pause_are_ticked(at_csc, stage):
    case = a_case(stage, state="filed", parts=[A_LIMIT])

    at_csc.sends(f"/pages/complaints/{case}/pause", deadlines=[LIMIT], reason="part", note="等发动机", staff="DCRC-H1")

    asked = eventually(lambda: asked_of_cheqiao(stage))[0]
    assert (asked["form"]["deadlines"], asked["form"]["reason"]) == ([LIMIT], "part")


def test_a_step_that_the_case_has_left_behind_is_not_asked_for(at_csc, stage):
    case = a_case(stage)
    tell(stage, case, 2, a_record({"step": "file", "type": "quality", "grade": "general"}, state="filed"))

    answer = at_csc.sends(f"/pages/complaints/{case}/file", type="parts", grade="general", basis="working", staff="DCRC-H1")

    assert answer.status_code == 422
    assert "单据状态已变化" in words_of(answer)
    assert asked_of_cheqiao(stage) == []


def test_what_was_taken_and_what_was_not_stand_on_the_page(at_csc, stage):
    case = a_case(stage)
    at_csc.sends(f"/pages/complaints/{case}/note", text="内部", staff="DCRC-H1")
    at_csc.sends(f"/pages/complaints/{case}/take_over", to="赵", staff="DCRC-H1")

    tell(stage, case, 2, a_record({"step": "note", "text": "内部"}, by="DCRC-H1", role="handler"))
    refuse(stage, case, "take_over", "DCRC-H1", reason="theirs_already", message="已经是该人员负责 / It is theirs already.")

    words = at_csc.reads(f"/pages/complaints/{case}")
    assert "已办理" in words
    assert "已经是该人员负责" in words
    assert "theirs already" not in words
    assert "内部备注" in words


@pytest.mark.parametrize("path", ["/pages/complaints/22222222-2222-4333-8444-555555555555", "/pages/complaints/7"])
def test_a_case_that_is_not_there_is_404(at_csc, path):
    assert at_csc.opens(path).status_code == 404


def test_every_step_and_every_word_of_the_contracts_has_its_words():
    models = get_args(get_args(AnyForm)[0])
    asked = {name for model in models for name in model.model_fields}

    assert set(STEPS) == set(MODELS) == {model.model_fields["step"].default for model in models}
    assert asked - {"step", "addition_id", "files", "due_at", "other_id", "file_id", "by", "shown"} <= set(FIELDS)
    assert set(STATES) == {state.value for state in State}
    assert all((KINDS, CHANNELS, TYPES, GRADES, ROLES, VALUES))


@pytest.mark.usefixtures("somebody_reads")
@pytest.mark.parametrize("offers", [AT_CSC, AT_A_DEALER], ids=["csc", "dealer"])
def test_a_step_is_offered_only_where_what_it_names_is_there(offers):
    limit = OpenPart.model_validate(A_LIMIT)

    bare = {button.step for state in State for button in buttons(offers, state, Kind.COMPLAINT, ())}
    with_limit = {button.step for state in State for button in buttons(offers, state, Kind.COMPLAINT, (limit,))}

    assert not bare & {"pause", "resume", "meet_deadline", "drop_deadline", "conclude_vrt", "decide_escalation", "answer_survey"}
    assert with_limit - bare == ({"pause", "meet_deadline", "drop_deadline"} if offers is AT_CSC else set())


@pytest.mark.parametrize("step", MODELS)
@pytest.mark.usefixtures("somebody_reads")
def test_what_is_filled_into_a_form_as_drawn_is_what_its_contract_wants(step):
    parts = tuple(OpenPart.model_validate(A_LIMIT | {"part": part}) for part in ("deadline", "vrt", "escalation", "survey"))
    drawn = fields_of(step, parts)
    typed = {one.name: FILLED_IN.get(one.way) or next(key for key, _ in one.options if key) for one in drawn}
    form = Form(typed)

    wanted = read(step, form, {one.name: [key for key, _ in one.options] for one in drawn if one.way == "ticks"})

    assert form.problems == ({} if step not in NEEDS_ANOTHER else {NEEDS_ANOTHER[step]: "请填写"})
    assert (wanted is None) is (step in NEEDS_ANOTHER)
