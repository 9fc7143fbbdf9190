"""What Prometheus may ask of the message flow, per process: steps as they were reported, what waits, who is asked, what is held.

Steps are counted when their report is confirmed, so the figures are those that insight has, at most a second behind; what waits is
counted every few seconds. Labels are names of ours: services, partners, message types, routes, accounts; never an id.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from sqlalchemy import ColumnElement, Connection, ScalarSelect, func, select

from chassis.breaker import State
from chassis.clock import milliseconds_now
from chassis.tables import outbox, parked, retry
from contracts.ops import Breaker, QuotaUsed

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


@dataclass(frozen=True)
class Waiting:
    """What waits in one service's schema."""

    outbox: int = 0
    outbox_oldest_seconds: float = 0
    retries: int = 0
    retries_oldest_seconds: float = 0
    parked: int = 0


class Flow(NamedTuple):
    """What becomes of the queue of one service, in this copy. `consuming` None: it has no queue."""

    consuming: bool | None = None
    paused: bool = False
    in_work: int = 0


class Telemetry:
    """One per process; every service in it says its name."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def gauge(name: str, meaning: str, *labels: str) -> Gauge:
            return Gauge(f"cheqiao_{name}", meaning, labels, registry=registry)

        def histogram(name: str, meaning: str, *labels: str) -> Histogram:
            return Histogram(f"cheqiao_{name}", meaning, labels, registry=registry, buckets=SECONDS)

        self._steps = Counter("cheqiao_steps", "Steps of messages by outcome", ["service", "step", "type", "outcome"], registry=registry)
        self._seconds = histogram("step_seconds", "Time of a step", "service", "step")
        self._calls = histogram("partner_call_seconds", "One call of a partner, by what came of it", "partner", "outcome")
        self._requests = histogram("http_request_seconds", "Time to answer a request", "zone", "route", "method", "status")
        self._outbox = gauge("outbox_waiting", "Messages told and not yet confirmed by the broker", "service")
        self._outbox_age = gauge("outbox_oldest_seconds", "Age of the oldest of them", "service")
        self._retries = gauge("retries_waiting", "Messages that wait their turn again", "service")
        self._retries_age = gauge("retries_oldest_seconds", "Time since the first of them failed first", "service")
        self._parked = gauge("parked", "Messages that wait for an operator", "service")
        self._consuming = gauge("consumer_reading", "1 while this copy reads its queue", "service")
        self._paused = gauge("consumer_paused", "1 while an operator has paused the queue", "service")
        self._in_work = gauge("messages_in_work", "Messages taken from the queue that have not ended", "service")
        self._breakers = gauge("partner_breaker_state", "1 for the state that the way to a partner is in", "service", "partner", "state")
        self._used = gauge("wechat_quota_used", "Calls that WeChat counts, made today (Asia/Shanghai)", "account", "name")
        self._most = gauge("wechat_quota_limit", "How many of them are allowed in a day", "account", "name")
        self._failing = gauge("ready_checks_failing", "Checks of readiness that fail now", "service")
        self._told_at = gauge("status_timestamp_seconds", "When the service last looked at itself", "service")

    def count(self, service: str, hops: list[dict[str, Any]]) -> None:
        """Hops as in `contracts.ops.Hop`, just reported."""
        for hop in hops:
            outcome, seconds = hop.get("outcome", "ok"), hop.get("milliseconds", 0) / 1000
            self._steps.labels(service, hop["step"], hop["type"] or "unreadable", outcome).inc()
            if hop["step"] in ("handled", "published"):
                self._seconds.labels(service, hop["step"]).observe(seconds)
            if partner := hop.get("partner"):
                self._calls.labels(partner, outcome).observe(seconds)

    def answered(self, zone: str, route: str, method: str, status: int, seconds: float) -> None:
        """One HTTP request. `route` is what is mounted, not the path that was asked for."""
        self._requests.labels(zone, route, method, f"{status // 100}xx").observe(seconds)

    def sample(self, service: str, connection: Connection) -> Waiting:
        """Count what waits. Each count follows an index and takes as long as there is waiting."""
        waiting = _waiting(connection)
        self._outbox.labels(service).set(waiting.outbox)
        self._outbox_age.labels(service).set(waiting.outbox_oldest_seconds)
        self._retries.labels(service).set(waiting.retries)
        self._retries_age.labels(service).set(waiting.retries_oldest_seconds)
        self._parked.labels(service).set(waiting.parked)
        return waiting

    def note(self, service: str, flow: Flow, breakers: Iterable[Breaker], quotas: Iterable[QuotaUsed], failing: int) -> None:
        """How the service stands, as it tells insight."""
        if flow.consuming is not None:
            self._consuming.labels(service).set(flow.consuming)
            self._paused.labels(service).set(flow.paused)
            self._in_work.labels(service).set(flow.in_work)
        for breaker in breakers:
            for state in get_args(State):
                self._breakers.labels(service, breaker.partner, state).set(breaker.state == state)
        for quota in quotas:
            self._used.labels(quota.account, quota.name).set(quota.used)
            self._most.labels(quota.account, quota.name).set(quota.most)
        self._failing.labels(service).set(failing)
        self._told_at.labels(service).set(time.time())


def _number(which: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).where(which).scalar_subquery()


_TOLD, _OPEN = outbox.c.published_at.is_(None), retry.c.ended_at.is_(None)
_WAITING = select(
    _number(_TOLD).label("outbox"),
    select(outbox.c.written_at).where(_TOLD).order_by(outbox.c.number).limit(1).scalar_subquery().label("first_told"),
    _number(_OPEN).label("retries"),
    select(func.min(retry.c.first_at)).where(_OPEN).scalar_subquery().label("first_failed"),
    _number(parked.c.state == "parked").label("parked"),
)


def _waiting(connection: Connection) -> Waiting:
    now, row = milliseconds_now(), connection.execute(_WAITING).one()

    def age(at: int | None) -> float:
        return max(0, now - at) / 1000 if at else 0.0

    return Waiting(row.outbox, age(row.first_told), row.retries, age(row.first_failed), row.parked)
