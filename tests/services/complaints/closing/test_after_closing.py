from datetime import timedelta

import pytest

from contracts.complaining import CaseQuery
from contracts.complaint_steps.closing import AnswerSurveyStep, FollowedUp, Reopen
from contracts.complaint_words import State
from contracts.complaints import ComplaintClosed, ComplaintReopened, ComplaintSurveyRequested
from services.complaints.cases.allowed import allowed
from services.complaints.cases.queue import page
from services.complaints.closing import falling_due
from tests.services.complaints.cases.case_worlds import AGENT, DEALER, HANDLER, Desk
from tests.services.complaints.closing.closings import CUSTOMER, close_again, closed, look, pending


def asked(desk):
    return [one for one in desk.house.told() if isinstance(one, ComplaintSurveyRequested)]


def test_a_day_after_closing_the_customer_is_asked_once(desk):
    complaint_id = closed(desk)

    look(desk)
    too_early = asked(desk)
    desk.wait(hours=24)
    look(desk)
    look(desk)

    (survey,) = desk.case(complaint_id).surveys
    assert too_early == []
    assert [(one.complaint_id, one.survey_id, one.follower_id) for one in asked(desk)] == [
        (complaint_id, survey.survey_id, desk.case(complaint_id).complainant.follower_id)
    ]


def test_who_does_not_answer_in_time_is_to_be_called(desk):
    complaint_id = closed(desk)
    desk.wait(hours=24)
    look(desk)

    desk.wait(days=2, hours=23)
    look(desk)
    waiting = desk.case(complaint_id).surveys[0]
    desk.wait(hours=1)
    look(desk)
    version = desk.case(complaint_id).version
    look(desk)

    called = desk.case(complaint_id).surveys[0]
    assert waiting.call_by is None
    assert called.call_by > desk.now
    assert desk.case(complaint_id).version == version


def test_who_answered_is_not_called(desk):
    complaint_id = closed(desk)
    desk.wait(hours=24)
    look(desk)
    survey_id = desk.case(complaint_id).surveys[0].survey_id
    desk.take(complaint_id, CUSTOMER, AnswerSurveyStep(survey_id=survey_id, by="customer", score=4))

    desk.wait(days=10)
    look(desk)

    assert (desk.case(complaint_id).state, desk.case(complaint_id).surveys[0].call_by) == (State.SURVEYED, None)


def test_who_has_no_wechat_is_called_with_the_next_look(desk):
    complaint_id = desk.filed()
    close_again(desk, complaint_id)
    desk.wait(hours=24)

    look(desk)
    look(desk)

    assert desk.case(complaint_id).surveys[0].call_by is not None


def test_a_case_that_was_opened_again_is_not_asked_about_until_it_is_closed_again(desk):
    complaint_id = closed(desk)
    desk.take(complaint_id, HANDLER, Reopen(reason="handler"))
    desk.wait(hours=30)
    look(desk)
    nothing = desk.case(complaint_id).surveys

    close_again(desk, complaint_id)
    desk.wait(hours=24)
    look(desk)

    (survey,) = desk.case(complaint_id).surveys
    assert nothing == ()
    assert survey.closure_id == desk.case(complaint_id).closures[1].closure_id


def test_what_was_put_off_and_not_done_opens_the_case_when_its_day_is_over(desk):
    complaint_id = pending(desk)

    desk.service.now.at = desk.case(complaint_id).closure.follow_up_at - timedelta(milliseconds=1)
    look(desk)
    still = desk.case(complaint_id).state
    desk.wait(milliseconds=1)
    look(desk)
    look(desk)

    case = desk.case(complaint_id)
    assert still in (State.CLOSED, State.SURVEYED)
    assert (case.state, case.reopened_count) == (State.REOPENED, 1)
    assert len([one for one in desk.house.told() if isinstance(one, ComplaintReopened)]) == 1


def test_what_was_done_in_time_stays_closed_and_then_the_customer_is_asked(desk):
    complaint_id = pending(desk)
    desk.wait(days=2)
    look(desk)
    before = desk.case(complaint_id).surveys
    desk.take(complaint_id, DEALER, FollowedUp(note="已换件"))

    desk.wait(days=300)
    look(desk)

    assert before == ()
    assert (desk.case(complaint_id).state, len(desk.case(complaint_id).surveys)) == (State.CLOSED, 1)


def test_the_follow_up_of_an_earlier_closing_opens_nothing(desk):
    complaint_id = pending(desk)
    desk.take(complaint_id, AGENT, Reopen(reason="customer"))
    close_again(desk, complaint_id)

    desk.wait(days=300)
    look(desk)

    assert desk.case(complaint_id).state is State.CLOSED


@pytest.mark.parametrize("turn", [falling_due.ask, falling_due.call, falling_due.reopen_missed])
def test_when_nothing_is_due_there_is_nothing_more_to_do(desk, turn):
    assert turn(desk.house.database, desk.service.terms, desk.now) is False


def test_what_was_missed_while_nothing_ran_is_caught_up_with(tmp_path):
    desk = Desk(tmp_path / "complaints.db")
    put_off, done = [pending(desk) for _ in range(2)], [closed(desk) for _ in range(2)]
    desk.wait(days=60)

    look(desk)

    assert [desk.case(one).state for one in put_off] == [State.REOPENED] * 2
    assert [len(desk.case(one).surveys) for one in done] == [1] * 2


def queue(desk, name, by):
    with desk.house.database.read() as connection:
        return [place.complaint_id for place in page(connection, CaseQuery(queue=name), by, desk.now, None, most=10)]


def test_who_is_to_be_called_is_in_the_list_of_calls_until_the_call(desk):
    complaint_id = closed(desk)
    desk.wait(hours=24)
    look(desk)
    survey_id = desk.case(complaint_id).surveys[0].survey_id

    asked_only = queue(desk, "call_backs", AGENT)
    desk.take(complaint_id, CUSTOMER, AnswerSurveyStep(survey_id=survey_id, by="customer", score=1))
    low = queue(desk, "call_backs", AGENT), allowed(desk.case(complaint_id), AGENT)
    desk.take(complaint_id, AGENT, AnswerSurveyStep(survey_id=survey_id, by="call", comment="已道歉"))

    assert asked_only == []
    assert low[0] == [complaint_id]
    assert "answer_survey" in low[1]
    assert queue(desk, "call_backs", AGENT) == []
    assert "answer_survey" not in allowed(desk.case(complaint_id), AGENT)


def test_the_news_of_a_case_that_is_closed_again_do_not_name_the_survey_of_the_first_closing(desk):
    complaint_id = closed(desk)
    desk.wait(hours=24)
    look(desk)
    desk.take(complaint_id, HANDLER, Reopen(reason="handler"))

    desk.house.told()
    close_again(desk, complaint_id)

    (again,) = [one for one in desk.house.told() if isinstance(one, ComplaintClosed)]
    assert again.survey_id is None


def test_what_was_put_off_comes_to_dealer_and_handler_a_week_before_its_day(desk):
    complaint_id = pending(desk)

    desk.service.now.at = desk.case(complaint_id).closure.follow_up_at - timedelta(days=7, milliseconds=1)
    before = queue(desk, "mine", DEALER), queue(desk, "mine", HANDLER)
    desk.wait(milliseconds=1)

    assert before == ([], [])
    assert (queue(desk, "mine", DEALER), queue(desk, "mine", HANDLER)) == ([complaint_id], [complaint_id])
