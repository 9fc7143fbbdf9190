"""Builders of appointments and of the news about them: a test names only what it is about."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from contracts.appointments import RequestAppointment, RescheduleAppointment, ServiceItem, WithdrawAppointment, places_id
from contracts.csc import AppointmentCallLogged, AppointmentSlipSaved, Call
from contracts.customers import CustomerRegistered
from contracts.dms import CapacitySet, VisitArrived, VisitClosed
from services.appointments.domain import Appointment, CallLog, Slip
from services.appointments.wishes import Car, Rules, Wish

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # nine in the morning in Chongqing, a Monday
FRIDAY = date(2026, 3, 6)
SATURDAY = FRIDAY + timedelta(days=1)
FOLLOWER = UUID("aaaaaaaa-0000-4000-8000-000000000001")
VEHICLE = UUID("bbbbbbbb-0000-4000-8000-000000000001")
VISIT = UUID("eeeeeeee-0000-4000-8000-000000000001")
BINDING = UUID("cccccccc-0000-4000-8000-000000000001")
ITEMS = (ServiceItem(code="MNT", name="保养"),)
CAR = Car(BINDING, "C0001", "LS4AAAAA1AA000001", "张伟", "13800138000")
RULES = Rules()
AT = datetime(2026, 3, 6, 1, 30, tzinfo=UTC)


def a_wish(**changes: Any) -> Wish:
    wish = {
        "appointment_id": UUID("dddddddd-0000-4000-8000-000000000001"),
        "follower_id": FOLLOWER,
        "vehicle_id": VEHICLE,
        "dealer_code": "D001",
        "requested_date": FRIDAY,
        "items": ITEMS,
        "submitted_at": NOW,
    }
    return Wish(**(wish | changes))


def an_appointment(**changes: Any) -> Appointment:
    return Appointment(wish=a_wish(**changes), car=CAR, dms_asked=True)


def a_slip(version: int = 1, id: str = "S-7", **changes: Any) -> Slip:
    slip = {"dealer_code": "D001", "appointment_at": AT + timedelta(hours=version), "items": ITEMS, "confirmed_by": "DCRC-1"}
    return Slip(id=id, version=version, **(slip | changes))


def calls(*results: str) -> tuple[Call, ...]:
    return tuple(Call(at=NOW + timedelta(hours=n), result=result) for n, result in enumerate(results, start=1))


def a_log(version: int, *results: str, declined: bool = False, transferred_to: str = "") -> CallLog:
    return CallLog("T-1", version, calls(*results), declined, transferred_to)


def a_request(**changes: Any) -> RequestAppointment:
    return RequestAppointment(**(vars(a_wish(appointment_id=uuid4())) | {"concern": "刹车有异响"} | changes))


def a_rescheduling(of: UUID, request_no: int = 2, day: date = SATURDAY, **changes: Any) -> RescheduleAppointment:
    wish = {"appointment_id": of, "follower_id": FOLLOWER, "request_no": request_no, "requested_date": day, "submitted_at": NOW}
    return RescheduleAppointment(**(wish | changes))


def a_withdrawal(of: UUID, follower_id: UUID = FOLLOWER) -> WithdrawAppointment:
    return WithdrawAppointment(appointment_id=of, follower_id=follower_id, reason="临时有事")


def a_call_log(of: UUID, version: int, *results: str, state: str = "open", to: str = "") -> AppointmentCallLogged:
    task = {"task_id": "T-1", "task_version": version, "task_state": "closed" if to else state, "transferred_to": to}
    return AppointmentCallLogged(appointment_id=of, calls=calls(*results), **task)


def a_visit(closed: bool = False, **changes: Any) -> VisitArrived | VisitClosed:
    visit = {"visit_id": VISIT, "vehicle_id": VEHICLE, "vin": CAR.vin, "dealer_code": "D001", "arrived_at": AT}
    if closed:
        return VisitClosed(**(visit | {"closed_at": AT + timedelta(hours=5)} | changes))
    return VisitArrived(**(visit | changes))


def a_capacity(total: int, version: int = 1, **changes: Any) -> CapacitySet:
    told = {"capacity_version": version, "dealer_code": "D001", "day": FRIDAY, "slot": "", "total": total} | changes
    return CapacitySet(places_id=places_id(told["dealer_code"], told["day"], told["slot"]), **told)


def a_saved_slip(of: UUID, version: int = 1, state: str = "active", **changes: Any) -> AppointmentSlipSaved:
    slip = a_slip(version, **changes)
    return AppointmentSlipSaved(
        appointment_id=of,
        slip_id=slip.id,
        slip_version=version,
        slip_state=state,
        dealer_code=slip.dealer_code,
        appointment_at=slip.appointment_at,
        items=slip.items,
        confirmed_by=slip.confirmed_by,
        request_no=slip.request_no,
    )


def a_binding(version: int = 1, **changes: Any) -> CustomerRegistered:
    binding = {
        "binding_id": BINDING,
        "version": version,
        "account": "main",
        "follower_id": FOLLOWER,
        "openid": "oSandboxFollower0001",
        "customer_id": CAR.customer_id,
        "vehicle_id": VEHICLE,
        "vin": CAR.vin,
        "name": CAR.name,
        "mobile": CAR.mobile,
    }
    return CustomerRegistered(**(binding | changes))
