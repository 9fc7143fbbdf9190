"""Filing and assigning a case, the dealer's plan and what is done by it (A-CMP-06, 07, 16, 17, 36)."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from contracts.complaint_steps.form import Form, Minutes, Money, Text
from contracts.complaint_words import Basis, CaseType, Grade
from contracts.personal import ComplaintText


class FileCase(Form):
    """建档, 分类, 分级, and the limits (A-CMP-06, 36). A limit that is not given is the grade's."""

    step: Literal["file"] = "file"
    type: CaseType
    subtypes: Annotated[tuple[Annotated[str, Field(min_length=1, max_length=32)], ...], Field(max_length=10)] = ()
    grade: Grade
    safety: bool = False
    media: bool = False
    institution: bool = False
    close_minutes: Minutes | None = None
    plan_minutes: Minutes | None = None
    basis: Basis = Basis.WORKING


class Reclassify(Form):
    step: Literal["reclassify"] = "reclassify"
    type: CaseType
    subtypes: Annotated[tuple[Annotated[str, Field(min_length=1, max_length=32)], ...], Field(max_length=10)] = ()
    grade: Grade
    safety: bool = False
    media: bool = False
    institution: bool = False
    reason: Text


class Assign(Form):
    """To the region and the dealer (A-CMP-07)."""

    step: Literal["assign"] = "assign"
    region_code: Annotated[str, Field(min_length=1, max_length=32)]
    dealer_code: Annotated[str, Field(min_length=1, max_length=32)]
    note: ComplaintText = ""


class Accept(Form):
    step: Literal["accept"] = "accept"
    said: ComplaintText = ""


class Return(Form):
    """The dealer says that it is not theirs."""

    step: Literal["return"] = "return"
    reason: Text


class StartPlanning(Form):
    step: Literal["start_planning"] = "start_planning"


class SubmitPlan(Form):
    """投诉处理方案 (A-CMP-16), with what it costs."""

    step: Literal["submit_plan"] = "submit_plan"
    content: Text
    fee: Money = Decimal(0)


class AuthorisePlan(Form):
    """By the handler within their own authority, else by a leader of the level that the fee asks for (A-CMP-24..26)."""

    step: Literal["authorise_plan"] = "authorise_plan"
    note: ComplaintText = ""


class SendBackPlan(Form):
    step: Literal["send_back_plan"] = "send_back_plan"
    reason: Text


class CarryOut(Form):
    """The plan is carried out; what the customer says of it."""

    step: Literal["carry_out"] = "carry_out"
    accepted: bool
    note: ComplaintText = ""
