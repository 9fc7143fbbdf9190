"""The next steps that somebody may take in a case: by the table, and without those that it could only refuse. Pure."""

from collections.abc import Callable, Mapping

from contracts.complaint_words import CloseReason, DeadlineKind, Kind, Role, State
from services.complaints.cases.case import Case
from services.complaints.cases.steps import TABLE, leads
from services.complaints.cases.taking import Acting, is_theirs
from services.complaints.closing.surveys import to_answer_by_call, unanswered
from services.complaints.support.authority import HANDLERS_LEVEL
from services.complaints.support.vrts import may_conclude, may_form

Test = Callable[[Case, Acting], bool]


def allowed(case: Case, by: Acting) -> tuple[str, ...]:
    """In the order of the table. What a step asks for may still be refused."""
    return tuple(
        step.name
        for step in TABLE
        if by.role in step.roles(case.kind)
        and leads(step, case.state)
        and is_theirs(step.name, case, by)
        and (step.name not in _ONLY_IF or _ONLY_IF[step.name](case, by))
    )


def _is_grievance(case: Case, _by: Acting) -> bool:
    return case.kind is Kind.GRIEVANCE


def _is_complaint(case: Case, _by: Acting) -> bool:
    return case.kind is Kind.COMPLAINT


def _replies(case: Case, by: Acting) -> bool:
    return bool(case.source_dealer) is (by.role is Role.DEALER)


def _may_authorise(case: Case, by: Acting) -> bool:
    level = HANDLERS_LEVEL if by.role is Role.HANDLER else by.level
    return case.plan is not None and level >= case.plan.level


def _is_linked(case: Case, _by: Acting) -> bool:
    return bool(case.linked)


def _is_matched(case: Case, _by: Acting) -> bool:
    return case.complainant.matched


def _not_taken_back(case: Case, _by: Acting) -> bool:
    return not (case.state is State.CLOSURE_PROPOSED and case.closure is not None and case.closure.reason is CloseReason.WITHDRAWN)


def _may_form_a_vrt(case: Case, by: Acting) -> bool:
    return any(vrt.ended_at is None and may_form(vrt, by) for vrt in case.vrts)


def _may_conclude_a_vrt(case: Case, by: Acting) -> bool:
    return any(vrt.ended_at is None and may_conclude(vrt, by) for vrt in case.vrts)


def _no_vrt_at_work(case: Case, _by: Acting) -> bool:
    return all(vrt.ended_at is not None for vrt in case.vrts)


def _waits_for_level(case: Case, by: Acting) -> bool:
    return any(one.waits and one.level <= by.level for one in case.escalations)


def _has_draft(case: Case, _by: Acting) -> bool:
    return any(one.is_draft for one in case.escalations)


def _runs(case: Case, _by: Acting) -> bool:
    return any(one.is_open and not one.stands_still for one in case.deadlines)


def _stands_still(case: Case, _by: Acting) -> bool:
    return any(one.is_open and one.stands_still for one in case.deadlines)


def _has_custom(case: Case, _by: Acting) -> bool:
    return any(one.is_open and one.kind is DeadlineKind.CUSTOM for one in case.deadlines)


def _is_put_off(case: Case, _by: Acting) -> bool:
    return case.closure is not None and case.closure.follow_up_at is not None


def _is_asked(case: Case, by: Acting) -> bool:
    return (unanswered if by.role is Role.CUSTOMER else to_answer_by_call)(case) is not None


def _in_crisis(case: Case, _by: Acting) -> bool:
    return case.in_crisis


def _not_in_crisis(case: Case, _by: Acting) -> bool:
    return not case.in_crisis


_ONLY_IF: Mapping[str, Test] = {
    "reply_invalid": _replies,
    "solve_directly": _is_grievance,
    "raise_to_complaint": _is_grievance,
    "file": _is_complaint,
    "submit_plan": _no_vrt_at_work,
    "authorise_plan": _may_authorise,
    "withdraw": _not_taken_back,
    "unlink": _is_linked,
    "unmatch": _is_matched,
    "followed_up": _is_put_off,
    "answer_survey": _is_asked,
    "set_vrt_members": _may_form_a_vrt,
    "conclude_vrt": _may_conclude_a_vrt,
    "drop_escalation": _has_draft,
    "decide_escalation": _waits_for_level,
    "pause": _runs,
    "resume": _stands_still,
    "meet_deadline": _has_custom,
    "drop_deadline": _has_custom,
    "declare_crisis": _not_in_crisis,
    "end_crisis": _in_crisis,
}
