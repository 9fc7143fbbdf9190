"""What the desk asks of many open cases, by role; and the least that any way of answering it has to do."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, func, select, tuple_

from bench.cases import NOW, TERMS
from bench.cases.seeding import LEADER_LEVEL, dealer, handler
from chassis.database import millis
from contracts.complaining import CaseQuery, Queue
from contracts.complaint_words import Role
from services.complaints.api.cases_api import MOST_COUNTED, ROWS
from services.complaints.cases import queue
from services.complaints.cases.lines import lines
from services.complaints.cases.taking import Acting
from services.complaints.clocks import book
from services.complaints.tables import cases

WHO: Sequence[Acting] = (
    Acting("agent-1", Role.AGENT),
    handler(1),
    Acting("tech-1", Role.TECHNICAL),
    Acting("vrt-1", Role.VRT),
    Acting("region-1", Role.REGION, region_code="R1"),
    dealer(28),
    Acting("leader-1", Role.LEADER, level=LEADER_LEVEL),
    Acting("legal-1", Role.LEGAL),
    Acting("marketing-1", Role.MARKETING),
    Acting("monitor-1", Role.MONITOR),
)
QUEUES: Sequence[Queue] = ("mine", "unassigned", "overdue", "escalated", "call_backs", "open", "all")
BEFORE_THE_MIDDLE = 20
"""Pages that somebody has turned."""
Ask = Callable[[Connection], Any]


def first_page(by: Acting, name: Queue) -> Ask:
    return lambda connection: _page(connection, by, name, None)


def middle_page(by: Acting, name: Queue, after: queue.Place) -> Ask:
    return lambda connection: _page(connection, by, name, after)


def counts(by: Acting) -> Ask:
    return lambda connection: queue.counts(connection, by, NOW, MOST_COUNTED)


def in_the_middle(connection: Connection, by: Acting, name: Queue) -> queue.Place | None:
    """Where the page before it ended; None: the queue is not so long."""
    place = None
    for _ in range(BEFORE_THE_MIDDLE):
        places = queue.page(connection, CaseQuery(queue=name), by, NOW, place, most=ROWS)
        if len(places) <= ROWS:
            return None
        place = places[ROWS - 1]
    return place


def _page(connection: Connection, by: Acting, name: Queue, after: queue.Place | None) -> Any:
    """As `POST /complaints/v1/cases/search` answers, without HTTP."""
    places = queue.page(connection, CaseQuery(queue=name), by, NOW, after, most=ROWS)
    return lines(connection, [place.complaint_id for place in places[:ROWS]], by, book.seen(connection, TERMS), NOW)


# The peer: one statement in SQLAlchemy Core for the same rows of open cases, sealed as they are, without limits, scope or masks

_BARE = select(*(column for column in cases.c if column.name not in {"name", "mobile", "vin", "plate", "text", "demand", "expected_value"}))
_OPEN = _BARE.where(cases.c.is_open, cases.c.next_due_at.is_not(None)).order_by(cases.c.next_due_at, cases.c.complaint_id).limit(ROWS)


def bare_first_page(connection: Connection) -> Any:
    return connection.execute(_OPEN).all()


def bare_middle_page(after: queue.Place) -> Ask:
    behind = _OPEN.where(
        cases.c.next_due_at >= after.due_at, tuple_(cases.c.next_due_at, cases.c.complaint_id) > (after.due_at, after.complaint_id)
    )
    return lambda connection: connection.execute(behind).all()


def bare_counts(connection: Connection) -> Any:
    """Each queue of open cases by itself."""
    here = cases.c.is_open
    wanted = (here & (cases.c.handler == ""), here & (cases.c.next_due_at < millis(NOW)), here & cases.c.escalated, here)
    return [connection.execute(select(func.count()).select_from(cases).where(one)).scalar_one() for one in wanted]
