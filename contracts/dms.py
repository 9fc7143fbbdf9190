"""What we ask of the DMS and what it answers (adapters/dms; A-APT-12, 19, 20)."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.appointments import ServiceItem
from contracts.envelope import Event, PartnerCommand
from contracts.personal import Concern, Mobile, PersonName, Vin


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
    items: tuple[ServiceItem, ...]
    mileage_km: int | None = None
    concern: Concern | None = None
    source: str
    submitted_at: AwareDatetime


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


class AppointmentSlipStored(DmsAnswer):
    """The slip is on record (A-APT-20)."""

    slip_id: str = Field(max_length=64)
    slip_version: int = Field(ge=1)


class AppointmentSlipRefused(DmsAnswer):
    """The DMS will not keep the slip; an operator settles it with the dealer."""

    slip_id: str = Field(max_length=64)
    slip_version: int = Field(ge=1)
    reason: str = Field(max_length=64)
