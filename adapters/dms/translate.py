"""The DMS's words and ours: pure functions, dialect `reference`."""

from contracts.appointments import ServiceItem
from contracts.dms import AppointmentRejected, StoreAppointment, StoreSlip
from contracts.partners.dms import AppointmentRejectedPush, DmsPush, SlipRecord, StoreRecord
from contracts.partners.wire import Item


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
        items=_items(wish.items),
        mileage_km=wish.mileage_km,
        concern=wish.concern,
        source=wish.source,
        submitted_at=wish.submitted_at,
    )


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


def news_of(push: DmsPush) -> AppointmentRejected:
    """What the DMS tells us by itself."""
    if not isinstance(push, AppointmentRejectedPush):
        raise TypeError(push.type)
    return AppointmentRejected(appointment_id=push.data.appointment_id, reason=push.data.reason)
