"""A process whose loops no longer turn is ended; one that turns is left alone."""

from collections.abc import Iterator
from itertools import count

import eventlet
import pytest

from chassis.watchdog import EXIT_CODE, LOOKS, Watchdog
from tests.fakes.mini_house import until

LOOK = 0.02


@pytest.fixture
def ended() -> list[int]:
    return []


@pytest.fixture
def watchdog(ended: list[int]) -> Iterator[Watchdog]:
    watchdog = Watchdog(end=ended.append, look_seconds=LOOK)
    yield watchdog
    watchdog.stop()


def test_a_loop_that_no_longer_turns_ends_the_process(watchdog: Watchdog, ended: list[int]):
    watchdog.watch("consumer", lambda: 1.0)

    watchdog.start()

    until(lambda: ended == [EXIT_CODE])
    assert watchdog.trouble()


def test_loops_that_turn_are_left_alone(watchdog: Watchdog, ended: list[int]):
    turns = count()
    watchdog.watch("consumer", lambda: float(next(turns)))

    watchdog.start()
    eventlet.sleep(LOOK * LOOKS * 3)

    assert not ended
    assert watchdog.trouble() is None


def test_a_loop_that_stands_still_for_a_while_and_goes_on_is_forgiven(watchdog: Watchdog, ended: list[int]):
    turns = [1.0]
    watchdog.watch("consumer", lambda: turns[-1])

    watchdog.start()
    for turn in range(2, 8):
        eventlet.sleep(LOOK * LOOKS / 2)
        turns.append(float(turn))

    assert not ended
