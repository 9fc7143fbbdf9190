from decimal import Decimal

import pytest

from chassis.settings import LIMITS
from contracts.complaint_steps.beside import ConcludeVrt, StartVrt
from contracts.complaint_steps.handling import AuthorisePlan, CarryOut, SendBackPlan, SubmitPlan
from contracts.complaint_words import DeadlineKind, State, VrtKind, VrtResult
from services.complaints.cases.taking import Refused
from services.complaints.clocks.deadlines import begin
from services.complaints.support.authority import Authority
from tests.services.complaints.standing_cases import DEALER, HANDLER, MONDAY, a_case, a_world, leader, rule, taken


def submitted(fee="0", world=None):
    return taken(a_case(State.PLANNING), SubmitPlan(content="更换变速箱", fee=Decimal(fee)), DEALER, world)


def test_a_plan_says_which_level_its_fee_asks_for_and_meets_the_dealers_limit():
    limited = begin(a_case(State.PLANNING), DeadlineKind.DEALER_PLAN, 960, "li", a_world())

    after = taken(limited, SubmitPlan(content="更换变速箱", fee=Decimal("800.50")), DEALER)

    assert (after.state, after.plan.plan_no, after.plan.level, after.plan.fee) == (State.PLAN_SUBMITTED, 1, 2, Decimal("800.50"))
    assert (after.plan.dealer_code, after.plan.submitted_by) == ("D001", DEALER.name)
    assert after.deadlines[0].met_at == MONDAY


def test_a_plan_waits_for_the_vrt_group():
    start = StartVrt(kind=VrtKind.OTHER, lead="周", minutes=60, question="责任？")
    running = taken(a_case(State.PLANNING), start, HANDLER)
    plan = SubmitPlan(content="更换变速箱")

    with pytest.raises(Refused, match="vrt_open"):
        taken(running, plan, DEALER)

    conclusion = ConcludeVrt(vrt_id=running.vrts[0].vrt_id, result=VrtResult.PROPOSAL, conclusion="是", proposal="更换")
    assert taken(taken(running, conclusion, HANDLER), plan, DEALER).state is State.PLAN_SUBMITTED


def test_the_handler_authorises_what_is_within_their_own_authority():
    after = taken(submitted("500"), AuthorisePlan(note="同意"), HANDLER)

    assert (after.state, after.plan.authorised, after.plan.decided_by) == (State.EXECUTING, True, HANDLER.name)


def test_what_is_above_it_takes_a_leader_of_the_level():
    plan = submitted("500.01")

    with pytest.raises(Refused, match="above_authority"):
        taken(plan, AuthorisePlan(), HANDLER)
    assert taken(plan, AuthorisePlan(), leader(2)).state is State.EXECUTING
    assert taken(plan, AuthorisePlan(), leader(5)).state is State.EXECUTING
    with pytest.raises(Refused, match="above_authority"):
        taken(submitted("6000"), AuthorisePlan(), leader(3))


def test_without_a_table_the_handler_decides():
    nothing = a_world(authority=Authority())

    after = taken(submitted("6000", nothing), AuthorisePlan(), HANDLER, nothing)

    assert (after.state, after.plan.level) == (State.EXECUTING, 0)


def test_authority_is_judged_by_the_table_as_it_is_when_the_plan_is_authorised():
    plan = submitted("300")
    stricter = a_world(authority=Authority((rule(1, "0", "100"), rule(3, "100", None))))

    with pytest.raises(Refused, match="above_authority"):
        taken(plan, AuthorisePlan(), HANDLER, stricter)
    assert taken(plan, AuthorisePlan(), leader(3), stricter).plan.level == 3


def test_each_sending_back_leads_to_another_plan():
    sent_back = taken(submitted("300"), SendBackPlan(reason="太贵"), leader(1))

    again = taken(sent_back, SubmitPlan(content="维修", fee=Decimal(100)), DEALER)

    assert (sent_back.state, sent_back.plan.authorised, sent_back.plan.reason) == (State.PLANNING, False, "太贵")
    assert [(plan.plan_no, plan.content) for plan in again.plans] == [(1, "更换变速箱"), (2, "维修")]
    assert len({plan.plan_id for plan in again.plans}) == 2
    (limit,) = sent_back.deadlines
    assert (limit.kind, limit.is_open, limit.minutes) == (DeadlineKind.DEALER_PLAN, True, LIMITS["general"].dealer_plan)
    assert again.deadlines[0].met_at == MONDAY


def test_a_plan_is_carried_out_as_often_as_it_takes():
    executing = taken(submitted("300"), AuthorisePlan(), HANDLER)

    once = taken(executing, CarryOut(accepted=False), DEALER)
    twice = taken(once, CarryOut(accepted=True), DEALER)

    assert (once.plan.customer_accepts, once.plan.executed_at) == (False, MONDAY)
    assert (twice.plan.customer_accepts, twice.state, len(twice.plans)) == (True, State.EXECUTING, 1)
