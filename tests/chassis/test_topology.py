"""What a process declares before it publishes or reads."""

from contextlib import contextmanager

import kombu
import pytest

from chassis import embedded, topology

SERVICES = ("dms", "csc")


@pytest.fixture
def channel():
    embedded.register()
    with kombu.Connection(embedded.URL) as connection:
        yield connection.channel()
    embedded.forget()


class Bound:
    """Lets so much be asked before it is entered anew."""

    def __init__(self) -> None:
        self.entered = 0
        self.is_open = False

    @contextmanager
    def __call__(self):
        self.entered += 1
        self.is_open = True
        yield
        self.is_open = False


def test_the_answers_about_each_queue_are_bounded_by_themselves(channel):
    """All together they take a busy process longer than a dead link may keep it: it would begin again and again, and never have a link."""
    bound = Bound()

    topology.declare(channel, SERVICES, bound)

    assert bound.entered == 3 * len(SERVICES)
    assert not bound.is_open


def test_a_queue_that_the_broker_says_nothing_of_ends_it(channel):
    asked = []

    @contextmanager
    def nothing_is_said():
        asked.append(1)
        raise TimeoutError
        yield

    with pytest.raises(TimeoutError):
        topology.declare(channel, SERVICES, nothing_is_said)

    assert len(asked) == 1
