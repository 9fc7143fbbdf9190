"""What an operator holds: nothing is lost meanwhile, no try is counted, orders are heard, and it outlives restarts."""

from typing import Any
from uuid import uuid4

import eventlet
import pytest

from chassis import retries
from chassis.breaker import refusal_of
from chassis.called import BreakerTerms
from chassis.clock import milliseconds_now
from chassis.errors import Unavailable
from chassis.holds import hold
from chassis.messages import Described, encode, wrap
from chassis.runtime import ServiceRuntime
from chassis.tables import inbox, parked, retry
from contracts.dms import AppointmentStored
from contracts.ops import DropParked, HoldPartner, PauseConsumer, ReleasePartner, ResumeConsumer
from tests.chassis.flow.conftest import NewHouse
from tests.fakes.mini_house import MiniHouse, a_request, until


def runtimes_of(house: MiniHouse, service: str) -> list[ServiceRuntime]:
    containers = [container for runner in house._runners for container in runner.containers if container.service_name == service]
    return [next(one for one in container.extensions if isinstance(one, ServiceRuntime)) for container in containers]


def order(house: MiniHouse, kind: type, service: str = "dms", **more: str) -> None:
    house.tell(kind(service=service, hold_id=uuid4(), ordered_by="ops", **more))


def pause(house: MiniHouse) -> None:
    order(house, PauseConsumer)
    until(lambda: all(not runtime.flow.consuming and runtime.flow.paused for runtime in runtimes_of(house, "dms")))


def waits_put_by(house: MiniHouse, number: int) -> bool:
    """In the broker that has a disk nothing else can be seen of it: then the wish is there, and nobody has it."""
    if house.settings.runtime == "embedded":
        return len(house.rows("dms", retry)) == number
    return all(row.done_at for row in house.rows("appointments", inbox)) and len(house.rows("appointments", inbox)) >= number


def test_a_paused_service_takes_nothing_in_all_its_copies_until_it_is_resumed(new_house: NewHouse):
    house = new_house()
    house.start(copies=2)
    pause(house)

    house.tell(a_request(), a_request())
    until(lambda: waits_put_by(house, 2))
    before = list(house.script.carried)
    order(house, ResumeConsumer)

    until(lambda: len(house.script.stored) == 2)
    assert before == []
    assert all(row.attempt == 0 for row in house.rows("dms", retry))


def test_a_pause_outlives_a_restart_and_orders_are_heard_meanwhile(new_house: NewHouse):
    house = new_house()
    house.start()
    pause(house)
    house.stop()

    house.start()
    house.tell(a_request())
    until(lambda: waits_put_by(house, 1))
    house.tell(DropParked(service="dms", message_id=uuid4(), ordered_by="ops", reason="not there"))
    until(lambda: [row for row in house.rows("dms", inbox) if row.type == "drop.parked"])
    carried = list(house.script.carried)
    order(house, ResumeConsumer)

    until(lambda: house.script.stored)
    assert carried == []


@pytest.mark.parametrize("new_house", ["embedded"], indirect=True)
def test_what_waits_its_turn_is_not_handed_out_while_paused(house: MiniHouse):
    down = [True]

    def store(wish):
        if down:
            raise Unavailable("dms")
        return AppointmentStored(appointment_id=wish.appointment_id, dms_no="D-1")

    house.script.on_store = store
    house.tell(a_request())
    until(lambda: house.rows("dms", retry))
    pause(house)
    until(lambda: not runtimes_of(house, "dms")[0].flow.in_work)
    (before,) = house.rows("dms", retry)
    down.clear()

    until(lambda: milliseconds_now() > before.due_at + 500)
    house.tell(DropParked(service="dms", message_id=uuid4(), ordered_by="ops", reason="not there"))
    until(lambda: [row for row in house.rows("dms", inbox) if row.type == "drop.parked"])
    (after,) = house.rows("dms", retry)
    order(house, ResumeConsumer)

    until(lambda: house.script.stored)
    assert (after.attempt, after.leased_until) == (before.attempt, before.leased_until)


@pytest.mark.parametrize("new_house", ["embedded"], indirect=True)
def test_what_a_long_pause_put_by_has_its_patience_anew(house: MiniHouse):
    pause(house)
    house.tell(a_request())
    until(lambda: waits_put_by(house, 1))
    with house.database("dms").write() as tx:
        tx.execute(retry.update().values(first_at=1, due_at=1))

    order(house, ResumeConsumer)

    until(lambda: house.script.stored)
    (row,) = house.rows("dms", retry)
    assert row.first_at > 1


@pytest.mark.parametrize("new_house", ["embedded"], indirect=True)
def test_a_pause_does_not_use_up_the_patience_of_what_waited_before(house: MiniHouse):
    house.script.on_store = lambda wish: (_ for _ in ()).throw(Unavailable("dms"))
    house.tell(a_request())
    until(lambda: house.rows("dms", retry))
    pause(house)
    until(lambda: not runtimes_of(house, "dms")[0].flow.in_work)
    (before,) = house.rows("dms", retry)
    with house.database("dms").write() as tx:
        tx.execute(retry.update().values(first_at=1))

    order(house, ResumeConsumer)

    until(lambda: house.rows("dms", parked) or house.rows("dms", retry)[0].attempt > before.attempt + 1)
    assert not house.rows("dms", parked)


@pytest.mark.parametrize("new_house", ["embedded"], indirect=True)
def test_an_order_that_had_to_wait_is_tried_again_in_a_pause_too(house: MiniHouse):
    pause(house)
    resume = ResumeConsumer(service="dms", hold_id=uuid4(), ordered_by="ops")
    envelope = wrap(resume, source="insight", vault=house.vault, cause=None)
    body = encode(envelope)

    with house.database("dms").write() as tx:
        causes = [{"kind": "unavailable", "field": "", "rule": "the same rows, too often at once"}]
        retries.put(tx, resume.id, Described.of(envelope, len(body)), body, attempt=1, due_at=milliseconds_now(), causes=causes)

    until(lambda: runtimes_of(house, "dms")[0].flow.consuming)


@pytest.mark.parametrize("new_house", ["embedded"], indirect=True)
def test_the_order_given_last_counts_in_whatever_order_they_come(house: MiniHouse):
    paused = PauseConsumer(service="dms", hold_id=uuid4(), ordered_by="first")
    order(house, ResumeConsumer)
    until(lambda: house.rows("dms", hold))
    resumed_at = house.rows("dms", hold)[0].ordered_at

    with house.database("dms").write() as tx:
        tx.execute(hold.update().values(ordered_at=resumed_at + 3_600_000))
    house.tell(paused)
    until(lambda: [row for row in house.rows("dms", inbox) if row.type == "pause.consumer"])

    (row,) = house.rows("dms", hold)
    assert (row.held, row.ordered_by) == (False, "ops")


@pytest.mark.parametrize("new_house", ["embedded"], indirect=True)
def test_what_is_for_a_held_partner_waits_and_counts_no_try(house: MiniHouse):
    (runtime,) = runtimes_of(house, "dms")
    way = runtime.ways.to("dms")

    def store(wish):
        with way.asking():
            return AppointmentStored(appointment_id=wish.appointment_id, dms_no="D-1")

    house.script.on_store = store
    order(house, HoldPartner, partner="dms")
    until(lambda: way.state == "held")

    house.tell(a_request())
    (waiting,) = until(lambda: [row for row in house.rows("dms", retry) if "held by an operator" in row.causes])
    with house.database("dms").write() as tx:
        tx.execute(retry.update().values(first_at=1))  # long ago: held is held, it is not given up
    order(house, ReleasePartner, partner="dms")

    until(lambda: house.script.stored)
    assert waiting.attempt == 0
    (row,) = house.rows("dms", retry)
    assert (row.attempt, bool(row.ended_at), row.first_at > 1) == (0, True, True)
    assert not house.rows("dms", parked)


@pytest.mark.parametrize("new_house", ["embedded"], indirect=True)
def test_what_waited_for_the_breaker_is_tried_as_soon_as_the_partner_answers_again(new_house: NewHouse):
    house = new_house(first_seconds=3600, longest_seconds=3600)
    house.start()
    (runtime,) = runtimes_of(house, "dms")
    way = runtime.ways.to("dms", BreakerTerms(failures=2, open_seconds=2))
    down = [True]

    def store(wish):
        with way.asking():
            if down:
                raise Unavailable("dms")
            return AppointmentStored(appointment_id=wish.appointment_id, dms_no="D-1")

    def refused() -> list[Any]:
        """Who comes while it is open; every two seconds one is let through, in vain."""
        house.tell(a_request())
        eventlet.sleep(0.1)
        return [row for row in house.rows("dms", retry) if refusal_of("dms") in row.causes]

    house.script.on_store = store
    waiting = until(refused)
    down.clear()
    house.tell(a_request())
    until(lambda: refused() and way.state == "closed")

    until(lambda: {row.subject for row in waiting} <= {news.appointment_id for news in house.script.stored})
