"""What an operator can count at the door: pushes by account, mode and result, the time to answer, and what waits in the spool."""

from collections.abc import Callable
from time import monotonic

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4.5)


class Metrics:
    """Registered for one run of the service."""

    def __init__(self, registry: CollectorRegistry, waiting: Callable[[], float]) -> None:
        self._registry = registry
        self._pushes = Counter(
            "cheqiao_gateway_pushes", "Requests of WeChat, by what became of them", ["account", "mode", "result"], registry=registry
        )
        self._answer_seconds = Histogram("cheqiao_gateway_answer_seconds", "Time to answer WeChat", registry=registry, buckets=BUCKETS)
        self._waiting = Gauge("cheqiao_gateway_spooled", "Pushes that wait on disk for the broker", registry=registry)
        self._waiting.set_function(waiting)
        self._counted: dict[tuple[str, str, str], Counter] = {}

    def count(self, account: str, mode: str, result: str, begun: float) -> None:
        """`begun` is when it came, by the monotonic clock."""
        which = account, mode, result
        if which not in self._counted:
            self._counted[which] = self._pushes.labels(*which)
        self._counted[which].inc()
        self._answer_seconds.observe(monotonic() - begun)

    def remove(self) -> None:
        for collector in (self._pushes, self._answer_seconds, self._waiting):
            self._registry.unregister(collector)
