"""What Prometheus may ask of the message flow, per process: steps as they were reported, what waits, and what is parked.

Steps are counted when their report is confirmed, so the figures are those that insight has, at most a second behind.
"""

from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from sqlalchemy import Connection, func, select

from chassis.clock import milliseconds_now
from chassis.tables import outbox, parked, retry

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Telemetry:
    """One per process; every service in it says its name."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._steps = Counter("cheqiao_steps", "Steps of messages by outcome", ["service", "step", "type", "outcome"], registry=registry)
        self._seconds = Histogram("cheqiao_step_seconds", "Time of a step", ["service", "step"], registry=registry, buckets=SECONDS)
        self._calls = Histogram("cheqiao_partner_call_seconds", "One call", ["partner", "outcome"], registry=registry, buckets=SECONDS)
        self._outbox = Gauge("cheqiao_outbox_waiting", "Messages told and not yet confirmed", ["service"], registry=registry)
        self._outbox_age = Gauge("cheqiao_outbox_oldest_seconds", "Age of the oldest of them", ["service"], registry=registry)
        self._retries = Gauge("cheqiao_retries_waiting", "Messages that wait their turn again", ["service"], registry=registry)
        self._parked = Gauge("cheqiao_parked", "Messages that wait for an operator", ["service"], registry=registry)

    def count(self, service: str, hops: list[dict[str, Any]]) -> None:
        """Hops as in `contracts.ops.Hop`, just reported."""
        for hop in hops:
            outcome, seconds = hop.get("outcome", "ok"), hop.get("milliseconds", 0) / 1000
            self._steps.labels(service, hop["step"], hop["type"] or "unreadable", outcome).inc()
            if hop["step"] in ("handled", "published"):
                self._seconds.labels(service, hop["step"]).observe(seconds)
            if partner := hop.get("partner"):
                self._calls.labels(partner, outcome).observe(seconds)

    def sample(self, service: str, connection: Connection) -> None:
        """Count what waits. Each count follows an index and takes as long as there is waiting."""
        waiting = select(func.count(), func.min(outbox.c.written_at)).where(outbox.c.published_at.is_(None))
        number, oldest = connection.execute(waiting).one()
        self._outbox.labels(service).set(number)
        self._outbox_age.labels(service).set((milliseconds_now() - oldest) / 1000 if oldest else 0)
        retries = select(func.count()).where(retry.c.ended_at.is_(None))
        self._retries.labels(service).set(connection.execute(retries).scalar_one())
        held = select(func.count()).where(parked.c.state == "parked")
        self._parked.labels(service).set(connection.execute(held).scalar_one())
