"""A link on which nothing happens lives on: both sides' heartbeats are all it needs."""

from time import monotonic

from chassis import broker
from chassis.settings import Broker
from tests.servers import Place

SHORTEST = 2
"""Seconds; the broker gives up who is silent for two to three of these."""


def test_an_idle_link_is_kept_however_long_its_reader_would_wait(place: Place):
    connection = broker.connect(Broker(url=place.broker_url, heartbeat_seconds=SHORTEST))
    try:
        until = monotonic() + 4 * SHORTEST
        while monotonic() < until:
            broker.drain(connection, SHORTEST)

        assert connection.connected
    finally:
        broker.close(connection)
