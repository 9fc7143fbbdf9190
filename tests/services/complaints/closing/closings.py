"""Cases that were closed, and what falls due then."""

from datetime import date

from contracts.complaint_steps.closing import ApproveClosure, ProposeClosure
from contracts.complaint_steps.handling import Accept, Assign, AuthorisePlan, StartPlanning, SubmitPlan
from contracts.complaint_words import CloseReason, Kind, Role
from services.complaints.cases.taking import Acting
from services.complaints.closing import falling_due
from tests.services.complaints.cases.case_worlds import DEALER, HANDLER, filing

CUSTOMER = Acting("customer", Role.CUSTOMER)


def closed(desk, reason=CloseReason.NOT_SUPPORTED, **more):
    """Of a follower."""
    complaint_id = desk.submit()
    assert desk.case(complaint_id).kind is Kind.COMPLAINT
    desk.take(complaint_id, HANDLER, filing())
    return close_again(desk, complaint_id, reason, **more)


def close_again(desk, complaint_id, reason=CloseReason.NOT_SUPPORTED, **more):
    desk.take(complaint_id, HANDLER, Assign(region_code="EAST", dealer_code="D001"))
    for form in (Accept(), StartPlanning(), SubmitPlan(content="解释政策")):
        desk.take(complaint_id, DEALER, form)
    desk.take(complaint_id, HANDLER, AuthorisePlan())
    desk.take(complaint_id, DEALER, ProposeClosure(reason=reason, evidence="录音", **more))
    desk.take(complaint_id, HANDLER, ApproveClosure(said="谢谢您"))
    return complaint_id


def pending(desk):
    return closed(desk, CloseReason.ACCEPTED_PENDING, follow_up_on=date(2026, 12, 1))


def look(desk):
    """Once by the clock at each of the three."""
    database, terms = desk.house.database, desk.service.terms
    return [turn(database, terms, desk.now) for turn in (falling_due.ask, falling_due.call, falling_due.reopen_missed)]
