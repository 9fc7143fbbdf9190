"""What we ask of CSC, what it answers, and what it tells us by itself (adapters/csc; A-APT-13..19)."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from contracts.appointments import ServiceItem, Slot
from contracts.envelope import Actor, Event, PartnerCommand
from contracts.personal import Concern, Mobile, PersonName, Vin

CallResult = Literal["reached", "no_answer", "busy", "switched_off", "wrong_number", "refused"]


class OpenCallTask(PartnerCommand):
    """Make the call-back task (电话反馈任务, A-APT-13)."""

    owner: ClassVar[str] = "csc"
    subject_field: ClassVar[str] = "appointment_id"

    appointment_id: UUID
    dms_no: str
    customer_id: str
    vin: Vin
    name: PersonName
    mobile: Mobile
    dealer_code: str
    requested_date: date
    slot: Slot = ""
    request_no: int = Field(default=1, ge=1, description="A slip says which request it answers.")
    items: tuple[ServiceItem, ...]
    concern: Concern | None = None
    due_at: AwareDatetime


class CloseCallTask(PartnerCommand):
    """Nobody need call any more; a slip already made is void."""

    owner: ClassVar[str] = "csc"
    subject_field: ClassVar[str] = "appointment_id"

    appointment_id: UUID
    reason: str = Field(max_length=64)


class ReopenCallTask(PartnerCommand):
    """The follower asks for another day: call (again). A slip that is there holds until a new one comes.

    The highest `request_no` counts; of two with one number the later, which says what stands since the DMS refused the day.
    """

    owner: ClassVar[str] = "csc"
    subject_field: ClassVar[str] = "appointment_id"

    appointment_id: UUID
    request_no: int = Field(ge=2)
    requested_date: date
    slot: Slot = ""
    due_at: AwareDatetime


class RecordOutcome(PartnerCommand):
    """What became of a confirmed appointment, for CSC's statistics (A-APT-28)."""

    owner: ClassVar[str] = "csc"
    subject_field: ClassVar[str] = "appointment_id"

    appointment_id: UUID
    outcome: Literal["arrived", "completed", "no_show"]
    at: AwareDatetime


class MarkRegistered(PartnerCommand):
    """This customer can be reached by WeChat for this car, or cannot any more (A-REM-10, 16)."""

    owner: ClassVar[str] = "csc"
    subject_field: ClassVar[str] = "binding_id"

    binding_id: UUID
    binding_version: int = Field(ge=1)
    customer_id: str
    vin: Vin
    registered: bool
    at: AwareDatetime


class CscNews(Event):
    """What CSC says about one appointment."""

    owner: ClassVar[str] = "csc"
    readers: ClassVar[tuple[str, ...]] = ("appointments",)
    subject_field: ClassVar[str] = "appointment_id"

    appointment_id: UUID


class AppointmentTaskCreated(CscNews):
    """CSC's answer to `OpenCallTask`; unnumbered."""

    task_id: str = Field(max_length=64)


class AppointmentTaskRefused(CscNews):
    """CSC will not make the task, or not call about another day; an operator settles it."""

    reason: str = Field(max_length=64)


class Call(BaseModel):
    """One call of the DCRC to the follower (A-APT-14..17)."""

    model_config = ConfigDict(frozen=True)

    at: AwareDatetime
    result: CallResult


class AppointmentCallLogged(CscNews):
    """The task in full after a call, with CSC's version of it."""

    task_id: str = Field(max_length=64)
    task_version: int = Field(ge=1)
    task_state: Literal["open", "closed", "declined"]
    calls: tuple[Call, ...]
    transferred_to: str = Field(default="", max_length=32, description="Closed because this other dealer was agreed on; empty otherwise.")


class AppointmentSlipSaved(CscNews):
    """The slip (客户预约单) in full, with CSC's version of it (A-APT-18, 19)."""

    slip_id: str = Field(max_length=64)
    slip_version: int = Field(ge=1)
    slip_state: Literal["active", "cancelled"]
    request_no: int = Field(default=1, ge=1, description="The request that it answers.")
    dealer_code: str = Field(max_length=32)
    appointment_at: AwareDatetime
    items: tuple[ServiceItem, ...]
    confirmed_by: str = Field(max_length=64, description="Staff number of the DCRC.")
    reason: str = Field(default="", max_length=64)

    @property
    def actor(self) -> Actor:
        return Actor("staff", self.confirmed_by, "dcrc")
