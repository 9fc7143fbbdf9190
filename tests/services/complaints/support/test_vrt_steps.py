from datetime import timedelta

import pytest

from contracts.complaint_steps.beside import ConcludeVrt, SetVrtMembers, StartVrt
from contracts.complaint_words import Basis, DeadlineKind, Role, State, VrtKind, VrtResult
from services.complaints.cases.allowed import allowed
from services.complaints.cases.taking import Acting, Refused
from tests.services.complaints.standing_cases import HANDLER, MONDAY, TECHNICAL, a_case, an_id, taken

MEMBER = Acting("钱一", Role.VRT)
STRANGER = Acting("陌生", Role.VRT)


def started(kind=VrtKind.QUALITY, case=None, lead=TECHNICAL.name):
    form = StartVrt(kind=kind, lead=lead, members=("钱一", lead, "钱一", "吴二"), minutes=90, basis=Basis.CALENDAR, question="质量？")
    return taken(case or a_case(State.FILED), form, HANDLER)


def conclusion(case, **more):
    told = {
        "result": VrtResult.SOLUTION,
        "problem_exists": True,
        "conclusion": "轴承磨损",
        "proposal": "更换轴承",
        "responsibility": "供应商",
    }
    return ConcludeVrt(vrt_id=case.vrts[-1].vrt_id, **{**told, **more})


def test_a_group_has_a_lead_members_and_a_limit_of_its_own():
    after = started()

    assert (after.state, after.vrts[0].lead, after.vrts[0].members) == (State.FILED, TECHNICAL.name, ("钱一", "吴二"))
    limit = after.deadlines[0]
    assert (limit.kind, limit.about_id, limit.due_at) == (
        DeadlineKind.VRT_CONCLUSION,
        after.vrts[0].vrt_id,
        MONDAY + timedelta(minutes=90),
    )


@pytest.mark.parametrize(
    ("kind", "lead", "told", "led"),
    [
        (VrtKind.QUALITY, "孙技术", Role.TECHNICAL, True),
        (VrtKind.QUALITY, "周处理", Role.HANDLER, False),
        (VrtKind.QUALITY, HANDLER.name, None, False),
        (VrtKind.OTHER, "周处理", Role.HANDLER, True),
        (VrtKind.OTHER, "孙技术", Role.TECHNICAL, False),
        (VrtKind.OTHER, HANDLER.name, None, True),
        (VrtKind.QUALITY, "周", None, True),
    ],
)
def test_technical_support_leads_quality_and_a_handler_the_others_as_far_as_it_is_told(kind, lead, told, led):
    form = StartVrt(kind=kind, lead=lead, lead_role=told, minutes=90, question="责任？")

    if led:
        assert taken(a_case(), form, HANDLER).vrts[0].lead == lead
    else:
        with pytest.raises(Refused, match=r"^lead$"):
            taken(a_case(), form, HANDLER)


def test_one_group_of_a_kind_is_at_work_at_a_time():
    quality = started()

    with pytest.raises(Refused, match="vrt_open"):
        started(case=quality)
    assert len(started(VrtKind.OTHER, quality).vrts) == 2


def test_a_conclusion_meets_the_limit_of_its_group_alone():
    both = started(VrtKind.OTHER, started())

    after = taken(both, conclusion(both, problem_exists=None, result=VrtResult.PROPOSAL), HANDLER)

    met = {one.about_id: one.met_at is not None for one in after.deadlines}
    assert met == {both.vrts[0].vrt_id: False, both.vrts[1].vrt_id: True}
    assert (after.vrts[1].concluded_by, after.vrts[1].ended_at, after.vrts[1].proposal) == (HANDLER.name, MONDAY, "更换轴承")


@pytest.mark.parametrize("by", [HANDLER, TECHNICAL, MEMBER])
def test_who_takes_part_and_the_handler_conclude(by):
    case = started()

    assert taken(case, conclusion(case), by).vrts[0].concluded_by == by.name


def test_nobody_else_concludes():
    quality, other = started(), started(VrtKind.OTHER, lead="周")

    with pytest.raises(Refused, match="not_yours"):
        taken(quality, conclusion(quality), STRANGER)
    with pytest.raises(Refused, match="not_yours"):
        taken(other, conclusion(other), TECHNICAL)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"problem_exists": None}, "problem_wanted"),
        ({"responsibility": ""}, "responsibility_wanted"),
        ({"proposal": ""}, "proposal"),
        ({"result": VrtResult.NONE}, "proposal"),
    ],
)
def test_a_conclusion_says_what_is_wanted_of_it(more, code):
    case = started()

    with pytest.raises(Refused, match=code):
        taken(case, conclusion(case, **more), TECHNICAL)


def test_a_group_concludes_once_and_its_members_change_before_only():
    case = started()
    done = taken(case, conclusion(case), TECHNICAL)
    vrt_id = case.vrts[0].vrt_id

    changed = taken(case, SetVrtMembers(vrt_id=vrt_id, members=("郑三",)), TECHNICAL)

    assert changed.vrts[0].members == ("郑三",)
    for form in (conclusion(done), SetVrtMembers(vrt_id=vrt_id, members=())):
        with pytest.raises(Refused, match="vrt_ended"):
            taken(done, form, TECHNICAL)


def test_a_technical_specialist_does_not_form_others_groups():
    case = started(VrtKind.OTHER, lead="周")

    with pytest.raises(Refused, match="not_yours"):
        taken(case, SetVrtMembers(vrt_id=case.vrts[0].vrt_id, members=()), TECHNICAL)
    with pytest.raises(Refused, match="no_such_vrt"):
        taken(case, SetVrtMembers(vrt_id=an_id("another"), members=()), HANDLER)


@pytest.mark.parametrize("kind", list(VrtKind))
@pytest.mark.parametrize("by", [HANDLER, TECHNICAL, MEMBER, STRANGER])
def test_what_is_offered_about_a_group_is_what_is_taken(kind, by):
    case = started(kind, lead="周")

    def is_taken(form):
        try:
            return bool(taken(case, form, by))
        except Refused:
            return False

    forms = (conclusion(case), SetVrtMembers(vrt_id=case.vrts[0].vrt_id, members=()))
    assert [form.step in allowed(case, by) for form in forms] == [is_taken(form) for form in forms]
