"""Ends the process when it has stopped turning: a loop that is blocked for good answers no probe and consumes nothing.

Heartbeats and reconnects mend links; what they cannot mend is a loop that no longer runs. A real thread looks at it from outside and
counts looks, not time: a process that was frozen and thawed has missed none of them.
"""

import os
from collections.abc import Callable
from time import monotonic

import eventlet
from eventlet import patcher

from chassis.logs import get_logger

real_threading = patcher.original("threading")
real_time = patcher.original("time")

log = get_logger(__name__)

LOOK_SECONDS = 5.0
LOOKS = 12
"""So many looks in a row without a turn, and the process ends; whoever started it starts it again."""
EXIT_CODE = 70

LastTurn = Callable[[], float]
"""When a loop last turned; any number that grows."""


class Watchdog:
    """Watches the loops it is told of, and that green threads run at all."""

    def __init__(self, *, end: Callable[[int], None] = os._exit, look_seconds: float = LOOK_SECONDS) -> None:
        self._end = end
        self._look_seconds = look_seconds
        self._hub_turned_at = monotonic()
        self._loops: dict[str, LastTurn] = {"hub": lambda: self._hub_turned_at}
        self._missed = 0
        self._stopped = False

    def watch(self, name: str, last_turn: LastTurn) -> None:
        self._loops[name] = last_turn

    def trouble(self) -> str | None:
        """For `/livez`: half of the patience is used up."""
        return "a loop does not turn" if self._missed > LOOKS // 2 else None

    def start(self) -> None:
        eventlet.spawn(self._turn)
        real_threading.Thread(target=self._look, name="watchdog", daemon=True).start()

    def stop(self) -> None:
        self._stopped = True

    def _turn(self) -> None:
        while not self._stopped:
            self._hub_turned_at = monotonic()
            eventlet.sleep(self._look_seconds / 5)

    def _look(self) -> None:
        seen: dict[str, float] = {}
        while self._missed < LOOKS:
            real_time.sleep(self._look_seconds)
            if self._stopped:
                return
            turned = {name: last_turn() for name, last_turn in list(self._loops.items())}
            stuck = [name for name, at in turned.items() if seen.get(name) == at]
            self._missed = self._missed + 1 if stuck else 0
            seen = turned
        log.critical("process_no_longer_turns")
        self._end(EXIT_CODE)
