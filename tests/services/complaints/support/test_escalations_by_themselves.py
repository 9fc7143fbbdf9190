from datetime import timedelta

from chassis.settings import Complaints
from contracts.complaint_steps.beside import Breach, ConcludeVrt, DropEscalation, StartVrt
from contracts.complaint_words import DeadlineKind, Trigger, VrtKind, VrtResult
from contracts.complaints import ComplaintEscalated, ComplaintProgressed, ComplaintVrtConcluded
from services.complaints.cases.taking import BY_ITSELF
from services.complaints.cases.unasked import AT_ONCE
from services.complaints.support.raising import raise_drafts
from tests.services.complaints.cases.case_worlds import HANDLER

SWITCHED_ON = Complaints(auto_escalate=True, auto_escalate_after_hours=4)


def without_proposal(desk):
    """A case in which a VRT group found nothing."""
    complaint_id = desk.filed()
    case = desk.take(complaint_id, HANDLER, StartVrt(kind=VrtKind.OTHER, lead="周", minutes=60, question="？"))
    form = ConcludeVrt(vrt_id=case.vrts[0].vrt_id, result=VrtResult.NONE, conclusion="无法形成提案")
    desk.take(complaint_id, HANDLER, form)
    return complaint_id


def look(desk, terms=SWITCHED_ON):
    return raise_drafts(desk.house.database, terms, desk.now)


def news(desk, *classes):
    return [one for one in desk.house.told() if isinstance(one, classes)]


def test_a_draft_is_a_step_of_the_system_that_follows_the_one_that_led_to_it(desk):
    complaint_id = without_proposal(desk)

    told = news(desk, ComplaintVrtConcluded, ComplaintProgressed)

    (draft,) = desk.case(complaint_id).escalations
    assert (draft.trigger, draft.is_draft, draft.drafted_at) == (Trigger.NO_PROPOSAL, True, desk.now)
    assert [(one.version, one.step) for one in told[-2:]] == [(4, "conclude_vrt"), (5, "draft_escalation")]
    assert desk.case(complaint_id).version == 5


def test_a_breach_brings_its_draft(desk):
    complaint_id = desk.assigned()
    limit = next(one for one in desk.case(complaint_id).deadlines if one.kind is DeadlineKind.DEALER_PLAN)
    desk.service.now.at = limit.due_at

    desk.take(complaint_id, BY_ITSELF, Breach(deadline_id=limit.deadline_id), via="system")

    assert [one.trigger for one in desk.case(complaint_id).escalations] == [Trigger.PLAN_LATE]


def test_nothing_is_raised_where_it_is_not_switched_on(desk):
    complaint_id = without_proposal(desk)
    desk.wait(days=30)

    assert look(desk, Complaints()) is False
    assert desk.case(complaint_id).escalations[0].is_draft


def test_a_draft_is_raised_by_itself_after_so_many_hours_once(desk):
    complaint_id = without_proposal(desk)

    desk.wait(hours=3, minutes=59)
    look(desk)
    early = desk.case(complaint_id).escalations[0]
    desk.wait(minutes=1)
    look(desk)
    look(desk)

    (raised,) = desk.case(complaint_id).escalations
    assert early.is_draft
    assert (raised.waits, raised.raised_by, raised.level, raised.raised_at) == (True, "system", 2, desk.now)
    assert len(news(desk, ComplaintEscalated)) == 1


def test_a_draft_that_was_dropped_is_left(desk):
    complaint_id = without_proposal(desk)
    draft = desk.case(complaint_id).escalations[0]
    desk.take(complaint_id, HANDLER, DropEscalation(escalation_id=draft.escalation_id, reason="不必"))
    desk.wait(days=1)

    look(desk)

    assert desk.case(complaint_id).escalations[0].raised_at is None


def test_many_are_raised_some_at_a_time(desk):
    cases = [without_proposal(desk) for _ in range(AT_ONCE + 1)]
    desk.wait(hours=5)

    more = look(desk), look(desk)

    assert more == (True, False)
    assert all(desk.case(one).escalations[0].waits for one in cases)
    assert desk.now - timedelta(hours=5) == desk.case(cases[0]).escalations[0].drafted_at
