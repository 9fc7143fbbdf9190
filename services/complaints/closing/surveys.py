"""满意度: asked of the customer after closing, by telephone of those who do not answer; a low score is followed up (A-CMP-31). Pure."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from contracts.complaint_steps.closing import AnswerSurveyStep, CallBack, RequestSurvey
from contracts.complaint_words import Basis, Role, State
from services.complaints.cases.case import Case
from services.complaints.cases.parts import Survey, put
from services.complaints.cases.taking import Acting, Doing, Refused, World
from services.complaints.clocks.calendars import DEFAULT
from services.complaints.closing.ending import with_closure

CALL_WITHIN = 480
"""Minutes of working time: about a day."""


def request_survey(case: Case, form: RequestSurvey, _by: Acting, world: World) -> Case:
    """Once for each closing. Whom WeChat does not reach is called. Raises Refused."""
    closure = case.closure
    if closure is None or closure.survey_at is None:
        raise Refused("no_survey", "该单不做满意度回访", "No survey is wanted.")
    days = world.terms.survey_days if case.complainant.follower_id else 0
    due_at = world.now + timedelta(days=days)
    survey = Survey(form.survey_id, closure.closure_id, requested_at=world.now, due_at=due_at, call_at=due_at)
    return _with(with_closure(case, replace(closure, survey_at=None)), survey)


def call_back(case: Case, form: CallBack, _by: Acting, world: World) -> Case:
    """Nobody answered in time. Raises Refused."""
    survey = _known(case, form.survey_id)
    if survey.call_at is None:
        raise Refused("no_call", "无需电话回访", "No call is wanted.")
    return _with(case, replace(survey, call_at=None, call_by=_call_by(world)))


def answer_survey(case: Case, form: AnswerSurveyStep, by: Acting, world: World) -> Case:
    """By the customer once; by a call where one is wanted still. A low score wants one, and that one ends it. Raises Refused."""
    if (form.by == "customer") is not (by.role is Role.CUSTOMER):
        raise Refused("not_yours", "您的角色不能这样回答", "Your role does not answer in this way.")
    if form.by == "customer" and form.score is None:
        raise Refused("score_wanted", "请打分", "A score is wanted.")
    survey = _known(case, form.survey_id)
    if survey.answered_at is None:
        return _with(case, _answered(survey, form, world)).learnt(state=State.SURVEYED)
    if form.by == "customer" or survey.call_by is None:
        raise Refused("answered_already", "已经回访过", "It was answered already.")
    said = "\n".join(part for part in (survey.comment, form.comment) if part)
    return _with(case, replace(survey, call_by=None, comment=said)).learnt(state=State.SURVEYED)


def _answered(survey: Survey, form: AnswerSurveyStep, world: World) -> Survey:
    low = form.score is not None and form.score <= world.terms.low_score
    return replace(
        survey,
        score=form.score,
        comment=form.comment,
        answered_at=world.now,
        answered_by=form.by,
        call_at=None,
        call_by=_call_by(world) if low else None,
        low=low,
    )


def _call_by(world: World) -> datetime:
    return world.calendars.after(DEFAULT, Basis.WORKING, world.now, CALL_WITHIN)


def unanswered(case: Case) -> Survey | None:
    """What the customer is asked about the last closing, and has not said."""
    return next((one for one in case.surveys if _is_of_last_closing(case, one) and one.answered_at is None), None)


def waiting(case: Case) -> Survey | None:
    """Of a case that is closed: what the customer is asked, or a call is to settle, just now."""
    return None if case.is_open else unanswered(case) or to_answer_by_call(case)


def low_score(case: Case) -> bool:
    """Whether the customer is not content with the last closing."""
    return any(one.low for one in case.surveys if _is_of_last_closing(case, one))


def to_answer_by_call(case: Case) -> Survey | None:
    """What a call may settle: not answered yet, or answered so that it is followed up."""
    return next((one for one in case.surveys if _is_of_last_closing(case, one) and (one.answered_at is None or one.call_by)), None)


def _is_of_last_closing(case: Case, survey: Survey) -> bool:
    return case.closure is not None and survey.closure_id == case.closure.closure_id


def _known(case: Case, survey_id: UUID) -> Survey:
    """Of the last closing."""
    found = next((one for one in case.surveys if one.survey_id == survey_id), None)
    if found is None or not _is_of_last_closing(case, found):
        raise Refused("no_such_survey", "没有这次回访", "There is no such survey.")
    return found


def _with(case: Case, survey: Survey) -> Case:
    return case.learnt(surveys=put(case.surveys, survey, "survey_id"))


DOINGS: dict[str, Doing] = {"request_survey": request_survey, "call_back": call_back, "answer_survey": answer_survey}
