"""The desk's queues: by columns alone, most urgent first, a page at a time.

A queue is one or more arms, each a condition that an index answers; their first rows are merged. So a queue of fifty thousand open cases
is never sorted or counted through. What may not be seen is in no arm.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, or_, select

from chassis.database import millis
from contracts.complaining import CaseQuery, Queue
from contracts.complaint_words import DisputeKind, Kind, Role, State
from services.complaints.cases.loading import looked_up
from services.complaints.cases.taking import Acting
from services.complaints.cases.visibility import Condition, conditions
from services.complaints.days import BUSINESS_ZONE
from services.complaints.tables import cases, closures, disputes, escalations, participants, plans, surveys, vrts

C = cases.c
MOST_FOUND = 200
"""Cases of one phone number, car or plate."""
FOLLOW_UP_AHEAD = timedelta(days=7)
"""What was put off is shown so long before it counts as missed."""
OF_OPEN: tuple[Queue, ...] = ("unassigned", "overdue", "escalated", "open")
BY_THEMSELVES: tuple[Queue, ...] = ("mine", "call_backs")
DEALERS_TURN = (State.ASSIGNED, State.ACCEPTED, State.PLANNING, State.EXECUTING)


@dataclass(frozen=True)
class Place:
    """Where a page ended: a limit's end (None: of those without one, when it came in), and the case."""

    due_at: int | None
    received_at: int
    complaint_id: UUID

    @classmethod
    def of(cls, text: str) -> "Place":
        """Raises ValueError."""
        due_at, received_at, complaint_id = text.split("_")
        return cls(int(due_at) if due_at else None, int(received_at), UUID(hex=complaint_id))

    def __str__(self) -> str:
        return f"{'' if self.due_at is None else self.due_at}_{self.received_at}_{self.complaint_id.hex}"

    @property
    def order(self) -> tuple[bool, int, str]:
        """Most urgent first; what has no limit that runs comes last, the oldest first."""
        return (self.due_at is None, self.received_at if self.due_at is None else self.due_at, self.complaint_id.hex)


def page(connection: Connection, asked: CaseQuery, by: Acting, now: datetime, after: Place | None, *, most: int) -> list[Place]:
    """Up to `most` cases and one more, if there is one."""
    if asked.queue == "all":
        return _newest(connection, _filtered(connection, asked, arms(asked.queue, by, now)), after, most)
    found: set[Place] = set()
    for arm in _filtered(connection, asked, arms(asked.queue, by, now)):
        found |= set(_most_urgent(connection, arm, after, most))
    return sorted(found, key=lambda place: place.order)[: most + 1]


def counts(connection: Connection, by: Acting, now: datetime, most: int) -> dict[Queue, int | None]:
    """Of each queue but `all`; None: more than so many. Those of open cases in one way through their index, whatever is seen of them."""
    of_open: dict[Queue, Any] = {name: func.count(case((_in_queue(name, by, now), 1))) for name in OF_OPEN}
    row = connection.execute(select(*of_open.values()).where(C.is_open, or_(*conditions(by)))).one()
    counted: dict[Queue, int | None] = {name: number if number <= most else None for name, number in zip(of_open, row, strict=True)}
    return counted | {name: count(connection, name, by, now, most) for name in BY_THEMSELVES}


def count(connection: Connection, queue: Queue, by: Acting, now: datetime, most: int) -> int | None:
    """None: more than so many."""
    found: set[UUID] = set()
    for arm in arms(queue, by, now):
        found |= set(connection.execute(select(C.complaint_id).where(arm).limit(most + 1)).scalars())
    return len(found) if len(found) <= most else None


def arms(queue: Queue, by: Acting, now: datetime) -> list[Condition]:
    """Of what somebody may see, what stands in this queue."""
    seen = conditions(by)
    if queue == "mine":
        return [and_(arm, or_(*seen)) for arm in (*_waiting_for(by, now), _mentioning(by))]
    here = _in_queue(queue, by, now)
    return [and_(here, one) for one in seen]


def found_by(connection: Connection, q: str) -> list[UUID]:
    """By number, or by a whole phone number, VIN or plate; of each an index."""
    wanted = q.strip()
    by_value: Iterable[ColumnElement[bool]] = (
        C.number == wanted.upper(),
        *(C[f"{kind}_lookup"] == looked_up(kind, wanted) for kind in ("mobile", "vin", "plate")),
    )
    return [found for one in by_value for found in connection.execute(select(C.complaint_id).where(one).limit(MOST_FOUND)).scalars()]


def _in_queue(queue: Queue, by: Acting, now: datetime) -> Condition:
    match queue:
        case "unassigned":
            theirs = {Role.AGENT: [C.kind == Kind.GRIEVANCE.value], Role.HANDLER: [C.kind == Kind.COMPLAINT.value]}.get(by.role, [])
            return and_(C.handler == "", C.is_open, *theirs)
        case "overdue":
            return and_(C.is_open, C.next_due_at < millis(now))
        case "escalated":
            return and_(C.is_open, C.escalated)
        case "call_backs":
            return C.complaint_id.in_(select(surveys.c.complaint_id).where(surveys.c.call_by.is_not(None)))
        case "open":
            return C.is_open
    return C.received_at >= 0


def _waiting_for(by: Acting, now: datetime) -> Sequence[Condition]:
    """What the role is to do next; what is somebody's own comes to them alone."""
    mine = C.is_open & (C.handler == by.name)
    to_judge = and_(C.handler == "", C.is_open, C.kind == Kind.GRIEVANCE.value)
    to_do = and_(C.dealer_code == by.dealer_code, C.is_open, C.assigned_at.is_not(None), _in(*DEALERS_TURN))
    put_off = select(closures.c.complaint_id).where(closures.c.follow_up_at <= millis(now + FOLLOW_UP_AHEAD))
    theirs: Mapping[Role, Sequence[Condition]] = {
        Role.AGENT: [mine, to_judge, _in(State.INVALID) & (C.source_dealer == "")],
        Role.HANDLER: [mine, (C.handler == by.name) & C.complaint_id.in_(put_off)],
        Role.DEALER: [
            to_do,
            (C.dealer_code == by.dealer_code) & C.complaint_id.in_(put_off),
            _in(State.INVALID) & (C.source_dealer == by.dealer_code),
        ],
        Role.REGION: [(C.region_code == by.region_code) & C.is_open],
        Role.LEADER: _to_decide(by.level),
        Role.MONITOR: [C.is_open & (C.next_due_at < millis(now))],
    }
    return theirs.get(by.role, [_taking_part(by)])


def _to_decide(level: int) -> Sequence[Condition]:
    """By a leader of just this level; a higher one finds them among the escalated."""
    escalated = select(escalations.c.complaint_id).where(
        escalations.c.decided_at.is_(None),
        escalations.c.level == level,
        escalations.c.raised_at.is_not(None),
        escalations.c.dropped_at.is_(None),
    )
    planned = select(plans.c.complaint_id).where(plans.c.decided_at.is_(None), plans.c.level == level)
    return [C.is_open & C.complaint_id.in_(escalated), _in(State.PLAN_SUBMITTED) & C.complaint_id.in_(planned)]


def _taking_part(by: Acting) -> Condition:
    """As long as what they take part in is not over."""
    match by.role:
        case Role.LEGAL:
            return _in(State.DISPUTED)
        case Role.MARKETING:
            crises = select(disputes.c.complaint_id).where(disputes.c.kind == DisputeKind.CRISIS.value, disputes.c.ended_at.is_(None))
            return C.is_open & C.complaint_id.in_(crises)
    theirs = select(participants.c.complaint_id).where(participants.c.name == by.name, participants.c.part == "vrt")
    at_work = select(vrts.c.complaint_id).where(vrts.c.complaint_id == C.complaint_id, vrts.c.ended_at.is_(None))
    return and_(C.is_open, C.complaint_id.in_(theirs), at_work.exists())


def _mentioning(by: Acting) -> Condition:
    mentioned = select(participants.c.complaint_id).where(participants.c.name == by.name, participants.c.part == "mentioned")
    return C.complaint_id.in_(mentioned)


def _in(*states: State) -> Condition:
    return C.state.in_([state.value for state in states])


def _filtered(connection: Connection, asked: CaseQuery, theirs: Sequence[Condition]) -> list[Condition]:
    wanted = list(_filters(asked))
    if asked.q:
        wanted.append(C.complaint_id.in_(found_by(connection, asked.q)))
    return [and_(arm, *wanted) for arm in theirs]


def _filters(asked: CaseQuery) -> Iterable[Condition]:
    for name in ("state", "kind", "channel", "type", "grade"):
        if value := getattr(asked, name):
            yield C[name] == value.value
    for column, text in ((C.region_code, asked.region), (C.dealer_code, asked.dealer), (C.handler, asked.handler)):
        if text:
            yield column == text
    match asked.flag:
        case "safety" | "media" | "institution" as flag:
            yield C[flag]
        case "crisis":
            crises = select(disputes.c.complaint_id).where(disputes.c.kind == DisputeKind.CRISIS.value, disputes.c.ended_at.is_(None))
            yield C.complaint_id.in_(crises)
    if asked.received_from:
        yield C.received_at >= _begin_of(asked.received_from)
    if asked.received_until:
        yield C.received_at < _begin_of(asked.received_until + timedelta(days=1))


def _most_urgent(connection: Connection, arm: Condition, after: Place | None, most: int) -> list[Place]:
    """First those with a limit that runs, in the order of the index; then the others."""
    found: list[Place] = []
    if after is None or after.due_at is not None:
        limited = _KEYS.where(arm, C.next_due_at.is_not(None)).order_by(C.next_due_at, C.complaint_id)
        if after is not None:
            limited = limited.where(_behind(C.next_due_at, after.due_at, after))
        found = _places(connection, limited, most)
    if len(found) <= most:
        others = _SORTED.where(arm, C.next_due_at.is_(None)).order_by(C.received_at, C.complaint_id)
        if after is not None and after.due_at is None:
            others = others.where(_behind(C.received_at, after.received_at, after))
        found += _places(connection, others, most - len(found))
    return found


def _newest(connection: Connection, theirs: Sequence[Condition], after: Place | None, most: int) -> list[Place]:
    found: set[Place] = set()
    for arm in theirs:
        newest = _KEYS.where(arm).order_by(C.received_at.desc(), C.complaint_id.desc())
        if after is not None:
            same = and_(C.received_at == after.received_at, C.complaint_id < after.complaint_id)
            newest = newest.where(C.received_at <= after.received_at, or_(C.received_at < after.received_at, same))
        found |= set(_places(connection, newest, most))
    return sorted(found, key=lambda place: (place.received_at, place.complaint_id.hex), reverse=True)[: most + 1]


def _behind(column: ColumnElement[Any], value: int | None, after: Place) -> Condition:
    return and_(column >= value, or_(column > value, C.complaint_id > after.complaint_id))


def _places(connection: Connection, keys: Select[Any], most: int) -> list[Place]:
    rows = connection.execute(keys.limit(most + 1))
    return [Place(row.next_due_at, row.received_at, row.complaint_id) for row in rows]


def _begin_of(day: date) -> int:
    return millis(datetime.combine(day, time.min, BUSINESS_ZONE))


_KEYS = select(C.next_due_at, C.received_at, C.complaint_id)
_SORTED = _KEYS.with_hint(cases, "IGNORE INDEX FOR ORDER BY (ix_cases_received)", "mysql")
"""Those without a limit are few and soon sorted; in the order of that index all that ever came in would be gone through."""
