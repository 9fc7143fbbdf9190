"""One order about many: its messages are fixed, ordered at a bounded rate, once each, and counted in whatever order the reports come."""

import os
import subprocess
import sys
import threading
from datetime import UTC, datetime
from random import Random
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from chassis.clock import milliseconds_now
from chassis.database import from_millis
from contracts.operating import ParkedFilter
from contracts.ops import Cause, DropParked, Hop, OpsReport, RedriveParked
from services.insight import job_store, ordering
from services.insight.job_tables import job_items
from services.insight.jobs import BURST_MS, MOST_AT_ONCE, UNANSWERED_LEAST, Job, order_id
from services.insight.service import InsightService
from tests.services.house import ROOT, House

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
FAST = 1000


@pytest.fixture
def house(tmp_path):
    return House(InsightService(), tmp_path / "insight.sqlite")


def report(house, *hops):
    for start in range(0, len(hops), 500):
        house.only_deliver(OpsReport(report_id=uuid4(), hops=hops[start : start + 500]))


def a_hop(step, message_id, attempt=0, outcome="ok", *, service="dms", subject=None, type="store.appointment", field="dms_no"):
    causes = (Cause(kind="contract", field=field, rule="missing"),) if step == "parked" else ()
    return Hop(
        service=service,
        message_id=message_id,
        step=step,
        attempt=attempt,
        type=type,
        subject=subject,
        at=NOW,
        outcome=outcome,
        causes=causes,
    )


def park(house, number, **more):
    ids = [uuid4() for _ in range(number)]
    report(house, *(a_hop("parked", message_id, outcome="parked", **more) for message_id in ids))
    return ids


def a_job(kind="redrive", per_second=FAST, **filter):
    now = milliseconds_now()
    return Job(
        id=uuid4(),
        kind=kind,
        state="running",
        filter=ParkedFilter(**filter),
        ordered_by="王芳",
        per_second=per_second,
        reason="已核实",
        begun_at=from_millis(now),
        paced_at=now,
    )


def begin(house, job):
    with house.write() as tx:
        job_store.begin(tx, job, 1)
    return job


def carry_on(house, until=lambda: False):
    """Until nothing is left to do at once; the rate is used up by then or time is not what is tested."""
    told = []
    while ordering.carry_on(house.database) and not until():
        told += house.told()
    return told + house.told()


def carried_out(job, message_id, change, service="dms"):
    kind = f"{job.kind}.parked"
    return a_hop("handled", order_id(job.id, service, message_id), change, service=service, subject=message_id, type=kind)


def answer_all(house, job, told, change=1):
    """Every order is carried out, and what it redrove handled."""
    report(house, *(hop for one in told for hop in (carried_out(job, one.message_id, change), a_hop("handled", one.message_id))))


def counts_of(house, job):
    with house.database.read() as connection:
        _, counts = job_store.one(connection, job.id)
    return {name: value for name, value in vars(counts).items() if value}


def state_of(house, job):
    with house.database.read() as connection:
        found, _ = job_store.one(connection, job.id)
    return found


def test_a_job_orders_what_its_filter_found_and_nothing_that_came_later(house):
    meant, others = park(house, 7), park(house, 3, field="vin")
    job = begin(house, a_job(field="dms_no"))
    park(house, 4)

    told = carry_on(house, lambda: counts_of(house, job).get("ordered") == 7)

    assert {order.message_id for order in told} == set(meant)
    assert not {order.message_id for order in told} & set(others)
    assert {(type(order), order.id, order.ordered_by) for order in told} == {
        (RedriveParked, order_id(job.id, "dms", message_id), "王芳") for message_id in meant
    }


def test_many_messages_are_fixed_in_several_transactions_and_each_once(house):
    meant = park(house, 205)
    job = begin(house, a_job())

    while not state_of(house, job).fixed:
        with house.write() as tx:
            job_store.fix_some(tx, job.id, most=40)

    with house.database.read() as connection:
        fixed = list(connection.execute(select(job_items.c.message_id).order_by(job_items.c.number)).scalars())
    assert (len(fixed), set(fixed)) == (205, set(meant))


def test_two_jobs_at_once_never_order_the_same_message(house):
    shared, alone = park(house, 60), park(house, 5, field="vin")
    first, second = begin(house, a_job(field="dms_no")), begin(house, a_job())

    told = carry_on(house, lambda: counts_of(house, second).get("ordered", 0) == 5 and counts_of(house, first).get("ordered", 0) >= 40)

    ordered = [order.message_id for order in told]
    assert len(ordered) == len(set(ordered))
    assert {order.message_id for order in told if order.id == order_id(second.id, "dms", order.message_id)} == set(alone)
    assert counts_of(house, first)["total"] == len(shared)


def test_a_dropping_job_gives_its_reason_and_counts_what_was_dropped(house):
    meant = park(house, 3)
    job = begin(house, a_job("drop"))
    told = carry_on(house, lambda: counts_of(house, job).get("ordered") == 3)

    report(house, *(hop for one in meant for hop in (carried_out(job, one, 1), a_hop("handled", one), a_hop("parked", one, 1, "dropped"))))
    carry_on(house)

    assert {(type(order), order.reason) for order in told} == {(DropParked, "已核实")}
    assert counts_of(house, job) == {"total": 3, "ordered": 3, "dropped": 3}
    assert state_of(house, job).state == "done"


def test_a_stopped_job_orders_nothing_more_and_lets_its_messages_go(house):
    park(house, 60)
    job = begin(house, a_job(per_second=20))
    carry_on(house, lambda: counts_of(house, job).get("ordered", 0) >= 5)
    ordered = counts_of(house, job)["ordered"]

    with house.write() as tx:
        assert job_store.stop(tx, job.id, milliseconds_now())
    carry_on(house)
    after = begin(house, a_job())
    carry_on(house, lambda: state_of(house, after).fixed)

    assert counts_of(house, job)["ordered"] == ordered
    assert state_of(house, job).state == "stopped"
    assert counts_of(house, after)["total"] == 60 - ordered


def test_a_message_that_is_parked_no_more_at_its_turn_is_not_ordered(house):
    gone, still = park(house, 1), park(house, 1)
    job = begin(house, a_job())
    ordering.carry_on(house.database)
    report(house, a_hop("parked", gone[0], 1, "redriven"))

    told = carry_on(house, lambda: counts_of(house, job).get("gone", 0) + counts_of(house, job).get("ordered", 0) == 2)

    assert [order.message_id for order in told] == still
    assert counts_of(house, job)["gone"] == 1


def test_a_job_waits_for_its_orders_to_be_carried_out_before_it_gives_many_more(house):
    park(house, 400)
    job = begin(house, a_job(per_second=4))

    with house.database.write() as tx:
        assert job.allowance(job.paced_at + 60_000, unanswered=UNANSWERED_LEAST) == 0
        assert job.allowance(job.paced_at + 60_000, unanswered=0) == 4 * BURST_MS // 1000
        assert job_store.unanswered(tx, job) == 0


@given(rate=st.floats(0.1, 1000), pauses=st.lists(st.integers(0, 5000), max_size=60))
@settings(deadline=None)
def test_the_rate_is_kept_however_often_it_looks_and_after_any_pause(rate, pauses):
    job = a_job(per_second=rate)
    now = start = job.paced_at
    ordered = 0
    for pause in pauses:
        now += pause
        allowed = job.allowance(now, 0)
        ordered += allowed
        job = Job(**{**vars(job), "paced_at": job.paced(now, allowed)}) if allowed else job

        assert allowed <= MOST_AT_ONCE
        assert ordered <= (now - start) * rate / 1000 * 1.05 + 1


FATES = {
    "handled": lambda one: [a_hop("parked", one, 1, "redriven"), a_hop("handled", one)],
    "parked_again": lambda one: [a_hop("parked", one, 2, "parked")],
    "mended_later": lambda one: [a_hop("parked", one, 2, "parked"), a_hop("parked", one, 3, "redriven"), a_hop("handled", one)],
    "gone": lambda one: [a_hop("parked", one, 1, "dropped"), a_hop("handled", one)],
    "under_way": lambda one: [a_hop("parked", one, 1, "redriven"), a_hop("retried", one, 1)],
}


@given(fates=st.lists(st.sampled_from(sorted(FATES)), min_size=1, max_size=8), seed=st.integers(0, 2**32), repeats=st.booleans())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_became_of_a_jobs_messages_is_the_same_in_whatever_order_it_is_reported(house, fates, seed, repeats):
    meant = park(house, len(fates), type=f"of.{uuid4()}")
    with house.database.read() as connection:
        type_of_all = connection.execute(
            select(job_store.parked_now.c.type).where(job_store.parked_now.c.message_id == meant[0])
        ).scalar_one()
    job = begin(house, a_job(type=type_of_all))
    carry_on(house, lambda: counts_of(house, job).get("ordered") == len(fates))
    hops = [hop for one, fate in zip(meant, fates, strict=True) for hop in FATES[fate](one)]
    hops += [carried_out(job, one, 0 if fate == "gone" else 1) for one, fate in zip(meant, fates, strict=True)]
    shuffled = hops * (2 if repeats else 1)
    Random(seed).shuffle(shuffled)

    for hop in shuffled:
        report(house, hop)

    expected = {
        "total": len(fates),
        "ordered": len(fates),
        "handled": fates.count("handled"),
        "parked_again": fates.count("parked_again") + fates.count("mended_later"),
        "gone": fates.count("gone"),
        "open": fates.count("under_way"),
    }
    assert counts_of(house, job) == {name: number for name, number in expected.items() if number}
    with house.write() as tx:
        job_store.stop(tx, job.id, milliseconds_now())


def test_a_job_is_done_when_all_came_to_an_end_and_its_counts_stay(house):
    meant = park(house, 3)
    job = begin(house, a_job())
    told = carry_on(house, lambda: counts_of(house, job).get("ordered") == 3)

    answer_all(house, job, told)
    carry_on(house)
    with house.write() as tx:
        job_store.settle(tx, job.id, job_store.count(tx.connection, job.id))
    report(house, *(a_hop("parked", one, 9, "parked") for one in meant))

    assert state_of(house, job).state == "done"
    assert counts_of(house, job) == {"total": 3, "ordered": 3, "handled": 3}


def test_messages_of_jobs_that_came_to_an_end_are_forgotten_and_their_counts_kept(house):
    park(house, 3)
    job = begin(house, a_job())
    carry_on(house, lambda: counts_of(house, job).get("ordered") == 3)
    with house.write() as tx:
        job_store.settle(tx, job.id, job_store.count(tx.connection, job.id))
        job_store.forget(tx, milliseconds_now())

    with house.database.read() as connection:
        assert not connection.execute(select(job_items)).all()
    assert counts_of(house, job) == {"total": 3, "ordered": 3, "open": 3}


KILLED = """
import sys
from chassis.database import Database, open_engine
from chassis.outbox import OutboxWriter
from services.insight import ordering
from tests.services.house import VAULT
database = Database(open_engine(f"sqlite:///{sys.argv[1]}", 5), OutboxWriter("insight", VAULT))
while True:
    ordering.carry_on(database)
"""


@pytest.mark.parametrize("step", ["before_commit", "after_commit"])
def test_a_job_whose_process_is_killed_goes_on_where_it_was_and_orders_nothing_twice(house, tmp_path, step):
    meant = park(house, 30)
    job = begin(house, a_job())
    ordered = []
    for number in range(3):
        killed = subprocess.run(
            [sys.executable, "-c", KILLED, str(house.schema)],
            cwd=ROOT,
            env=os.environ | {"CHEQIAO_CRASH": f"insight:{step}", "PYTHONPATH": str(ROOT)},
            timeout=120,
            check=False,
        )
        assert killed.returncode == -9, number
        ordered += house.told()

    ordered += carry_on(house, lambda: counts_of(house, job).get("ordered") == 30)

    assert sorted(order.message_id for order in ordered) == sorted(meant)
    assert {order.id for order in ordered} == {order_id(job.id, "dms", message_id) for message_id in meant}


def test_several_copies_on_mariadb_keep_one_rate_and_order_each_once(place):
    place.create_schemas("insight")
    house = House(InsightService(), place.database_url.format(schema="insight"))
    meant = park(house, 300)
    job, rival = begin(house, a_job(per_second=300)), begin(house, a_job(per_second=300))
    ended = threading.Event()

    def copy():
        while not ended.is_set():
            ordering.carry_on(house.database)

    copies = [threading.Thread(target=copy) for _ in range(3)]
    for one in copies:
        one.start()
    told = []
    while len(told) < 300:
        new = house.told()
        for mine in (job, rival):
            answer_all(house, mine, [one for one in new if one.id == order_id(mine.id, "dms", one.message_id)])
        told += new
    ended.set()
    for one in copies:
        one.join()

    assert sorted(order.message_id for order in told) == sorted(meant)
    assert counts_of(house, job).get("total", 0) + counts_of(house, rival).get("total", 0) == 300
    house.database.dispose()


def test_ids_of_orders_follow_from_job_service_and_message():
    job, message = UUID(int=1), UUID(int=2)

    assert order_id(job, "dms", message) == order_id(job, "dms", message)
    assert len({order_id(job, "dms", message), order_id(job, "csc", message), order_id(message, "dms", job)}) == 3
