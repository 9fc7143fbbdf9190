"""Booking: from the request command to the task at CSC, on a whole production house with the stand-ins for DMS and CSC.

Idle is one booking after another; then so many are sent every second, more and more, up to fifty. The house's ten processes, the
stand-ins, RabbitMQ and MariaDB share the machine's cores.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from itertools import takewhile
from statistics import median

from bench.broker import Broker
from bench.figures import Figure, alone, percentile
from bench.ground import CannotMeasure, Corner, Ground
from bench.hops import WAY, Timed, arrived, timed
from bench.processes import of_house, spent
from bench.wishes import Wishes
from launcher.stage import NotReady, Stage, until

GOALS = {50: 100.0, 99: 500.0}
PER_SECOND = 50
SMALLER = (10, 20, 30, 40)
"""Rates that have no goal: up to which of them the goals hold."""
PATIENCE_SECONDS = 60


def measure(ground: Ground) -> Iterator[Figure]:
    """Raises CannotMeasure when the house does not start or a booking does not arrive."""
    corner = ground.corner("booking")
    stage = ground.stage(corner)
    with ExitStack() as running, ground.task("booking: starting the house", 2) as steps:
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
        found = {rate: _measured(ground, stage, corner, wishes, rate) for rate in (*SMALLER, PER_SECOND)}
    yield from _figures("idle", idle)
    for rate in SMALLER:
        yield from _percentiles(f"· booking at {rate}/s", found[rate], goals={})
    yield from _figures(f"at {PER_SECOND}/s", found[PER_SECOND])
    within = list(takewhile(lambda rate: _is_within(found[rate]), found))
    yield alone("· booking, the highest rate up to which both goals hold", max(within, default=0), unit="/s", goal=None, better="higher")


def _measured(ground: Ground, stage: Stage, corner: Corner, wishes: Wishes, rate: int) -> list[Timed]:
    """All bookings at one rate, and on the console what a booking costs."""
    before = of_house(stage.house_pid or 0)
    with ground.task(f"booking: {rate} a second", 1):
        found = _timed(corner, wishes, lambda: _at_a_rate(wishes, corner, rate, seconds=5 if ground.quick else 20))
    used = spent(before, of_house(stage.house_pid or 0))
    costs = ", ".join(f"{name} {1000 * seconds / len(found):.1f}" for name, seconds in used.items())
    ground.say(f"at {rate}/s, processor ms per booking: {1000 * sum(used.values()) / len(found):.1f} ({costs})")
    return found


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


def _at_a_rate(wishes: Wishes, corner: Corner, rate: int, *, seconds: int) -> None:
    there, begun = arrived(corner), time.monotonic()
    for number in range(rate * seconds):
        time.sleep(max(0.0, begun + number / rate - time.monotonic()))
        wishes.send()
    _await_arrival(corner, there + rate * seconds)


def _await_arrival(corner: Corner, wanted: int) -> None:
    if not until(lambda: arrived(corner) >= wanted, PATIENCE_SECONDS):
        raise CannotMeasure(f"{wanted - arrived(corner)} bookings have no task at CSC after {PATIENCE_SECONDS} s; see the house's log")


def _figures(how: str, found: list[Timed]) -> Iterator[Figure]:
    yield from _percentiles(f"booking {how}", found, GOALS)
    for point in WAY:
        value = median(one.parts[point.till] for one in found)
        yield alone(f"· {how}: {point.till}", value, unit="ms", goal=None, better="lower")


def _percentiles(what: str, found: list[Timed], goals: Mapping[int, float]) -> Iterator[Figure]:
    for which in GOALS:
        yield alone(f"{what}, p{which}", _percentile(found, which), unit="ms", goal=goals.get(which), better="lower")


def _is_within(found: list[Timed]) -> bool:
    return all(_percentile(found, which) <= goal for which, goal in GOALS.items())


def _percentile(found: list[Timed], which: int) -> float:
    return percentile([one.total for one in found], which)
