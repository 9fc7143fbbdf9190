"""A step from its form to its rows: taken by the table, kept, told. All who take steps come through here."""

from dataclasses import replace
from uuid import uuid5

from chassis.database import Transaction
from contracts.complaint_steps.handling import Assign
from contracts.complaint_steps.intake import Link, Unlink
from services.complaints.cases import dealers, store
from services.complaints.cases.attaching import put_in
from services.complaints.cases.case import Case
from services.complaints.cases.doing import DOINGS
from services.complaints.cases.keeping import keep
from services.complaints.cases.taking import BY_ITSELF, Asked, Refused, World, take
from services.complaints.clocks.recounting import as_it_holds
from services.complaints.support.drafting import to_draft, to_withdraw


def step(tx: Transaction, before: Case, asked: Asked, world: World) -> Case:
    """The case after it; as it stands where the step was taken already. The case is held (`store.find`). Raises Refused."""
    if store.taken(tx, asked.step_id):
        return before
    form = asked.form
    other = _other(tx, before, form) if isinstance(form, Link | Unlink) else None
    after = take(as_it_holds(tx, before, world), form, asked.by, world, DOINGS)
    if isinstance(form, Assign):
        dealers.check(tx, form.dealer_code)
    put_in(tx, before, form)
    keep(tx, before, after, asked, world.now)
    if other and (before.complaint_id in other.linked) != (other.complaint_id in after.linked):
        back = replace(asked, form=form.model_copy(update={"other_id": before.complaint_id}), step_id=uuid5(asked.step_id, "the other way"))
        keep(tx, other, take(other, back.form, back.by, world, DOINGS), back, world.now)
    return prompt(tx, after, world)


def prompt(tx: Transaction, case: Case, world: World) -> Case:
    """With drafts of the escalations that are due as it stands now, and without those that are not any more (A-CMP-23).

    Each is a step of the system. The case is held.
    """
    while form := to_withdraw(case, world.terms) or to_draft(case, world.terms):
        after = take(case, form, BY_ITSELF, world, DOINGS)
        keep(tx, case, after, Asked(form, BY_ITSELF, "system", uuid5(form.escalation_id, form.step)), world.now)
        case = after
    return case


def _other(tx: Transaction, case: Case, form: Link | Unlink) -> Case | None:
    """The other case of a link, held too. Raises Refused where there is none."""
    if form.other_id == case.complaint_id:
        return None  # its doing refuses it
    other = store.find(tx, form.other_id)
    if other is None:
        raise Refused("unknown", "没有这个编号的投诉", "No case has this id.")
    return other
