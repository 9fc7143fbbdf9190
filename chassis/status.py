"""Tells insight how one copy of a service stands, every few seconds and past the outbox; the newest is all that counts."""

from collections.abc import Callable
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING
from uuid import uuid4

from chassis.database import Conflict
from chassis.errors import Unavailable
from chassis.telemetry import Waiting
from contracts.ops import OpsStatus, QuotaUsed

if TYPE_CHECKING:
    from chassis.runtime import ServiceRuntime

LOOK_SECONDS = 1.0
TELL_SECONDS = 5.0
"""Sooner when the queue is paused or resumed, or the way to a partner opens or shuts: whoever ordered it waits for that."""
SHARE_OF_TIME = 50
"""To count a great many takes long: it is done for one fiftieth of the time at most, and older counts are told meanwhile."""
SECONDS_APART = 4.0


class Status:
    """Of one copy, from its start on. The parts of a service add what they alone know."""

    def __init__(self, runtime: "ServiceRuntime") -> None:
        self._runtime = runtime
        self._copy_id = uuid4()
        self._started_at = datetime.now(UTC)
        self._waiting = Waiting()
        self._count_at = 0.0
        self._tell_at = 0.0
        self._seen: tuple[object, ...] = ()
        self.spooled: Callable[[], int] = lambda: 0
        self.quotas: Callable[[], tuple[QuotaUsed, ...]] = tuple
        """May ask the database: raises Unavailable, Conflict."""

    def tell_if_due(self) -> None:
        """To be called every LOOK_SECONDS."""
        seen = (self._runtime.flow[:2], *(way.state for way in self._runtime.ways.all))
        if seen != self._seen or monotonic() >= self._tell_at:
            self._seen, self._tell_at = seen, monotonic() + TELL_SECONDS
            self.tell()

    def tell(self) -> None:
        """Whatever is away: nothing is raised, nothing waited for. Without a broker nothing is told."""
        try:
            self._runtime.publisher.publish(self.now())
        except Unavailable:
            return

    def now(self) -> OpsStatus:
        """Looks, and lets Prometheus see it too."""
        runtime, waiting, flow = self._runtime, self._counted(), self._runtime.flow
        quotas, ways = self._quotas_used(), tuple(way.shown for way in self._runtime.ways.all)
        failing = runtime.process.health.failing("ready", of=runtime.name)
        runtime.process.telemetry.note(runtime.name, flow, ways, quotas, len(failing))
        return OpsStatus(
            copy_id=self._copy_id,
            service=runtime.name,
            at=datetime.now(UTC),
            started_at=self._started_at,
            **flow._asdict(),
            outbox=waiting.outbox,
            outbox_oldest_seconds=waiting.outbox_oldest_seconds,
            retries=waiting.retries,
            parked=waiting.parked,
            spooled=self.spooled(),
            breakers=ways,
            quotas=quotas,
            failing=failing,
        )

    def _counted(self) -> Waiting:
        if self._runtime.keeps and monotonic() >= self._count_at:
            began = monotonic()
            try:
                with self._runtime.database.read() as connection:
                    self._waiting = self._runtime.process.telemetry.sample(self._runtime.name, connection)
            except (Unavailable, Conflict):
                return self._waiting
            self._count_at = began + max(SECONDS_APART, SHARE_OF_TIME * (monotonic() - began))
        return self._waiting

    def _quotas_used(self) -> tuple[QuotaUsed, ...]:
        try:
            return self.quotas()
        except (Unavailable, Conflict):
            return ()
