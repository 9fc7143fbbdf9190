"""What we ask of the DMS, what it answers, and what it tells us by itself (adapters/dms; A-REM-05, 10, A-APT-12, 19, 20, 28)."""

from datetime import date
from typing import Annotated, ClassVar, Literal
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from contracts.appointments import ServiceItem, Slot
from contracts.envelope import Event, PartnerCommand
from contracts.personal import Concern, IdNumber, Mobile, PersonName, Plate, Vin


class StoreAppointment(PartnerCommand):
    """Put the request on record (A-APT-12)."""

    owner: ClassVar[str] = "dms"
    subject_field: ClassVar[str] = "appointment_id"

    appointment_id: UUID
    customer_id: str
    vin: Vin
    name: PersonName
    mobile: Mobile
    dealer_code: str
    requested_date: date
    slot: Slot = ""
    items: tuple[ServiceItem, ...]
    mileage_km: int | None = None
    concern: Concern | None = None
    source: str
    submitted_at: AwareDatetime


class MoveAppointment(PartnerCommand):
    """The follower asks for another day; a slip that is there holds until a new one comes."""

    owner: ClassVar[str] = "dms"
    subject_field: ClassVar[str] = "appointment_id"

    appointment_id: UUID
    request_no: int = Field(ge=2)
    requested_date: date
    slot: Slot = ""


class CancelAppointment(PartnerCommand):
    """Mark the request, and its slip if there is one, as cancelled."""

    owner: ClassVar[str] = "dms"
    subject_field: ClassVar[str] = "appointment_id"

    appointment_id: UUID
    reason: str = Field(max_length=64)


class StoreSlip(PartnerCommand):
    """Keep the slip (客户预约单) that CSC made (A-APT-19)."""

    owner: ClassVar[str] = "dms"
    subject_field: ClassVar[str] = "appointment_id"

    appointment_id: UUID
    slip_id: str
    slip_version: int = Field(ge=1)
    dealer_code: str
    appointment_at: AwareDatetime
    items: tuple[ServiceItem, ...]
    confirmed_by: str


class StoreOutcome(PartnerCommand):
    """What became of a confirmed appointment (A-APT-28)."""

    owner: ClassVar[str] = "dms"
    subject_field: ClassVar[str] = "appointment_id"

    appointment_id: UUID
    outcome: Literal["arrived", "completed", "no_show"]
    at: AwareDatetime


class FindOwner(PartnerCommand):
    """Which cars does the person own who has this ID number and this mobile (A-REM-05)? The DMS matches all three, exactly."""

    owner: ClassVar[str] = "dms"
    subject_field: ClassVar[str] = "registration_id"

    registration_id: UUID
    vin: Vin = Field(description="The last 8, or all 17.")
    id_number: IdNumber
    mobile: Mobile


class StoreRegistration(PartnerCommand):
    """Keep the fact that the owner is registered on the service account, or is not any more (A-REM-10)."""

    owner: ClassVar[str] = "dms"
    subject_field: ClassVar[str] = "binding_id"

    binding_id: UUID
    binding_version: int = Field(ge=1)
    customer_id: str
    vin: Vin
    registered: bool
    at: AwareDatetime


class FetchDealers(PartnerCommand):
    """All dealers of the DMS, answered by one `DealerListed` each."""

    owner: ClassVar[str] = "dms"
    subject_field: ClassVar[str] = "run_id"

    run_id: UUID


class DmsAnswer(Event):
    """An adapter's answer: unnumbered, judged by the guards of the state machine."""

    owner: ClassVar[str] = "dms"
    readers: ClassVar[tuple[str, ...]] = ("appointments",)
    subject_field: ClassVar[str] = "appointment_id"

    appointment_id: UUID


class AppointmentStored(DmsAnswer):
    """The request is on record under the DMS's number."""

    dms_no: str = Field(max_length=64)


class AppointmentRejected(DmsAnswer):
    """A clear no: unknown dealer, closed day …"""

    reason: str = Field(max_length=64)


class AppointmentMoveRefused(DmsAnswer):
    """The DMS will not have it on the other day: what it has on record stands."""

    request_no: int = Field(ge=2)
    reason: str = Field(max_length=64)


class AppointmentSlipStored(DmsAnswer):
    """The slip is on record (A-APT-20)."""

    slip_id: str = Field(max_length=64)
    slip_version: int = Field(ge=1)


class AppointmentSlipRefused(DmsAnswer):
    """The DMS will not keep the slip; an operator settles it with the dealer."""

    slip_id: str = Field(max_length=64)
    slip_version: int = Field(ge=1)
    reason: str = Field(max_length=64)


class Owner(BaseModel):
    """A current owner and one car of theirs, as the DMS has them."""

    model_config = ConfigDict(frozen=True)

    customer_id: str = Field(min_length=1, max_length=64)
    vin: Vin
    name: PersonName
    mobile: Mobile
    plate: Plate | None = None
    model: str = Field(default="", max_length=64)
    dealer_code: str = Field(default="", max_length=32)


class OwnersFound(Event):
    """The DMS's answer to `FindOwner`: none, one, or several cars whose VIN ends alike; unnumbered."""

    owner: ClassVar[str] = "dms"
    readers: ClassVar[tuple[str, ...]] = ("customers",)
    subject_field: ClassVar[str] = "registration_id"

    registration_id: UUID
    owners: tuple[Owner, ...] = Field(max_length=20)


class OwnershipChanged(Event):
    """The car has another owner now (flows 1.2)."""

    owner: ClassVar[str] = "dms"
    readers: ClassVar[tuple[str, ...]] = ("customers", "reminders")
    subject_field: ClassVar[str] = "vehicle_id"

    vehicle_id: UUID
    ownership_version: int = Field(ge=1, description="The DMS counts the owners of a car.")
    vin: Vin
    customer_id: str = Field(max_length=64, description="The new owner's number.")
    changed_at: AwareDatetime


Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class OpeningHours(BaseModel):
    """One span of one weekday; a day may have several, a day without any is closed."""

    model_config = ConfigDict(frozen=True)

    weekday: int = Field(ge=1, le=7, description="1 is Monday.")
    begins: Clock
    ends: Clock


class DealerListed(Event):
    """A dealer in full; the higher version wins."""

    owner: ClassVar[str] = "dms"
    readers: ClassVar[tuple[str, ...]] = ("pages", "messaging", "appointments", "complaints", "reminders")
    subject_field: ClassVar[str] = "dealer_id"

    dealer_id: UUID = Field(description="Follows from the code.")
    dealer_version: int = Field(ge=1)
    dealer_code: str = Field(min_length=1, max_length=32)
    name: str = Field(min_length=1, max_length=64)
    region_code: str = Field(default="", max_length=32)
    address: str = Field(default="", max_length=200)
    phone: str = Field(default="", max_length=32)
    latitude: float | None = Field(default=None, ge=-90, le=90, description="GCJ-02")
    longitude: float | None = Field(default=None, ge=-180, le=180, description="GCJ-02")
    hours: tuple[OpeningHours, ...] = Field(default=(), max_length=21)
    active: bool = Field(default=True, description="Takes bookings.")


def dealer_id(code: str) -> UUID:
    """The subject of `DealerListed`."""
    return uuid5(NAMESPACE_URL, f"urn:cheqiao:dealer:{code}")


class CapacitySet(Event):
    """How many cars a dealer takes on a day, or in a slot of it; the higher version wins."""

    owner: ClassVar[str] = "dms"
    readers: ClassVar[tuple[str, ...]] = ("appointments",)
    subject_field: ClassVar[str] = "places_id"

    places_id: UUID = Field(description="Follows from dealer, day and slot.")
    capacity_version: int = Field(ge=1)
    dealer_code: str = Field(min_length=1, max_length=32)
    day: date
    slot: Slot = ""
    total: int = Field(ge=0, le=10_000)
    closed: bool = False


class VisitNews(Event):
    """A car in the workshop (回厂). The subject is the visit."""

    owner: ClassVar[str] = "dms"
    readers: ClassVar[tuple[str, ...]] = ("appointments", "reminders")
    subject_field: ClassVar[str] = "visit_id"

    visit_id: UUID = Field(description="Follows from the DMS's number of the visit.")
    vehicle_id: UUID
    vin: Vin
    dealer_code: str = Field(max_length=32)
    arrived_at: AwareDatetime
    appointment_id: UUID | None = Field(default=None, description="Where the adviser said which appointment it is.")


class VisitArrived(VisitNews):
    """The car came in."""


class VisitClosed(VisitNews):
    """The workshop is done."""

    closed_at: AwareDatetime
    services: tuple[str, ...] = Field(default=(), max_length=20, description="Codes of what was done, e.g. FIRST_MAINTENANCE")
    mileage_km: int | None = Field(default=None, ge=0, le=5_000_000)
