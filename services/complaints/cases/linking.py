"""A customer who complains again while something of theirs is open: the cases are linked as they come in, both ways.

By follower, customer or phone number: these are of one person. Cases of the same car alone are shown beside each other, and linked by
whoever knows better, since a car changes hands.
"""

from uuid import UUID, uuid5

from sqlalchemy import select

from chassis.database import Transaction
from contracts.complaint_steps.intake import Link
from services.complaints.cases.case import Case
from services.complaints.cases.loading import looked_up
from services.complaints.cases.stepping import step
from services.complaints.cases.taking import BY_ITSELF, Asked, World
from services.complaints.tables import cases

MOST = 5
"""The newest ones: they are linked among each other."""
NOTE = "同一客户的未结单据 / another open one of the same customer"


def link_with_others(tx: Transaction, case: Case, world: World) -> Case:
    """A step of the system for each. The case is held."""
    for other_id in _others(tx, case):
        form = Link(other_id=other_id, note=NOTE)
        case = step(tx, case, Asked(form, BY_ITSELF, "system", uuid5(case.complaint_id, f"link {other_id}")), world)
    return case


def _others(tx: Transaction, case: Case) -> list[UUID]:
    """In the order of their ids, so that two who hold some of the same wait for, and do not block, each other."""
    who = case.complainant
    same = {"customer_id": who.customer_id, "follower_id": who.follower_id, "mobile_lookup": looked_up("mobile", who.mobile)}
    found: dict[UUID, int] = {}
    for name, value in same.items():
        if value:
            theirs = select(cases.c.complaint_id, cases.c.received_at).where(cases.c[name] == value, cases.c.is_open)
            newest = theirs.where(cases.c.complaint_id != case.complaint_id).order_by(cases.c.received_at.desc()).limit(MOST)
            found |= {row.complaint_id: row.received_at for row in tx.execute(newest)}
    return sorted(sorted(found, key=lambda one: found[one], reverse=True)[:MOST])
