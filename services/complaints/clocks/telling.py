"""What is told of limits beside the steps themselves (flows 4.4, A-CMP-37). No I/O."""

from datetime import datetime
from uuid import uuid5

from contracts.complaints import ComplaintDeadlineBreached
from services.complaints.cases.case import Case


def breaches_of(before: Case | None, after: Case, now: datetime) -> list[ComplaintDeadlineBreached]:
    """Limits that a step breached: the system's own step, or one that met or dropped them too late. Once each."""
    known = {one.deadline_id for one in before.deadlines if one.breached_at} if before else set()
    return [
        ComplaintDeadlineBreached(
            complaint_id=after.complaint_id,
            deadline_id=one.deadline_id,
            number=after.number,
            kind=one.kind,
            due_at=one.due_at,
            region_code=after.region_code,
            dealer_code=after.dealer_code,
            at=now,
        ).identified(uuid5(one.deadline_id, "breached"))
        for one in after.deadlines
        if one.breached_at and one.deadline_id not in known
    ]
