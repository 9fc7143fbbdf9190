"""News as the owners tell it; what is not named is filled in well."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from chassis.messages import unwrap, wrap
from contracts.appointments import AppointmentNews, AppointmentRequested, PlacesLeft, places_id
from contracts.customers import CustomerRegistered, RegistrationProgressed
from contracts.dms import DealerListed, dealer_id
from contracts.wechat import JsTicketIssued
from tests.adapters.wechat.pages.conftest import FOLLOWER, VAULT

APPOINTMENT, BINDING, REGISTRATION, VEHICLE = UUID(int=50), UUID(int=60), UUID(int=70), UUID(int=77)


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
