"""Judging what came in: valid or not, answered, solved, or raised to a complaint (A-CMP-01..05). Pure."""

from collections.abc import Mapping

from contracts.complaint_steps.intake import JudgeInvalid, RaiseToComplaint, ReplyInvalid, SolveDirectly
from contracts.complaint_words import DeadlineKind, Kind, Role, State
from services.complaints.cases.case import Case
from services.complaints.cases.contacts import first_replied
from services.complaints.cases.taking import Acting, Doing, Refused, World
from services.complaints.clocks.deadlines import meet
from services.complaints.closing.ending import ended


def judge_invalid(case: Case, _form: JudgeInvalid, by: Acting, _world: World) -> Case:
    return _with_handler(case, by).learnt(state=State.INVALID)


def reply_invalid(case: Case, _form: ReplyInvalid, by: Acting, world: World) -> Case:
    """What came through a dealer is answered by that dealer, all else by the agent (A-CMP-05). Raises Refused."""
    if case.source_dealer and by.role is not Role.DEALER:
        raise Refused("through_dealer", "由转来的经销商答复客户", "It came through a dealer, who replies.")
    if not case.source_dealer and by.role is not Role.AGENT:
        raise Refused("through_agent", "由客服专员答复客户", "The agent replies.")
    return _answered(case, State.CLOSED_INVALID, by, world)


def solve_directly(case: Case, _form: SolveDirectly, by: Acting, world: World) -> Case:
    """A grievance is solved where it was taken in (A-CMP-03). Raises Refused."""
    if case.kind is not Kind.GRIEVANCE:
        raise Refused("complaint", "投诉须由投诉处理专员建档处理", "A complaint is filed by the complaint handler.")
    return _answered(_with_handler(case, by), State.SOLVED_DIRECT, by, world)


def raise_to_complaint(case: Case, _form: RaiseToComplaint, _by: Acting, _world: World) -> Case:
    """From then on a complaint handler's. Raises Refused."""
    if case.kind is not Kind.GRIEVANCE:
        raise Refused("complaint", "这已经是投诉", "It is a complaint already.")
    return case.learnt(kind=Kind.COMPLAINT, handler="")


def _answered(case: Case, state: State, by: Acting, world: World) -> Case:
    """The end of it: the customer has the answer."""
    return ended(meet(first_replied(case, world), DeadlineKind.CLOSE, world), state, by.name, world)


def _with_handler(case: Case, by: Acting) -> Case:
    """Whoever works on what is nobody's has taken it over."""
    return case if case.handler else case.learnt(handler=by.name)


DOINGS: Mapping[str, Doing] = {
    "judge_invalid": judge_invalid,
    "reply_invalid": reply_invalid,
    "solve_directly": solve_directly,
    "raise_to_complaint": raise_to_complaint,
}
