"""Valid or not, answered by whom, filed, classed, graded and assigned (A-CMP-01..07, 17, 36)."""

from datetime import timedelta

import pytest

from contracts.complaint_steps.handling import Accept, Assign, Reclassify, Return, StartPlanning
from contracts.complaint_steps.intake import Contact, JudgeInvalid, RaiseToComplaint, ReplyInvalid, SolveDirectly, Unlink
from contracts.complaint_words import Basis, CaseType, DeadlineKind, Grade, Kind, State
from services.complaints.cases.taking import Refused
from tests.services.complaints.cases.case_worlds import AGENT, DEALER, HANDLER, MOBILE, OTHER_DEALER, filing, listed

INVALID = JudgeInvalid(reason="no_fault", note="正常")
REPLY = ReplyInvalid(said="属于正常现象")


def open_limits(desk, case):
    return {one.kind: one for one in desk.case(case).deadlines if one.is_open}


@pytest.mark.parametrize(("kind", "judge", "other"), [(Kind.GRIEVANCE, AGENT, HANDLER), (Kind.COMPLAINT, HANDLER, AGENT)])
def test_the_agent_judges_a_grievance_and_the_handler_a_complaint(desk, kind, judge, other):
    case = desk.receive(kind=kind)

    with pytest.raises(Refused, match="not_yours"):
        desk.take(case, other, INVALID)
    desk.take(case, judge, INVALID)

    assert (desk.case(case).state, desk.case(case).handler) == (State.INVALID, judge.name)


def test_the_agent_replies_to_what_came_from_the_customer(desk):
    case = desk.receive()
    desk.take(case, HANDLER, INVALID)

    desk.take(case, AGENT, REPLY)

    assert (desk.case(case).state, desk.case(case).first_replied_at) == (State.CLOSED_INVALID, desk.now)
    assert desk.case(case).deadlines[0].met_at == desk.now


def test_the_dealer_replies_to_what_they_passed_on_and_nobody_else(desk):
    case = desk.receive(by=DEALER)
    desk.take(case, HANDLER, INVALID)

    for by, code in ((AGENT, "through_dealer"), (OTHER_DEALER, "not_yours")):
        with pytest.raises(Refused, match=code):
            desk.take(case, by, REPLY)
    desk.take(case, DEALER, REPLY)

    assert desk.case(case).state is State.CLOSED_INVALID


def test_a_valid_grievance_is_solved_and_replied_to(desk):
    case = desk.receive(kind=Kind.GRIEVANCE)

    desk.take(case, AGENT, SolveDirectly(verified="是", solution="已洗车", said="已为您处理"))

    assert (desk.case(case).state, open_limits(desk, case)) == (State.SOLVED_DIRECT, {})


def test_a_grievance_is_raised_before_it_is_filed_and_is_then_nobodys_until_a_handler_takes_it(desk):
    case = desk.receive(kind=Kind.GRIEVANCE)
    with pytest.raises(Refused, match="grievance"):
        desk.take(case, HANDLER, filing())

    desk.take(case, AGENT, RaiseToComplaint(note="要求赔偿"))
    raised = desk.case(case)
    desk.take(case, HANDLER, filing())

    assert (raised.kind, raised.state, raised.handler) == (Kind.COMPLAINT, State.RECEIVED, "")
    assert desk.case(case).handler == "li"


@pytest.mark.parametrize("grade", list(Grade))
def test_filing_gives_class_grade_and_the_grades_limits(desk, grade):
    case = desk.receive()
    desk.take(case, HANDLER, filing(type=CaseType.PARTS, subtypes=("轮胎",), grade=grade, safety=True))
    desk.take(case, HANDLER, Assign(region_code="EAST", dealer_code="D001"))

    filed, limits = desk.case(case), open_limits(desk, case)
    assert (filed.type, filed.subtypes, filed.grade, filed.safety, filed.filed_at) == (CaseType.PARTS, ("轮胎",), grade, True, desk.now)
    wanted = desk.service.terms.limits[grade.value]
    assert (limits[DeadlineKind.CLOSE].minutes, limits[DeadlineKind.DEALER_PLAN].minutes) == (wanted.close, wanted.dealer_plan)


def test_the_handlers_own_limits_go_before_the_grades(desk):
    case = desk.receive()
    desk.take(case, HANDLER, filing(close_minutes=90, plan_minutes=30, basis=Basis.CALENDAR))
    desk.wait(minutes=5)
    desk.take(case, HANDLER, Assign(region_code="EAST", dealer_code="D001"))

    limits = open_limits(desk, case)

    assert limits[DeadlineKind.CLOSE].due_at == desk.now + timedelta(minutes=85)
    assert limits[DeadlineKind.DEALER_PLAN].due_at == desk.now + timedelta(minutes=30)


def test_another_class_leaves_the_limits_as_they_are(desk):
    case = desk.filed()
    before = open_limits(desk, case)

    desk.take(case, HANDLER, Reclassify(type=CaseType.SALES, grade=Grade.MAJOR, reason="重判"))

    assert (desk.case(case).grade, open_limits(desk, case)) == (Grade.MAJOR, before)


def test_the_dealer_takes_it_or_returns_it_and_it_goes_to_another(desk):
    case = desk.assigned(dealer="D001")
    with pytest.raises(Refused, match="assigned_already"):
        desk.take(case, HANDLER, Assign(region_code="EAST", dealer_code="D001"))

    desk.take(case, DEALER, Return(reason="非本店客户"))
    returned = desk.case(case)
    desk.take(case, HANDLER, Assign(region_code="EAST", dealer_code="D002"))
    desk.take(case, OTHER_DEALER, Accept())
    desk.take(case, OTHER_DEALER, StartPlanning())

    assert (returned.state, returned.dealer_code, returned.region_code) == (State.RETURNED, "", "EAST")
    plans = [one for one in desk.case(case).deadlines if one.kind is DeadlineKind.DEALER_PLAN]
    assert [one.calendar_id for one in sorted(plans, key=lambda one: one.is_open)] == ["dealer:D001", "dealer:D002"]
    assert desk.case(case).state is State.PLANNING
    with pytest.raises(Refused, match="not_yours"):
        desk.take(case, DEALER, Accept())


@pytest.mark.parametrize(("code", "reason"), [("D909", "unknown_dealer"), ("D002", "inactive_dealer")])
def test_a_case_is_assigned_to_no_dealer_who_could_not_take_it(desk, code, reason):
    case = desk.filed()
    desk.house.only_deliver(listed("D002", dealer_version=2, active=False))

    with pytest.raises(Refused, match=reason):
        desk.take(case, HANDLER, Assign(region_code="EAST", dealer_code=code))

    assert (desk.case(case).state, desk.case(case).dealer_code) == (State.FILED, "")


def test_cases_that_are_linked_by_mistake_are_parted_both_ways(desk):
    one, other = desk.receive(mobile=MOBILE), desk.receive(mobile=MOBILE)
    assert (desk.case(one).linked, desk.case(other).linked) == ((other,), (one,))

    desk.take(other, AGENT, Unlink(other_id=one, reason="两件事"))

    assert (desk.case(one).linked, desk.case(other).linked) == ((), ())
    with pytest.raises(Refused, match="not_linked"):
        desk.take(one, HANDLER, Unlink(other_id=other, reason="两件事"))


def test_the_first_word_that_reaches_the_customer_is_the_first_reply(desk):
    case = desk.receive()
    desk.take(case, AGENT, Contact(how="phone", reached=False, note="无人接听"))
    assert desk.case(case).first_replied_at is None

    desk.wait(minutes=5)
    desk.take(case, AGENT, Contact(how="phone"))
    first = desk.now
    desk.wait(minutes=5)
    desk.take(case, AGENT, Contact(how="phone"))

    assert desk.case(case).first_replied_at == desk.case(case).deadlines[0].met_at == first
