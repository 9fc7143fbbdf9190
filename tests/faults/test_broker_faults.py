"""The broker crashes, freezes, raises its alarm, loses a queue or its link: everything recovers by itself, nothing is lost or doubled."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import eventlet
import kombu
import pytest

from chassis import topology
from chassis.tables import outbox, parked
from contracts.envelope import CONTENT_TYPE
from tests.fakes.link import link_to
from tests.fakes.mini_house import SCHEMAS, MiniHouse, Wishing, a_request, mini_house, until
from tests.servers import Place

NewHouse = Callable[..., MiniHouse]


@pytest.fixture
def new_house(place: Place, tmp_path: Path) -> Iterator[NewHouse]:
    place.create_schemas(*SCHEMAS)
    opened = []

    def make(broker_url: str = place.broker_url) -> MiniHouse:
        context = mini_house(tmp_path, broker_url=broker_url, database_url=place.database_url)
        opened.append(context)
        return context.__enter__()

    yield make
    for context in opened:
        context.__exit__(None, None, None)


@pytest.fixture
def house(new_house: NewHouse) -> MiniHouse:
    house = new_house()
    house.start()
    house.tell(a_request())
    until(lambda: house.script.stored)
    return house


def nothing_lost_or_doubled(house: MiniHouse, wishes: list) -> None:
    wanted = {wish.appointment_id for wish in wishes}
    until(lambda: wanted <= {news.appointment_id for news in house.script.stored}, seconds=60)
    carried = [appointment for appointment, _ in house.script.carried if appointment in wanted]
    assert len(carried) == len(wanted)
    until(lambda: all(row.published_at for service in ("appointments", "dms") for row in house.rows(service, outbox)))
    assert not house.rows("dms", parked)


def test_a_broker_that_is_killed_and_started_again_is_found_again(house: MiniHouse, place: Place):
    wishes = [a_request() for _ in range(40)]
    house.tell(*wishes[:20])

    place.servers.rabbitmq.kill9()
    house.tell(*wishes[20:])
    place.servers.rabbitmq.start()

    nothing_lost_or_doubled(house, wishes)


def test_during_a_memory_alarm_the_outbox_waits(house: MiniHouse, place: Place):
    wishes = [a_request() for _ in range(20)]
    place.servers.rabbitmq.alarm(on=True)
    try:
        house.tell(*wishes)
        eventlet.sleep(3)
        assert not {wish.appointment_id for wish in wishes} & {news.appointment_id for news in house.script.stored}
    finally:
        place.servers.rabbitmq.alarm(on=False)

    nothing_lost_or_doubled(house, wishes)


def test_a_link_that_is_half_open_is_given_up_and_made_anew(new_house: NewHouse, place: Place):
    with link_to(place.servers.rabbitmq.port) as link:
        house = new_house(place.broker_url.replace(f":{place.servers.rabbitmq.port}/", f":{link.port}/"))
        house.start()
        wishes = [a_request() for _ in range(20)]
        house.tell(*wishes[:10])
        link.cut()
        house.tell(*wishes[10:])
        eventlet.sleep(8)
        link.mend()

        nothing_lost_or_doubled(house, wishes)
        house.stop()


@pytest.mark.faults
def test_a_broker_frozen_for_45_seconds_is_left_and_found_again(house: MiniHouse, place: Place):
    wishes = [a_request() for _ in range(20)]
    house.tell(*wishes[:10])

    place.servers.rabbitmq.freeze()
    house.tell(*wishes[10:])
    eventlet.sleep(45)
    place.servers.rabbitmq.thaw()

    nothing_lost_or_doubled(house, wishes)


def test_a_queue_deleted_while_empty_is_there_again_and_misses_nothing(house: MiniHouse, place: Place):
    wishes = [a_request() for _ in range(20)]

    with kombu.Connection(place.broker_url) as connection:
        connection.default_channel.queue_delete("dms")
    house.tell(*wishes)

    nothing_lost_or_doubled(house, wishes)


def test_a_message_to_an_owner_that_never_ran_waits_in_its_queue(new_house: NewHouse):
    house = new_house()
    house.start(Wishing)
    wish = a_request()
    house.tell(wish)
    until(lambda: len(house.rows("appointments", outbox)) == 2)
    until(lambda: all(row.published_at for row in house.rows("appointments", outbox)))

    house.start()

    nothing_lost_or_doubled(house, [wish])


def test_bytes_that_are_no_message_are_parked_sealed_and_never_logged(house: MiniHouse, place: Place, capfd):
    bodies = (b"canary {", b'{"specversion": "1.0"}', b"\xff\xfecanary")

    with kombu.Connection(place.broker_url) as connection:
        for body in bodies:
            connection.Producer().publish(
                body, exchange=topology.MESSAGES, routing_key=f"dms.{uuid4()}", content_type=CONTENT_TYPE, content_encoding="binary"
            )

    rows = until(lambda: len(found := house.rows("dms", parked)) == len(bodies) and found)
    assert {row.kind for row in rows} == {"undecodable"}
    assert "canary" not in str(rows)
    assert "canary" not in "".join(capfd.readouterr())


def test_a_message_that_kills_its_reader_too_often_is_taken_into_parked(new_house: NewHouse, place: Place):
    house = new_house()
    house.start(Wishing)
    house.tell(a_request())
    until(lambda: len(house.rows("appointments", outbox)) == 2)

    with kombu.Connection(place.broker_url) as connection:
        queue = topology.queue_of("dms")(connection.default_channel)
        until(lambda: queue.queue_declare(passive=True).message_count)
        for _ in range(topology.DELIVERY_LIMIT + 1):
            message = until(queue.get)
            message.requeue()
        until(lambda: topology.dead_queue_of("dms")(connection.default_channel).queue_declare(passive=True).message_count)
    house.start()

    (row,) = until(lambda: house.rows("dms", parked))
    assert row.kind == "poison"
    assert row.type == "store.appointment"
