from datetime import date, timedelta

import pytest

from contracts.complaint_steps.closing import AnswerSurveyStep, ApproveClosure, ProposeClosure, Reopen, RequestSurvey
from contracts.complaint_steps.intake import Withdraw
from contracts.complaint_words import CloseReason, DeadlineKind, Grade, State
from services.complaints.cases.doing import DOINGS
from services.complaints.cases.taking import BY_ITSELF, Refused, take
from tests.services.complaints.standing_cases import AGENT, CUSTOMER, DEALER, HANDLER, MONDAY, a_case, a_world, an_id, taken


def closed(**form):
    told = {"reason": CloseReason.NOT_SUPPORTED, "evidence": "政策"}
    proposed = taken(a_case(grade=Grade.MAJOR), ProposeClosure(**{**told, **form}), DEALER)
    return taken(proposed, ApproveClosure(said="谢谢"), HANDLER)


def waiting():
    return closed(reason=CloseReason.ACCEPTED_PENDING, follow_up_on=date(2026, 12, 24))


def after(days):
    return a_world(MONDAY + timedelta(days=days))


def test_the_customer_disagrees_within_so_many_days():
    case = taken(closed(), Reopen(reason="customer", note="又响了"), CUSTOMER, after(15))

    assert (case.state, case.reopened_count, case.closed_at, case.close_reason) == (State.REOPENED, 1, None, None)
    assert case.closure.survey_at is None
    (limit,) = [one for one in case.deadlines if one.kind is DeadlineKind.CLOSE]
    assert (limit.minutes, limit.is_open, limit.started_at) == (2400, True, MONDAY + timedelta(days=15))


@pytest.mark.parametrize("by", [CUSTOMER, AGENT])
def test_later_it_is_too_late(by):
    with pytest.raises(Refused, match="too_late"):
        taken(closed(), Reopen(reason="customer"), by, after(15.001))


def test_the_handler_may_open_it_at_any_time():
    assert taken(closed(), Reopen(reason="handler"), HANDLER, after(100)).state is State.REOPENED


def test_a_missed_follow_up_opens_it():
    case = taken(waiting(), Reopen(reason="follow_up_missed"), BY_ITSELF, after(32))

    assert (case.state, case.closure.follow_up_at) == (State.REOPENED, None)


def test_what_is_not_missed_yet_does_not():
    for case in (waiting(), closed()):
        with pytest.raises(Refused, match="not_missed"):
            taken(case, Reopen(reason="follow_up_missed"), BY_ITSELF, after(31))


def test_a_low_score_lets_the_agent_open_it_and_nothing_else_does():
    asked = taken(closed(), RequestSurvey(survey_id=an_id("s")), BY_ITSELF)
    low = taken(asked, AnswerSurveyStep(survey_id=an_id("s"), by="customer", score=1), CUSTOMER)

    case = taken(low, Reopen(reason="low_score"), AGENT, after(30))

    assert (case.state, case.surveys[0].call_by) == (State.REOPENED, None)
    with pytest.raises(Refused, match="no_low_score"):
        taken(asked, Reopen(reason="low_score"), AGENT)


def test_what_was_never_filed_is_received_again_and_replied_to_in_time():
    withdrawn = take(a_case(State.RECEIVED, filed_at=None, assigned_at=None), Withdraw(), CUSTOMER, a_world(), DOINGS)

    case = take(withdrawn, Reopen(reason="customer"), CUSTOMER, after(1), DOINGS)

    assert (withdrawn.state, case.state) == (State.CLOSED, State.RECEIVED)
    assert [one.kind for one in case.deadlines if one.is_open] == [DeadlineKind.FIRST_REPLY]


def test_a_low_score_of_an_earlier_closing_opens_nothing():
    asked = taken(closed(), RequestSurvey(survey_id=an_id("s")), BY_ITSELF)
    low = taken(asked, AnswerSurveyStep(survey_id=an_id("s"), by="customer", score=1), CUSTOMER)
    executing = taken(low, Reopen(reason="low_score"), AGENT).learnt(state=State.EXECUTING)
    proposed = taken(executing, ProposeClosure(reason=CloseReason.NOT_SUPPORTED, evidence="政策"), DEALER)
    again = taken(proposed, ApproveClosure(said="谢谢"), HANDLER)

    with pytest.raises(Refused, match="no_low_score"):
        taken(again, Reopen(reason="low_score"), AGENT)


@pytest.mark.parametrize(("by", "reason"), [(CUSTOMER, "handler"), (CUSTOMER, "low_score"), (AGENT, "handler"), (BY_ITSELF, "customer")])
def test_each_gives_their_own_reasons(by, reason):
    with pytest.raises(Refused, match=r"^reason$"):
        taken(closed(), Reopen(reason=reason), by)
