"""What follows from hops and messages is the same in whatever order they come, and the same again when it is made anew."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from chassis.database import millis
from chassis.messages import wrap
from chassis.settings import Insight
from contracts.appointments import AppointmentConfirmed, State
from contracts.operating import Care
from contracts.ops import Cause, Hop
from contracts.wechat import MenuClicked
from services.insight import parked_rows, retention
from services.insight.rebuild import FOLLOWS, rebuild
from services.insight.service import InsightService
from services.insight.store import InsightStore
from services.insight.tables import care, hops, messages, minutes, parked_now
from tests.services.house import VAULT, House

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SEEN = InsightStore()
COUNTED = ("minutes", "call_times")
"""A parked message that is kept on has its hops; the figures of its time are gone until a rebuild, and go again with the next step."""


def an_id(number):
    return UUID(int=number, version=4)


CAUSES = st.sampled_from(
    [
        (Cause(kind="contract", field="dms_no", rule="missing"), Cause(kind="contract", field="vin", rule="missing")),
        (Cause(kind="unavailable", rule="dms"),),
        (Cause(kind="mistake", field="translate.py:7", rule="KeyError"),),
    ]
)
STEPS = {
    "published": {  # once, by whom it is from
        "outcome": st.just("ok"),
        "type": st.just("store.appointment"),
        "service": st.just("appointments"),
        "attempt": st.just(0),
    },
    "handled": {"outcome": st.just("ok")},
    "retried": {"outcome": st.just("unavailable"), "causes": CAUSES},
    "parked": {"outcome": st.sampled_from(["parked", "redriven", "dropped"]), "causes": CAUSES},
    "called": {"outcome": st.sampled_from(["ok", "refused", "contract"]), "partner": st.just("dms"), "operation": st.just("POST /x")},
}


ANY = {
    "type": st.sampled_from(["store.appointment", "appointment.stored"]),
    "service": st.sampled_from(["dms", "csc", "appointments"]),
    "attempt": st.integers(0, 4),
}


def hops_of(step):
    return st.builds(
        Hop,
        message_id=st.integers(1, 5).map(an_id),
        step=st.just(step),
        subject=st.integers(20, 22).map(an_id),
        correlation_id=st.integers(30, 32).map(an_id),
        at=st.integers(0, 200_000).map(lambda ms: NOW + timedelta(milliseconds=ms)),
        milliseconds=st.integers(0, 20_000).map(float),
        **ANY | STEPS[step],
    )


def envelope_of(event):
    return wrap(event, source=event.owner, vault=VAULT, cause=None)


def a_click(number):
    clicked = MenuClicked(account="main", follower_id=an_id(40), openid="o", created_at=NOW, event_key="BOOK")
    return envelope_of(clicked.identified(an_id(100 + number)))


CLICKS = st.integers(1, 5).map(a_click)
CONFIRMED = st.integers(1, 5).map(
    lambda n: envelope_of(
        AppointmentConfirmed(
            appointment_id=an_id(20),
            version=n,
            state=State.CONFIRMED,
            follower_id=an_id(40),
            vehicle_id=an_id(41 + n % 2),
            dealer_code="D001",
            requested_date=NOW.date(),
            items=(),
            dms_no=f"d-{n}",
        ).identified(an_id(200 + n))
    )
)
HISTORIES = st.lists(st.one_of(*map(hops_of, STEPS), CLICKS, CONFIRMED), max_size=40)


def take_in(house, things, *, at_once=40):
    with house.write() as tx:
        for number, thing in enumerate(things, start=1):
            if isinstance(thing, Hop):
                SEEN.add_hops(tx, [thing])
            else:
                SEEN.add_message(tx, thing)
            if number % at_once == 0:
                tx.unit.write()


def derived(house, *without):
    """All derived rows, table by table."""
    with house.database.read() as connection:
        return {
            table.name: sorted(
                repr({name: value for name, value in row._mapping.items() if name not in without})
                for row in connection.execute(select(table))
            )
            for table in FOLLOWS
        }


def empty(house):
    with house.write() as tx:
        for table in (*FOLLOWS, care, hops, messages):
            tx.execute(delete(table))


def first_of_each(things):
    """Two hops under one key would be two truths; a service tells one."""
    found = {}
    for thing in things:
        key = (thing.service, thing.message_id, thing.step, thing.attempt) if isinstance(thing, Hop) else thing.id
        found.setdefault(key, thing)
    return list(found.values())


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    return House(InsightService(), tmp_path_factory.mktemp("insight") / "insight.sqlite")


@given(history=HISTORIES, data=st.data())
@settings(max_examples=60, deadline=None)
def test_together_or_in_any_order_or_twice_or_made_anew_it_is_the_same(house, history, data):
    history = first_of_each(history)
    again = data.draw(st.permutations(history + history[: len(history) // 2]))
    empty(house)
    take_in(house, history)
    in_order = derived(house, "number")
    empty(house)
    take_in(house, again, at_once=data.draw(st.integers(1, 5)))
    in_disorder, as_kept = derived(house, "number"), derived(house)

    rebuilt(house)

    assert in_disorder == in_order
    assert derived(house) == as_kept


def rebuilt(house):
    with house.write() as tx:
        rebuild(tx)


def test_what_was_heard_before_is_counted_once_beside_what_is_new(house):
    empty(house)
    take_in(house, [a_click(1)])

    take_in(house, [a_click(1), a_click(2), a_click(2)])

    with house.database.read() as connection:
        counted = connection.execute(select(minutes.c.number).where(minutes.c.service == "gateway")).scalars().all()
    assert counted == [2]


def the_parked(house):
    with house.database.read() as connection:
        return {row.message_id: row for row in connection.execute(select(parked_now))}


def a_parked_hop(number, changes=0, state="parked", at=NOW):
    causes = (Cause(kind="contract", field="dms_no", rule="missing"),)
    return Hop(
        service="dms",
        message_id=an_id(number),
        step="parked",
        attempt=changes,
        type="store.appointment",
        at=at,
        outcome=state,
        causes=causes,
    )


def test_what_an_operator_wrote_is_left_as_it_is(house):
    empty(house)
    take_in(house, [a_parked_hop(1)])
    with house.write() as tx:
        parked_rows.keep_care(tx, an_id(1), "dms", Care(owner="wang", status="looking", note="问过经销商"))
    as_kept = derived(house)

    rebuilt(house)

    assert derived(house) == as_kept
    row = the_parked(house)[an_id(1)]
    assert (row.owner, row.status, row.note) == ("wang", "looking", "问过经销商")


def test_what_is_old_is_forgotten_but_not_while_it_is_parked(house):
    empty(house)
    long_ago = NOW - timedelta(days=200)
    take_in(house, [a_parked_hop(1, at=long_ago), a_parked_hop(2, at=long_ago), a_parked_hop(2, 1, "dropped", at=long_ago)])
    take_in(house, [a_parked_hop(3, at=NOW - timedelta(days=3))])

    with house.write() as tx:
        while retention.step(tx, Insight(), now=millis(NOW)):
            pass

    assert set(the_parked(house)) == {an_id(1), an_id(3)}
    as_kept = derived(house)
    rebuilt(house)
    assert {table: rows for table, rows in derived(house).items() if table not in COUNTED} == {
        table: rows for table, rows in as_kept.items() if table not in COUNTED
    }


@given(history=HISTORIES, later=st.integers(0, 200_000))
@settings(max_examples=30, deadline=None)
def test_wherever_forgetting_stands_no_message_waits_or_travels_that_did_not(house, history, later):
    empty(house)
    take_in(house, first_of_each(history))
    days = timedelta(days=Insight().hops_days)
    with house.write() as tx:
        retention.step(tx, Insight(), now=millis(NOW + days + timedelta(milliseconds=later)))
    as_kept = derived(house)

    rebuilt(house)

    for table in ("waiting_now", "in_transit", "parked_now", "parked_counts", "found_by"):
        assert derived(house)[table] == as_kept[table]
