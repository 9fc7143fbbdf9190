"""Limits under random calendars, pauses and changes, held against a count of minutes one by one (flows 4.3)."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.hours import periods_of
from chassis.settings import Complaints
from contracts.complaint_steps.beside import Pause, Resume, SetDeadline
from contracts.complaint_words import Basis, DeadlineKind, Role
from services.complaints.cases.taking import Acting, Refused
from services.complaints.clocks import deadlines, doings
from tests.services.complaints.clocks.limits import at, case_at, only, slowly_due, world_at

HANDLER = Acting("李四", Role.HANDLER)
FIRST_DAY = date(2026, 9, 21)
DAYS = 40
"""With the Mid-autumn and national holidays, and two make-up days."""

hour = st.integers(0, 47).map(lambda half: f"{half // 2:02d}:{half % 2 * 30:02d}")


@st.composite
def periods(draw, most=3):
    marks = sorted(draw(st.sets(hour, min_size=0, max_size=2 * most)))
    return periods_of(tuple(zip(marks[::2], marks[1::2], strict=False)))


@st.composite
def worlds(draw):
    """Terms with hours for two to seven weekdays, and days that are otherwise for all and for one dealer."""
    open_days = draw(st.integers(2, 7))
    hours = draw(periods().filter(bool))
    written = tuple((f"{begin:%H:%M}", f"{end:%H:%M}") for begin, end in hours)
    day = st.integers(0, DAYS).map(lambda offset: FIRST_DAY + timedelta(days=offset))
    others = {name: draw(st.dictionaries(day, periods(), max_size=5)) for name in ("default", "dealer:D001")}
    return Complaints(working_hours={f"1-{open_days}": written}), others


minutes = st.integers(1, 3_000)
beginnings = st.tuples(st.integers(0, 20_000), minutes, st.sampled_from(Basis), st.sampled_from(DeadlineKind))
moves = st.lists(
    st.tuples(st.sampled_from(["pause", "resume", "longer", "shorter", "until", "look"]), st.integers(0, 4_000), minutes), max_size=8
)


@settings(max_examples=100, deadline=None)
@given(worlds(), beginnings, moves)
def test_a_limit_ends_when_its_minutes_counted_one_by_one_are_used_up(made, beginning, done):
    """Pauses stay through every change, a moment is never looked at that lies before its threshold, and no threshold is told twice."""
    terms, others = made
    begins, length, basis, kind = beginning
    now = at("2026-09-21 00:00") + timedelta(minutes=begins, seconds=17)
    world = world_at(now, terms, others)
    case = deadlines.begin(case_at(dealer_code="D001"), kind, length, "李四", world, basis=basis, label="寄样件")
    told: list[tuple[str, object]] = []

    for move, wait, other in done:
        now += timedelta(minutes=wait)
        world = replace(world, now=now)
        case = _after(move, case, world, other, told)
        limit = case.deadlines[-1]

        assert limit.due_at == slowly_due(_without_an_open_pause(limit), world.calendars)
        _counts_the_same(limit, world)

    assert len(told) == len(set(told))
    assert sum(one.is_open for one in case.deadlines) == 1


def _after(move, case, world, other, told):
    """What may be refused is refused, and changes nothing."""
    limit = case.deadlines[-1]
    try:
        match move:
            case "pause":
                return doings.pause(case, Pause(deadlines=(limit.deadline_id,), reason="part", note="缺件"), HANDLER, world)
            case "resume":
                return doings.resume(case, Resume(deadlines=(limit.deadline_id,)), HANDLER, world)
            case "longer" | "shorter":
                length = limit.minutes + other if move == "longer" else max(1, limit.minutes - other)
                return _set(case, limit, world, minutes=length)
            case "until":
                return _set(case, limit, world, due_at=world.now + timedelta(minutes=other))
    except Refused:
        return case
    looked = deadlines.look(limit, world)
    told += [(name, limit.deadline_id, len(limit.revisions)) for name in looked.warnings]
    return deadlines.with_deadline(case, looked.deadline)


def _set(case, limit, world, **wanted):
    form = SetDeadline(kind=limit.kind, deadline_id=limit.deadline_id, label=limit.label, basis=limit.basis, reason="客户同意", **wanted)
    return doings.set_deadline(case, form, HANDLER, world)


def _without_an_open_pause(limit):
    """Standing still, it ends as if it went on at the moment it was paused."""
    return replace(limit, pauses=tuple(one for one in limit.pauses if one.until))


def _counts_the_same(limit, world):
    used = deadlines.used(limit, limit.due_at, world.calendars) if not limit.stands_still else limit.minutes
    points = dict(deadlines.thresholds(limit, world.terms))
    untold = [points[name] for name in points if name not in limit.warned]

    assert used == limit.minutes
    assert not (limit.stands_still and limit.next_look_at)
    if limit.next_look_at and limit.next_look_at < limit.due_at:
        assert deadlines.used(limit, limit.next_look_at, world.calendars) == min(untold)
        assert deadlines.used(limit, limit.next_look_at - timedelta(minutes=1), world.calendars) < min(untold)


@settings(max_examples=60, deadline=None)
@given(worlds(), minutes, st.lists(st.integers(0, DAYS), min_size=1, max_size=4), st.integers(0, 4_000))
def test_after_a_change_of_the_calendar_a_limit_is_as_if_it_had_begun_under_it(made, length, closed, passed):
    terms, others = made
    begun = at("2026-09-21 09:00")
    case = deadlines.begin(case_at(), DeadlineKind.CLOSE, length, "李四", world_at(begun, terms, others))
    days = {**others["default"], **{FIRST_DAY + timedelta(days=offset): () for offset in closed}}
    changed = world_at(begun + timedelta(minutes=passed), terms, {**others, "default": days})

    limit = deadlines.calendar_changed(only(case), changed, by="admin", reason="盘点")

    assert limit.due_at == slowly_due(limit, changed.calendars)
    assert limit.due_at >= only(case).due_at
    assert len(limit.revisions) == (limit.due_at != only(case).due_at)
