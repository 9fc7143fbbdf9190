"""What was done to a case, by whom and when, as far as who asks may see it."""

import json
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, select

from chassis.database import Transaction, from_millis
from contracts.complaint_case import StepTaken
from contracts.complaint_words import Role, State
from services.complaints.cases.case import Case
from services.complaints.cases.masking import masked_mobile
from services.complaints.cases.taking import Acting
from services.complaints.tables import steps

WITHIN = frozenset({"draft_escalation", "escalate", "drop_escalation", "decide_escalation", "declare_crisis", "end_crisis"})
"""What the maker's own people settle among themselves: a dealer is not shown it."""
OF_A_PASSER_ON = frozenset({"receive", "judge_invalid", "reply_invalid", "file", "withdraw", "approve_closure", "reopen"})
"""What a dealer is shown of what came through them and another handles, beside what they did themselves."""

_OF_CASE = (
    select(steps)
    .where(steps.c.complaint_id == bindparam("of_case"), steps.c.version <= bindparam("up_to"))  # a step may be taken between two reads
    .order_by(steps.c.version)
)
_SINCE = (
    select(steps.c.step, steps.c.by, steps.c.role, steps.c.at)
    .where(steps.c.complaint_id == bindparam("of_case"), steps.c.version > bindparam("since"))
    .order_by(steps.c.version.desc())
    .limit(1)
)


def history(connection: Connection, case: Case, by: Acting, *, in_clear: bool, handled_by_others: bool) -> tuple[StepTaken, ...]:
    """Up to the version that the case has, in their order. `handled_by_others`: by another dealer than the one who asks."""
    rows = connection.execute(_OF_CASE, {"of_case": case.complaint_id, "up_to": case.version})
    told = (_told(row, in_clear=in_clear) for row in rows)
    return tuple(one for one in told if by.role is not Role.DEALER or _dealer_may_see(one, by, handled_by_others))


def last_since(tx: Transaction, complaint_id: UUID, version: int) -> Row[Any] | None:
    """The last step after this version: name, by whom, in which role, when."""
    return tx.execute(_SINCE, {"of_case": complaint_id, "since": version}).first()


def _told(row: Row[Any], *, in_clear: bool) -> StepTaken:
    form = json.loads(row.form)
    if form.get("mobile") and not in_clear:
        form["mobile"] = masked_mobile(form["mobile"])
    return StepTaken(
        version=row.version,
        step=row.step,
        form=form,
        by="" if row.role == Role.CUSTOMER.value else row.by,
        role=Role(row.role),
        via=row.via,
        state=State(row.state),
        at=from_millis(row.at),
    )


def _dealer_may_see(one: StepTaken, by: Acting, handled_by_others: bool) -> bool:
    """Notes of others only where they are mentioned."""
    if one.role is Role.DEALER and one.by == by.name:
        return True
    if one.step == "note" and (handled_by_others or one.role is not Role.DEALER):
        mentions = one.form.get("mentions")
        return isinstance(mentions, list) and by.name in mentions
    return one.step in OF_A_PASSER_ON if handled_by_others else one.step not in WITHIN
