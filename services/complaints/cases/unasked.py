"""Steps that nobody asks for: what has fallen due in many cases, taken by the system, some at a time."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis import crash
from chassis.database import Database
from chassis.logs import get_logger
from chassis.settings import Complaints
from contracts.complaint_steps.form import Form
from services.complaints.cases import store
from services.complaints.cases.stepping import step
from services.complaints.cases.taking import BY_ITSELF, Asked, Refused, step_of
from services.complaints.cases.world import world_of

log = get_logger(__name__)

AT_ONCE = 20
"""In one transaction."""


@dataclass(frozen=True)
class Due:
    """A step of the system in a case. Its `step_id` is the same however often it is found."""

    complaint_id: UUID
    form: Form
    step_id: UUID


def take_due(database: Database, due: Sequence[Due], terms: Complaints, now: datetime) -> bool:
    """In one transaction. What cannot be taken any more, since the case has moved on, is left. Whether it was worth looking again."""
    if not due:
        return False
    taken = 0
    with database.write() as tx:
        tx.unit.subjects = frozenset(one.complaint_id for one in due)
        world = world_of(tx, now, terms)
        for one in due:
            case = store.find(tx, one.complaint_id)
            if case is None:
                continue
            try:
                after = step(tx, case, Asked(one.form, BY_ITSELF, "system", one.step_id), world)
            except Refused as no:
                log.info("step_not_due_any_more", complaint=str(one.complaint_id), step=step_of(one.form), reason=no.code)
                continue
            taken += after.version != case.version
            time.sleep(0)  # others come to their turn between two steps
        crash.here("before_commit", "complaints")
    crash.here("after_commit", "complaints")
    return taken > 0 and len(due) == AT_ONCE
