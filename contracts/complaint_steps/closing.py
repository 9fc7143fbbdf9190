"""Closing a case, opening it again, asking the customer (A-CMP-27..31)."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from contracts.complaint_steps.form import Form, OneOfFour, Text
from contracts.personal import ComplaintText


class ProposeClosure(Form):
    """One of four reasons, with evidence (A-CMP-27..30). Where the plan waits, the day on which it is looked at again."""

    step: Literal["propose_closure"] = "propose_closure"
    reason: OneOfFour
    evidence: Text
    files: Annotated[tuple[UUID, ...], Field(max_length=20)] = ()
    follow_up_on: date | None = Field(default=None, description="Wanted for accepted_pending, and for it alone.")


class ApproveClosure(Form):
    step: Literal["approve_closure"] = "approve_closure"
    said: Text


class RefuseClosure(Form):
    step: Literal["refuse_closure"] = "refuse_closure"
    reason: Text


class FollowedUp(Form):
    """What was put off is done (A-CMP-29)."""

    step: Literal["followed_up"] = "followed_up"
    note: Text


class Reopen(Form):
    """The customer disagrees within so many days, or what was put off is not done."""

    step: Literal["reopen"] = "reopen"
    reason: Literal["customer", "follow_up_missed", "low_score", "handler"]
    note: ComplaintText = ""


class RequestSurvey(Form):
    """By the system, after closing (A-CMP-31)."""

    step: Literal["request_survey"] = "request_survey"
    survey_id: UUID


class CallBack(Form):
    """Nobody answered in time: the agent calls."""

    step: Literal["call_back"] = "call_back"
    survey_id: UUID


class AnswerSurveyStep(Form):
    step: Literal["answer_survey"] = "answer_survey"
    survey_id: UUID
    by: Literal["customer", "call"]
    score: int | None = Field(default=None, ge=1, le=5, description="None: called, and not answered or not wanted.")
    comment: ComplaintText = ""
