"""Builds what messaging hears; a test names only what it is about."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from contracts.appointments import (
    AppointmentArrived,
    AppointmentCallDue,
    AppointmentCallMissed,
    AppointmentCancelled,
    AppointmentCompleted,
    AppointmentConfirmed,
    AppointmentDeclined,
    AppointmentKept,
    AppointmentNoShow,
    AppointmentNotified,
    AppointmentRequested,
    AppointmentRescheduled,
    AppointmentTransferred,
    AppointmentTurnedDown,
    AppointmentUnreachable,
    AppointmentWithdrawn,
    ServiceItem,
    State,
)
from contracts.customers import CustomerRegistered
from contracts.dms import DealerListed, dealer_id

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
FOLLOWER = UUID("aaaaaaaa-0000-4000-8000-000000000001")
VEHICLE = UUID("cccccccc-0000-4000-8000-000000000001")
APPOINTMENT = UUID("dddddddd-0000-4000-8000-000000000001")
BINDING = UUID("bbbbbbbb-0000-4000-8000-000000000001")
MOBILE = "13800138000"
WHO = {"account": "main", "follower_id": FOLLOWER, "openid": "oSandboxFollower0001"}
STATES = {
    AppointmentRequested: State.REQUESTED,
    AppointmentCallDue: State.TO_CALL,
    AppointmentCallMissed: State.TO_CALL,
    AppointmentRescheduled: State.RESCHEDULED,
    AppointmentKept: State.NOTIFIED,
    AppointmentConfirmed: State.CONFIRMED,
    AppointmentNotified: State.NOTIFIED,
    AppointmentTurnedDown: State.REJECTED,
    AppointmentUnreachable: State.UNREACHABLE,
    AppointmentDeclined: State.DECLINED,
    AppointmentWithdrawn: State.WITHDRAWN,
    AppointmentCancelled: State.CANCELLED,
    AppointmentTransferred: State.TRANSFERRED,
    AppointmentArrived: State.ARRIVED,
    AppointmentCompleted: State.COMPLETED,
    AppointmentNoShow: State.NO_SHOW,
}


def news(contract, version=5, **changes):
    record = {
        "appointment_id": APPOINTMENT,
        "follower_id": FOLLOWER,
        "vehicle_id": VEHICLE,
        "dealer_code": "D001",
        "requested_date": date(2026, 3, 6),
        "items": (ServiceItem(code="MNT", name="保养"), ServiceItem(code="TYR", name="轮胎")),
        "state": STATES[contract],
    }
    return contract(version=version, **record | changes)


def a_confirmation(version=5, **changes):
    return news(AppointmentConfirmed, version, **{"appointment_at": datetime(2026, 3, 6, 1, 30, tzinfo=UTC)} | changes)


def fate(contract, purpose="appointment.confirmed", version=5, **more):
    return contract(about_id=APPOINTMENT, about_version=version, purpose=purpose, command_id=uuid4(), **more)


def pushed(contract, seconds=0, **more):
    return contract(**WHO, created_at=NOW + timedelta(seconds=seconds), **more)


def a_binding(contract=CustomerRegistered, version=1, **changes):
    car = {"customer_id": "C0001", "vehicle_id": VEHICLE, "vin": "LS4AAAAA1AA000001", "name": "张伟", "mobile": MOBILE}
    return contract(**{"binding_id": BINDING, "version": version, **WHO, **car} | changes)


def a_dealer(version=1, **changes):
    dealer = {"dealer_id": dealer_id("D001"), "dealer_code": "D001", "name": "重庆长安铃木北部服务店", "phone": "023-60000001"}
    return DealerListed(dealer_version=version, **dealer | changes)
