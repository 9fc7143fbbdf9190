"""The desk of the DMS: one method for each thing its people do, on record together with the push that tells of it.

Every method raises Problem where it cannot be done, with words for the person at the desk. `Done` is what is on record now and the ids
of the pushes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Connection
from typing import Generic, TypeVar
from uuid import UUID

from contracts.partners.dms import (
    AppointmentRejectedPush,
    CapacityRecord,
    CapacitySavedPush,
    ClosedVisitRecord,
    DealerRecord,
    DealerSavedPush,
    OwnershipChangedPush,
    OwnershipRecord,
    RejectedPush,
    VisitArrivedPush,
    VisitClosedPush,
    VisitRecord,
)
from contracts.partners.vehicles import CarRow, SaleRecordedPush
from contracts.partners.wire import Wire
from sandbox.dms.dealers import region_of
from sandbox.dms.forms import ArrivalForm, CapacityForm, CarForm, ClosingForm, ContactForm, DealerForm, ResaleForm, SaleForm
from sandbox.dms.records import DmsRecords
from sandbox.dms.sales import Sale
from sandbox.office import Office
from sandbox.partner import Telling

EVENTS = "/partners/dms/v1/events"

R = TypeVar("R")


@dataclass(frozen=True)
class Done(Generic[R]):
    record: R
    push_ids: Sequence[str] = ()


class DmsDesk:
    def __init__(self, office: Office, records: DmsRecords) -> None:
        self._records = records
        self._telling = Telling(office, EVENTS)

    def enter_sale(self, form: SaleForm) -> Done[Sale]:
        """A new car is sold: from now on its buyer can register (A-REM-02..05) → `sale.recorded`"""
        (sale, _), pushes = self._telling.do(lambda tx: self._recorded(tx, self._enter(tx, form)), _sale_recorded)
        return Done(sale, pushes)

    def sell_on(self, vin: str, form: ResaleForm) -> Done[Sale]:
        """A used car is sold (flows 1.2) → `sale.recorded`, `ownership.changed`"""
        (sale, _, _), pushes = self._telling.do(lambda tx: self._sell_on(tx, vin, form), _ownership_changed)
        return Done(sale, pushes)

    def correct_customer(self, customer_id: str, form: ContactForm) -> Done[list[Sale]]:
        """Name and mobile set right; all sales to them."""
        sales, _ = self._telling.do(lambda tx: self._records.sales.correct_customer(tx, customer_id, form), _untold)
        return Done(sales)

    def correct_car(self, vin: str, form: CarForm) -> Done[Sale]:
        """Plate and model set right → `sale.recorded`"""
        done = lambda tx: self._recorded(tx, self._records.sales.correct_car(tx, vin, form))  # noqa: E731 - one transaction
        (sale, _), pushes = self._telling.do(done, _sale_recorded)
        return Done(sale, pushes)

    def save_dealer(self, dealer_code: str, form: DealerForm) -> Done[DealerRecord]:
        """A new dealer, or an old one in full → `dealer.saved`"""
        return Done(*self._telling.do(lambda tx: self._records.dealers.save(tx, dealer_code, form), _dealer_saved))

    def set_capacity(self, form: CapacityForm) -> Done[list[CapacityRecord]]:
        """Places of a day or slot, for several days in a row → one `capacity.saved` a day"""
        return Done(*self._telling.do(lambda tx: self._records.dealers.set_capacity(tx, form), _capacity_saved))

    def reject(self, appointment_id: UUID, reason: str) -> Done[RejectedPush]:
        """No after all → `appointment.rejected`"""
        return Done(*self._telling.do(lambda tx: self._records.bookings.reject(tx, appointment_id, reason), _rejected))

    def arrive(self, form: ArrivalForm) -> Done[VisitRecord]:
        """A car came in (A-APT-28) → `visit.arrived`"""
        return Done(*self._telling.do(lambda tx: self._arrive(tx, form), _visit_arrived))

    def close_visit(self, visit_no: str, form: ClosingForm) -> Done[ClosedVisitRecord]:
        """The workshop is done with it (A-APT-28), and the car's record has the visit → `visit.closed`"""
        return Done(*self._telling.do(lambda tx: self._close(tx, visit_no, form), _visit_closed))

    def _enter(self, tx: Connection, form: SaleForm) -> Sale:
        self._records.dealers.known(tx, form.dealer_code)
        return self._records.sales.enter(tx, form)

    def _recorded(self, tx: Connection, sale: Sale) -> tuple[Sale, CarRow]:
        """The car's own record follows from the sale."""
        return sale, self._records.cars.sold(tx, sale, region_of(tx, sale.dealer_code))

    def _sell_on(self, tx: Connection, vin: str, form: ResaleForm) -> tuple[Sale, CarRow, OwnershipRecord]:
        if form.dealer_code is not None:
            self._records.dealers.known(tx, form.dealer_code)
        sale, owner = self._records.sales.sell_on(tx, vin, form)
        return *self._recorded(tx, sale), owner

    def _close(self, tx: Connection, visit_no: str, form: ClosingForm) -> ClosedVisitRecord:
        visit = self._records.visits.close(tx, visit_no, form)
        self._records.cars.visited(tx, visit)
        return visit

    def _arrive(self, tx: Connection, form: ArrivalForm) -> VisitRecord:
        visit = self._records.visits.arrive(tx, form)
        self._records.dealers.known(tx, visit.dealer_code)
        return visit


def _untold(_record: object, _at: datetime) -> tuple[Wire, ...]:
    return ()


def _sale_recorded(done: tuple[Sale, CarRow], at: datetime) -> tuple[Wire, ...]:
    return (SaleRecordedPush(type="sale.recorded", timestamp=at, data=done[1]),)


def _ownership_changed(done: tuple[Sale, CarRow, OwnershipRecord], at: datetime) -> tuple[Wire, ...]:
    _, car, owner = done
    return (
        SaleRecordedPush(type="sale.recorded", timestamp=at, data=car),
        OwnershipChangedPush(type="ownership.changed", timestamp=at, data=owner),
    )


def _dealer_saved(dealer: DealerRecord, at: datetime) -> tuple[Wire, ...]:
    return (DealerSavedPush(type="dealer.saved", timestamp=at, data=dealer),)


def _capacity_saved(days: list[CapacityRecord], at: datetime) -> tuple[Wire, ...]:
    return tuple(CapacitySavedPush(type="capacity.saved", timestamp=at, data=day) for day in days)


def _rejected(no: RejectedPush, at: datetime) -> tuple[Wire, ...]:
    return (AppointmentRejectedPush(type="appointment.rejected", timestamp=at, data=no),)


def _visit_arrived(visit: VisitRecord, at: datetime) -> tuple[Wire, ...]:
    return (VisitArrivedPush(type="visit.arrived", timestamp=at, data=visit),)


def _visit_closed(visit: ClosedVisitRecord, at: datetime) -> tuple[Wire, ...]:
    return (VisitClosedPush(type="visit.closed", timestamp=at, data=visit),)
