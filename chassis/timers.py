"""What a service does by the clock: `every`, once per period, however many copies of the service run; and `turns`, in each copy.

The row of `timer` is moved on in the transaction that does the work: of several copies one gets it, and one that dies in between has
done nothing, so that another does it. No lease, no clock of its own for each copy. (design section 8)
"""

from abc import abstractmethod
from collections.abc import Callable
from typing import Any

import eventlet
from sqlalchemy import bindparam, insert, select, update

from chassis import crash
from chassis.clock import milliseconds_now
from chassis.database import Conflict, Transaction
from chassis.entrypoints import Method, Working, decorating
from chassis.errors import Unavailable
from chassis.logs import get_logger
from chassis.tables import timer

log = get_logger(__name__)

_DUE_AT = select(timer.c.due_at).where(timer.c.name == bindparam("timer"))

LOOK_SECONDS = 1.0
"""After the start, and after each time, until a copy looks when it is time again; a shorter period is kept as well as this allows."""
FARTHEST_SECONDS = 10.0
"""Nobody makes it earlier but a clock that is set right, so a copy sleeps until it is time, and looks this often for that alone."""

PAUSE_SECONDS = 5.0
"""After a failure."""
BUSY_PAUSE = 0.05


class ByTheClock(Working):
    """Does something again and again until the service stops; an error ends one time of it and no more."""

    def __init__(self, seconds: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._pause = seconds
        self._stopping = False

    def start(self) -> None:
        self.container.spawn_managed_thread(self._run, identifier=f"by the clock: {self.method_name}")

    def stop(self) -> None:
        self._stopping = True
        super().stop()

    @abstractmethod
    def once(self) -> float:
        """Gives the pause until the next time (seconds)."""

    def _run(self) -> None:
        pause = self._pause
        while not self._stopping:
            eventlet.sleep(pause)
            try:
                pause = self.once()
            except (Unavailable, Conflict):
                log.info("timer_waits", service=self.runtime.name, timer=self.method_name)
                eventlet.sleep(PAUSE_SECONDS)
            except Exception as error:  # noqa: BLE001 - a faulty timer must not take the service down; what it began is rolled back
                log.warning("timer_failed", service=self.runtime.name, timer=self.method_name, error=type(error).__name__)
                eventlet.sleep(PAUSE_SECONDS)


class Every(ByTheClock):
    """Begins soon after the first start; what fell due while nothing ran is done once."""

    def __init__(self, seconds: float, **kwargs: Any) -> None:
        super().__init__(min(LOOK_SECONDS, seconds), **kwargs)
        self._period_ms = round(seconds * 1000)

    def once(self) -> float:
        with self.runtime.database.read() as connection:
            due_at = connection.execute(_DUE_AT, {"timer": self.method_name}).scalar_one_or_none()
        now = milliseconds_now()
        if due_at is not None and now < due_at <= now + 2 * self._period_ms:  # later still: a clock was wrong, or the period was longer
            return min((int(due_at) - now) / 1000, FARTHEST_SECONDS)
        with self.runtime.database.write() as tx:
            if self._is_ours(tx, due_at, now):
                self.call(tx)
                crash.here("before_commit", self.runtime.name)
        return self._pause

    def _is_ours(self, tx: Transaction, due_at: int | None, now: int) -> bool:
        """Of two copies at the same moment the second meets the key, or finds that the time has moved on."""
        after = now + self._period_ms
        if due_at is None:
            tx.execute(insert(timer).values(name=self.method_name, due_at=after))
            return True
        moved = tx.execute(update(timer).where(timer.c.name == self.method_name, timer.c.due_at == due_at).values(due_at=after))
        return moved.rowcount == 1


class Turns(ByTheClock):
    """Its method does a step, under a lock of its own in the database, and says whether there is more to do."""

    def once(self) -> float:
        return BUSY_PAUSE if self.call(self.runtime.database) else self._pause


def every(seconds: float) -> Callable[[Method], Method]:
    """`def sweep(self, tx: Transaction) -> None`. Keep it short: it is one transaction; leave the rest for the next time."""
    return decorating(Every, seconds)


def turns(idle_seconds: float) -> Callable[[Method], Method]:
    """`def step(self, database: Database) -> bool`, in every copy: again soon while it gives True, otherwise after so long."""
    return decorating(Turns, idle_seconds)
