"""Links to the broker that break, jam or carry odd bytes while a house is at work (RabbitMQ and MariaDB)."""

from datetime import UTC, datetime
from uuid import uuid4

import eventlet
import kombu
import pytest

from chassis import topology
from chassis.errors import Unavailable
from chassis.runtime import ServiceRuntime
from chassis.tables import parked
from contracts.envelope import CONTENT_TYPE
from contracts.ops import Hop, OpsReport
from tests.chassis.flow.conftest import NewHouse
from tests.fakes.mini_house import MiniHouse, a_request, until
from tests.servers import Place

pytestmark = pytest.mark.parametrize("new_house", ["production"], indirect=True)


def runtime_of(house: MiniHouse, service: str) -> ServiceRuntime:
    (container,) = (container for runner in house._runners for container in runner.containers if container.service_name == service)
    return next(extension for extension in container.extensions if isinstance(extension, ServiceRuntime))


def test_a_link_whose_loss_is_noticed_by_the_sender_is_made_anew(new_house: NewHouse):
    house = new_house()
    house.start()
    runtime = runtime_of(house, "appointments")
    until(lambda: runtime.publisher.connected)

    for _ in range(3):
        lost = runtime.publisher._connection.connection
        lost.transport.sock.shutdown(2)
        for _ in range(5):
            try:
                runtime.publisher.publish(a_request())
            except Unavailable:
                break
        until(lambda lost=lost: runtime.publisher.connected and runtime.publisher._connection.connection is not lost)

    house.tell(a_request())
    until(lambda: house.script.stored)


def test_publishing_never_waits_for_a_broker_that_reads_nothing(new_house: NewHouse, place: Place):
    house = new_house()
    house.start()
    publisher = runtime_of(house, "appointments").publisher
    until(lambda: publisher.connected)
    hop = Hop(service="dms", message_id=uuid4(), step="handled", attempt=0, type="x" * 90, at=datetime.now(UTC))
    place.servers.rabbitmq.freeze()
    try:
        refused = False
        for _ in range(500):
            report = OpsReport(report_id=uuid4(), hops=(hop,) * 500)
            try:
                with eventlet.Timeout(30):  # a broker that reads nothing would be waited for without end
                    publisher.publish(report)
            except Unavailable:
                refused = True
                break
            eventlet.sleep(0)
    finally:
        place.servers.rabbitmq.thaw()

    assert refused
    wish = a_request()
    house.tell(wish)
    until(lambda: [news for news in house.script.stored if news.appointment_id == wish.appointment_id], seconds=60)


def test_bytes_that_cannot_even_be_unpacked_are_parked(new_house: NewHouse, place: Place):
    house = new_house()
    house.start()
    until(lambda: runtime_of(house, "dms").inlet.consuming)

    with kombu.Connection(place.broker_url) as connection:
        connection.default_channel.basic_publish(
            connection.default_channel.prepare_message(
                b"canary", content_type=CONTENT_TYPE, content_encoding="binary", headers={"compression": "application/x-bz2"}, properties={}
            ),
            exchange=topology.MESSAGES,
            routing_key=f"dms.{uuid4()}",
        )

    (row,) = until(lambda: house.rows("dms", parked))
    assert row.kind == "undecodable"
