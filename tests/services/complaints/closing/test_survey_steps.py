from datetime import UTC, datetime, timedelta

import pytest

from contracts.complaint_steps.closing import AnswerSurveyStep, ApproveClosure, CallBack, ProposeClosure, Reopen, RequestSurvey
from contracts.complaint_words import CloseReason, State
from services.complaints.cases.case import Complainant
from services.complaints.cases.news import open_parts
from services.complaints.cases.taking import BY_ITSELF, Refused
from tests.services.complaints.standing_cases import AGENT, CUSTOMER, DEALER, HANDLER, MONDAY, a_case, an_id, taken

SURVEY = an_id("survey")
TUESDAY_MORNING = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)


def closed(**more):
    proposed = taken(a_case(**more), ProposeClosure(reason=CloseReason.NOT_SUPPORTED, evidence="政策"), DEALER)
    return taken(proposed, ApproveClosure(said="谢谢"), HANDLER)


def asked(**more):
    return taken(closed(**more), RequestSurvey(survey_id=SURVEY), BY_ITSELF)


def to_call():
    return taken(asked(), CallBack(survey_id=SURVEY), BY_ITSELF)


def answer(score, by="customer", comment=""):
    return AnswerSurveyStep(survey_id=SURVEY, by=by, score=score, comment=comment)


def test_the_customer_is_asked_once_for_each_closing():
    case = asked()

    assert (case.surveys[0].closure_id, case.surveys[0].due_at) == (case.closure.closure_id, MONDAY + timedelta(days=3))
    with pytest.raises(Refused, match="no_survey"):
        taken(case, RequestSurvey(survey_id=an_id("second")), BY_ITSELF)


def test_whom_wechat_does_not_reach_is_called_at_once():
    assert asked(complainant=Complainant(name="张三")).surveys[0].call_at == MONDAY


def test_who_does_not_answer_is_called_within_a_working_day():
    case = to_call()

    assert (case.surveys[0].call_at, case.surveys[0].call_by) == (None, TUESDAY_MORNING)
    with pytest.raises(Refused, match="no_call"):
        taken(case, CallBack(survey_id=SURVEY), BY_ITSELF)


@pytest.mark.parametrize("waiting", [asked, to_call])
def test_an_answer_ends_it(waiting):
    case = taken(waiting(), answer(5, comment="很好"), CUSTOMER)

    survey = case.surveys[0]
    assert (case.state, survey.score, survey.comment, survey.answered_by, survey.low) == (State.SURVEYED, 5, "很好", "customer", False)
    assert (survey.call_at, survey.call_by) == (None, None)
    with pytest.raises(Refused, match="answered_already"):
        taken(case, answer(4), CUSTOMER)
    with pytest.raises(Refused, match="no_call"):
        taken(case, CallBack(survey_id=SURVEY), BY_ITSELF)


def test_who_is_called_and_says_nothing_is_not_called_again():
    case = taken(to_call(), answer(None, by="call"), AGENT)

    assert (case.state, case.surveys[0].score, case.surveys[0].low, case.surveys[0].call_by) == (State.SURVEYED, None, False, None)


@pytest.mark.parametrize(("score", "low"), [(1, True), (2, True), (3, False)])
def test_a_low_score_is_followed_up_by_a_call(score, low):
    case = taken(asked(), answer(score, comment="失望"), CUSTOMER)

    assert (case.surveys[0].low, case.surveys[0].call_by) == (low, TUESDAY_MORNING if low else None)


def test_the_call_ends_the_follow_up_and_leaves_the_score():
    low = taken(asked(), answer(1, comment="失望"), CUSTOMER)

    case = taken(low, answer(5, by="call", comment="已道歉"), AGENT)

    survey = case.surveys[0]
    assert (survey.score, survey.comment, survey.call_by, survey.low) == (1, "失望\n已道歉", None, True)
    with pytest.raises(Refused, match="answered_already"):
        taken(case, answer(5, by="call"), AGENT)


def test_each_answers_in_their_own_way():
    for by, form in ((AGENT, answer(5)), (CUSTOMER, answer(5, by="call"))):
        with pytest.raises(Refused, match="not_yours"):
            taken(asked(), form, by)
    with pytest.raises(Refused, match="score_wanted"):
        taken(asked(), answer(None), CUSTOMER)


def test_the_survey_of_an_earlier_closing_is_over():
    again = taken(asked(), Reopen(reason="handler"), HANDLER).learnt(state=State.EXECUTING)
    proposed = taken(again, ProposeClosure(reason=CloseReason.NOT_SUPPORTED, evidence="政策"), DEALER)
    case = taken(proposed, ApproveClosure(said="谢谢"), HANDLER)

    with pytest.raises(Refused, match="no_such_survey"):
        taken(case, answer(5), CUSTOMER)


def test_csc_is_told_of_a_survey_as_long_as_it_waits_for_an_answer_or_a_call():
    def told(case):
        return [(one.id, one.waits) for one in open_parts(case) if one.part == "survey"]

    low = taken(asked(), answer(1), CUSTOMER)
    called = taken(low, AnswerSurveyStep(survey_id=SURVEY, by="call", comment="已道歉"), AGENT)

    assert (told(asked()), told(to_call()), told(low)) == ([(SURVEY, False)], [(SURVEY, True)], [(SURVEY, True)])
    assert (told(called), told(taken(asked(), Reopen(reason="handler"), HANDLER))) == ([], [])
