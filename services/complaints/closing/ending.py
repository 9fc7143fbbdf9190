"""What ends with a case, whichever step ends it, and what becomes of a proposal that something overtakes. Pure."""

from dataclasses import replace
from datetime import timedelta

from contracts.complaint_words import State
from services.complaints.cases.case import Case
from services.complaints.cases.parts import Closure, put
from services.complaints.cases.taking import World
from services.complaints.clocks.deadlines import drop_open
from services.complaints.support.escalations import taken_back


def ended(case: Case, state: State, by: str, world: World) -> Case:
    """In an end state. Limits that are open, VRT groups at work and escalations that nobody decided end with it; meet a limit before.

    The customer may open it again for so many days.
    """
    case = taken_back(drop_open(case, world), by, world.now)
    until = world.now + timedelta(days=world.terms.reopen_days)
    groups = tuple(replace(vrt, ended_at=vrt.ended_at or world.now) for vrt in case.vrts)
    closings = (*case.closings, world.now) if state is State.CLOSED else case.closings
    return case.learnt(state=state, vrts=groups, closed_at=world.now, closings=closings, reopen_until=until)


def undone(case: Case, by: str, world: World, note: str = "") -> Case:
    """A proposal to close that waits is refused, since the case goes another way."""
    if case.closure is None or case.closure.approved is not None:
        return case
    return with_closure(case, replace(case.closure, approved=False, decided_by=by, decided_at=world.now, note=note))


def with_closure(case: Case, closure: Closure) -> Case:
    return case.learnt(closures=put(case.closures, closure, "closure_id"))
