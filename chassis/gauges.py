"""Gauges of one service's own, and how each copy of it shows them: what its schema holds is counted in every copy, by `turns`."""

from typing import Any, Generic, TypeVar

from nameko.extensions import DependencyProvider
from prometheus_client import CollectorRegistry, Gauge

from chassis.runtime import ServiceRuntime


class OwnGauges:
    """Registered for one run of the service; copies see the same schema and tell the same."""

    prefix: str

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._all: list[Gauge] = []

    def gauge(self, name: str, meaning: str, *labels: str) -> Gauge:
        """`cheqiao_<prefix>_<name>`. Labels are names of ours and never an id."""
        made = Gauge(f"cheqiao_{self.prefix}_{name}", meaning, labels, registry=self._registry)
        self._all.append(made)
        return made

    def remove(self) -> None:
        for gauge in self._all:
            self._registry.unregister(gauge)


Own = TypeVar("Own", bound=OwnGauges)


class Watch(DependencyProvider, Generic[Own]):
    """The gauges of this copy."""

    runtime = ServiceRuntime()

    def __init__(self, gauges: type[Own]) -> None:
        self._kind = gauges

    def start(self) -> None:
        self._gauges = self._kind(self.runtime.process.health.registry)

    def stop(self) -> None:
        self._gauges.remove()

    def get_dependency(self, _worker_ctx: Any) -> Own:
        return self._gauges
