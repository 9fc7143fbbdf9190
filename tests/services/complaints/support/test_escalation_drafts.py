from datetime import timedelta

import pytest

from contracts.complaint_steps.beside import (
    Breach,
    ConcludeVrt,
    DecideEscalation,
    DropEscalation,
    Escalate,
    Pause,
    Resume,
    SetDeadline,
    StartVrt,
)
from contracts.complaint_steps.handling import AuthorisePlan, SendBackPlan, SubmitPlan
from contracts.complaint_words import Basis, DeadlineKind, State, Trigger, VrtKind, VrtResult
from services.complaints.cases.doing import DOINGS
from services.complaints.cases.taking import BY_ITSELF, take
from services.complaints.clocks.deadlines import begin, look, with_deadline
from services.complaints.support.drafting import to_draft, to_withdraw
from tests.services.complaints.standing_cases import DEALER, HANDLER, MONDAY, a_case, a_world, leader


def then(minutes=0.0):
    return a_world(MONDAY + timedelta(minutes=minutes))


def done(case, form, by, world=None):
    return take(case, form, by, world or then(), DOINGS)


def limited(kind, state=State.PLANNING, minutes=60):
    return begin(a_case(state, filed_at=MONDAY), kind, minutes, "li", then(), basis=Basis.CALENDAR)


def breached(case, at=61.0):
    open_limit = next(one for one in case.deadlines if one.is_open and one.breached_at is None)
    return done(case, Breach(deadline_id=open_limit.deadline_id), BY_ITSELF, then(at))


def looked(case, at):
    """As the sweep leaves it."""
    return with_deadline(case, look(case.deadlines[-1], then(at)).deadline)


def drafts(case, world):
    """As the service prompts: until nothing is left to draft or to take back."""
    while form := to_withdraw(case, world.terms) or to_draft(case, world.terms):
        case = done(case, form, BY_ITSELF, world)
    return case


def with_group(minutes=60):
    start = StartVrt(kind=VrtKind.OTHER, lead="周", minutes=minutes, basis=Basis.CALENDAR, question="？")
    return done(a_case(State.PLANNING), start, HANDLER)


def without_proposal(case):
    return done(case, ConcludeVrt(vrt_id=case.vrts[0].vrt_id, result=VrtResult.NONE, conclusion="无法形成"), HANDLER)


@pytest.mark.parametrize(
    ("kind", "trigger"),
    [(DeadlineKind.CLOSE, Trigger.OVERDUE), (DeadlineKind.DEALER_PLAN, Trigger.PLAN_LATE)],
)
def test_a_breach_is_drafted_once(kind, trigger):
    case = drafts(breached(limited(kind)), then(61))

    assert [(one.trigger, one.is_draft) for one in case.escalations] == [(trigger, True)]
    assert to_draft(case, then(61).terms) is None


def test_a_late_vrt_group_is_drafted_for_that_group():
    case = drafts(breached(with_group()), then(61))

    assert [(one.trigger, one.about_id) for one in case.escalations] == [(Trigger.VRT_LATE, case.vrts[0].vrt_id)]


def test_a_group_without_a_proposal_is_drafted():
    case = drafts(without_proposal(with_group()), then())

    assert [(one.trigger, one.about_id) for one in case.escalations] == [(Trigger.NO_PROPOSAL, case.vrts[0].vrt_id)]


@pytest.mark.parametrize("kind", [DeadlineKind.FIRST_REPLY, DeadlineKind.CUSTOM])
def test_other_limits_are_breached_without_a_draft(kind):
    assert to_draft(breached(limited(kind)), then().terms) is None


def test_what_is_met_late_is_not_drafted():
    case = breached(limited(DeadlineKind.DEALER_PLAN))

    assert to_draft(done(case, SubmitPlan(content="维修"), DEALER, then(62)), then().terms) is None


@pytest.mark.parametrize("state", [State.FILED, State.PLAN_SUBMITTED, State.REOPENED])
def test_it_is_foreseen_that_it_will_be_late_when_the_last_warning_was_told_and_no_plan_is_authorised(state):
    case = limited(DeadlineKind.CLOSE, state)

    early, late = looked(case, 31), looked(case, 49)

    assert (early.deadlines[0].warned, late.deadlines[0].warned) == (("50%",), ("50%", "80%"))
    assert to_draft(early, then().terms) is None
    assert to_draft(late, then().terms).trigger is Trigger.FORESEEN_OVERDUE


@pytest.mark.parametrize("state", [State.EXECUTING, State.CLOSURE_PROPOSED, State.DISPUTED])
def test_it_is_not_foreseen_of_what_has_its_plan(state):
    assert to_draft(looked(limited(DeadlineKind.CLOSE, state), 49), then().terms) is None


def test_a_draft_that_was_dropped_comes_back_only_when_it_happens_again():
    case = drafts(looked(limited(DeadlineKind.CLOSE), 49), then(49))
    case = done(case, DropEscalation(escalation_id=case.escalations[0].escalation_id, reason="已安排"), HANDLER, then(50))
    (limit,) = case.deadlines

    still = done(case, Pause(deadlines=(limit.deadline_id,), reason="customer", note="出差"), HANDLER, then(51))
    resumed = done(still, Resume(deadlines=(limit.deadline_id,)), HANDLER, then(90))
    longer = done(resumed, SetDeadline(kind=DeadlineKind.CLOSE, minutes=120, basis=Basis.CALENDAR, reason="等配件"), HANDLER, then(90))
    nearly_over = looked(longer, 150)

    terms = then().terms
    assert [to_draft(one, terms) for one in (case, still, resumed, longer)] == [None] * 4
    assert to_draft(nearly_over, terms).trigger is Trigger.FORESEEN_OVERDUE
    assert drafts(nearly_over, then(150)).escalations[-1].is_draft


def test_what_was_raised_before_the_breach_and_is_not_decided_yet_stands_for_it():
    case = done(limited(DeadlineKind.CLOSE), Escalate(trigger=Trigger.OVERDUE, note="来不及"), HANDLER)

    late = breached(case)
    decided = DecideEscalation(escalation_id=case.escalations[0].escalation_id, decision="support", note="好")

    assert to_draft(late, then().terms) is None
    assert to_draft(done(late, decided, leader(2), then(70)), then().terms) is None


def test_what_was_decided_before_the_breach_is_another_matter():
    case = done(limited(DeadlineKind.CLOSE), Escalate(trigger=Trigger.OVERDUE, note="来不及"), HANDLER)
    decided = DecideEscalation(escalation_id=case.escalations[0].escalation_id, decision="refuse", note="抓紧")

    late = breached(done(case, decided, leader(2), then(1)))

    assert to_draft(late, then().terms).trigger is Trigger.OVERDUE


def test_a_new_limit_after_a_breach_is_drafted_anew():
    case = drafts(breached(limited(DeadlineKind.CLOSE, State.EXECUTING)), then(61))
    case = done(case, DropEscalation(escalation_id=case.escalations[0].escalation_id, reason="快好了"), HANDLER, then(62))
    again = SetDeadline(kind=DeadlineKind.CLOSE, minutes=30, basis=Basis.CALENDAR, reason="再给半小时")

    case = drafts(breached(done(case, again, HANDLER, then(63)), 94), then(94))

    assert [(one.trigger, one.is_draft) for one in case.escalations] == [(Trigger.OVERDUE, False), (Trigger.OVERDUE, True)]


def test_an_ended_case_is_not_drafted():
    case = breached(limited(DeadlineKind.CLOSE)).learnt(state=State.CLOSED)

    assert to_draft(case, then().terms) is None


def test_a_plan_above_the_handlers_authority_gives_its_draft_the_level():
    planned = done(limited(DeadlineKind.CLOSE), SubmitPlan(content="退车", fee=90000), DEALER)
    executing = done(planned, AuthorisePlan(), leader(4))

    case = drafts(breached(executing), then(61))

    assert (case.escalations[0].level, case.escalations[0].fee) == (4, 90000)


def test_a_draft_is_taken_back_when_what_it_is_for_is_over_and_comes_again_when_it_happens_again():
    late = drafts(breached(limited(DeadlineKind.DEALER_PLAN)), then(61))

    handed_in = drafts(done(late, SubmitPlan(content="维修"), DEALER, then(62)), then(62))
    sent_back = drafts(done(handed_in, SendBackPlan(reason="太贵"), HANDLER, then(63)), then(63))
    end = next(one.due_at for one in sent_back.deadlines if one.is_open)
    again = a_world(end)
    late_again = drafts(done(sent_back, Breach(deadline_id=sent_back.deadlines[-1].deadline_id), BY_ITSELF, again), again)

    assert [one.is_draft for one in late.escalations] == [True]
    assert [(one.dropped_by, one.raised_at) for one in handed_in.escalations] == [("system", None)]
    assert [(one.trigger, one.is_draft) for one in late_again.escalations] == [(Trigger.PLAN_LATE, False), (Trigger.PLAN_LATE, True)]


def test_what_was_foreseen_and_has_happened_is_one_draft():
    foreseen = drafts(looked(limited(DeadlineKind.CLOSE), 58), then(58))

    over = drafts(breached(foreseen), then(61))

    assert [one.trigger for one in foreseen.escalations] == [Trigger.FORESEEN_OVERDUE]
    assert [one.trigger for one in over.escalations if one.is_draft] == [Trigger.OVERDUE]


def test_what_was_foreseen_comes_again_after_a_plan_that_made_it_seem_good_is_gone():
    foreseen = drafts(looked(limited(DeadlineKind.CLOSE, State.PLAN_SUBMITTED), 58), then(58))
    authorised = drafts(foreseen.learnt(state=State.EXECUTING), then(58))

    back = drafts(authorised.learnt(state=State.PLANNING), then(58))

    assert [one.is_draft for one in authorised.escalations] == [False]
    assert [one.is_draft for one in back.escalations] == [False, True]


def test_what_the_handler_raised_stays_with_the_leader_though_its_cause_is_over():
    late = drafts(breached(limited(DeadlineKind.DEALER_PLAN)), then(61))
    raised = done(late, Escalate(trigger=Trigger.PLAN_LATE, level=2, note="急"), HANDLER, then(61))

    handed_in = drafts(done(raised, SubmitPlan(content="维修"), DEALER, then(62)), then(62))

    assert [one.waits for one in handed_in.escalations] == [True]
