"""A limit as it is shown: how much of its time is used up, and how much is left, of the time that counts."""

from datetime import datetime

from contracts.complaint_case import Clock
from services.complaints.cases.parts import Deadline
from services.complaints.clocks.calendars import Calendars
from services.complaints.clocks.deadlines import used


def clock_of(deadline: Deadline, calendars: Calendars, now: datetime) -> Clock:
    """As of now; of one that is met or dropped, as of then."""
    until = deadline.met_at or deadline.dropped_at or now
    spent = used(deadline, until, calendars)
    return Clock(
        deadline_id=deadline.deadline_id,
        kind=deadline.kind,
        label=deadline.label,
        basis=deadline.basis,
        calendar_id=deadline.calendar_id,
        minutes=deadline.minutes,
        started_at=deadline.started_at,
        due_at=deadline.due_at,
        share=round(spent / deadline.minutes, 4),
        left_minutes=deadline.minutes - spent,
        paused=deadline.is_open and deadline.stands_still,
        pause_reason=deadline.pauses[-1].reason if deadline.is_open and deadline.stands_still else "",
        met_at=deadline.met_at,
        breached_at=deadline.breached_at,
        dropped_at=deadline.dropped_at,
        set_by=deadline.set_by,
        revised=len(deadline.revisions),
    )
