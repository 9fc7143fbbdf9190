from datetime import UTC, date, datetime, timedelta

import pytest

from contracts.complaint_steps.beside import DeclareCrisis, DraftEscalation, Escalate, StartVrt
from contracts.complaint_steps.closing import ApproveClosure, FollowedUp, ProposeClosure, RefuseClosure
from contracts.complaint_steps.handling import AuthorisePlan, CarryOut, SubmitPlan
from contracts.complaint_words import CloseReason, DeadlineKind, State, Trigger, VrtKind
from services.complaints.cases.taking import BY_ITSELF, Refused
from services.complaints.clocks.deadlines import begin
from services.complaints.closing.closures import withdrawn
from tests.services.complaints.standing_cases import DEALER, HANDLER, MONDAY, a_case, a_world, an_id, taken

REFUSED_BY_POLICY = ProposeClosure(reason=CloseReason.NOT_SUPPORTED, evidence="保修政策第 3 条")
WAITS = ProposeClosure(reason=CloseReason.ACCEPTED_PENDING, evidence="零件下月到货", follow_up_on=date(2026, 12, 24))


def proposed(form=REFUSED_BY_POLICY, case=None):
    return taken(case or a_case(), form, DEALER)


def closed(form=REFUSED_BY_POLICY, case=None):
    return taken(proposed(form, case), ApproveClosure(said="感谢您的理解"), HANDLER)


def test_closing_is_proposed_with_reason_and_evidence():
    case = proposed()

    assert case.state is State.CLOSURE_PROPOSED
    assert (case.closure.reason, case.closure.evidence, case.closure.proposed_by) == (
        CloseReason.NOT_SUPPORTED,
        "保修政策第 3 条",
        DEALER.name,
    )


def test_nobody_is_satisfied_before_the_customer_accepts_what_was_carried_out():
    satisfied = ProposeClosure(reason=CloseReason.SATISFIED, evidence="签字")
    planned = taken(a_case(State.PLANNING), SubmitPlan(content="维修"), DEALER)
    executing = taken(planned, AuthorisePlan(), HANDLER)

    for case in (a_case(), executing, taken(executing, CarryOut(accepted=False), DEALER)):
        with pytest.raises(Refused, match="not_carried_out"):
            proposed(satisfied, case)
    assert proposed(satisfied, taken(executing, CarryOut(accepted=True), DEALER)).state is State.CLOSURE_PROPOSED


@pytest.mark.parametrize(
    ("reason", "day"),
    [(CloseReason.ACCEPTED_PENDING, None), (CloseReason.NOT_SUPPORTED, date(2026, 12, 24))],
)
def test_a_day_to_follow_up_is_given_where_the_plan_waits_and_only_there(reason, day):
    with pytest.raises(Refused, match=r"^follow_up$"):
        proposed(ProposeClosure(reason=reason, evidence="零件", follow_up_on=day))


@pytest.mark.parametrize("day", [date(2026, 11, 23), date(2027, 12, 1)])
def test_a_day_to_follow_up_is_after_today_and_within_a_year(day):
    with pytest.raises(Refused, match="follow_up_day"):
        proposed(ProposeClosure(reason=CloseReason.ACCEPTED_PENDING, evidence="零件", follow_up_on=day))


def test_the_handler_closes_and_the_limit_is_met():
    limited = begin(a_case(), DeadlineKind.CLOSE, 480, "li", a_world())
    limited = begin(limited, DeadlineKind.CUSTOM, 480, "li", a_world(), label="回信")

    case = closed(case=limited)

    assert (case.state, case.close_reason, case.closed_at) == (State.CLOSED, CloseReason.NOT_SUPPORTED, MONDAY)
    assert case.reopen_until == MONDAY + timedelta(days=15)
    assert case.closure.survey_at == MONDAY + timedelta(hours=24)
    assert (case.closure.approved, case.closure.decided_by) == (True, HANDLER.name)
    assert [(one.met_at, one.dropped_at) for one in case.deadlines] == [(MONDAY, None), (None, MONDAY)]


def test_what_nobody_finished_ends_with_the_case():
    start = StartVrt(kind=VrtKind.OTHER, lead="周", minutes=60, question="？")
    case = taken(a_case(), start, HANDLER)
    case = taken(case, DraftEscalation(escalation_id=an_id("e"), trigger=Trigger.PLAN_LATE), BY_ITSELF)
    case = taken(case, Escalate(trigger=Trigger.OVERDUE, note="急"), HANDLER)

    after = closed(case=case)

    assert (after.vrts[0].ended_at, after.vrts[0].result) == (MONDAY, None)
    assert not any(one.is_draft or one.waits for one in after.escalations)
    assert not any(one.is_open for one in after.deadlines)


def test_what_is_refused_is_carried_on_and_may_be_proposed_again():
    case = taken(proposed(), RefuseClosure(reason="证据不足"), HANDLER)

    again = proposed(case=case)

    assert (case.state, case.closure.approved, case.closure.note) == (State.EXECUTING, False, "证据不足")
    assert [one.closure_no for one in again.closures] == [1, 2]


def test_what_is_put_off_counts_as_missed_when_its_day_is_over_in_shanghai():
    case = closed(WAITS)

    assert case.closure.follow_up_at == datetime(2026, 12, 24, 16, 0, tzinfo=UTC)


def test_what_was_put_off_is_done():
    case = taken(closed(WAITS), FollowedUp(note="已更换"), DEALER)

    assert (case.state, case.closure.followed_up_at, case.closure.follow_up_at) == (State.CLOSED, MONDAY, None)
    assert (closed(WAITS).closure.survey_at, case.closure.survey_at) == (None, MONDAY + timedelta(hours=24))
    for other in (case, closed()):
        with pytest.raises(Refused, match="no_follow_up"):
            taken(other, FollowedUp(note="已更换"), DEALER)


def test_while_a_crisis_runs_no_machine_asks_how_content_the_customer_is():
    in_crisis = taken(a_case(), DeclareCrisis(note="热搜"), HANDLER)

    assert closed(case=in_crisis).closure.survey_at is None
    assert taken(closed(WAITS, in_crisis), FollowedUp(note="已更换"), DEALER).closure.survey_at is None


def test_taken_back_before_it_is_assigned_a_case_is_closed_and_nobody_is_asked():
    case = withdrawn(a_case(State.FILED, assigned_at=None), "误会", "张三", a_world())

    assert (case.state, case.close_reason, case.closure.evidence) == (State.CLOSED, CloseReason.WITHDRAWN, "误会")
    assert case.closure.survey_at is None


def test_taken_back_later_the_handler_says_whether_it_ends():
    case = withdrawn(a_case(State.ACCEPTED), "", "张三", a_world())

    assert case.state is State.CLOSURE_PROPOSED
    assert taken(case, RefuseClosure(reason="客户被施压"), HANDLER).state is State.ACCEPTED
    assert taken(case, ApproveClosure(said="再见"), HANDLER).close_reason is CloseReason.WITHDRAWN


def test_taken_back_while_closing_is_proposed_that_proposal_gives_way():
    case = withdrawn(proposed(), "好了", "张三", a_world())

    assert [(one.approved, one.reason) for one in case.closures] == [(False, CloseReason.NOT_SUPPORTED), (None, CloseReason.WITHDRAWN)]
    assert taken(case, RefuseClosure(reason="未实施"), HANDLER).state is State.EXECUTING
