"""What the broker says of its queues, in both runtimes."""

import eventlet
import kombu
import pytest

from chassis import broker, embedded, topology
from chassis.settings import Broker
from services.insight.depths import TRUE_FOR_SECONDS, Depth, Depths


class Seconds:
    """A clock that stands where it is put."""

    at = 100.0

    def __call__(self):
        return self.at


@pytest.fixture
def embedded_broker():
    embedded.register()
    yield Broker(url=embedded.URL)
    embedded.forget()


def fill(settings, service, number):
    """Queues of one service, and so many messages in its first."""
    with broker.connect(settings) as connection:
        topology.declare(connection.default_channel, [service])
        producer = kombu.Producer(connection.default_channel)
        for _ in range(number):
            producer.publish("{}", exchange="", routing_key=service)


def test_the_embedded_broker_says_how_much_lies_in_a_queue(embedded_broker):
    fill(embedded_broker, "dms", 3)
    depths = Depths(embedded_broker, ["dms", "never-ran"])

    with broker.connect(embedded_broker) as connection:
        depths.ask(connection)

    assert depths.now() == {"dms": Depth(ready=3, dead=0, consumers=None), "never-ran": Depth()}


def test_rabbitmq_says_too_who_takes_from_it_and_a_missing_queue_hides_no_other(place):
    settings = Broker(url=place.broker_url)
    fill(settings, "dms", 2)
    depths = Depths(settings, ["never-ran", "dms"])

    with broker.connect(settings) as connection, eventlet.Timeout(60):
        while depths.now().get("dms", Depth()).ready != 2:  # a quorum queue counts a moment later
            depths.ask(connection)

    assert depths.now() == {"never-ran": Depth(), "dms": Depth(ready=2, dead=0, consumers=0)}


def test_what_was_said_long_ago_is_not_said_any_more(embedded_broker):
    clock = Seconds()
    depths = Depths(embedded_broker, ["dms"], clock)
    with broker.connect(embedded_broker) as connection:
        depths.ask(connection)

    clock.at += TRUE_FOR_SECONDS + 1

    assert depths.now() == {}


def test_a_broker_that_is_away_keeps_nobody_waiting():
    depths = Depths(Broker(url="amqp://nobody@127.0.0.1:1/"), ["dms"])

    asking = eventlet.spawn(depths.run)
    eventlet.sleep(0)

    assert depths.now() == {}
    asking.kill()
