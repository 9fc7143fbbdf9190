"""What a follower may ask of us, and what became of it: commands and news of `services/appointments` (flows 3, A-APT-09..22)."""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, Literal
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from contracts.envelope import Actor, Command, Event
from contracts.personal import Concern

DealerCode = str
Slot = Annotated[str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d)?$", description="09:00-10:00, or empty: all day")]
Source = Literal["menu", "reminder", "agent", "phone", "dealer", "app"]


class State(StrEnum):
    """Flows 3.2."""

    REQUESTED = "requested"
    REJECTED = "rejected"
    TO_CALL = "to_call"
    UNREACHABLE = "unreachable"
    CONFIRMED = "confirmed"
    NOTIFIED = "notified"
    RESCHEDULED = "rescheduled"
    ARRIVED = "arrived"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    TRANSFERRED = "transferred"
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
    slot: Slot = ""
    items: tuple[ServiceItem, ...] = Field(min_length=1, max_length=20)
    mileage_km: int | None = Field(default=None, ge=0, le=5_000_000)
    concern: Concern | None = None
    source: Source = "menu"
    reminder_item_id: UUID | None = Field(default=None, description="The reminder whose link was used (A-APT-07, 08).")
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


class RescheduleAppointment(Command):
    """A follower wants another day. `request_no` counts the requests of one appointment: the first wish is 1; the highest counts."""

    owner: ClassVar[str] = "appointments"
    subject_field: ClassVar[str] = "appointment_id"

    appointment_id: UUID
    follower_id: UUID
    request_no: int = Field(ge=2)
    requested_date: date
    slot: Slot = ""
    submitted_at: AwareDatetime

    @property
    def actor(self) -> Actor:
        return Actor("customer", str(self.follower_id), "follower")


AND_REMINDERS = ("messaging", "pages", "reminders")
"""Of news that change what became of a reminder."""


class AppointmentNews(Event):
    """The full record at one version; the subclasses say what happened to it."""

    schema_version: ClassVar[int] = 2
    owner: ClassVar[str] = "appointments"
    readers: ClassVar[tuple[str, ...]] = ("messaging", "pages")
    subject_field: ClassVar[str] = "appointment_id"

    appointment_id: UUID
    version: int = Field(ge=1)
    state: State
    follower_id: UUID
    vehicle_id: UUID
    dealer_code: DealerCode
    requested_date: date
    slot: Slot = ""
    request_no: int = Field(default=1, ge=1)
    items: tuple[ServiceItem, ...]
    reminder_item_id: UUID | None = Field(default=None, description="The reminder whose link was used (A-APT-07, 08).")
    submitted_at: AwareDatetime | None = Field(default=None, description="When the follower asked for it first.")
    dms_no: str | None = None
    task_id: str | None = None
    slip_id: str | None = None
    appointment_at: AwareDatetime | None = None
    reason: str = Field(default="", max_length=64, description="Why it was turned down, cancelled …, as a code.")
    call_due_at: AwareDatetime | None = Field(default=None, description="By when the follower is to be called.")
    attempts: int = Field(default=0, ge=0, description="Calls that did not reach the follower.")
    kept_because: str = Field(default="", max_length=64, description="Why it could not be taken back or moved, as a code: too_late, full …")
    predecessor_id: UUID | None = Field(default=None, description="The appointment that was transferred to become this one.")
    successor_id: UUID | None = Field(default=None, description="The appointment at the other dealer, when transferred.")


class AppointmentRequested(AppointmentNews):
    """A wish that can be met was taken in."""

    readers: ClassVar[tuple[str, ...]] = AND_REMINDERS


class AppointmentTurnedDown(AppointmentNews):
    """It will not become an appointment: we or the DMS said no (state rejected)."""

    readers: ClassVar[tuple[str, ...]] = AND_REMINDERS


class AppointmentUnreachable(AppointmentNews):
    """Five calls did not reach the follower, or the day passed before one did (S-20)."""

    readers: ClassVar[tuple[str, ...]] = AND_REMINDERS


class AppointmentDeclined(AppointmentNews):
    """On the phone the follower no longer wanted it."""

    readers: ClassVar[tuple[str, ...]] = AND_REMINDERS


class AppointmentWithdrawn(AppointmentNews):
    """The follower took the wish back before it was confirmed."""

    readers: ClassVar[tuple[str, ...]] = AND_REMINDERS


class AppointmentConfirmed(AppointmentNews):
    """A slip is on record at the DMS (A-APT-20)."""

    readers: ClassVar[tuple[str, ...]] = AND_REMINDERS


class AppointmentCancelled(AppointmentNews):
    """A confirmed appointment was cancelled by the follower or by CSC."""

    readers: ClassVar[tuple[str, ...]] = AND_REMINDERS


class AppointmentNotified(AppointmentNews):
    """The confirmation has been sent (A-APT-22)."""


class AppointmentCallDue(AppointmentNews):
    """CSC has the task: the follower will be called by `call_due_at` (A-APT-13)."""


class AppointmentCallMissed(AppointmentNews):
    """A call did not reach the follower; there will be another (A-APT-16)."""


class AppointmentRescheduled(AppointmentNews):
    """The follower asked for another day. A slip that is there holds until CSC makes a new one."""

    readers: ClassVar[tuple[str, ...]] = AND_REMINDERS


class AppointmentKept(AppointmentNews):
    """The follower wanted it taken back or moved, and that could not be any more: `kept_because`."""

    readers: ClassVar[tuple[str, ...]] = AND_REMINDERS


class AppointmentTransferred(AppointmentNews):
    """Another dealer was agreed on the phone: it goes on as `successor_id`."""

    readers: ClassVar[tuple[str, ...]] = AND_REMINDERS


class AppointmentArrived(AppointmentNews):
    """The car came in (A-APT-28)."""

    readers: ClassVar[tuple[str, ...]] = AND_REMINDERS


class AppointmentCompleted(AppointmentNews):
    """The workshop is done with it."""


class AppointmentNoShow(AppointmentNews):
    """The car did not come in by the end of the day and the grace after it."""

    readers: ClassVar[tuple[str, ...]] = AND_REMINDERS


class PlacesLeft(Event):
    """What can still be booked at a dealer on a day. Where nothing was ever told, nothing is counted."""

    owner: ClassVar[str] = "appointments"
    readers: ClassVar[tuple[str, ...]] = ("pages",)
    subject_field: ClassVar[str] = "places_id"

    places_id: UUID = Field(description="Follows from dealer, day and slot.")
    version: int = Field(ge=1)
    dealer_code: DealerCode
    day: date
    slot: Slot = ""
    left: int = Field(ge=0)
    closed: bool = False


def places_id(dealer_code: str, day: date, slot: str) -> UUID:
    """The subject of `PlacesLeft` and `CapacitySet`: the same wherever it is worked out. An empty slot is the whole day."""
    return uuid5(NAMESPACE_URL, f"urn:cheqiao:places:{dealer_code}|{day.isoformat()}|{slot}")
