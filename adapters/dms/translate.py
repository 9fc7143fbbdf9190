"""The DMS's words and ours: pure functions, dialect `reference`."""

from uuid import NAMESPACE_URL, UUID, uuid5

from adapters.dms.cars import VehicleId, sale_recorded, vehicle_or_flaw
from adapters.dms.complaints import step_asked
from adapters.dms.reminders import items_published, run_completed
from contracts.appointments import ServiceItem, places_id
from contracts.dms import (
    AppointmentRejected,
    CapacitySet,
    DealerListed,
    FindOwner,
    MoveAppointment,
    OpeningHours,
    Owner,
    OwnershipChanged,
    StoreAppointment,
    StoreOutcome,
    StoreRegistration,
    StoreSlip,
    VisitArrived,
    VisitClosed,
    dealer_id,
)
from contracts.envelope import Contract, Event
from contracts.partners.complaints import DealersComplaintStepPush
from contracts.partners.dms import (
    AppointmentRejectedPush,
    CapacityRecord,
    CapacitySavedPush,
    DealerRecord,
    DealerSavedPush,
    DmsPush,
    MoveRecord,
    OwnerQuery,
    OwnerRecord,
    OwnershipChangedPush,
    OwnershipRecord,
    SlipRecord,
    StoreRecord,
    VisitArrivedPush,
    VisitClosedPush,
    VisitRecord,
)
from contracts.partners.reading import day_of
from contracts.partners.reminders import ItemsPublishedPush, RunCompletedPush
from contracts.partners.vehicles import SaleRecordedPush
from contracts.partners.wire import Item, OutcomeRecord, RegistrationRecord


def store_record(wish: StoreAppointment) -> StoreRecord:
    """A request as the DMS keeps it (A-APT-12)."""
    return StoreRecord(
        appointment_id=wish.appointment_id,
        customer_id=wish.customer_id,
        vin=wish.vin,
        name=wish.name,
        mobile=wish.mobile,
        dealer_code=wish.dealer_code,
        requested_date=wish.requested_date,
        slot=wish.slot,
        items=_items(wish.items),
        mileage_km=wish.mileage_km,
        concern=wish.concern,
        source=wish.source,
        submitted_at=wish.submitted_at,
    )


def move_record(wish: MoveAppointment) -> MoveRecord:
    return MoveRecord(request_no=wish.request_no, requested_date=wish.requested_date, slot=wish.slot)


def outcome_record(wish: StoreOutcome) -> OutcomeRecord:
    return OutcomeRecord(outcome=wish.outcome, at=wish.at)


def slip_record(wish: StoreSlip) -> SlipRecord:
    """A slip (客户预约单) as the DMS keeps it (A-APT-19)."""
    return SlipRecord(
        appointment_id=wish.appointment_id,
        version=wish.slip_version,
        dealer_code=wish.dealer_code,
        appointment_at=wish.appointment_at,
        items=_items(wish.items),
        confirmed_by=wish.confirmed_by,
    )


def _items(items: tuple[ServiceItem, ...]) -> tuple[Item, ...]:
    return tuple(Item(code=item.code, name=item.name) for item in items)


def owner_query(wish: FindOwner) -> OwnerQuery:
    return OwnerQuery(vin=wish.vin, id_number=wish.id_number, mobile=wish.mobile)


def owner_of(owner: OwnerRecord) -> Owner:
    return Owner(
        customer_id=owner.customer_id,
        vin=owner.vin,
        name=owner.name,
        mobile=owner.mobile,
        plate=owner.plate,
        model=owner.model,
        dealer_code=owner.dealer_code,
    )


def registration_record(wish: StoreRegistration) -> RegistrationRecord:
    return RegistrationRecord(
        version=wish.binding_version, customer_id=wish.customer_id, vin=wish.vin, registered=wish.registered, at=wish.at
    )


def dealer_listed(dealer: DealerRecord) -> DealerListed:
    return DealerListed(
        dealer_id=dealer_id(dealer.dealer_code),
        dealer_version=dealer.version,
        dealer_code=dealer.dealer_code,
        name=dealer.name,
        region_code=dealer.region_code,
        address=dealer.address,
        phone=dealer.phone,
        latitude=dealer.latitude,
        longitude=dealer.longitude,
        hours=tuple(OpeningHours(weekday=span.weekday, begins=span.begins, ends=span.ends) for span in dealer.hours),
        active=dealer.active,
    )


def news_of(push: DmsPush, vehicle_id: VehicleId) -> Contract:
    """What the DMS tells us by itself; a dealer's step in a complaint is a command."""
    match push:
        case AppointmentRejectedPush(data=no):
            return AppointmentRejected(appointment_id=no.appointment_id, reason=no.reason)
        case DealerSavedPush(data=dealer):
            return dealer_listed(dealer)
        case CapacitySavedPush(data=capacity):
            return _capacity_set(capacity)
        case VisitArrivedPush() | VisitClosedPush() | OwnershipChangedPush():
            return _of_a_car(push, vehicle_id)
        case SaleRecordedPush() | ItemsPublishedPush() | RunCompletedPush():
            return _of_the_month(push, vehicle_id)
        case DealersComplaintStepPush(data=asked):
            return step_asked(asked)


def _of_a_car(push: VisitArrivedPush | VisitClosedPush | OwnershipChangedPush, vehicle_id: VehicleId) -> Event:
    match push:
        case OwnershipChangedPush(data=ownership):
            return _ownership_changed(ownership, vehicle_id)
        case VisitArrivedPush() | VisitClosedPush():
            return _visit_news(push, vehicle_id)


def _of_the_month(push: SaleRecordedPush | ItemsPublishedPush | RunCompletedPush, vehicle_id: VehicleId) -> Event:
    """What reminders follow from (A-REM-04, 18, 19)."""
    match push:
        case SaleRecordedPush():
            return sale_recorded(push, vehicle_id)
        case ItemsPublishedPush(data=page):
            return items_published(page, vehicle_or_flaw(vehicle_id), day_of)
        case RunCompletedPush(data=run):
            return run_completed(run)


def _capacity_set(capacity: CapacityRecord) -> CapacitySet:
    return CapacitySet(
        places_id=places_id(capacity.dealer_code, capacity.day, capacity.slot),
        capacity_version=capacity.version,
        dealer_code=capacity.dealer_code,
        day=capacity.day,
        slot=capacity.slot,
        total=capacity.total,
        closed=capacity.closed,
    )


def _visit_news(push: VisitArrivedPush | VisitClosedPush, vehicle_id: VehicleId) -> VisitArrived | VisitClosed:
    """A-APT-28"""
    if isinstance(push, VisitArrivedPush):
        return VisitArrived.model_validate(_visit(push.data, vehicle_id))
    visit = push.data
    closed = {"closed_at": visit.closed_at, "services": visit.services, "mileage_km": visit.mileage_km}
    return VisitClosed.model_validate(_visit(visit, vehicle_id) | closed)


def _visit(visit: VisitRecord, vehicle_id: VehicleId) -> dict[str, object]:
    return {
        "visit_id": _visit_id(visit.visit_no),
        "vehicle_id": vehicle_id(visit.vin),
        "vin": visit.vin,
        "dealer_code": visit.dealer_code,
        "arrived_at": visit.arrived_at,
        "appointment_id": visit.appointment_id,
    }


def _visit_id(visit_no: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"urn:cheqiao:dms:visit:{visit_no}")


def _ownership_changed(ownership: OwnershipRecord, vehicle_id: VehicleId) -> OwnershipChanged:
    """Flows 1.2"""
    return OwnershipChanged(
        vehicle_id=vehicle_id(ownership.vin),
        ownership_version=ownership.version,
        vin=ownership.vin,
        customer_id=ownership.customer_id,
        changed_at=ownership.changed_at,
    )
