"""The sweep: each threshold of a limit is told once, each breach is a step of the system, once, whatever was missed (flows 4.3).

A look moves `next_look_at` on in the transaction that tells: two copies, or one that was killed, tell nothing twice and leave nothing out.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Row, bindparam, select, update

from chassis.database import Database, Transaction, millis
from chassis.logs import get_logger
from chassis.settings import Complaints
from contracts.complaint_exchange import RecordComplaintWarning
from contracts.complaint_steps.beside import Breach
from contracts.complaint_words import DeadlineKind
from contracts.complaints import ComplaintDeadlineWarning
from services.complaints.cases import store
from services.complaints.cases.loading import DEADLINES
from services.complaints.cases.stepping import prompt, step
from services.complaints.cases.taking import BY_ITSELF, Asked, Refused, World
from services.complaints.cases.world import world_of
from services.complaints.clocks.deadlines import Looked, last_warning_told, look
from services.complaints.clocks.recounting import bring_up, in_turn, keep_limits, limit_of
from services.complaints.tables import cases, deadlines

log = get_logger(__name__)

LIMITS_AT_ONCE = 100
STEPS_AT_ONCE = 100
"""A breach is a step with its rows, and so is the draft of an escalation: what is left is found by the next look."""
TURN_SECONDS = 1.0

_DUE = (
    select(deadlines.c.complaint_id)
    .where(deadlines.c.next_look_at <= bindparam("now"))
    .order_by(deadlines.c.next_look_at)
    .limit(LIMITS_AT_ONCE)
)
_HOLD = (
    select(cases.c.complaint_id, cases.c.number, cases.c.region_code, cases.c.dealer_code)
    .where(cases.c.complaint_id.in_(bindparam("cases", expanding=True)))
    .order_by(cases.c.complaint_id)
    .with_for_update()
)
_LIMITS = (
    select(deadlines)
    .where(deadlines.c.complaint_id.in_(bindparam("cases", expanding=True)), deadlines.c.next_look_at <= bindparam("now"))
    .order_by(deadlines.c.next_look_at, deadlines.c.deadline_id)
)
_LEAVE = update(deadlines).where(deadlines.c.deadline_id == bindparam("its_key")).values(next_look_at=None)


@dataclass(frozen=True)
class Seen:
    """A look at a limit, and the row of its case."""

    case: Row[Any]
    looked: Looked

    def leads_to_a_step(self, terms: Complaints) -> bool:
        """It is breached, or it is foreseen that it will not be kept (A-CMP-20)."""
        limit = self.looked.deadline
        is_foreseen = limit.kind is DeadlineKind.CLOSE and last_warning_told(limit, terms)
        return self.looked.is_over or (bool(self.looked.warnings) and is_foreseen)

    def warnings(self, now: datetime) -> list[ComplaintDeadlineWarning]:
        limit = self.looked.deadline
        return [
            ComplaintDeadlineWarning(
                complaint_id=self.case.complaint_id,
                deadline_id=limit.deadline_id,
                number=self.case.number,
                kind=limit.kind,
                due_at=limit.due_at,
                threshold=threshold,
                region_code=self.case.region_code,
                dealer_code=self.case.dealer_code,
                at=now,
            ).identified(uuid5(limit.deadline_id, f"{threshold} {millis(limit.due_at)}"))
            for threshold in self.looked.warnings
        ]


def for_csc(told: ComplaintDeadlineWarning) -> RecordComplaintWarning:
    """Flows 4.4"""
    said = told.model_dump(include=set(RecordComplaintWarning.model_fields))
    return RecordComplaintWarning.model_validate(said).identified(uuid5(told.id, "to csc"))


def sweep(database: Database, terms: Complaints, clock: Callable[[], datetime]) -> bool:
    """Look for a while; whether there is more to see."""
    until = time.monotonic() + TURN_SECONDS
    while time.monotonic() < until:
        now = clock()
        with database.read() as connection:
            these = connection.execute(_DUE, {"now": millis(now)}).scalars().all()
        if not these:
            return False
        with database.write() as tx:
            look_at(tx, set(these), terms, now)
        time.sleep(0)  # others come to their turn between two looks
    return True


def look_at(tx: Transaction, these: set[UUID], terms: Complaints, now: datetime, most_steps: int = STEPS_AT_ONCE) -> None:
    """What is to be seen by now of the limits of these cases, which are held meanwhile.

    Closing comes first: what is overdue by now is not said to be foreseen as well.
    """
    held = {row.complaint_id: row for row in tx.execute(_HOLD, {"cases": sorted(these)})}
    world = world_of(tx, now, terms)
    bring_up(tx, held, world)
    rows = tx.execute(_LIMITS, {"cases": list(held), "now": millis(now)}).all()
    if not rows:
        return
    seen = [Seen(held[row.complaint_id], look(limit_of(row), world)) for row in in_turn(rows)]
    steps = sorted((one for one in seen if one.leads_to_a_step(terms)), key=lambda one: one.looked.deadline.kind is not DeadlineKind.CLOSE)
    left = {id(one) for one in steps[most_steps:]}
    seen = [one for one in seen if id(one) not in left]
    keep_limits(tx, [DEADLINES.row(one.case.complaint_id, one.looked.deadline) for one in seen])
    warnings = [warning for one in seen for warning in one.warnings(now)]
    tx.tell(*warnings, *map(for_csc, warnings))
    _take_steps(tx, steps[:most_steps], world)


def _take_steps(tx: Transaction, seen: Sequence[Seen], world: World) -> None:
    """A breach that cannot be taken, since its case has ended, is looked at no more."""
    tx.unit.subjects = frozenset(one.case.complaint_id for one in seen)
    store.look_up_steps(tx, [_step_id(one) for one in seen if one.looked.is_over])
    for one in seen:
        limit = one.looked.deadline
        case = store.find(tx, one.case.complaint_id)
        if case is None:
            continue
        if not one.looked.is_over:
            prompt(tx, case, world)
            continue
        try:
            step(tx, case, Asked(Breach(deadline_id=limit.deadline_id), BY_ITSELF, "system", _step_id(one)), world)
        except Refused as refusal:
            log.warning("limit_not_breached", complaint=str(case.complaint_id), limit=str(limit.deadline_id), reason=refusal.code)
            tx.execute(_LEAVE, {"its_key": limit.deadline_id})


def _step_id(seen: Seen) -> UUID:
    return uuid5(seen.looked.deadline.deadline_id, "breach")
