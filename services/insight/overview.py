"""The house at a glance: queues, partners, and six numbers, from what insight counted, what services told, and what the broker says."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from chassis.database import from_millis, millis
from contracts.catalogue import QUEUED_SERVICES
from contracts.operating import CopyStatus, Minute, Overview, PartnersAnswer, PartnerStatus, QueueStatus
from contracts.ops import Breaker, OpsStatus, QuotaUsed
from services.insight import figures, parked_list, standing, transit, waiting
from services.insight.depths import Depth
from services.insight.domain import HOUR, MINUTE_MS, per_second, percentile
from services.insight.figures import Tallies, Tally
from services.insight.standing import Stood

WORST_LAST = ("closed", "half_open", "open", "held")


@dataclass(frozen=True)
class Known:
    """What all answers are made of, read once. `now` in milliseconds."""

    now: int
    depths: Mapping[str, Depth]
    tallies: Tallies
    stood: Mapping[str, Mapping[int, Stood]]
    copies: Mapping[str, list[OpsStatus]]
    oldest: Mapping[str, int]
    waiting: Mapping[str, int]
    parked: Mapping[str, int]

    @classmethod
    def read(cls, connection: Connection, now: datetime, depths: Mapping[str, Depth]) -> "Known":
        at = millis(now)
        since = at // MINUTE_MS - HOUR
        return cls(
            at,
            depths,
            figures.tallies(connection, since),
            standing.stood_since(connection, since),
            standing.copies(connection, at),
            transit.oldest_sent(connection),
            waiting.waiting_in(connection),
            parked_list.count_by_service(connection),
        )

    @property
    def minutes(self) -> range:
        """The last hour, this minute included."""
        last = self.now // MINUTE_MS
        return range(last - HOUR + 1, last + 1)

    def services(self) -> list[str]:
        """Those with a queue, then the others that were heard of."""
        heard = {*self.copies, *(service for service, partner in self.tallies if not partner)}
        return [*QUEUED_SERVICES, *sorted(heard - {*QUEUED_SERVICES})]

    def rate(self, brought: Mapping[int, Tally], what: str) -> float:
        last = self.now // MINUTE_MS
        before, present = (getattr(brought.get(minute, Tally()), what) for minute in (last - 1, last))
        return per_second(before, present, self.now % MINUTE_MS / 1000)

    def oldest_seconds(self, service: str) -> float:
        return max(0.0, (self.now - self.oldest[service]) / 1000) if service in self.oldest else 0.0


def queues(known: Known) -> tuple[QueueStatus, ...]:
    return tuple(_queue(known, service) for service in known.services())


def _queue(known: Known, service: str) -> QueueStatus:
    copies = known.copies.get(service, [])
    newest = copies[0] if copies else None
    depth = known.depths.get(service, Depth())
    brought = known.tallies.get((service, ""), {})
    heard_consuming = sum(bool(copy.consuming) for copy in copies) if copies and service in QUEUED_SERVICES else None
    return QueueStatus(
        service=service,
        depth=depth.ready,
        dead=depth.dead,
        consumers=depth.consumers if depth.consumers is not None else heard_consuming,
        paused=newest.paused if newest else False,
        oldest_seconds=known.oldest_seconds(service),
        received_per_second=known.rate(brought, "received"),
        sent_per_second=known.rate(brought, "sent"),
        outbox=newest.outbox if newest else 0,
        outbox_oldest_seconds=newest.outbox_oldest_seconds if newest else 0,
        retries=known.waiting.get(service, 0),
        parked=known.parked.get(service, 0),
        spooled=sum(copy.spooled for copy in copies),
        copies=tuple(_copy(known, copy) for copy in copies),
        minutes=tuple(_minute(minute, brought.get(minute), known.stood.get(service, {}).get(minute)) for minute in known.minutes),
    )


def _copy(known: Known, copy: OpsStatus) -> CopyStatus:
    silent = max(0.0, (known.now - millis(copy.at)) / 1000)
    return CopyStatus(
        copy_id=copy.copy_id,
        started_at=copy.started_at,
        silent_seconds=silent,
        consuming=copy.consuming,
        in_work=copy.in_work,
        failing=copy.failing,
    )


def _minute(minute: int, tally: Tally | None, stood: Stood | None) -> Minute:
    tally = tally or Tally()
    return Minute(
        at=from_millis(minute * MINUTE_MS),
        received=tally.received,
        sent=tally.sent,
        failed=tally.failed,
        calls=tally.calls,
        calls_failed=tally.calls_failed,
        oldest_seconds=stood.oldest_seconds if stood else None,
        retries=stood.retries if stood else None,
        parked=stood.parked if stood else None,
        spooled=stood.spooled if stood else None,
        p50=percentile(tally.took, 0.5),
        p95=percentile(tally.took, 0.95),
        p99=percentile(tally.took, 0.99),
    )


def partners(known: Known) -> tuple[PartnerStatus, ...]:
    """Those that were called within the hour, and those whose breaker a service tells of."""
    told = _breakers(known)
    named = {*told, *((service, partner) for service, partner in known.tallies if partner)}
    return tuple(
        _partner(known, service, partner, told.get((service, partner))) for service, partner in sorted(named, key=lambda n: n[::-1])
    )


def _breakers(known: Known) -> dict[tuple[str, str], Breaker]:
    """Of several copies the one that is worst off says how the way to a partner is."""
    told: dict[tuple[str, str], Breaker] = {}
    for service, copies in known.copies.items():
        for breaker in (one for copy in copies for one in copy.breakers):
            other = told.get((service, breaker.partner))
            if other is None or WORST_LAST.index(breaker.state) > WORST_LAST.index(other.state):
                told[service, breaker.partner] = breaker
    return told


def _partner(known: Known, service: str, partner: str, breaker: Breaker | None) -> PartnerStatus:
    brought = known.tallies.get((service, partner), {})
    hour = _sum(brought.values())
    return PartnerStatus(
        partner=partner,
        service=service,
        breaker=breaker,
        calls=hour.calls,
        failed=hour.calls_failed,
        p50=percentile(hour.took, 0.5),
        p95=percentile(hour.took, 0.95),
        p99=percentile(hour.took, 0.99),
        outcomes=dict(hour.outcomes),
        minutes=tuple(_minute(minute, brought.get(minute), None) for minute in known.minutes),
    )


def _sum(tallies: Iterable[Tally]) -> Tally:
    whole = Tally()
    for tally in tallies:
        whole.add(tally)
    return whole


def partners_answer(connection: Connection, known: Known) -> PartnersAnswer:
    return PartnersAnswer(partners=partners(known), bad_answers=tuple(figures.last_bad_answers(connection)))


def overview(known: Known) -> Overview:
    each = queues(known)
    by_minute = {minute: _sum(_of_services(known, minute)) for minute in known.minutes}
    return Overview(
        at=from_millis(known.now),
        received_per_second=known.rate(by_minute, "received"),
        sent_per_second=known.rate(by_minute, "sent"),
        oldest_seconds=max((queue.oldest_seconds for queue in each), default=0),
        retries=sum(queue.retries for queue in each),
        parked=sum(queue.parked for queue in each),
        spooled=sum(queue.spooled for queue in each),
        minutes=tuple(_minute(minute, tally, _stood_together(known, minute)) for minute, tally in by_minute.items()),
        queues=each,
        partners=partners(known),
        quotas=_quotas(known),
    )


def _of_services(known: Known, minute: int) -> list[Tally]:
    return [brought[minute] for (_, partner), brought in known.tallies.items() if not partner and minute in brought]


def _stood_together(known: Known, minute: int) -> Stood | None:
    told = [stood[minute] for stood in known.stood.values() if minute in stood]
    if not told:
        return None
    whole = Stood(oldest_seconds=max(one.oldest_seconds for one in told))
    for one in told:
        whole.retries, whole.parked, whole.spooled = whole.retries + one.retries, whole.parked + one.parked, whole.spooled + one.spooled
    return whole


def _quotas(known: Known) -> tuple[QuotaUsed, ...]:
    """The newest word of each; those counted most first."""
    told: dict[tuple[str, str], QuotaUsed] = {}
    for copies in known.copies.values():
        for quota in (one for copy in copies for one in copy.quotas):
            told.setdefault((quota.account, quota.name), quota)
    used: Counter[tuple[str, str]] = Counter({name: round(1e6 * quota.used / max(1, quota.most)) for name, quota in told.items()})
    return tuple(told[name] for name, _ in used.most_common())
