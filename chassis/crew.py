"""Hands that take what waits: whoever hands over never waits for one, and a hand takes as much at once as there is."""

import random
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from eventlet import GreenPool, kill, sleep

T = TypeVar("T")


class Crew(Generic[T]):
    """Works off what it is handed, so many at a time: a lone one at once, more of them together only when all hands are full."""

    def __init__(
        self,
        work: Callable[[Sequence[T]], None],
        *,
        hands: int,
        most: int = 1,
        heaviest: int = 0,
        weigh: Callable[[T], int] = lambda _one: 0,
        in_order: bool = True,
        linger: float = 0,
    ) -> None:
        """One hand takes `most` at once, and of heavy ones fewer: together they weigh no more than `heaviest`, or it is one.

        It waits `linger` seconds before it takes fewer than it could.
        """
        self._work = work
        self._hands = GreenPool(hands)
        self._most, self._heaviest, self._weigh = most, heaviest, weigh
        self._in_order = in_order
        self._linger = linger
        self._waiting: deque[T] = deque()

    def hand(self, one: T) -> None:
        self._waiting.append(one)
        if self._hands.free() > 0:
            self._hands.spawn_n(self._work_off)

    @property
    def busy(self) -> int:
        """Hands at work, and what waits for one."""
        return len(self._waiting) + int(self._hands.running())

    def leave(self) -> None:
        """End what is in work; what waits is let go."""
        self._waiting.clear()
        self._hands.waitall()

    def kill(self) -> None:
        """Drop everything, as when the process dies."""
        self._waiting.clear()
        for hand in tuple(self._hands.coroutines_running):
            kill(hand)

    def _work_off(self) -> None:
        while self._waiting:
            if not self._in_order:
                self._waiting.rotate(random.randrange(len(self._waiting)))  # noqa: S311 - nothing depends on what comes first
            if self._linger and len(self._waiting) < self._most:
                sleep(self._linger)
            if some := self._next():
                self._work(some)
            sleep(0)  # work on a file never waits for anything: without this nobody else would have a turn until all is done

    def _next(self) -> list[T]:
        taken: list[T] = []
        weight = 0
        while self._waiting and len(taken) < self._most:
            weight += self._weigh(self._waiting[0])
            if taken and weight > self._heaviest:
                break
            taken.append(self._waiting.popleft())
        return taken
