"""Time limits (时限) of a case: begun, met, dropped, changed, paused, and when each is looked at next (flows 4.3, A-CMP-36, 37). Pure.

Steps call `begin`, `meet`, `drop_open`, `change`, `pause`, `resume`, which give the case with its limits; nothing here touches its state.
When a limit ends follows from its beginning, its minutes, its pauses and the calendar alone (`due_of`): that is why a pause survives a
change of the limit, and a change of the calendar a pause.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil
from uuid import UUID, uuid5

from chassis.settings import Complaints, Limits
from contracts.complaint_words import Basis, DeadlineKind, Grade
from services.complaints.cases.case import Case
from services.complaints.cases.parts import Deadline, Paused, Revision, put
from services.complaints.cases.taking import World
from services.complaints.clocks.calendars import DEFAULT, Calendars, calendar_of, to_the_minute

# What a case's steps do to its limits


def limits_of(terms: Complaints, grade: Grade | None) -> Limits:
    """Minutes of working time where the handler sets nothing else (S-06); not yet graded: as general."""
    return terms.limits[(grade or Grade.GENERAL).value]


def begin(
    case: Case,
    kind: DeadlineKind,
    minutes: int,
    by: str,
    world: World,
    *,
    basis: Basis = Basis.WORKING,
    label: str = "",
    about_id: UUID | None = None,
    start: datetime | None = None,
) -> Case:
    """The case with another limit of so many minutes from `start` (now, where it is not given).

    An open one of its kind gives way to it (custom ones, and those of other VRT groups, stand beside it). A dealer's plan is counted by
    the calendar of `case.dealer_code`, all else by the default one: set the dealer first.
    """
    if kind is not DeadlineKind.CUSTOM:
        case = _dropped(case, (one for one in case.deadlines if one.is_open and one.kind is kind and one.about_id == about_id), world)
    started_at = to_the_minute(start or world.now)
    calendar_id = calendar_of(case.dealer_code) if kind is DeadlineKind.DEALER_PLAN else DEFAULT
    deadline = Deadline(
        deadline_id=uuid5(case.complaint_id, f"deadline {len(case.deadlines) + 1}"),
        kind=kind,
        label=label,
        basis=basis,
        calendar_id=calendar_id,
        minutes=minutes,
        started_at=started_at,
        due_at=world.calendars.after(calendar_id, basis, started_at, minutes),
        set_by=by,
        next_look_at=None,
        about_id=about_id,
    )
    return with_deadline(case, looked_at_next(deadline, world))


def meet(case: Case, kind: DeadlineKind, world: World, *, about_id: UUID | None = None) -> Case:
    """What was to be done is done: the open limits of this kind (of a VRT group: `about_id`) are met; none open: nothing changes.

    One that was over already, though the sweep has not seen it, is breached and met.
    """
    for one in case.deadlines:
        if one.is_open and one.kind is kind and about_id in (None, one.about_id):
            case = met(case, one, world)
    return case


def met(case: Case, deadline: Deadline, world: World) -> Case:
    """What this one was set for is done."""
    return with_deadline(case, replace(_stopped(deadline, world), met_at=world.now))


def drop_open(case: Case, world: World, *kinds: DeadlineKind) -> Case:
    """Open limits of these kinds (none named: all of them) are not wanted any more; those that were over stay breached."""
    return _dropped(case, (one for one in case.deadlines if one.is_open and (not kinds or one.kind in kinds)), world)


def drop(case: Case, deadline: Deadline, world: World) -> Case:
    """This one is not wanted any more."""
    return _dropped(case, (deadline,), world)


def change(case: Case, deadline: Deadline, minutes: int, world: World, *, by: str, reason: str, basis: Basis | None = None) -> Case:
    """Another length of an open limit, counted from its beginning; its pauses stay. Thresholds that lie ahead again are told again.

    A limit that is over cannot be made not to have been: a new one of so many minutes from now takes its place.
    """
    if over(deadline, world.now):
        case = _dropped(case, (deadline,), world)
        return begin(
            case, deadline.kind, minutes, by, world, basis=basis or deadline.basis, label=deadline.label, about_id=deadline.about_id
        )
    changed = recounted(replace(deadline, minutes=minutes, basis=basis or deadline.basis), world)
    passed = _passed(changed, world)
    kept = replace(changed, warned=tuple(name for name in changed.warned if name in passed))
    return with_deadline(case, looked_at_next(_with_revision(deadline, kept, by, reason, world.now), world))


def pause(case: Case, deadline: Deadline, by: str, reason: str, world: World) -> Case:
    """An open limit stands still from now on: no warning, no breach, until it is resumed."""
    still = replace(deadline, pauses=(*deadline.pauses, Paused(to_the_minute(world.now), None, reason, by)))
    return with_deadline(case, recounted(still, world))


def resume(case: Case, deadline: Deadline, world: World) -> Case:
    """It goes on; its end has moved by the time that counts of the pause."""
    return with_deadline(case, recounted(_going_on(deadline, world.now), world))


def breach(case: Case, deadline: Deadline, world: World) -> Case:
    """It is over; it stays open until it is met or dropped, and is looked at no more. `breached_at`: when it ended."""
    return with_deadline(case, looked_at_next(replace(deadline, breached_at=deadline.due_at), world))


def with_deadline(case: Case, deadline: Deadline) -> Case:
    return case.learnt(deadlines=put(case.deadlines, deadline, "deadline_id"))


def next_due(deadlines: Iterable[Deadline]) -> datetime | None:
    """`cases.next_due_at`: of open limits that do not stand still, the first end, breached ones among them."""
    return min((one.due_at for one in deadlines if one.is_open and not one.stands_still), default=None)


def over(deadline: Deadline, now: datetime) -> bool:
    """It was breached, or its end has passed and the sweep has not seen it yet."""
    return deadline.breached_at is not None or (not deadline.stands_still and now >= deadline.due_at)


# How time is counted


def due_of(deadline: Deadline, calendars: Calendars) -> datetime:
    """When its minutes are used up. Standing still: as if it went on at the moment it was paused."""
    return _when_used(deadline, deadline.minutes, calendars)


def used(deadline: Deadline, at: datetime, calendars: Calendars) -> int:
    """Minutes of it that are used up at a moment, without its pauses."""

    def between(first: datetime, last: datetime) -> int:
        return calendars.minutes_between(deadline.calendar_id, deadline.basis, first, last)

    counted = between(deadline.started_at, at)
    for one in deadline.pauses:
        until = min(one.until or at, at)
        if one.since < until:
            counted -= between(one.since, until)
    return counted


def used_up(deadline: Deadline, world: World) -> bool:
    """No time of it is left, also where it stands still."""
    return used(deadline, world.now, world.calendars) >= deadline.minutes


def minutes_until(deadline: Deadline, due_at: datetime, calendars: Calendars) -> int:
    """How many minutes a limit must have to end then: for a limit that is set by its end. Outside of working time: the end of it before."""
    return used(replace(deadline, pauses=tuple(one for one in deadline.pauses if one.until)), due_at, calendars)


def _when_used(deadline: Deadline, minutes: int, calendars: Calendars) -> datetime:
    start, left = deadline.started_at, minutes
    for one in deadline.pauses:
        before = calendars.minutes_between(deadline.calendar_id, deadline.basis, start, one.since)
        if left <= before:
            break
        start, left = one.until or one.since, left - before
    return calendars.after(deadline.calendar_id, deadline.basis, start, left)


def recounted(deadline: Deadline, world: World) -> Deadline:
    """As its minutes, its pauses and the calendar have it now."""
    return looked_at_next(replace(deadline, due_at=due_of(deadline, world.calendars)), world)


def calendar_changed(deadline: Deadline, world: World, *, by: str, reason: str) -> Deadline:
    """Recounted, with a revision where it ends at another time. What is closed, or was breached, is history and stays as it is."""
    if not deadline.is_open or deadline.breached_at is not None:
        return deadline
    changed = recounted(deadline, world)
    return changed if changed.due_at == deadline.due_at else _with_revision(deadline, changed, by, reason, world.now)


# Warnings


@dataclass(frozen=True)
class Looked:
    """A limit after a look at it: thresholds passed since the last one, in their order, and whether it is over."""

    deadline: Deadline
    warnings: tuple[str, ...]
    is_over: bool


def look(deadline: Deadline, world: World) -> Looked:
    """Each threshold once, all that were passed meanwhile in order. Nothing of a limit that is closed, breached or standing still."""
    if deadline.next_look_at is None or world.now < deadline.next_look_at:
        return Looked(deadline, (), is_over=False)
    passed = tuple(name for name in _passed(deadline, world) if name not in deadline.warned)
    looked = looked_at_next(replace(deadline, warned=(*deadline.warned, *passed)), world)
    return Looked(looked, passed, is_over=world.now >= deadline.due_at)


def thresholds(deadline: Deadline, terms: Complaints) -> Sequence[tuple[str, int]]:
    """`50%`, `24h` with the minutes that are used up then, in order. Hours are of the time that counts; those longer than it are not."""
    shares = {(f"{share * 100:g}%", ceil(round(deadline.minutes * share, 6))) for share in terms.warn_shares}
    hours = {(f"{hours:g}h", deadline.minutes - round(hours * 60)) for hours in terms.warn_hours}
    return sorted(((name, point) for name, point in shares | hours if 0 < point < deadline.minutes), key=lambda one: (one[1], one[0]))


def last_warning_told(deadline: Deadline, terms: Complaints) -> bool:
    """The last threshold before its end has been passed: it is foreseen that it will not be kept (A-CMP-20)."""
    points = thresholds(deadline, terms)
    return bool(points) and points[-1][0] in deadline.warned


def looked_at_next(deadline: Deadline, world: World) -> Deadline:
    """With the moment of its next threshold, or of its end; None where nothing is to be seen any more."""
    if not deadline.is_open or deadline.stands_still or deadline.breached_at is not None:
        return replace(deadline, next_look_at=None)
    first = next((point for name, point in thresholds(deadline, world.terms) if name not in deadline.warned), None)
    return replace(deadline, next_look_at=deadline.due_at if first is None else _when_used(deadline, first, world.calendars))


def _passed(deadline: Deadline, world: World) -> Sequence[str]:
    at = used(deadline, world.now, world.calendars)
    return [name for name, point in thresholds(deadline, world.terms) if point <= at]


def _with_revision(old: Deadline, new: Deadline, by: str, reason: str, now: datetime) -> Deadline:
    revision = Revision(now, by, reason, old.minutes, new.minutes, old.due_at, new.due_at)
    return replace(new, revisions=(*new.revisions, revision))


def _going_on(deadline: Deadline, now: datetime) -> Deadline:
    *before, last = deadline.pauses
    return replace(deadline, pauses=(*before, replace(last, until=to_the_minute(now))))


def _stopped(deadline: Deadline, world: World) -> Deadline:
    """Nothing of it runs any more: a pause ends, and what was over is breached."""
    if deadline.stands_still:
        going = _going_on(deadline, world.now)
        return replace(going, due_at=due_of(going, world.calendars), next_look_at=None)
    return replace(deadline, next_look_at=None, breached_at=deadline.due_at if over(deadline, world.now) else None)


def _dropped(case: Case, deadlines: Iterable[Deadline], world: World) -> Case:
    for one in tuple(deadlines):
        case = with_deadline(case, replace(_stopped(one, world), dropped_at=world.now))
    return case
