"""The customer takes it back (A-CMP-27): before it is assigned that ends it, later the handler approves. Pure."""

from collections.abc import Mapping

from contracts.complaint_steps.intake import Withdraw
from contracts.complaint_words import CloseReason, Role, State
from services.complaints.cases.case import Case
from services.complaints.cases.taking import Acting, Doing, Refused, World
from services.complaints.closing.closures import withdrawn


def withdraw(case: Case, form: Withdraw, by: Acting, world: World) -> Case:
    """Raises Refused where it was taken back already and waits."""
    if case.state is State.CLOSURE_PROPOSED and case.closure and case.closure.reason is CloseReason.WITHDRAWN:
        raise Refused("withdrawn_already", "已经撤诉，等待确认", "It was taken back already, and waits for approval.")
    return withdrawn(case, form.reason, "customer" if by.role is Role.CUSTOMER else by.name, world)


DOINGS: Mapping[str, Doing] = {"withdraw": withdraw}
