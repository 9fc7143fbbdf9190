"""The DMS over HTTP, dialect `reference`.

What we ask (base URL of the DMS; header `Idempotency-Key`, `Correlation-Id`, `Authorization: Bearer <api key>`):
  POST /appointments                         StoreRecord   → 201 StoreAnswer | 409/422 RefusalAnswer
  PUT  /appointments/{appointment_id}/day    MoveRecord    → 200 DoneAnswer | 404/409/422 RefusalAnswer
  PUT  /appointments/{appointment_id}/outcome OutcomeRecord → 200 DoneAnswer | 404/409/422 RefusalAnswer
  POST /appointments/{appointment_id}/cancel CancelRecord  → 200 DoneAnswer | 404/409/422 RefusalAnswer
  PUT  /slips/{slip_id}                      SlipRecord    → 200 SlipAnswer | 409/422 RefusalAnswer
  GET  /appointments/{appointment_id}                      → 200 StoreAnswer | 404 RefusalAnswer
  POST /owners/find                          OwnerQuery    → 200 OwnersAnswer (no match is an empty list)
  PUT  /registrations/{binding_id}           RegistrationRecord → 200 DoneAnswer | 409/422 RefusalAnswer
  GET  /dealers?cursor=…                                   → 200 DealersAnswer
  GET  /cars?cursor=…&changed_since=…                      → 200 CarsPage
  PUT  /reminder-runs/{period}               RunRecord     → 200 DoneAnswer | 409/422 RefusalAnswer
  POST /reminders/standings                  StandingsPage → 200 DoneAnswer | 409/422 RefusalAnswer
What it may push to us (Standard Webhooks): POST /partners/dms/v1/events with DmsPush.
"""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.partners.complaints import DealersComplaintStepPush
from contracts.partners.reminders import ItemsPublishedPush, RunCompletedPush
from contracts.partners.vehicles import SaleRecordedPush
from contracts.partners.wire import Item, Wire


class StoreRecord(Wire):
    appointment_id: UUID
    customer_id: str
    vin: str
    name: str
    mobile: str
    dealer_code: str
    requested_date: date
    slot: str = ""
    items: tuple[Item, ...]
    mileage_km: int | None = None
    concern: str | None = None
    source: str
    submitted_at: AwareDatetime


class StoreAnswer(Wire):
    dms_no: str = Field(min_length=1, max_length=64)


class MoveRecord(Wire):
    """The customer asks for another day; the highest `request_no` counts."""

    request_no: int = Field(ge=2)
    requested_date: date
    slot: str = ""


class CancelRecord(Wire):
    reason: str


class SlipRecord(Wire):
    appointment_id: UUID
    version: int = Field(ge=1)
    dealer_code: str
    appointment_at: AwareDatetime
    items: tuple[Item, ...]
    confirmed_by: str


class SlipAnswer(Wire):
    slip_id: str = Field(min_length=1, max_length=64)
    version: int = Field(ge=1)


class OwnerQuery(Wire):
    """Current owners for whom all three are equal. Answered alike, and as fast, whichever of them is wrong."""

    vin: str = Field(description="The last 8, or all 17.")
    id_number: str
    mobile: str


class OwnerRecord(Wire):
    customer_id: str = Field(min_length=1, max_length=64)
    vin: str = Field(pattern=r"^[A-HJ-NPR-Z0-9]{17}$")
    name: str = Field(min_length=1, max_length=64)
    mobile: str = Field(min_length=1, max_length=20)
    plate: str | None = Field(default=None, min_length=1, max_length=16)
    model: str = Field(default="", max_length=64)
    dealer_code: str = Field(default="", max_length=32)


class OwnersAnswer(Wire):
    owners: tuple[OwnerRecord, ...] = Field(max_length=20)


class DealerHours(Wire):
    weekday: int = Field(ge=1, le=7, description="1 is Monday.")
    begins: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    ends: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")


class DealerRecord(Wire):
    version: int = Field(ge=1)
    dealer_code: str = Field(min_length=1, max_length=32)
    name: str = Field(min_length=1, max_length=64)
    region_code: str = Field(default="", max_length=32)
    address: str = Field(default="", max_length=200)
    phone: str = Field(default="", max_length=32)
    latitude: float | None = Field(default=None, ge=-90, le=90, description="GCJ-02")
    longitude: float | None = Field(default=None, ge=-180, le=180, description="GCJ-02")
    hours: tuple[DealerHours, ...] = Field(default=(), max_length=21)
    active: bool = True


class DealersAnswer(Wire):
    dealers: tuple[DealerRecord, ...] = Field(max_length=200)
    next_cursor: str | None = Field(default=None, max_length=200, description="Absent on the last page.")


class RejectedPush(Wire):
    """The DMS says no after it had taken the request."""

    appointment_id: UUID
    version: int = Field(ge=1)
    reason: str = Field(min_length=1, max_length=64)


class AppointmentRejectedPush(Wire):
    type: Literal["appointment.rejected"]
    timestamp: AwareDatetime
    data: RejectedPush


class DealerSavedPush(Wire):
    type: Literal["dealer.saved"]
    timestamp: AwareDatetime
    data: DealerRecord


class CapacityRecord(Wire):
    """How many cars a dealer takes on a day, or in a slot of it."""

    version: int = Field(ge=1)
    dealer_code: str = Field(min_length=1, max_length=32)
    day: date
    slot: str = Field(default="", pattern=r"^(([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d)?$")
    total: int = Field(ge=0, le=10_000)
    closed: bool = False


class CapacitySavedPush(Wire):
    type: Literal["capacity.saved"]
    timestamp: AwareDatetime
    data: CapacityRecord


class VisitRecord(Wire):
    """A car in the workshop (回厂)."""

    visit_no: str = Field(min_length=1, max_length=64)
    vin: str = Field(pattern=r"^[A-HJ-NPR-Z0-9]{17}$")
    dealer_code: str = Field(min_length=1, max_length=32)
    arrived_at: AwareDatetime
    appointment_id: UUID | None = None


class ClosedVisitRecord(VisitRecord):
    closed_at: AwareDatetime
    services: tuple[str, ...] = Field(default=(), max_length=20, description="Codes of what was done, e.g. FIRST_MAINTENANCE")
    mileage_km: int | None = Field(default=None, ge=0, le=5_000_000)


class VisitArrivedPush(Wire):
    type: Literal["visit.arrived"]
    timestamp: AwareDatetime
    data: VisitRecord


class VisitClosedPush(Wire):
    type: Literal["visit.closed"]
    timestamp: AwareDatetime
    data: ClosedVisitRecord


class OwnershipRecord(Wire):
    """The car's owner now; `version` counts the owners of a car."""

    version: int = Field(ge=1)
    vin: str = Field(pattern=r"^[A-HJ-NPR-Z0-9]{17}$")
    customer_id: str = Field(min_length=1, max_length=64)
    changed_at: AwareDatetime


class OwnershipChangedPush(Wire):
    type: Literal["ownership.changed"]
    timestamp: AwareDatetime
    data: OwnershipRecord


DmsPush = Annotated[
    AppointmentRejectedPush
    | DealerSavedPush
    | CapacitySavedPush
    | VisitArrivedPush
    | VisitClosedPush
    | OwnershipChangedPush
    | SaleRecordedPush
    | ItemsPublishedPush
    | RunCompletedPush
    | DealersComplaintStepPush,
    Field(discriminator="type"),
]
