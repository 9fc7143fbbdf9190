"""Cases, limits and worlds for tests of clocks, and a slow way to count working time."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.hours import Periods, weekdays_of
from chassis.settings import Complaints
from contracts.complaint_words import Basis, Channel, DeadlineKind, Kind, State
from services.complaints.cases.case import Case, Complainant
from services.complaints.cases.parts import Deadline
from services.complaints.cases.taking import World
from services.complaints.clocks.calendars import Calendars
from services.complaints.support.authority import Authority

SHANGHAI = ZoneInfo("Asia/Shanghai")
TERMS = Complaints()
OFFICE = weekdays_of(TERMS.working_hours)
CASE_ID = UUID(int=1)


def at(text: str) -> datetime:
    """`2026-11-23 09:00` in Shanghai; 23 November 2026 is a Monday."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def world_at(now: str | datetime, terms: Complaints = TERMS, others: dict[str, dict[date, Periods]] | None = None) -> World:
    moment = at(now) if isinstance(now, str) else now
    return World(moment, terms, Calendars(weekdays_of(terms.working_hours), others or {}), Authority())


def case_at(received: str | datetime = "2026-11-23 08:00", **known: object) -> Case:
    received_at = at(received) if isinstance(received, str) else received
    case = Case(
        complaint_id=CASE_ID,
        version=1,
        number="TS2611230001",
        kind=Kind.COMPLAINT,
        channel=Channel.CALL_CENTRE_PHONE,
        state=State.FILED,
        complainant=Complainant(name="张三", mobile="13800000000"),
        text="空调异响",
        demand="修好",
        expected_value="",
        received_at=received_at,
        filed_at=received_at,
    )
    return replace(case, **known)  # type: ignore[arg-type]


def only(case: Case) -> Deadline:
    (deadline,) = case.deadlines
    return deadline


def limit(minutes: int, started_at: datetime, basis: Basis = Basis.WORKING) -> Deadline:
    return Deadline(UUID(int=7), DeadlineKind.CLOSE, "", basis, "default", minutes, started_at, started_at, "李四", None)


def counts(calendars: Calendars, calendar_id: str, basis: Basis, minute: datetime) -> bool:
    """Whether the minute that begins then counts: looked up by the wall clock of Shanghai."""
    if basis is Basis.CALENDAR:
        return True
    local = minute.astimezone(SHANGHAI)
    of_day = local.hour * 60 + local.minute
    for begin, end in calendars.periods_on(calendar_id, local.date()):
        first, last = begin.hour * 60 + begin.minute, (end.hour * 60 + end.minute) or 1440
        if first <= of_day < last:
            return True
    return False


def slowly_due(deadline: Deadline, calendars: Calendars) -> datetime:
    """When the minutes are used up, counted one by one."""
    minute, left = deadline.started_at, deadline.minutes
    while left:
        paused = any(one.until and one.since <= minute < one.until for one in deadline.pauses)
        if not paused and counts(calendars, deadline.calendar_id, deadline.basis, minute):
            left -= 1
        minute += timedelta(minutes=1)
    return minute
