"""Memory per process: ten minutes of bookings and pushes on a whole production house; the last third held against the first."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

from bench.broker import Broker
from bench.figures import Figure, against
from bench.ground import CannotMeasure, Ground
from bench.load import NoAnswer, drive
from bench.processes import of_house
from bench.pushes import Account, deck
from bench.wishes import Wishes
from launcher.stage import NotReady, Stage

GOAL = 1.2
SECONDS = 600
BOOKINGS_PER_SECOND = 5
PUSHES_PER_SECOND = 20
WARM_UP_SECONDS = 20
"""Imports, pools and caches are filled by then."""


def measure(ground: Ground) -> Iterator[Figure]:
    """One figure per process: median MB of the last third against the first. Raises CannotMeasure when a process was started anew."""
    corner = ground.corner("memory")
    stage = ground.stage(corner)
    seconds = 60 if ground.quick else SECONDS
    with ExitStack() as running, ground.task("memory: starting the house", seconds + WARM_UP_SECONDS) as steps:
        running.callback(stage.stop)
        try:
            stage.start()
        except NotReady as error:
            raise CannotMeasure(f"the house did not start: {error}") from error
        broker = running.enter_context(Broker(corner.broker_url))
        wishes = Wishes.on(broker, stage.environment)
        samples: dict[str, list[float]] = {}
        pids: dict[str, int] = {}
        for second in range(seconds + WARM_UP_SECONDS):
            begun = time.monotonic()
            _work_one_second(stage, wishes)
            if second >= WARM_UP_SECONDS:
                _sample(stage, samples, pids)
            time.sleep(max(0.0, begun + 1 - time.monotonic()))
            steps.step("memory: under load")
    for name in sorted(samples, key=lambda name: -samples[name][-1]):
        first, last = thirds(samples[name])
        yield against(f"memory of {name}", last, first, "the first third", unit="MB", goal=GOAL, better="lower")


def thirds(values: Sequence[float]) -> tuple[list[float], list[float]]:
    """The first and the last third of what was sampled. Raises ValueError for fewer than three."""
    size = len(values) // 3
    if not size:
        raise ValueError("too few samples")
    return list(values[:size]), list(values[-size:])


def _work_one_second(stage: Stage, wishes: Wishes) -> None:
    for _ in range(BOOKINGS_PER_SECOND):
        wishes.send()
    given = stage.environment
    account = Account(given["CHEQIAO_WECHAT_APPID"], given["CHEQIAO_WECHAT_TOKEN"], given["CHEQIAO_WECHAT_AES_KEY"])
    pushes = deck(PUSHES_PER_SECOND, "safe", account, "/wechat/main")
    try:
        answered = drive(stage.address, pushes, seconds=1.0, connections=2)
    except (NoAnswer, OSError) as error:
        raise CannotMeasure(f"the gateway: {error}") from error
    if answered.refused:
        raise CannotMeasure(f"the gateway answered {answered.refused}")


def _sample(stage: Stage, samples: dict[str, list[float]], pids: dict[str, int]) -> None:
    if stage.house_pid is None:
        raise CannotMeasure("the house ended; see its log")
    for name, one in of_house(stage.house_pid).items():
        if pids.setdefault(name, one.pid) != one.pid:
            raise CannotMeasure(f"{name} was started anew under load")
        samples.setdefault(name, []).append(one.memory_mb)
