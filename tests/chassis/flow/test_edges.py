"""Where messages are lost, doubled or stuck if nobody thought of it: repeats in a line, late answers, drops out of turn, odd bytes."""

from collections import Counter
from uuid import uuid4

import eventlet
import kombu
import pytest
from sqlalchemy import update

from chassis import broker, embedded, topology
from chassis.clock import milliseconds_now
from chassis.database import Conflict
from chassis.errors import ContractBroken, Unavailable
from chassis.handling import Delivery
from chassis.messages import encode, wrap
from chassis.runtime import ServiceRuntime
from chassis.tables import carried_line, inbox, outbox, parked, retry, sent_line
from contracts.dms import AppointmentStored, CancelAppointment
from contracts.envelope import Contract
from contracts.ops import DropParked, RedriveParked
from tests.chassis.flow.conftest import NewHouse
from tests.fakes.mini_house import MiniHouse, a_request, a_wish, until


def runtime_of(house: MiniHouse, service: str) -> ServiceRuntime:
    (container,) = (container for runner in house._runners for container in runner.containers if container.service_name == service)
    return next(extension for extension in container.extensions if isinstance(extension, ServiceRuntime))


def body_of(house: MiniHouse, message: Contract, sequence: int | None = None) -> bytes:
    return encode(wrap(message, source="appointments", vault=house.vault, cause=None, sequence=sequence)).encode()


def deliver(house: MiniHouse, service: str, body: bytes, **how: object) -> bool:
    """Hand it to the service as the broker would; True once it was settled."""
    settled: list[bool] = []
    runtime_of(house, service).handling.take(Delivery(body, lambda: settled.append(True), **how))
    return bool(settled)


# --- the line of partner commands ---


def test_one_command_told_twice_in_one_breath_takes_one_number(house: MiniHouse):
    appointment = uuid4()
    wish = a_wish(appointment)

    house.tell(wish, wish)
    house.tell(CancelAppointment(appointment_id=appointment, reason="later"))

    until(lambda: len(house.script.carried) == 2)
    assert house.script.carried == [(appointment, "store"), (appointment, "later")]


def test_one_command_told_by_two_at_once_takes_one_number(house: MiniHouse):
    appointment = uuid4()
    wish_id = uuid4()
    house.tell(CancelAppointment(appointment_id=appointment, reason="before"))

    def tell() -> None:
        for _ in range(5):
            try:
                with house.database().write() as tx:
                    tx.tell(CancelAppointment(appointment_id=appointment, reason="once").identified(wish_id))
                    eventlet.sleep(0.1)
            except Conflict:
                continue
            return

    for thread in [eventlet.spawn(tell), eventlet.spawn(tell)]:
        thread.wait()
    house.tell(CancelAppointment(appointment_id=appointment, reason="after"))

    until(lambda: len(house.script.carried) == 3)
    assert [reason for _, reason in house.script.carried] == ["before", "once", "after"]


def test_a_command_told_again_after_its_outbox_row_was_swept_does_not_stop_the_line(house: MiniHouse):
    appointment = uuid4()
    wish_id = uuid4()
    house.tell(CancelAppointment(appointment_id=appointment, reason="once").identified(wish_id))
    until(lambda: house.script.carried)
    until(lambda: all(row.published_at for row in house.rows("appointments", outbox)))
    with house.database().write() as tx:
        tx.execute(outbox.delete())

    house.tell(CancelAppointment(appointment_id=appointment, reason="once").identified(wish_id))
    house.tell(CancelAppointment(appointment_id=appointment, reason="after"))

    until(lambda: (appointment, "after") in house.script.carried)
    assert [reason for _, reason in house.script.carried] == ["once", "after"]


def test_a_command_dropped_before_its_turn_takes_no_other_with_it(house: MiniHouse):
    outage = [True]

    def cancel(wish: CancelAppointment) -> None:
        if outage and wish.reason == "1":
            raise Unavailable("dms")

    house.script.on_cancel = cancel
    appointment = uuid4()
    wishes = [CancelAppointment(appointment_id=appointment, reason=str(number)) for number in (1, 2, 3, 4)]
    house.tell(wishes[0])
    until(lambda: house.rows("dms", retry))
    poisoned = wishes[2]
    assert deliver(house, "dms", body_of(house, poisoned, sequence=3), poison=True)
    house.tell(DropParked(service="dms", message_id=poisoned.id, ordered_by="ops", reason="not wanted"))
    until(lambda: [row for row in house.rows("dms", parked) if row.state == "dropped"])

    house.tell(*wishes[1:])
    outage.clear()

    until(lambda: (appointment, "4") in house.script.carried)
    assert [reason for _, reason in house.script.carried] == ["1", "2", "4"]


def test_a_number_that_was_given_out_twice_is_parked_and_not_swallowed(house: MiniHouse):
    appointment = uuid4()
    house.tell(CancelAppointment(appointment_id=appointment, reason="first"))
    until(lambda: house.script.carried)
    with house.database().write() as tx:
        tx.execute(update(sent_line).values(last=0))  # a sender that was set back to yesterday's backup

    house.tell(CancelAppointment(appointment_id=appointment, reason="second"))

    (row,) = until(lambda: house.rows("dms", parked))
    assert row.kind == "contract"
    assert "partnersequence" in row.causes


# --- leases ---


def test_an_answer_that_comes_after_the_lease_was_lost_is_told_once(house: MiniHouse):
    gates = [eventlet.Event(), eventlet.Event()]
    calls = []

    def store(wish):
        calls.append(wish)
        gates[len(calls) - 1].wait()
        return AppointmentStored(appointment_id=wish.appointment_id, dms_no=f"D-{len(calls)}")

    house.script.on_store = store
    wish = a_wish(uuid4())
    body = body_of(house, wish, sequence=1)
    first = eventlet.spawn(deliver, house, "dms", body)
    until(lambda: len(calls) == 1)
    with house.database("dms").write() as tx:  # the process stood still for longer than its lease
        tx.execute(update(inbox).values(leased_until=1))
        tx.execute(update(carried_line).values(leased_until=1))
    second = eventlet.spawn(deliver, house, "dms", body)
    until(lambda: len(calls) == 2)

    for gate, thread in zip(gates, (first, second), strict=True):
        gate.send()
        assert thread.wait()

    assert len(house.rows("dms", outbox)) == 1


def test_a_copy_that_fails_does_not_take_the_lease_of_the_one_at_work(house: MiniHouse):
    gate = eventlet.Event()
    house.script.on_store = lambda wish: gate.wait()
    wish = a_wish(uuid4())
    body = body_of(house, wish, sequence=1)
    first = eventlet.spawn(deliver, house, "dms", body)
    until(lambda: house.rows("dms", carried_line))

    assert deliver(house, "dms", body, poison=True)

    (row,) = house.rows("dms", carried_line)
    assert row.leased_until > milliseconds_now()
    gate.send()
    assert first.wait()


def test_a_copy_that_came_while_the_first_was_at_work_is_no_second_effect_and_waits_no_longer_than_it(house: MiniHouse):
    gate = eventlet.Event()
    house.script.on_store = lambda wish: gate.wait()
    body = body_of(house, a_wish(uuid4()), sequence=1)
    first = eventlet.spawn(deliver, house, "dms", body)
    until(lambda: house.rows("dms", carried_line))
    assert deliver(house, "dms", body)
    assert [row.ended_at for row in house.rows("dms", retry)] == [None]

    gate.send()
    assert first.wait()

    assert all(row.due_at <= milliseconds_now() for row in house.rows("dms", retry))
    until(lambda: all(row.ended_at for row in house.rows("dms", retry)))
    assert len(house.rows("dms", inbox)) == 1
    assert len(house.script.carried) == 1


def test_a_repeat_of_what_is_done_is_not_parked(house: MiniHouse):
    wish = a_request()
    house.tell(wish)
    until(lambda: house.script.stored)

    assert deliver(house, "appointments", body_of(house, wish), poison=True)

    assert not house.rows("appointments", parked)


# --- retries ---


def test_a_repeat_of_what_waits_already_does_not_shorten_the_wait(house: MiniHouse):
    def store(wish):
        raise Unavailable("dms", retry_after=3600)

    house.script.on_store = store
    wish = a_wish(uuid4())
    body = body_of(house, wish, sequence=1)
    assert deliver(house, "dms", body, attempt=4)
    (before,) = house.rows("dms", retry)
    house.script.on_store = lambda wish: (_ for _ in ()).throw(Unavailable("dms"))

    assert deliver(house, "dms", body)

    (after,) = house.rows("dms", retry)
    assert (after.attempt, after.due_at) == (before.attempt, before.due_at)


def test_an_order_that_had_to_wait_ends_its_row(house: MiniHouse):
    order = RedriveParked(service="dms", message_id=uuid4(), ordered_by="ops")
    body = body_of(house, order)
    with house.database("dms").write() as tx:
        tx.execute(
            retry.insert().values(
                message_id=order.id,
                type="redrive.parked",
                size_bytes=1,
                body=body.decode(),
                attempt=1,
                first_at=1,
                changed_at=1,
                due_at=1,
                leased_until=0,
                line="",
                sequence=0,
                causes="[]",
                reported=False,
            )
        )

    until(lambda: all(row.ended_at for row in house.rows("dms", retry)))


@pytest.mark.parametrize("new_house", ["embedded"], indirect=True)
def test_patience_begins_with_the_first_failed_try_and_not_with_the_wait_for_a_turn(new_house: NewHouse):
    house = new_house(give_up_after_hours=1, first_seconds=3600, longest_seconds=3600)
    house.start()
    house.script.on_cancel = lambda wish: (_ for _ in ()).throw(Unavailable("dms"))
    appointment = uuid4()
    behind = CancelAppointment(appointment_id=appointment, reason="later")
    deliver(house, "dms", body_of(house, behind, sequence=2))
    with house.database("dms").write() as tx:
        tx.execute(update(retry).values(first_at=milliseconds_now() - 7_200_000))

    deliver(house, "dms", body_of(house, a_wish(appointment), sequence=1))

    (row,) = until(lambda: [row for row in house.rows("dms", retry) if "unavailable" in row.causes or row.ended_at])
    assert not house.rows("dms", parked)
    assert row.first_at > milliseconds_now() - 3_600_000


def test_a_redriven_message_has_its_patience_anew(new_house: NewHouse):
    house = new_house(give_up_after_hours=1)
    house.start()
    house.script.on_store = lambda wish: (_ for _ in ()).throw(ContractBroken("dms", (("dms_no", "missing"),)))
    house.tell(a_wish(uuid4()))
    (row,) = until(lambda: house.rows("dms", parked))
    with house.database("dms").write() as tx:
        tx.execute(
            retry.insert().values(
                message_id=row.message_id,
                type=row.type,
                subject=row.subject,
                size_bytes=1,
                body="",
                attempt=3,
                first_at=milliseconds_now() - 7_200_000,
                changed_at=1,
                due_at=1,
                leased_until=0,
                line=row.line,
                sequence=row.sequence,
                causes="[]",
                ended_at=1,
                reported=True,
            )
        )
        tx.execute(update(retry).values(body=runtime_of(house, "dms").vault.unseal_bytes("body", row.sealed_body).decode()))
    house.script.on_store = lambda wish: (_ for _ in ()).throw(Unavailable("dms"))

    house.tell(RedriveParked(service="dms", message_id=row.message_id, ordered_by="ops"))

    until(lambda: [waiting for waiting in house.rows("dms", retry) if waiting.attempt > 1 and not waiting.ended_at])
    (row,) = house.rows("dms", parked)
    assert row.state == "redriven"


def test_a_partner_that_asks_for_time_for_ever_is_given_up(new_house: NewHouse):
    house = new_house(give_up_after_hours=0.0001)
    house.start()
    house.script.on_store = lambda wish: (_ for _ in ()).throw(Unavailable("dms", retry_after=0.2))

    house.tell(a_wish(uuid4()))

    (row,) = until(lambda: house.rows("dms", parked))
    assert row.kind == "exhausted"


# --- what a handler may do ---


@pytest.mark.parametrize("escaping", [eventlet.Timeout(), SystemExit(1)], ids=["timeout", "exit"])
def test_a_handler_that_ends_with_what_is_no_exception_is_parked(house: MiniHouse, escaping: BaseException):
    def break_off(wish, tx):
        raise escaping

    house.script.on_request = break_off
    house.tell(a_request())
    (row,) = until(lambda: house.rows("appointments", parked))
    assert row.kind == "mistake"

    house.script.on_request = lambda wish, tx: house.script.watched.append(wish)
    house.tell(a_request())
    until(lambda: house.script.watched)


def test_a_message_with_thousands_of_faults_is_parked_with_some_of_them(house: MiniHouse):
    faults = tuple((f"items.{number}.{'x' * 200}", "missing") for number in range(3_000))
    house.script.on_store = lambda wish: (_ for _ in ()).throw(ContractBroken("dms", faults))

    house.tell(a_wish(uuid4()))

    (row,) = until(lambda: house.rows("dms", parked))
    assert "items.0.x" in row.causes
    until(lambda: [hop for hop in house.script.hops if hop.step == "parked"])


def test_a_row_taken_by_ones_own_mistake_is_parked_at_once(house: MiniHouse):
    def break_off(wish, tx):
        for _ in range(2):
            tx.execute(sent_line.insert().values(partner="p", subject=wish.appointment_id, last=1))

    house.script.on_request = break_off

    house.tell(a_request())

    (row,) = until(lambda: house.rows("appointments", parked))
    assert row.kind == "mistake"


# --- reports ---


def test_the_end_of_a_wait_is_told_once_and_every_hop_has_a_key_of_its_own(house: MiniHouse):
    outages = [Unavailable("dms")] * 2

    def store(wish):
        until(lambda: all(row.reported for row in house.rows("dms", retry)))  # the wait before is told while the next try is made
        if outages:
            raise outages.pop()
        return AppointmentStored(appointment_id=wish.appointment_id, dms_no="D-9")

    house.script.on_store = store

    house.tell(a_request())
    until(lambda: house.script.stored)
    until(lambda: all(row.reported for row in house.rows("dms", retry)))

    until(lambda: [hop for hop in house.script.hops if hop.service == "dms" and hop.step == "handled"])
    keys = Counter((hop.service, hop.message_id, hop.step, hop.attempt) for hop in house.script.hops)
    assert max(keys.values()) == 1
    assert [hop.attempt for hop in house.script.hops if hop.step == "retried"] == [1, 2]


# --- graceful stop ---


def test_what_is_in_work_when_it_stops_is_ended_and_nothing_is_done_twice(new_house: NewHouse):
    house = new_house()
    house.start()
    house.script.on_cancel = lambda wish: eventlet.sleep(0.5)
    subjects = [uuid4() for _ in range(30)]
    house.tell(*(CancelAppointment(appointment_id=subject, reason="r") for subject in subjects))
    until(lambda: house.script.carried)

    house.stop()
    house.start()

    until(lambda: len(house.script.carried) >= 30)
    until(lambda: all(row.done_at for row in house.rows("dms", inbox)))
    assert Counter(subject for subject, _ in house.script.carried) == Counter(subjects)


# --- the embedded broker ---


def test_a_copy_that_its_reader_left_unsettled_comes_back_to_the_head_of_its_queue():
    embedded.register()
    seen: list[tuple[bytes, bool]] = []
    confirmed: list[int] = []
    with kombu.Connection(embedded.URL) as connection:
        channel = connection.channel()
        channel.events["basic_ack"].add(confirmed.append)
        topology.declare(channel, ("dms",))
        for tag in (1, 2):
            channel.basic_publish(channel.prepare_message(str(tag), properties={}), topology.MESSAGES, "dms.x", tag=tag)
        with kombu.Connection(embedded.URL) as leaving:
            reading(leaving.channel(), lambda message: seen.append((message.body, False)))
            broker.drain(leaving, 0.1)

        def take(message):
            seen.append((message.body, True))
            message.ack()

        reading(channel, take)
        until(lambda: broker.drain(connection, 0.1) or len(confirmed) == 2)
    embedded.forget()

    assert [body for body, settled in seen if settled] == [b"1", b"2"]
    assert confirmed == [1, 2]


def reading(channel, take):
    kombu.Consumer(channel, [topology.queue_of("dms")(channel)], on_message=take, auto_declare=False).consume()
