"""What is told of a step: the news of where the case stands, and the record that CSC keeps of it (flows 4.4, A-GEN-03). No I/O."""

from datetime import datetime

from contracts.complaint_exchange import OpenPart, RecordComplaintStep
from contracts.complaint_steps.form import Form
from contracts.complaint_words import DeadlineKind
from contracts.complaints import ComplaintNews
from services.complaints.cases.case import Case
from services.complaints.cases.steps import STEPS
from services.complaints.cases.taking import Acting, step_of
from services.complaints.closing.surveys import unanswered, waiting


def news_of(after: Case, form: Form, now: datetime) -> ComplaintNews:
    """Of the class that the table names for the step. What is said is the form's own `said`, and nothing else of it."""
    step = step_of(form)
    who, survey = after.complainant, unanswered(after)
    return STEPS[step].tells(
        complaint_id=after.complaint_id,
        version=after.version,
        step=step,
        number=after.number,
        kind=after.kind,
        channel=after.channel,
        state=after.state,
        shown=after.shown,
        type=after.type,
        grade=after.grade,
        region_code=after.region_code,
        dealer_code=after.dealer_code,
        account=who.account,
        follower_id=who.follower_id,
        vehicle_id=who.vehicle_id,
        customer_id=who.customer_id,
        mobile=who.mobile or None,
        said=getattr(form, "said", ""),
        expected_at=expected_at(after),
        close_reason=after.close_reason,
        reopen_until=after.reopen_until,
        reopened_count=after.reopened_count,
        survey_id=survey.survey_id if survey and not after.is_open else None,
        at=now,
    )


def expected_at(case: Case) -> datetime | None:
    """By when the customer may expect the next word, or the end; None: nothing is promised, or it stands still."""
    promised = {
        one.kind: one.due_at
        for one in case.deadlines
        if one.is_open and not one.stands_still and one.kind in (DeadlineKind.FIRST_REPLY, DeadlineKind.CLOSE)
    }
    return promised.get(DeadlineKind.FIRST_REPLY) or promised.get(DeadlineKind.CLOSE)


def record_of(after: Case, form: Form, by: Acting, now: datetime) -> RecordComplaintStep:
    """For CSC: every step, those that CSC asked for as well."""
    who = after.complainant
    return RecordComplaintStep(
        complaint_id=after.complaint_id,
        version=after.version,
        number=after.number,
        step=step_of(form),
        form=form.model_dump_json(),
        by=by.name,
        role=by.role,
        kind=after.kind,
        channel=after.channel,
        state=after.state,
        type=after.type,
        grade=after.grade,
        region_code=after.region_code,
        dealer_code=after.dealer_code,
        customer_id=who.customer_id,
        vin=who.vin or None,
        plate=who.plate or None,
        name=who.name or None,
        mobile=who.mobile or None,
        text=after.text,
        demand=after.demand,
        parts=open_parts(after),
        at=now,
    )


def open_parts(case: Case) -> tuple[OpenPart, ...]:
    """What CSC's own steps may name."""
    limits = (
        OpenPart(part="deadline", id=one.deadline_id, name=one.label or one.kind.value, due_at=one.due_at, waits=one.stands_still)
        for one in case.deadlines
        if one.is_open
    )
    groups = (OpenPart(part="vrt", id=one.vrt_id, name=one.kind.value) for one in case.vrts if one.ended_at is None)
    raised = (
        OpenPart(part="escalation", id=one.escalation_id, name=one.trigger.value, waits=one.waits)
        for one in case.escalations
        if one.is_draft or one.waits
    )
    survey = waiting(case)
    asked = (
        [OpenPart(part="survey", id=survey.survey_id, due_at=survey.call_by or survey.due_at, waits=survey.call_by is not None)]
        if survey
        else []
    )
    return (*limits, *groups, *raised, *asked)
