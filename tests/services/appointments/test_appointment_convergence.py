"""What is learnt of an appointment in any order and with repeats ends as in order, for the rules alone.

A history is written down, then replayed shuffled: the end must be the same. (For the whole service see test_appointment_world.py.)
"""

from collections.abc import Callable
from datetime import timedelta
from itertools import accumulate, pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.appointments import State
from contracts.csc import CloseCallTask, OpenCallTask, RecordOutcome, ReopenCallTask
from contracts.dms import CancelAppointment, MoveAppointment, StoreAppointment, StoreOutcome, StoreSlip
from contracts.envelope import Contract
from services.appointments.domain import Appointment, consider
from services.appointments.hours import call_due
from services.appointments.news import news_of
from services.appointments.standing import CLOSED
from services.appointments.visits import Visit
from tests.services.appointments.builders import AT, CAR, FOLLOWER, FRIDAY, NOW, RULES, VEHICLE, VISIT, a_log, a_slip, a_wish

SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]
RESULTS = ("reached", "no_answer", "busy", "switched_off", "wrong_number", "refused")

Step = Callable[[Appointment], Appointment]


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[str, Step]]:
    """What happens to an appointment after the wish was taken in, each thing in the order in which its side made it."""
    known: list[tuple[str, Step]] = [("stored", lambda a: a.stored("D-7", call_due(NOW))), ("task made", lambda a: a.task_made("T-1"))]
    known += draw(calls_made())
    known += draw(slips_made())
    if draw(st.integers(0, 3)) == 0:
        known.append(("refused", lambda a: a.refuse("closed_day")))
    for request_no in range(2, draw(st.integers(2, 4))):
        known.insert(draw(st.integers(0, len(known))), (f"rescheduled {request_no}", rescheduled(request_no)))
    if draw(st.integers(0, 3)) == 0:
        known += [("arrived", lambda a: a.visited(Visit(VISIT, VEHICLE, AT)))]
        known += [("done", lambda a: a.visited(Visit(VISIT, VEHICLE, AT, AT + timedelta(hours=5))))] * draw(st.integers(0, 1))
    elif draw(st.integers(0, 3)) == 0 and not any("transferred" in name for name, _ in known):
        known.insert(draw(st.integers(0, len(known))), ("taken back", lambda a: a.take_back(FOLLOWER, "", NOW, RULES)))
    return known


@st.composite
def calls_made(draw: st.DrawFn) -> list[tuple[str, Step]]:
    results = draw(st.lists(st.sampled_from(RESULTS), max_size=7))
    end = draw(st.sampled_from(["open", "open", "declined", "transferred"])) if results else "open"
    steps: list[tuple[str, Step]] = []
    for version, so_far in enumerate(accumulate([(one,) for one in results]), start=1):
        last = end if version == len(results) else "open"
        log = a_log(version, *so_far, declined=last == "declined", transferred_to="D002" if last == "transferred" else "")
        steps.append((f"call {version} {last}", lambda a, log=log: a.called(log, RULES)))
    return steps


@st.composite
def slips_made(draw: st.DrawFn) -> list[tuple[str, Step]]:
    """Of a later version and for a later request than those before, on record or not."""
    steps: list[tuple[str, Step]] = []
    slips, request_no = draw(st.integers(0, 3)), 1
    called_off = bool(slips) and draw(st.booleans())
    for version in range(1, slips + 1):
        off = "closed_day" if called_off and version == slips else ""
        request_no = draw(st.integers(request_no, 3))
        slip = a_slip(version, request_no=request_no)
        steps.append((f"slip {version} {off}", lambda a, slip=slip, off=off: a.slip_saved(slip, called_off=off)))
        if draw(st.booleans()):
            steps.append((f"slip {version} stored", lambda a, v=version: a.slip_stored("S-7", v)))
    return steps


def rescheduled(request_no: int) -> Step:
    wanted = a_wish(requested_date=FRIDAY + timedelta(days=request_no), request_no=request_no)
    return lambda a: a.reschedule(wanted, NOW, RULES, call_due(NOW))


def replay(steps: list[tuple[str, Step]]) -> tuple[Appointment, list[Contract]]:
    appointment = consider(a_wish(), CAR, NOW, RULES)
    told = list(news_of(None, appointment))
    for _, step in steps:
        before, appointment = appointment, step(appointment)
        told += news_of(before, appointment) if appointment != before else ()
    return appointment, told


def known_of(appointment: Appointment) -> dict[str, Any]:
    """All but what counts our own steps, of which there are fewer where news came twice or an old version never counted; all but what the
    DMS was asked for before, since of a later request's predecessor it may never have heard; and of what is over, all but what the
    follower asked for and whether the car came, since only what is open hears of these."""
    known = vars(appointment) | {"state": appointment.state, "reason": appointment.reason, "version": 0, "replaced": ()}
    known["announced"] = bool(appointment.announced) and appointment.is_open and appointment.visit_id is None
    known["call_due_at"] = appointment.call_due_at is not None
    if not appointment.is_open:
        for name in ("wish", "answered_no", "kept_because", "call_due_at", "visit_id", "arrived_at", "completed_at"):
            del known[name]
    return known


def effects_of(appointment: Appointment, told: list[Contract]) -> dict[str, Any]:
    """Where the partner commands leave the partners."""
    to_dms = [one for one in told if isinstance(one, StoreAppointment | StoreSlip | CancelAppointment)]
    slips = [(one.slip_version, one.slip_id) for one in to_dms if isinstance(one, StoreSlip)]
    effects = {
        "dms cancelled": sum(isinstance(one, CancelAppointment) for one in to_dms),
        "dms ends with": max(slips, default=None) if appointment.is_open else isinstance(to_dms[-1], CancelAppointment),
        "csc alive": appointment.is_open and any(isinstance(one, OpenCallTask) for one in told),
        "csc closed": sum(isinstance(one, CloseCallTask) for one in told),
    }
    if appointment.is_open:
        days = [one.requested_date for one in told if isinstance(one, StoreAppointment | MoveAppointment)]
        calls = [one.requested_date for one in told if isinstance(one, OpenCallTask | ReopenCallTask)]
        effects |= {"dms day": days[-1], "csc day": calls[-1] if calls else None}
        effects |= {"outcomes": sorted(one.outcome for one in told if isinstance(one, RecordOutcome | StoreOutcome))}
    return effects


def in_their_place(steps: list[tuple[str, Step]]) -> list[tuple[str, Step]]:
    """What the follower asks for before the car comes in is asked for before: afterwards the answer is another one."""
    return sorted(steps, key=lambda step: not step[0].startswith("rescheduled")) if ("arrived" in dict(steps)) else steps


@given(steps=histories(), data=st.data())
@settings(max_examples=800, deadline=None, suppress_health_check=SLOW)
def test_a_history_in_any_order_and_with_repeats_ends_as_in_order(steps: list[tuple[str, Step]], data: st.DataObject):
    repeats = data.draw(st.lists(st.sampled_from(steps), max_size=5))
    shuffled = data.draw(st.permutations(steps + repeats))

    in_order, told_in_order = replay(in_their_place(steps))
    in_disorder, told_in_disorder = replay(in_their_place(shuffled))

    assert known_of(in_disorder) == known_of(in_order)
    assert effects_of(in_disorder, told_in_disorder) == effects_of(in_order, told_in_order)


@given(steps=histories(), data=st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=SLOW)
def test_who_was_asked_hears_once_that_it_is_over(steps: list[tuple[str, Step]], data: st.DataObject):
    end, told = replay(data.draw(st.permutations(steps)))

    effects = effects_of(end, told)
    over_by_another_word_than_the_dms = end.state in CLOSED - {State.REJECTED}
    csc_is_at_it = end.task_id or end.slip or end.call_due_at
    csc_ended_it = end.declined or end.transferred_to
    csc_ended_it_alone = csc_ended_it and not (end.slip or end.taken_back or end.refused or end.given_up)
    assert effects["dms cancelled"] == 1 or not over_by_another_word_than_the_dms
    assert effects["csc closed"] == bool(csc_is_at_it and not end.is_open and not csc_ended_it_alone)


@given(steps=histories(), data=st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=SLOW)
def test_closed_stays_closed_and_versions_only_rise(steps: list[tuple[str, Step]], data: st.DataObject):
    shuffled = data.draw(st.permutations(steps))

    states = list(accumulate(shuffled, lambda it, step: step[1](it), initial=consider(a_wish(), CAR, NOW, RULES)))

    assert all(after.version >= before.version for before, after in pairwise(states))
    assert all(not after.is_open for before, after in pairwise(states) if not before.is_open)
    assert len({one.successor_id for one in states} - {None}) <= 1
