"""Booking: from the request command to the task at CSC, on a whole production house with the stand-ins for DMS and CSC.

Idle is one booking after another; then fifty are sent every second. The house's ten processes, the stand-ins, RabbitMQ and MariaDB
share the machine's cores.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from statistics import median

from bench.broker import Broker
from bench.figures import Figure, alone, percentile
from bench.ground import CannotMeasure, Corner, Ground
from bench.hops import WAY, Timed, arrived, timed
from bench.processes import of_house, spent
from bench.wishes import Wishes
from launcher.stage import NotReady, until

GOALS = {50: 100.0, 99: 500.0}
PER_SECOND = 50
PATIENCE_SECONDS = 60


def measure(ground: Ground) -> Iterator[Figure]:
    """Raises CannotMeasure when the house does not start or a booking does not arrive."""
    corner = ground.corner("booking")
    stage = ground.stage(corner)
    with ExitStack() as running, ground.task("booking: starting the house", 3) as steps:
        running.callback(stage.stop)
        try:
            stage.start()
        except NotReady as error:
            raise CannotMeasure(f"the house did not start: {error}") from error
        broker = running.enter_context(Broker(corner.broker_url))
        wishes = Wishes.on(broker, stage.environment)
        _one_by_one(wishes, corner, 20)  # warms it up
        steps.step("booking: one after another")
        idle = _timed(corner, wishes, lambda: _one_by_one(wishes, corner, 30 if ground.quick else 100))
        steps.step(f"booking: {PER_SECOND} a second")
        before = of_house(stage.house_pid or 0)
        busy = _timed(corner, wishes, lambda: _at_a_rate(wishes, corner, seconds=5 if ground.quick else 30))
        used = spent(before, of_house(stage.house_pid or 0))
        steps.step()
    ground.say("processor ms per booking: " + ", ".join(f"{name} {1000 * used[name] / len(busy):.1f}" for name in used))
    yield from _figures("idle", idle)
    yield from _figures(f"at {PER_SECOND}/s", busy)


def _timed(corner: Corner, wishes: Wishes, send: Callable[[], None]) -> list[Timed]:
    wishes.sent.clear()
    send()
    found = timed(corner, wishes.sent)
    if len(found) < len(wishes.sent):
        raise CannotMeasure(f"{len(wishes.sent) - len(found)} of {len(wishes.sent)} bookings have no whole way on record")
    return found


def _one_by_one(wishes: Wishes, corner: Corner, number: int) -> None:
    for _ in range(number):
        there = arrived(corner)
        wishes.send()
        _await_arrival(corner, there + 1)


def _at_a_rate(wishes: Wishes, corner: Corner, *, seconds: int) -> None:
    there, begun = arrived(corner), time.monotonic()
    for number in range(PER_SECOND * seconds):
        time.sleep(max(0.0, begun + number / PER_SECOND - time.monotonic()))
        wishes.send()
    _await_arrival(corner, there + PER_SECOND * seconds)


def _await_arrival(corner: Corner, wanted: int) -> None:
    if not until(lambda: arrived(corner) >= wanted, PATIENCE_SECONDS):
        raise CannotMeasure(f"{wanted - arrived(corner)} bookings have no task at CSC after {PATIENCE_SECONDS} s; see the house's log")


def _figures(how: str, found: list[Timed]) -> Iterator[Figure]:
    for which, goal in GOALS.items():
        value = percentile([one.total for one in found], which)
        yield alone(f"booking {how}, p{which}", value, unit="ms", goal=goal, better="lower")
    for point in WAY:
        value = median(one.parts[point.till] for one in found)
        yield alone(f"· {how}: {point.till}", value, unit="ms", goal=None, better="lower")
