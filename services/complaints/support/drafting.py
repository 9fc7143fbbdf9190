"""When the system drafts an escalation for the handler: on each of five triggers, once each time it happens (A-CMP-14, 19..23). Pure.

A draft that nobody raised while its cause lasted is taken back: the plan has come, the group has concluded, the limit was set anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from chassis.database import millis
from chassis.settings import Complaints
from contracts.complaint_steps.beside import DraftEscalation, DropEscalation
from contracts.complaint_words import DeadlineKind, State, Trigger, VrtResult
from services.complaints.cases.case import Case
from services.complaints.cases.parts import Deadline, Escalation
from services.complaints.cases.taking import BY_ITSELF
from services.complaints.clocks.deadlines import last_warning_told
from services.complaints.support.escalations import is_open

LATE = {
    DeadlineKind.CLOSE: Trigger.OVERDUE,
    DeadlineKind.DEALER_PLAN: Trigger.PLAN_LATE,
    DeadlineKind.VRT_CONCLUSION: Trigger.VRT_LATE,
}
WITH_A_PLAN = frozenset({State.EXECUTING, State.CLOSURE_PROPOSED, State.DISPUTED})
"""Where a plan is authorised already, or the end does not hang on one."""
CAUSE_IS_OVER = "起因已消除，系统撤回草稿 / What it was for is over: the draft is taken back"


@dataclass(frozen=True)
class Occasion:
    """What happened, and since when: an escalation that was open then or later is about it."""

    trigger: Trigger
    about_id: UUID | None
    since: datetime


def to_draft(case: Case, terms: Complaints) -> DraftEscalation | None:
    """The next escalation that is to be drafted as the case stands; None: there is none."""
    if not case.is_open:
        return None
    occasion = next((one for one in _occasions(case, terms) if not _is_known(case, one)), None)
    if occasion is None:
        return None
    earlier = sum(_is_about(one, occasion) for one in case.escalations)
    name = f"{occasion.trigger} {occasion.about_id or ''} {millis(occasion.since)} {earlier}"
    return DraftEscalation(escalation_id=uuid5(case.complaint_id, name), trigger=occasion.trigger, vrt_id=occasion.about_id)


def to_withdraw(case: Case, terms: Complaints) -> DropEscalation | None:
    """The next draft whose cause is over; None: there is none."""
    if not case.is_open:
        return None
    causes = tuple(_occasions(case, terms))
    over = (one for one in case.escalations if one.is_draft and not any(_is_about(one, cause) for cause in causes))
    draft = next(over, None)
    return DropEscalation(escalation_id=draft.escalation_id, reason=CAUSE_IS_OVER) if draft else None


def _occasions(case: Case, terms: Complaints) -> Iterator[Occasion]:
    for limit in case.deadlines:
        if not limit.is_open:
            continue
        if limit.breached_at is not None:
            if limit.kind in LATE:
                yield Occasion(LATE[limit.kind], limit.about_id, limit.breached_at)
        elif limit.kind is DeadlineKind.CLOSE and case.state not in WITH_A_PLAN and last_warning_told(limit, terms):
            yield Occasion(Trigger.FORESEEN_OVERDUE, None, _given_at(limit))
    for vrt in case.vrts:
        if vrt.result is VrtResult.NONE and vrt.ended_at is not None:
            yield Occasion(Trigger.NO_PROPOSAL, vrt.vrt_id, vrt.ended_at)


def _given_at(limit: Deadline) -> datetime:
    """When its length was last said: another length is looked at anew, a pause or another calendar is not."""
    return max((one.at for one in limit.revisions if one.new_minutes != one.old_minutes), default=limit.started_at)


def _is_known(case: Case, occasion: Occasion) -> bool:
    """What was taken back, since it was over, is none that anybody decided about."""
    for one in case.escalations:
        ended_at = one.decided_at or (None if one.dropped_by == BY_ITSELF.name else one.dropped_at)
        if _is_about(one, occasion) and (is_open(one) or (ended_at is not None and ended_at >= occasion.since)):
            return True
    return False


def _is_about(one: Escalation, occasion: Occasion) -> bool:
    return one.trigger is occasion.trigger and (occasion.about_id is None or one.about_id in (None, occasion.about_id))
