"""Filing, assigning, and the dealer's yes or no (A-CMP-06, 07, 17, 36). Pure."""

from collections.abc import Mapping

from contracts.complaint_steps.handling import Accept, Assign, FileCase, Reclassify, Return, StartPlanning
from contracts.complaint_words import DeadlineKind, Kind, State
from services.complaints.cases.case import Case
from services.complaints.cases.contacts import first_replied
from services.complaints.cases.taking import Acting, Doing, Refused, World
from services.complaints.clocks.deadlines import begin, drop_open, limits_of
from services.complaints.support.plans import wanted


def file(case: Case, form: FileCase, by: Acting, world: World) -> Case:
    """A grievance is raised to a complaint first. Whoever files what is nobody's is its handler. Raises Refused."""
    if case.kind is Kind.GRIEVANCE:
        raise Refused("grievance", "抱怨须先转为投诉再建档", "A grievance is raised to a complaint first.")
    filed = _classified(case, form).learnt(
        state=State.FILED, filed_at=world.now, handler=case.handler or by.name, plan_minutes=form.plan_minutes, plan_basis=form.basis
    )
    minutes = form.close_minutes or limits_of(world.terms, form.grade).close
    return begin(filed, DeadlineKind.CLOSE, minutes, by.name, world, basis=form.basis)


def reclassify(case: Case, form: Reclassify, _by: Acting, _world: World) -> Case:
    """Limits stay as they are: whoever wants others sets them."""
    return _classified(case, form)


def assign(case: Case, form: Assign, by: Acting, world: World) -> Case:
    """To a dealer, or to another one; their limit for a plan begins. Raises Refused where it is theirs already."""
    if case.state is State.ASSIGNED and (case.region_code, case.dealer_code) == (form.region_code, form.dealer_code):
        raise Refused("assigned_already", "已经分派给该经销商", "It is assigned to this dealer already.")
    assigned = case.learnt(
        state=State.ASSIGNED, region_code=form.region_code, dealer_code=form.dealer_code, assigned_at=world.now, accepted_at=None
    )
    return wanted(assigned, by, world)


def accept(case: Case, form: Accept, _by: Acting, world: World) -> Case:
    heard = first_replied(case, world) if form.said else case
    return heard.learnt(state=State.ACCEPTED, accepted_at=world.now)


def return_(case: Case, _form: Return, _by: Acting, world: World) -> Case:
    """It is not about them, and no longer theirs to see; the region's it stays until it is assigned anew."""
    dropped = drop_open(case, world, DeadlineKind.DEALER_PLAN)
    return dropped.learnt(state=State.RETURNED, dealer_code="", assigned_at=None, accepted_at=None)


def start_planning(case: Case, _form: StartPlanning, _by: Acting, _world: World) -> Case:
    return case.learnt(state=State.PLANNING)


def _classified(case: Case, form: FileCase | Reclassify) -> Case:
    return case.learnt(
        type=form.type,
        subtypes=form.subtypes,
        grade=form.grade,
        safety=form.safety,
        media=form.media,
        institution=form.institution,
    )


DOINGS: Mapping[str, Doing] = {
    "file": file,
    "reclassify": reclassify,
    "assign": assign,
    "accept": accept,
    "return": return_,
    "start_planning": start_planning,
}
