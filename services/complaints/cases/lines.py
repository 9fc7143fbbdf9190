"""Lines of the desk's queues: only the rows that are shown are read in full, and only they are unsealed."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, select

from chassis.database import from_millis
from contracts.complaint_case import CaseRow, Clock
from contracts.complaint_words import ENDED, State
from services.complaints.cases import dealers, looking
from services.complaints.cases.loading import DEADLINES
from services.complaints.cases.masking import masked_name
from services.complaints.cases.parts import Deadline
from services.complaints.cases.taking import Acting
from services.complaints.cases.ticking import clock_of
from services.complaints.clocks.calendars import Calendars
from services.complaints.tables import cases, participants

LONGEST_BEGINNING = 60

_BESIDE = ("clock", "overdue", "mentions_me", "looking", "dealer_name", "beginning")
_SHOWN = (*(name for name in CaseRow.model_fields if name not in _BESIDE), "text", "next_due_at")
_THESE = select(*(cases.c[name] for name in _SHOWN)).where(cases.c.complaint_id.in_(bindparam("cases", expanding=True)))
_MENTIONING = select(participants.c.complaint_id).where(
    participants.c.complaint_id.in_(bindparam("cases", expanding=True)),
    participants.c.name == bindparam("me"),
    participants.c.part == "mentioned",
)


def lines(connection: Connection, complaint_ids: Sequence[UUID], by: Acting, calendars: Calendars, now: datetime) -> list[CaseRow]:
    """In the order of the ids. What may be seen of them was asked before."""
    if not complaint_ids:
        return []
    rows = {row.complaint_id: row for row in connection.execute(_THESE, {"cases": list(complaint_ids)})}
    limits = DEADLINES.read(connection.execute, complaint_ids)
    names = dealers.known(connection.execute, {row.dealer_code for row in rows.values()})
    lookers = looking.others(connection, complaint_ids, by.name, now)
    mentioned = set(connection.execute(_MENTIONING, {"cases": list(complaint_ids), "me": by.name}).scalars())
    return [
        _line(
            rows[complaint_id],
            now,
            clock=_first(limits.get(complaint_id, ()), calendars, now),
            dealer_name=names[rows[complaint_id].dealer_code].name if rows[complaint_id].dealer_code in names else "",
            looking=lookers.get(complaint_id, ()),
            mentions_me=complaint_id in mentioned,
        )
        for complaint_id in complaint_ids
        if complaint_id in rows
    ]


def _line(row: Row[Any], now: datetime, **beside: Any) -> CaseRow:
    columns = dict(row._mapping)
    text = " ".join(columns.pop("text").split())
    due_at = columns.pop("next_due_at")
    return CaseRow(
        **{
            **columns,
            "name": masked_name(row.name),
            "beginning": text if len(text) <= LONGEST_BEGINNING else text[: LONGEST_BEGINNING - 1] + "…",
            "received_at": from_millis(row.received_at),
            "changed_at": from_millis(row.changed_at),
            "overdue": due_at is not None and State(row.state) not in ENDED and from_millis(due_at) < now,
            "linked": len(row.linked),
            **beside,
        }
    )


def _first(limits: Iterable[Deadline], calendars: Calendars, now: datetime) -> Clock | None:
    """The open limit that ends first; where all stand still, the first of them."""
    still_open = sorted((one for one in limits if one.is_open), key=lambda one: (one.stands_still, one.due_at))
    return clock_of(still_open[0], calendars, now) if still_open else None
