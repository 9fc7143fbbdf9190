"""Closing by one of four reasons with evidence, approved by the handler; what was put off is followed up (A-CMP-27..30). Pure."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid5

from contracts.complaint_steps.closing import ApproveClosure, FollowedUp, ProposeClosure, RefuseClosure
from contracts.complaint_words import CloseReason, DeadlineKind, State
from services.complaints.cases.case import Case
from services.complaints.cases.parts import Closure
from services.complaints.cases.taking import Acting, Doing, Refused, World
from services.complaints.clocks.deadlines import meet
from services.complaints.closing.ending import ended, undone, with_closure
from services.complaints.days import BUSINESS_ZONE, day_of

FARTHEST_FOLLOW_UP = timedelta(days=366)
WITHDRAWN = "客户撤诉 / Withdrawn by the customer"


def propose_closure(case: Case, form: ProposeClosure, by: Acting, world: World) -> Case:
    """Satisfied is who accepts what was carried out; what is put off has its day (A-CMP-28, 29). Raises Refused."""
    if form.reason is CloseReason.SATISFIED and not (case.plan and case.plan.customer_accepts):
        raise Refused(
            "not_carried_out", "请先登记方案已实施且客户认可", "First say that the plan is carried out and that the customer accepts it."
        )
    _check_follow_up(form.reason, form.follow_up_on, day_of(world.now))
    return proposed(case, form.reason, form.evidence, by.name, world, files=form.files, follow_up_on=form.follow_up_on)


def approve_closure(case: Case, _form: ApproveClosure, by: Acting, world: World) -> Case:
    return approved(case, by.name, world, survey=True)


def refuse_closure(case: Case, form: RefuseClosure, by: Acting, world: World) -> Case:
    """It stands where it stood when it was proposed. Raises Refused."""
    came_from = _proposal(case).came_from
    return undone(case, by.name, world, form.reason).learnt(state=came_from)


def followed_up(case: Case, _form: FollowedUp, _by: Acting, world: World) -> Case:
    """What was put off is done (A-CMP-29): now the customer can say how content they are. Raises Refused."""
    closure = case.closure
    if closure is None or closure.follow_up_at is None:
        raise Refused("no_follow_up", "没有待落实的事项", "Nothing was put off.")
    return with_closure(case, replace(closure, followed_up_at=world.now, follow_up_at=None, survey_at=_survey_at(case, world)))


def withdrawn(case: Case, reason: str, by: str, world: World) -> Case:
    """The customer takes it back: before it is assigned that ends it, and no survey follows; later the handler approves (A-CMP-27)."""
    case = proposed(case, CloseReason.WITHDRAWN, reason or WITHDRAWN, by, world)
    return case if case.assigned_at else approved(case, by, world, survey=False)


def closed_with_dispute(case: Case, result: str, by: str, world: World, *, survey: bool) -> Case:
    """By what was decided there, which nobody approves (A-CMP-32)."""
    return approved(proposed(case, CloseReason.SETTLED, result, by, world), by, world, survey=survey)


def proposed(
    case: Case,
    reason: CloseReason,
    evidence: str,
    by: str,
    world: World,
    *,
    files: tuple[UUID, ...] = (),
    follow_up_on: date | None = None,
) -> Case:
    """One that waits gives way to it."""
    came_from = case.closure.came_from if case.state is State.CLOSURE_PROPOSED and case.closure else case.state
    number = len(case.closures) + 1
    closure = Closure(
        closure_id=uuid5(case.complaint_id, f"closure {number}"),
        closure_no=number,
        reason=reason,
        evidence=evidence,
        files=files,
        proposed_by=by,
        proposed_at=world.now,
        came_from=came_from,
        follow_up_on=follow_up_on,
    )
    return with_closure(undone(case, by, world), closure).learnt(state=State.CLOSURE_PROPOSED)


def approved(case: Case, by: str, world: World, *, survey: bool) -> Case:
    proposal = _proposal(case)
    closure = replace(
        proposal,
        approved=True,
        decided_by=by,
        decided_at=world.now,
        follow_up_at=_missed_at(proposal.follow_up_on) if proposal.follow_up_on else None,
        survey_at=_survey_at(case, world) if survey and proposal.follow_up_on is None else None,
    )
    met = meet(with_closure(case, closure), DeadlineKind.CLOSE, world)
    return ended(met, State.CLOSED, by, world).learnt(close_reason=closure.reason)


def _proposal(case: Case) -> Closure:
    if case.closure is None or case.closure.approved is not None:
        raise Refused("no_proposal", "没有待审核的关闭申请", "No proposal to close waits.")
    return case.closure


def _check_follow_up(reason: CloseReason, day: date | None, today: date) -> None:
    if (day is not None) is not (reason is CloseReason.ACCEPTED_PENDING):
        raise Refused(
            "follow_up", "“方案暂未实施”须填写落实日期，其他原因不填", "A day to follow up is given where the plan waits, and only there."
        )
    if day is not None and not today < day <= today + FARTHEST_FOLLOW_UP:
        raise Refused("follow_up_day", "落实日期应在明天至一年之内", "The day to follow up is after today and within a year.")


def _survey_at(case: Case, world: World) -> datetime | None:
    """None: while a crisis runs people speak with the customer, and no machine asks."""
    return None if case.in_crisis else world.now + timedelta(hours=world.terms.survey_after_hours)


def _missed_at(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, BUSINESS_ZONE)


DOINGS: dict[str, Doing] = {
    "propose_closure": propose_closure,
    "approve_closure": approve_closure,
    "refuse_closure": refuse_closure,
    "followed_up": followed_up,
}
