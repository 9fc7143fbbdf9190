"""Messages that are parked or wait, and the way of a request, as services report them; and a holder that hands payloads over."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from chassis.messages import wrap
from contracts.envelope import Contract, Envelope
from contracts.ops import Cause, Hop, ParkedShown
from launcher.stage import until
from services.console.insight import Insight
from services.insight import ordering
from tests.services.console.conftest import TOKEN
from tests.services.house import VAULT

AT = datetime(2026, 3, 9, 10, 0, tzinfo=UTC)
APPOINTMENT = UUID("dddddddd-0000-4000-8000-000000000001")
MISSING = Cause(kind="contract", field="dealer_code", rule="missing")
TYPE = "store.appointment"
DATA = {
    "appointment_id": str(APPOINTMENT),
    "customer_id": "C-1",
    "vin": "LSVAU2180N2183294",
    "name": "王芳",
    "mobile": "13800138001",
    "requested_date": "2026-12-03",
    "items": [{"code": "MNT", "name": "定期保养"}],
    "mileage_km": 12000,
    "source": "menu",
    "submitted_at": "2026-11-22T09:30:00+08:00",
}
"""Without the dealer it was to name."""


def a_hop(service: str, step: str, message: UUID, seconds: float = 0, **more: Any) -> Hop:
    given = {"attempt": 0, "type": TYPE, "subject": APPOINTMENT, "correlation_id": APPOINTMENT, **more}
    return Hop(service=service, message_id=message, step=step, at=AT + timedelta(seconds=seconds), **given)  # type: ignore[arg-type]


def parked(message: UUID | None = None, cause: Cause = MISSING, *, service: str = "dms", seconds: float = 5, **more: Any) -> Hop:
    return a_hop(service, "parked", message or uuid4(), seconds, outcome="parked", attempt=1, causes=(cause,), **more)


def waiting(message: UUID | None = None, *, seconds: float = 5, attempt: int = 3, **more: Any) -> Hop:
    causes = (Cause(kind="unavailable", rule="csc: 503"),)
    due = AT + timedelta(hours=1)
    return a_hop("csc", "retried", message or uuid4(), seconds, attempt=attempt, causes=causes, due_at=due, type="open.call.task", **more)


def a_way() -> tuple[Hop, ...]:
    """From a phone to the DMS and back, with a call on the way."""
    wish, store, stored = uuid4(), uuid4(), uuid4()
    return (
        a_hop("pages", "published", wish, 0, type="request.appointment", milliseconds=20),
        a_hop("appointments", "handled", wish, 0.02, type="request.appointment", milliseconds=9),
        a_hop("appointments", "published", store, 0.05, causation_id=wish, milliseconds=15),
        a_hop("dms", "called", store, 0.08, attempt=1, partner="dms", operation="POST /appointments", milliseconds=87, causation_id=wish),
        a_hop("dms", "handled", store, 0.17, milliseconds=100, causation_id=wish),
        a_hop("dms", "published", stored, 0.2, type="appointment.stored", causation_id=store, milliseconds=12),
        a_hop("appointments", "handled", stored, 0.22, type="appointment.stored", milliseconds=4, causation_id=store),
    )


def envelope_of(message: UUID, data: dict[str, Any] | None = None) -> str:
    """As a holder tells it: in clear."""
    return Envelope(
        id=message,
        source="appointments",
        type=TYPE,
        time=AT,
        subject=APPOINTMENT,
        dataschema=f"urn:cheqiao:schema:{TYPE}:v1",
        correlationid=APPOINTMENT,
        data=DATA if data is None else data,
    ).model_dump_json(exclude_none=True)


class Holder:
    """The service that holds a message: it hands the payload over once it is asked."""

    def __init__(self, insight: Any, message: UUID, body: str | None = None, service: str = "dms") -> None:
        self._insight = insight
        self._shown = ParkedShown(service=service, message_id=message, body=body or envelope_of(message))

    def hand_over(self) -> None:
        envelope = wrap(self._shown, source=self._shown.service, vault=VAULT, cause=None)
        with self._insight.house.write() as tx:
            self._insight.house.service.on_shown(envelope, tx)


def asking(insight: Any) -> Insight:
    """Somebody else who asks insight, beside the console."""
    return Insight(insight.url, TOKEN, lambda: "somebody")


def held(insight: Any, message: UUID, body: str | None = None, **more: Any) -> UUID:
    """A parked message whose payload has come to insight already."""
    insight.report(parked(message, **more))
    asking(insight).payload(message, "dms")
    Holder(insight, message, body).hand_over()
    insight.told()
    return message


def work_off(insight: Any, number: int) -> list[Contract]:
    """Let jobs go on until so many orders have gone out."""
    ordered: list[Contract] = []

    def enough() -> bool:
        ordering.carry_on(insight.house.database)
        ordered.extend(insight.told())
        return len(ordered) >= number

    assert until(enough, 60), f"only {len(ordered)} orders went out"
    return ordered
