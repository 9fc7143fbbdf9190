"""News as the owners tell it; what is not named is filled in well."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from chassis.messages import unwrap, wrap
from contracts.appointments import AppointmentNews, AppointmentRequested, PlacesLeft, places_id
from contracts.complaint_words import FollowerState, State
from contracts.complaints import ComplaintClosed, ComplaintNews, ComplaintReceived
from contracts.customers import CustomerRegistered, RegistrationProgressed
from contracts.dms import DealerListed, dealer_id
from contracts.reminders import ReminderDue, ReminderType, ReminderWishesSet
from contracts.wechat import JsTicketIssued
from tests.adapters.wechat.pages.conftest import FOLLOWER, VAULT

APPOINTMENT, BINDING, REGISTRATION, VEHICLE = UUID(int=50), UUID(int=60), UUID(int=70), UUID(int=77)
MESSAGE, ITEM = UUID(int=80), UUID(int=81)
COMPLAINT, SURVEY = UUID(int=95), UUID(int=96)
NUMBER = "TS2603020001"
COMPLAINED_AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


F = FollowerState
SHOWN = {
    State.RECEIVED: F.RECEIVED,
    State.INVALID: F.CHECKING,
    State.FILED: F.CHECKING,
    State.CLOSED_INVALID: F.ANSWERED,
    State.SOLVED_DIRECT: F.ANSWERED,
    State.CLOSED: F.CLOSED,
    State.SURVEYED: F.CLOSED,
}


def arrived(message: Any) -> Any:
    """As a handler gets it: out of an envelope."""
    return unwrap(type(message), wrap(message, source=message.owner, vault=VAULT, cause=None), VAULT)


def appointment_news(kind: type[AppointmentNews] = AppointmentRequested, **changed: Any) -> Any:
    usual: dict[str, Any] = {
        "appointment_id": APPOINTMENT,
        "version": 1,
        "state": "requested",
        "follower_id": FOLLOWER,
        "vehicle_id": VEHICLE,
        "dealer_code": "D001",
        "requested_date": date(2026, 3, 9),
        "items": [{"code": "REPAIR", "name": "故障维修"}],
    }
    return arrived(kind.model_validate(usual | changed))


def binding_news(kind: Any = CustomerRegistered, **changed: Any) -> Any:
    usual = {
        "binding_id": BINDING,
        "version": 1,
        "account": "main",
        "follower_id": FOLLOWER,
        "openid": "oFollower1",
        "customer_id": "C1",
        "vehicle_id": VEHICLE,
        "vin": "LS4AAAAA1AA000001",
        "plate": "渝A12345",
        "name": "张伟",
        "mobile": "13800138000",
        "model": "CS75",
        "dealer_code": "D001",
    }
    return arrived(kind.model_validate(usual | changed))


def registration_news(kind: Any = RegistrationProgressed, **changed: Any) -> Any:
    usual = {
        "registration_id": REGISTRATION,
        "version": 1,
        "state": "code_sent",
        "account": "main",
        "follower_id": FOLLOWER,
        "openid": "oFollower1",
    }
    return arrived(kind.model_validate(usual | changed))


def due(type: str = "maintenance", on: date = date(2026, 3, 12), item_id: UUID = ITEM, **more: Any) -> dict[str, Any]:
    return {"item_id": item_id, "type": type, "due_date": on} | more


def reminder_news(*items: dict[str, Any], **changed: Any) -> Any:
    usual = {
        "message_id": MESSAGE,
        "version": 1,
        "period": "2026-03",
        "account": "main",
        "follower_id": FOLLOWER,
        "vehicle_id": VEHICLE,
        "model_name": "CS75",
        "dealer_code": "D001",
        "urgency": "service",
        "items": items or (due(),),
    }
    return arrived(ReminderDue.model_validate(usual | changed))


def complaint_news(kind: type[ComplaintNews] = ComplaintReceived, step: str = "receive", version: int = 1, **changed: Any) -> Any:
    """Each version ten minutes after the last."""
    usual: dict[str, Any] = {
        "complaint_id": COMPLAINT,
        "version": version,
        "step": step,
        "number": NUMBER,
        "kind": "complaint",
        "channel": "official_account",
        "state": "received",
        "account": "main",
        "follower_id": FOLLOWER,
        "at": COMPLAINED_AT + timedelta(minutes=10 * version),
    }
    told = usual | changed
    return arrived(kind.model_validate({"shown": SHOWN.get(State(told["state"]), F.HANDLING)} | told))


def closed_news(version: int = 5, **changed: Any) -> Any:
    """Settled, with a fortnight to disagree."""
    usual = {"state": "closed", "close_reason": "satisfied", "reopen_until": COMPLAINED_AT + timedelta(days=15)}
    return complaint_news(ComplaintClosed, "approve_closure", version, **usual | changed)


def wishes_news(*unwanted: ReminderType, version: int = 1) -> Any:
    return arrived(ReminderWishesSet(follower_id=FOLLOWER, version=version, unwanted=unwanted))


def dealer_news(**changed: Any) -> Any:
    usual = {
        "dealer_id": dealer_id(changed.get("dealer_code", "D001")),
        "dealer_version": 1,
        "dealer_code": "D001",
        "name": "江北服务店",
        "address": "红石路 1 号",
        "phone": "023-12345678",
        "latitude": 29.57,
        "longitude": 106.55,
        "hours": [{"weekday": 1, "begins": "08:30", "ends": "18:00"}],
    }
    return arrived(DealerListed.model_validate(usual | changed))


def places_news(day: date = date(2026, 3, 9), slot: str = "", **changed: Any) -> Any:
    usual = {"places_id": places_id("D001", day, slot), "version": 1, "dealer_code": "D001", "day": day, "slot": slot}
    return arrived(PlacesLeft.model_validate(usual | {"left": 4} | changed))


def ticket_news(ticket: str = "ticket-1", expires_at: datetime = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)) -> Any:
    return arrived(JsTicketIssued(ticket_id=uuid4(), account="main", ticket=ticket, expires_at=expires_at))
