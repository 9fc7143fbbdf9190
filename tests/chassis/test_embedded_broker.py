"""The broker inside the process wakes a reader as soon as it may have more."""

import eventlet
import kombu
import pytest

from chassis import embedded

QUEUE = "a-queue"


@pytest.fixture
def connection():
    embedded.register()
    with kombu.Connection(embedded.URL) as connection:
        yield connection
    embedded.forget()


def test_a_reader_that_settles_one_of_all_it_may_have_gets_the_next_at_once(connection: kombu.Connection):
    channel, delivered = connection.channel(), []
    channel.basic_qos(0, 2, False)
    kombu.Consumer(channel, [kombu.Queue(QUEUE)], on_message=delivered.append).consume()
    for number in range(3):
        connection.channel().basic_publish(channel.prepare_message(str(number)), "", QUEUE)
    for _ in range(2):
        connection.drain_events(timeout=1)

    eventlet.spawn_after(0.05, delivered[0].ack)
    with eventlet.Timeout(5):
        connection.drain_events(timeout=60)

    assert [message.body for message in delivered] == [b"0", b"1", b"2"]
