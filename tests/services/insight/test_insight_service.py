"""The timeline and the parked list, from reports and watched events that come twice and in any order."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from chassis.messages import wrap
from contracts.appointments import AppointmentRequested, ServiceItem, State
from contracts.operating import ParkedFilter
from contracts.ops import Cause, Hop, OpsReport
from contracts.wechat import MenuClicked
from services.insight import parked_list
from services.insight.parked_list import PAGE
from services.insight.service import WATCHED, InsightService
from services.insight.tables import messages
from services.insight.timeline import trace
from tests.services.house import VAULT, House

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
APPOINTMENT = UUID("dddddddd-0000-4000-8000-000000000001")


@pytest.fixture
def house(tmp_path):
    return House(InsightService(), tmp_path / "insight.sqlite")


def a_hop(seconds=0.0, **changes):
    hop = {
        "service": "appointments",
        "message_id": uuid4(),
        "step": "handled",
        "attempt": 0,
        "type": "request.appointment",
        "subject": APPOINTMENT,
        "correlation_id": uuid4(),
        "at": NOW + timedelta(seconds=seconds),
    }
    return Hop(**hop | changes)


def report(house, *hops):
    house.deliver(OpsReport(report_id=uuid4(), hops=hops))


def watch(house, event):
    envelope = wrap(event, source=event.owner, vault=VAULT, cause=None)
    with house.write() as tx:
        house.service.on_any(envelope, tx)
    return envelope


def requested(**changes):
    record = {
        "appointment_id": APPOINTMENT,
        "version": 1,
        "state": State.REQUESTED,
        "follower_id": uuid4(),
        "vehicle_id": uuid4(),
        "dealer_code": "D001",
        "requested_date": NOW.date(),
        "items": (ServiceItem(code="MNT", name="保养"),),
    }
    return AppointmentRequested(**record | changes)


def asked(house, question, *arguments, **named):
    with house.database.read() as connection:
        return question(connection, *arguments, **named)


def test_all_domain_events_are_watched_and_reports_are_not():
    assert AppointmentRequested in WATCHED
    assert OpsReport not in WATCHED


def test_the_timeline_of_an_appointment_joins_hops_and_facts_of_all_its_chains_in_time(house):
    booking, push = uuid4(), uuid4()
    report(
        house,
        a_hop(2, service="csc", correlation_id=push, step="published", type="appointment.call.logged"),
        a_hop(0, correlation_id=booking),
        a_hop(1, service="dms", step="called", correlation_id=booking, subject=uuid4(), partner="dms", milliseconds=12.5),
        a_hop(9, subject=uuid4()),
    )
    fact = watch(house, requested())

    timeline = asked(house, trace, APPOINTMENT)

    assert [(one.service, one.step) for one in sorted(timeline.moments, key=lambda one: one.step)] == [
        ("dms", "called"),
        ("appointments", "handled"),
        ("csc", "published"),
        ("appointments", "told"),
    ]
    assert list(timeline.moments) == sorted(timeline.moments, key=lambda one: one.at)
    assert next(one for one in timeline.moments if one.step == "called").since_first_ms == 1000
    assert next(one for one in timeline.moments if one.step == "told").message_id == fact.id


@pytest.mark.parametrize("by", ["message", "subject", "chain"])
def test_a_message_its_subject_and_its_chain_lead_to_the_same_timeline(house, by):
    hop, other = a_hop(0), a_hop(1)
    report(house, hop, other)

    timeline = asked(house, trace, {"message": hop.message_id, "subject": APPOINTMENT, "chain": hop.correlation_id}[by])

    assert [one.message_id for one in timeline.moments] == [hop.message_id, other.message_id]


def test_a_step_stands_where_it_began_however_late_it_ended(house):
    """In embedded a message counts as published when its last reader has handled it."""
    sent = a_hop(0.1, service="pages", step="published", milliseconds=100)
    report(house, a_hop(0.05, milliseconds=10, message_id=sent.message_id), sent)

    timeline = asked(house, trace, APPOINTMENT)

    assert [(one.step, one.since_first_ms) for one in timeline.moments] == [("published", 0), ("handled", 40)]


def test_nothing_known_is_an_empty_timeline(house):
    assert asked(house, trace, uuid4()).moments == ()


def test_a_repeated_report_changes_nothing(house):
    hop = a_hop()
    report(house, hop)
    report(house, hop, hop)

    assert len(asked(house, trace, hop.message_id).moments) == 1


def test_a_watched_event_is_kept_whole_and_sealed_once(house):
    click = MenuClicked(account="main", follower_id=uuid4(), openid="oSandboxFollower0001", created_at=NOW, event_key="BOOK")

    envelope = watch(house, click)
    watch(house, click)

    with house.database.read() as connection:
        (row,) = connection.execute(select(messages)).all()
    kept = json.loads(row.envelope)
    assert (row.message_id, row.type, kept["data"]["event_key"]) == (click.id, "menu.clicked", "BOOK")
    assert kept["data"]["openid"] == envelope.data["openid"]
    assert kept["data"]["openid"].startswith("sealed:")


def parked_hop(message_id, changes=0, state="parked", **more):
    causes = (Cause(kind="contract", field="dms_no", rule="missing"),)
    return a_hop(changes, message_id=message_id, step="parked", attempt=changes, outcome=state, causes=causes, service="dms", **more)


@given(order=st.permutations(range(4)))
@settings(max_examples=24, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_parked_message_stands_as_its_last_change_says_in_whatever_order_they_are_reported(house, order):
    message_id = uuid4()
    changes = [parked_hop(message_id, number, state) for number, state in enumerate(["parked", "redriven", "parked", "dropped"])]

    for index in order:
        report(house, changes[index])

    (one,) = asked(house, parked_list.one, message_id).parked
    assert (one.state, one.service, one.causes[0].field, one.times) == ("dropped", "dms", "dms_no", 2)


def test_the_parked_list_is_filtered_by_state_and_service(house):
    waiting, dropped, elsewhere = uuid4(), uuid4(), uuid4()
    report(house, parked_hop(waiting), parked_hop(dropped), parked_hop(dropped, 1, "dropped"))
    report(house, parked_hop(elsewhere).model_copy(update={"service": "csc"}))

    def ids(**filters):
        return {one.message_id for one in asked(house, parked_list.page, ParkedFilter(**filters)).parked}

    assert ids() == {waiting, elsewhere}
    assert ids(state=None) == {waiting, dropped, elsewhere}
    assert ids(state="dropped") == {dropped}
    assert ids(service="csc") == {elsewhere}


def test_the_parked_list_is_read_page_by_page(house):
    ids = [uuid4() for _ in range(PAGE + 3)]
    for message_id in ids:
        report(house, parked_hop(message_id))

    first = asked(house, parked_list.page, ParkedFilter())
    second = asked(house, parked_list.page, ParkedFilter(), parked_list.cursor_of(first.next))

    assert [one.message_id for one in first.parked + second.parked] == ids[::-1]
    assert (len(first.parked), second.next) == (PAGE, None)


def test_the_questions_are_answered_on_mariadb_too(place):
    house = House(InsightService(), place.database_url.format(schema="insight"))
    hop, held = a_hop(0), uuid4()
    report(house, hop, parked_hop(held), parked_hop(held, 1, "redriven"))
    report(house, hop)
    watch(house, requested())

    timeline = asked(house, trace, APPOINTMENT)
    (one,) = asked(house, parked_list.one, held).parked

    assert [moment.step for moment in timeline.moments] == ["handled", "parked", "parked", "told"]
    (listed,) = asked(house, parked_list.page, ParkedFilter(state="redriven")).parked
    assert (one.state, listed.message_id, asked(house, parked_list.page, ParkedFilter()).parked) == ("redriven", held, ())
    house.database.dispose()
