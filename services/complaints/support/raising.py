"""Raises drafted escalations by itself after a while, where that is switched on (S-04, A-CMP-23)."""

from datetime import datetime, timedelta
from uuid import uuid5

from sqlalchemy import bindparam, select

from chassis.database import Database, millis
from chassis.settings import Complaints
from contracts.complaint_steps.beside import Escalate
from contracts.complaint_words import Trigger
from services.complaints.cases.unasked import AT_ONCE, Due, take_due
from services.complaints.tables import escalations

NOTE = "草稿逾时未处理，系统自动发起 / The draft waited too long: raised by the system"

_DRAFTS = (
    select(escalations.c.escalation_id, escalations.c.complaint_id, escalations.c.trigger)
    .where(escalations.c.raised_at.is_(None), escalations.c.dropped_at.is_(None), escalations.c.drafted_at <= bindparam("until"))
    .order_by(escalations.c.drafted_at)
    .limit(AT_ONCE)
)


def raise_drafts(database: Database, terms: Complaints, now: datetime) -> bool:
    """Whether there may be more of them."""
    if not terms.auto_escalate:
        return False
    until = millis(now - timedelta(hours=terms.auto_escalate_after_hours))
    with database.read() as connection:
        rows = connection.execute(_DRAFTS, {"until": until}).all()
    due = [
        Due(
            row.complaint_id,
            Escalate(escalation_id=row.escalation_id, trigger=Trigger(row.trigger), note=NOTE),
            uuid5(row.escalation_id, "raised by itself"),
        )
        for row in rows
    ]
    return take_due(database, due, terms, now)
