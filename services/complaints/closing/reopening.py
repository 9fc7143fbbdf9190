"""Opening a case again: the customer disagrees, what was put off was not done, or the customer is not content (flows 4.2). Pure.

What was answered, withdrawn or settled before it was filed goes back to where it is judged, and from where it is raised or filed.
"""

from dataclasses import replace

from contracts.complaint_steps.closing import Reopen
from contracts.complaint_words import DeadlineKind, Role, State
from services.complaints.cases.case import Case
from services.complaints.cases.taking import Acting, Doing, Refused, World
from services.complaints.clocks.deadlines import begin, limits_of
from services.complaints.closing.ending import with_closure
from services.complaints.closing.surveys import low_score

REASONS = {
    Role.CUSTOMER: {"customer"},
    Role.AGENT: {"customer", "low_score"},
    Role.HANDLER: {"customer", "low_score", "handler", "follow_up_missed"},
    Role.SYSTEM: {"follow_up_missed"},
}


def reopen(case: Case, form: Reopen, by: Acting, world: World) -> Case:
    """With a new limit: for its end, or, not filed yet, for the next reply. Surveys and calls that wait are not wanted any more.

    Raises Refused.
    """
    _check(case, form, by, world)
    is_filed = case.filed_at is not None
    if case.closure:
        case = with_closure(case, replace(case.closure, follow_up_at=None, survey_at=None))
    case = case.learnt(
        state=State.REOPENED if is_filed else State.RECEIVED,
        reopened_count=case.reopened_count + 1,
        reopenings=(*case.reopenings, world.now),
        closed_at=None,
        close_reason=None,
        reopen_until=None,
        surveys=tuple(replace(one, call_at=None, call_by=None) for one in case.surveys),
    )
    name = "customer" if by.role is Role.CUSTOMER else by.name
    limits = limits_of(world.terms, case.grade)
    if is_filed:
        return begin(case, DeadlineKind.CLOSE, limits.close, name, world)
    return begin(case, DeadlineKind.FIRST_REPLY, limits.first_reply, name, world)


def _check(case: Case, form: Reopen, by: Acting, world: World) -> None:
    if form.reason not in REASONS[by.role]:
        raise Refused("reason", "您的角色不能以此原因重新打开", "This reason is not for your role to give.")
    if form.reason == "customer" and by.role is not Role.HANDLER and (case.reopen_until is None or world.now > case.reopen_until):
        raise Refused("too_late", "已过可重新打开的期限", "It is too late to open it again.")
    if form.reason == "low_score" and not low_score(case):
        raise Refused("no_low_score", "没有低分评价", "No low score was given.")
    missed = case.closure and case.closure.follow_up_at and case.closure.follow_up_at <= world.now
    if form.reason == "follow_up_missed" and not missed:
        raise Refused("not_missed", "没有逾期未落实的事项", "Nothing that was put off was missed.")


DOINGS: dict[str, Doing] = {"reopen": reopen}
