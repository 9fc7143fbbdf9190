"""What a follower may ask of us, and what became of it: commands and news of `services/appointments` (flows 3, A-APT-09..22)."""

from datetime import date
from enum import StrEnum
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from contracts.envelope import Actor, Command, Event
from contracts.personal import Concern

DealerCode = str


class State(StrEnum):
    """Flows 3.2, as far as this flow and its failures need."""

    REQUESTED = "requested"
    REJECTED = "rejected"
    TO_CALL = "to_call"
    UNREACHABLE = "unreachable"
    CONFIRMED = "confirmed"
    NOTIFIED = "notified"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


class ServiceItem(BaseModel):
    """One thing to be done to the car (预约项目, A-APT-11)."""

    model_config = ConfigDict(frozen=True)

    code: str = Field(min_length=1, max_length=32)
    name: str = Field(min_length=1, max_length=64)


class RequestAppointment(Command):
    """A follower confirms a wish for a service day (A-APT-09). The id of the appointment is made by the caller."""

    owner: ClassVar[str] = "appointments"
    subject_field: ClassVar[str] = "appointment_id"

    appointment_id: UUID
    follower_id: UUID
    vehicle_id: UUID
    dealer_code: DealerCode = Field(min_length=1, max_length=32)
    requested_date: date
    items: tuple[ServiceItem, ...] = Field(min_length=1, max_length=20)
    mileage_km: int | None = Field(default=None, ge=0, le=5_000_000)
    concern: Concern | None = None
    source: Literal["menu", "reminder", "agent", "phone", "dealer", "app"] = "menu"
    submitted_at: AwareDatetime

    @property
    def actor(self) -> Actor:
        return Actor("customer", str(self.follower_id), "follower")


class WithdrawAppointment(Command):
    """A follower no longer wants it: withdrawn before it is confirmed, cancelled after."""

    owner: ClassVar[str] = "appointments"
    subject_field: ClassVar[str] = "appointment_id"

    appointment_id: UUID
    follower_id: UUID
    reason: str = Field(default="", max_length=200)

    @property
    def actor(self) -> Actor:
        return Actor("customer", str(self.follower_id), "follower")


class AppointmentNews(Event):
    """The full record at one version; the subclasses say what happened to it."""

    owner: ClassVar[str] = "appointments"
    readers: ClassVar[tuple[str, ...]] = ("messaging",)
    subject_field: ClassVar[str] = "appointment_id"

    appointment_id: UUID
    version: int = Field(ge=1)
    state: State
    follower_id: UUID
    vehicle_id: UUID
    dealer_code: DealerCode
    requested_date: date
    items: tuple[ServiceItem, ...]
    dms_no: str | None = None
    task_id: str | None = None
    slip_id: str | None = None
    appointment_at: AwareDatetime | None = None
    reason: str = Field(default="", max_length=64, description="Why it was turned down, cancelled …, as a code.")


class AppointmentRequested(AppointmentNews):
    """A wish that can be met was taken in."""


class AppointmentTurnedDown(AppointmentNews):
    """It will not become an appointment: we or the DMS said no (state rejected)."""


class AppointmentUnreachable(AppointmentNews):
    """Five calls did not reach the follower (S-20)."""


class AppointmentDeclined(AppointmentNews):
    """On the phone the follower no longer wanted it."""


class AppointmentWithdrawn(AppointmentNews):
    """The follower took the wish back before it was confirmed."""


class AppointmentConfirmed(AppointmentNews):
    """A slip is on record at the DMS (A-APT-20)."""


class AppointmentCancelled(AppointmentNews):
    """A confirmed appointment was cancelled by the follower or by CSC."""


class AppointmentNotified(AppointmentNews):
    """The confirmation has been sent (A-APT-22)."""
