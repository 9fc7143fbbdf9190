"""What services tell of themselves, for tests of the pages that show it: statuses of copies, and an hour of hops."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID, uuid4

from contracts.appointments import AppointmentRequested
from contracts.catalogue import QUEUED_SERVICES
from contracts.ops import Breaker, Cause, Hop, OpsStatus, QuotaUsed

AT_ONCE = 400
FRESH = -300.0
"""Told a while ahead: however slow the machine, nobody falls silent in the middle of a test."""
TYPE = "appointment.requested"
READERS = AppointmentRequested.readers


def a_status(service: str, *, ago: float = FRESH, **told: Any) -> OpsStatus:
    """Of one copy, `ago` seconds ago; started an hour before."""
    at = datetime.now(UTC) - timedelta(seconds=ago)
    consuming = True if service in QUEUED_SERVICES else None
    given = {"copy_id": uuid4(), "started_at": at - timedelta(hours=1), "consuming": consuming, **told}
    return OpsStatus(service=service, at=at, **given)


def all_well(*, ago: float = FRESH) -> Iterator[OpsStatus]:
    """Everybody runs, nobody complains."""
    for service in (*QUEUED_SERVICES, "gateway"):
        yield a_status(service, ago=ago, **_also(service))


def _also(service: str) -> dict[str, Any]:
    if service in ("dms", "csc", "sms"):
        return {"breakers": (a_breaker(service),)}
    if service == "sender":
        used = (("template_send", 412, 100_000), ("stable_token_forced", 2, 20), ("custom_send", 1_930, 500_000))
        return {"quotas": tuple(QuotaUsed(account="main", name=name, used=used, most=most) for name, used, most in used)}
    return {}


def a_breaker(partner: str, state: str = "closed", *, minutes: float = 4, failures: int = 0) -> Breaker:
    since = datetime.now(UTC) - timedelta(minutes=minutes)
    return Breaker.model_validate({"partner": partner, "state": state, "since": since, "failures": failures})


def a_hop(service: str, step: str, *, minutes: float = 0.5, **more: Any) -> Hop:
    """`minutes` ago."""
    at = datetime.now(UTC) - timedelta(minutes=minutes)
    given = {"message_id": uuid4(), "attempt": 0, "type": TYPE, "subject": uuid4(), "correlation_id": uuid4(), **more}
    return Hop(service=service, step=step, at=at, **given)  # type: ignore[arg-type]


def a_call(partner: str, *, minutes: float = 0.5, milliseconds: float = 40, outcome: str = "ok", **more: Any) -> Hop:
    operation = "POST /appointments"
    return a_hop(
        partner, "called", minutes=minutes, milliseconds=milliseconds, outcome=outcome, partner=partner, operation=operation, **more
    )


def an_hour() -> Iterator[Hop]:
    """Of a dealer's quiet afternoon: a wave of bookings, a slow DMS for a while."""
    for minute in range(59, 0, -1):
        busy = 1 + (minute * 7) % 3 + (3 if 20 < minute < 32 else 0)
        for _ in range(busy):
            request = uuid4()
            yield a_hop("gateway", "published", minutes=minute, message_id=request, type="request.appointment")
            yield a_hop("appointments", "handled", minutes=minute, message_id=request, type="request.appointment", milliseconds=9)
            yield a_hop("appointments", "published", minutes=minute, message_id=(told := uuid4()))
            yield from (a_hop(reader, "handled", minutes=minute, message_id=told, milliseconds=6) for reader in READERS)
        slow = 9 if 20 < minute < 32 else 1
        for place in range(busy):
            yield a_call("dms", minutes=minute, milliseconds=(30 + 11 * place) * slow)
            yield a_call("csc", minutes=minute, milliseconds=22 + 5 * place)
        if 24 < minute < 30:
            yield a_call("dms", minutes=minute, milliseconds=3000, outcome="unavailable")


def report_all(insight: Any, hops: Iterable[Hop]) -> None:
    """In reports that are not too long."""
    left = iter(hops)
    while some := tuple(islice(left, AT_ONCE)):
        insight.report(*some)


def a_bad_answer(partner: str = "dms", message_id: UUID | None = None) -> tuple[Hop, Hop]:
    """The call, and the message parked for it."""
    given = message_id or uuid4()
    cause = Cause(kind="contract", field="dms_no", rule="string_too_long (max_length 32)")
    call = a_call(partner, minutes=2, outcome="contract", message_id=given)
    return call, a_hop(partner, "parked", minutes=2, message_id=given, outcome="parked", causes=(cause,))
