"""Arbitration and litigation, into which a case goes, and a crisis, which runs beside it (A-CMP-32, 33, A-GEN-09). Pure."""

from dataclasses import replace
from uuid import uuid5

from contracts.complaint_steps.beside import DeclareCrisis, Dispute, EndCrisis, SettleDispute
from contracts.complaint_words import DisputeKind, State
from services.complaints.cases.case import Case
from services.complaints.cases.parts import DisputeRecord, put
from services.complaints.cases.taking import Acting, Doing, Refused, World
from services.complaints.closing.closures import closed_with_dispute
from services.complaints.closing.ending import undone
from services.complaints.days import day_of


def dispute(case: Case, form: Dispute, by: Acting, world: World) -> Case:
    """What was proposed for closing is not decided any more."""
    came_from = _back_to(case)
    record = DisputeRecord(
        dispute_id=uuid5(case.complaint_id, f"dispute {len(case.disputes) + 1}"),
        kind=form.kind,
        body=form.body,
        filed_on=form.filed_on,
        people=tuple(dict.fromkeys(form.legal)),
        note=form.note,
        opened_by=by.name,
        opened_at=world.now,
        came_from=came_from,
    )
    return _with(undone(case, by.name, world), record).learnt(state=State.DISPUTED)


def settle_dispute(case: Case, form: SettleDispute, by: Acting, world: World) -> Case:
    """Closed, or back where it stood: what was decided is carried out. Whom a court has heard no machine asks how content they are.

    Raises Refused.
    """
    record = _open(case, crisis=False)
    settled = _with(case, replace(record, result=form.result, ended_at=world.now))
    if form.closes:
        return closed_with_dispute(settled, form.result, by.name, world, survey=record.kind is DisputeKind.ARBITRATION)
    return settled.learnt(state=record.came_from or State.EXECUTING)


def declare_crisis(case: Case, form: DeclareCrisis, by: Acting, world: World) -> Case:
    if case.in_crisis:
        raise Refused("crisis_open", "该单已在危机应对中", "A crisis is declared already.")
    record = DisputeRecord(
        dispute_id=uuid5(case.complaint_id, f"dispute {len(case.disputes) + 1}"),
        kind=DisputeKind.CRISIS,
        body="",
        filed_on=day_of(world.now),
        people=tuple(dict.fromkeys(form.marketing)),
        note=form.note,
        opened_by=by.name,
        opened_at=world.now,
    )
    return _with(case, record)


def end_crisis(case: Case, form: EndCrisis, _by: Acting, world: World) -> Case:
    return _with(case, replace(_open(case, crisis=True), result=form.note, ended_at=world.now))


def _back_to(case: Case) -> State:
    """Where it stands again after the dispute: not before a decision that the dispute has overtaken."""
    match case.state:
        case State.CLOSURE_PROPOSED:
            return case.closure.came_from if case.closure else State.EXECUTING
        case State.INVALID:
            return State.RECEIVED
        case state:
            return state


def _open(case: Case, *, crisis: bool) -> DisputeRecord:
    found = next((one for one in case.disputes if one.ended_at is None and (one.kind is DisputeKind.CRISIS) is crisis), None)
    if found is None:
        raise Refused("no_dispute", "没有未结束的争议或危机", "There is no dispute or crisis that is open.")
    return found


def _with(case: Case, record: DisputeRecord) -> Case:
    return case.learnt(disputes=put(case.disputes, record, "dispute_id"))


DOINGS: dict[str, Doing] = {
    "dispute": dispute,
    "settle_dispute": settle_dispute,
    "declare_crisis": declare_crisis,
    "end_crisis": end_crisis,
}
