from datetime import date, timedelta

import pytest
from pydantic import ValidationError

from contracts.complaint_steps.beside import DeclareCrisis, Dispute, EndCrisis, SettleDispute
from contracts.complaint_steps.closing import ProposeClosure
from contracts.complaint_words import CloseReason, DeadlineKind, DisputeKind, Role, State
from services.complaints.cases.steps import STEPS
from services.complaints.cases.taking import Acting, Refused
from services.complaints.clocks.deadlines import begin
from tests.services.complaints.standing_cases import DEALER, HANDLER, MONDAY, a_case, a_world, taken

LEGAL = Acting("法务", Role.LEGAL)
MARKETING = Acting("市场", Role.MARKETING)
COURT = Dispute(kind=DisputeKind.LITIGATION, body="南京江宁法院", filed_on=date(2026, 11, 20), legal=("法务", "法务"))


@pytest.mark.parametrize("state", sorted(STEPS["dispute"].since - {State.CLOSURE_PROPOSED, State.INVALID}))
def test_after_a_dispute_a_case_stands_where_it_stood(state):
    disputed = taken(a_case(state), COURT, HANDLER)

    after = taken(disputed, SettleDispute(result="调解", closes=False), LEGAL)

    assert (disputed.state, disputed.disputes[0].people) == (State.DISPUTED, ("法务",))
    assert (after.state, after.disputes[0].result, after.disputes[0].ended_at) == (state, "调解", MONDAY)


def test_a_judgement_that_was_not_replied_to_is_made_again_after_a_dispute():
    disputed = taken(a_case(State.INVALID), COURT, HANDLER)

    assert taken(disputed, SettleDispute(result="调解", closes=False), LEGAL).state is State.RECEIVED


def test_a_proposal_to_close_falls_with_a_dispute():
    proposal = ProposeClosure(reason=CloseReason.NOT_SUPPORTED, evidence="保修政策第 3 条")
    proposed = taken(a_case(), proposal, DEALER)

    disputed = taken(proposed, COURT, HANDLER)

    assert disputed.closure.approved is False
    assert taken(disputed, SettleDispute(result="调解", closes=False), HANDLER).state is State.EXECUTING


def test_a_settlement_may_close_the_case():
    disputed = taken(a_case(), COURT, HANDLER)

    after = taken(disputed, SettleDispute(result="判决履行完毕", closes=True), HANDLER, a_world(reopen_days=15))

    assert (after.state, after.closed_at, after.reopen_until) == (State.CLOSED, MONDAY, MONDAY + timedelta(days=15))
    assert (after.close_reason, after.closure.evidence, after.closure.approved) == (CloseReason.SETTLED, "判决履行完毕", True)


def closed_with(kind, case=None):
    disputed = taken(case or a_case(), Dispute(kind=kind, body="仲裁委", filed_on=date(2026, 11, 20)), HANDLER)
    return taken(disputed, SettleDispute(result="了结", closes=True), LEGAL)


def test_after_arbitration_the_customer_is_asked_after_litigation_and_in_a_crisis_no_machine_asks():
    in_crisis = taken(a_case(), DeclareCrisis(note="热搜"), HANDLER)

    assert closed_with(DisputeKind.ARBITRATION).closure.survey_at == MONDAY + timedelta(hours=24)
    assert closed_with(DisputeKind.LITIGATION).closure.survey_at is None
    assert closed_with(DisputeKind.ARBITRATION, in_crisis).closure.survey_at is None


@pytest.mark.parametrize(("started", "kept"), [(MONDAY, True), (MONDAY - timedelta(days=30), False)])
def test_a_settlement_meets_the_limit_to_close_in_time_or_late(started, kept):
    limited = begin(a_case(), DeadlineKind.CLOSE, 480, "li", a_world(started))

    (limit,) = closed_with(DisputeKind.LITIGATION, limited).deadlines

    assert (limit.met_at, limit.breached_at is None, limit.dropped_at) == (MONDAY, kept, None)


def test_nobody_proposes_to_close_by_a_settlement():
    with pytest.raises(ValidationError):
        ProposeClosure(reason=CloseReason.SETTLED, evidence="调解书")


def test_a_crisis_runs_beside_the_case_one_at_a_time():
    crisis = DeclareCrisis(marketing=("市场",), note="微博热搜")
    declared = taken(a_case(), crisis, HANDLER)

    with pytest.raises(Refused, match="crisis_open"):
        taken(declared, crisis, HANDLER)
    ended = taken(declared, EndCrisis(note="平息"), MARKETING)

    assert (declared.state, declared.disputes[0].kind, declared.disputes[0].people) == (State.EXECUTING, DisputeKind.CRISIS, ("市场",))
    assert (ended.disputes[0].ended_at, ended.disputes[0].result) == (MONDAY, "平息")
    with pytest.raises(Refused, match="no_dispute"):
        taken(ended, EndCrisis(note="平息"), MARKETING)


def test_a_crisis_is_not_settled_with_the_dispute():
    case = taken(a_case(), DeclareCrisis(note="热搜"), HANDLER)

    settled = taken(taken(case, COURT, HANDLER), SettleDispute(result="调解", closes=True), HANDLER)

    assert [one.ended_at is None for one in settled.disputes] == [True, False]
    assert taken(settled, EndCrisis(note="平息"), MARKETING).disputes[0].ended_at == MONDAY
