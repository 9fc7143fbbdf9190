"""The rows, the axis and the one sentence above them."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from contracts.appointments import AppointmentCancelled
from contracts.operating import Moment
from contracts.ops import Cause
from services.console.standing import standing_of
from services.console.timeline import WIDTH, axis_of, bars_of, hops_of

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
CHAIN = uuid4()


def a_moment(seconds, service, step, message, type="store.appointment", **more):
    return Moment(
        at=NOW + timedelta(seconds=seconds),
        since_first_ms=0,
        service=service,
        step=step,
        message_id=message,
        type=type,
        correlation_id=CHAIN,
        **more,
    )


def sent(seconds, message, service="appointments", **more):
    return a_moment(seconds, service, "published", message, **more)


def handled(seconds, message, service="dms", **more):
    return a_moment(seconds, service, "handled", message, **more)


def standing(*moments, after=60):
    return standing_of(hops_of(moments), NOW + timedelta(seconds=after))


def test_a_message_is_one_row_from_who_sent_it_to_all_who_read_it():
    one = uuid4()

    (hop,) = hops_of(
        (
            sent(0, one, type="appointment.requested"),
            handled(1, one, "pages", type="appointment.requested"),
            handled(2, one, "messaging"),
            handled(2, one, "reminders"),
        )
    )

    assert (hop.from_lane, hop.to_lanes, hop.missing, hop.standing) == ("services", ("pages", "services"), (), "handled")


def test_what_began_on_a_page_came_from_a_phone_and_what_wechat_took_went_back_to_one():
    asked, told = uuid4(), uuid4()

    first, last = hops_of(
        (
            sent(0, asked, "pages", type="request.appointment"),
            sent(1, told, "messaging", type="send.template", causation_id=asked),
            a_moment(2, "sender", "called", told, type="send.template", partner="wechat", milliseconds=10, causation_id=asked),
            handled(2.1, told, "sender", type="send.template"),
        )
    )

    assert first.from_lane == "phone"
    assert last.to_lanes == ("sender", "phone")


def test_days_of_waiting_are_a_break_in_the_axis_and_the_bursts_keep_their_width():
    early, late = uuid4(), uuid4()
    hops = hops_of((sent(0, early), handled(1, early, milliseconds=500), sent(90_000, late), handled(90_001, late, milliseconds=500)))

    axis = axis_of(hops)

    assert [round(one.idle.total_seconds()) for one in axis.breaks] == [89_998]
    assert axis.breaks[0].width < WIDTH / 10
    assert all(bar.left >= 0 and bar.left + bar.width <= WIDTH + 0.1 for hop in hops for bar in bars_of(hop, axis))


def test_a_thousand_bursts_still_fit():
    ids = [uuid4() for _ in range(1000)]
    moments = [moment for at, one in enumerate(ids) for moment in (sent(at * 600, one), handled(at * 600 + 1, one))]

    axis = axis_of(hops_of(moments))

    assert max(stretch.left + stretch.width for stretch in axis.stretches) <= WIDTH + 0.1
    assert axis.place(NOW + timedelta(days=100)) == WIDTH


def test_a_message_that_waits_says_for_whom_since_when_and_for_which_try():
    one = uuid4()
    causes = (Cause(kind="unavailable", rule="csc: 503"),)
    due = NOW + timedelta(seconds=300)

    stands = standing(
        sent(0, one, type="open.call.task"),
        a_moment(1, "csc", "called", one, partner="csc", outcome="unavailable"),
        a_moment(2, "csc", "retried", one, attempt=1, causes=causes),
        a_moment(40, "csc", "retried", one, attempt=3, causes=causes, due_at=due),
    )

    assert (stands.kind, stands.service, stands.partner, stands.next_try, stands.due_at) == ("waiting", "csc", "csc", 4, due)
    assert stands.since == NOW + timedelta(seconds=2)


def test_what_is_parked_comes_before_what_waits():
    waits, stuck = uuid4(), uuid4()

    stands = standing(
        sent(0, stuck),
        a_moment(1, "dms", "parked", stuck, outcome="parked", causes=(Cause(kind="contract", field="no"),)),
        sent(2, waits),
        a_moment(3, "dms", "retried", waits, attempt=1),
    )

    assert (stands.kind, stands.message_id, stands.causes[0].field) == ("parked", stuck, "no")


@pytest.mark.parametrize(("outcome", "kind"), [("redriven", "under_way"), ("dropped", "done")])
def test_an_order_changes_what_stands_there(outcome, kind):
    one = uuid4()
    parked = a_moment(1, "dms", "parked", one, outcome="parked", attempt=1)

    assert standing(sent(0, one), parked, a_moment(9, "dms", "parked", one, outcome=outcome, attempt=2)).kind == kind


def test_what_was_parked_and_then_handled_is_done():
    one = uuid4()
    parked = a_moment(1, "dms", "parked", one, outcome="parked", attempt=1)
    redriven = a_moment(9, "dms", "parked", one, outcome="redriven", attempt=2)

    assert standing(sent(0, one), parked, redriven, handled(10, one)).kind == "done"


def test_a_message_that_nobody_has_read_yet_is_under_way_to_who_should():
    one = uuid4()

    stands = standing(sent(0, one), after=3600)

    assert (stands.kind, stands.service, stands.since) == ("under_way", "dms", NOW)


def test_where_nothing_is_open_the_last_fact_speaks():
    done, resting = uuid4(), uuid4()
    ends = (sent(0, done, type="appointment.completed"), handled(1, done, "pages"), handled(1, done, "messaging"))
    rests = (sent(0, resting, type="appointment.call.due"), handled(1, resting, "pages"), handled(1, resting, "messaging"))

    assert (standing(*ends).kind, standing(*ends).live) == ("done", False)
    assert (standing(*rests).kind, standing(*rests).type) == ("resting", "appointment.call.due")
    assert standing(*rests, after=5).kind == "under_way"


def test_what_has_ended_for_good_is_said_at_once():
    one = uuid4()
    readers = (handled(1, one, reader) for reader in AppointmentCancelled.readers)
    ends = (sent(0, one, type="appointment.cancelled"), *readers)

    assert standing(*ends, after=2).kind == "done"
