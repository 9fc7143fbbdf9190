"""What reminders exchange with the DMS and CSC: the month's items, call tasks, slips, decisions, and how each item stands (flows 2.4).

Rows go in pages of up to 500; a page's id follows from what is in it, so that a repeat is harmless. States are told in full with a version:
the higher one wins.
"""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from contracts.csc import CallResult
from contracts.envelope import Actor, Event, PartnerCommand
from contracts.personal import Concern, Vin
from contracts.reminders import ContactState, Decision, Outcome, Period, ReminderType, WechatState
from contracts.vehicles import MOST_IN_A_PAGE, DirtyRow

CustomerAnswer = Literal["will_come", "booked", "declined", "done_elsewhere", "already_done", "vehicle_sold", "call_later", "complaint"]


class Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class ReminderTask(Part):
    """One item for the DCRC to call about (提醒跟踪任务, A-REM-26, 27), registered or not."""

    item_id: UUID
    origin_item_id: UUID = Field(description="The first of a row of carried ones; its own where it was not carried.")
    version: int = Field(ge=1)
    period: Period
    type: ReminderType
    vin: Vin
    customer_id: str = Field(default="", max_length=64)
    dealer_code: str = Field(max_length=32)
    due_date: date
    registered: bool
    priority: Literal["normal", "high"] = Field(default="normal", description="high: WeChat could not bring it, or it was carried over.")
    carry_count: int = Field(default=0, ge=0)
    wechat_state: WechatState = Field(default=WechatState.NONE, description="How it stands at `version`, as the next two.")
    wechat_reason: str = Field(default="", max_length=32)
    outcome: Outcome = Outcome.OPEN


class OpenReminderTasks(PartnerCommand):
    """Make these tasks; one that is there already stays as it is (A-REM-26, 27)."""

    owner: ClassVar[str] = "csc"
    subject_field: ClassVar[str] = "page_id"

    page_id: UUID
    period: Period
    tasks: tuple[ReminderTask, ...] = Field(min_length=1, max_length=MOST_IN_A_PAGE)


class RefusedTask(Part):
    item_id: UUID
    reason: str = Field(max_length=64)


class ReminderTasksOpened(Event):
    """CSC's answer; unnumbered. All but the refused ones are there."""

    watched: ClassVar[bool] = False
    owner: ClassVar[str] = "csc"
    readers: ClassVar[tuple[str, ...]] = ("reminders",)
    subject_field: ClassVar[str] = "page_id"

    page_id: UUID
    opened: int = Field(ge=0)
    refused: tuple[RefusedTask, ...] = Field(default=(), max_length=MOST_IN_A_PAGE)


class ItemStanding(Part):
    """How one item stands. The higher version wins."""

    item_id: UUID
    version: int = Field(ge=1)
    wechat_state: WechatState
    wechat_reason: str = Field(default="", max_length=32)
    contact_state: ContactState
    outcome: Outcome
    priority: Literal["normal", "high"] = "normal"
    appointment_id: UUID | None = None
    visit_id: UUID | None = None
    changed_at: AwareDatetime


class RecordReminders(PartnerCommand):
    """CSC is told who was reached by WeChat, who booked, who came (A-REM-28, flows 2.4)."""

    owner: ClassVar[str] = "csc"
    subject_field: ClassVar[str] = "page_id"

    page_id: UUID
    standings: tuple[ItemStanding, ...] = Field(min_length=1, max_length=MOST_IN_A_PAGE)


class StoreReminders(PartnerCommand):
    """The DMS keeps the same on record."""

    owner: ClassVar[str] = "dms"
    subject_field: ClassVar[str] = "page_id"

    page_id: UUID
    standings: tuple[ItemStanding, ...] = Field(min_length=1, max_length=MOST_IN_A_PAGE)


class TypeCount(Part):
    type: ReminderType
    items: int = Field(ge=0)


class StoreReminderRun(PartnerCommand):
    """The month as we made it, for the DMS to hold against its own: counts, and a checksum (A-REM-18, S-37)."""

    owner: ClassVar[str] = "dms"
    subject_field: ClassVar[str] = "run_id"

    run_id: UUID
    period: Period
    run_no: int = Field(ge=1)
    counts: tuple[TypeCount, ...]
    checksum: str = Field(max_length=32, description="Sum of the CRC-32 of `customer_id|type|due_date` over the items, as digits.")
    finished_at: AwareDatetime


class PublishedItem(Part):
    """An item as the DMS worked it out."""

    record_id: str = Field(min_length=1, max_length=64)
    vehicle_id: UUID
    vin: Vin
    customer_id: str = Field(default="", max_length=64)
    dealer_code: str = Field(max_length=32)
    region_code: str = Field(default="", max_length=32)
    type: ReminderType
    due_date: date
    campaign_id: UUID | None = None


class ReminderItemsPublished(Event):
    """One page of the DMS's month (A-REM-19, 26). The run's id follows from period and number."""

    watched: ClassVar[bool] = False
    owner: ClassVar[str] = "dms"
    readers: ClassVar[tuple[str, ...]] = ("reminders",)
    subject_field: ClassVar[str] = "run_id"

    run_id: UUID
    period: Period
    run_no: int = Field(ge=1)
    page_no: int = Field(ge=1)
    items: tuple[PublishedItem, ...] = Field(max_length=MOST_IN_A_PAGE)
    unusable: tuple[DirtyRow, ...] = Field(default=(), max_length=MOST_IN_A_PAGE)


class ReminderRunCompleted(Event):
    """The DMS has pushed its month; what we have must be as much, and the same (A-REM-18)."""

    owner: ClassVar[str] = "dms"
    readers: ClassVar[tuple[str, ...]] = ("reminders",)
    subject_field: ClassVar[str] = "run_id"

    run_id: UUID
    period: Period
    run_no: int = Field(ge=1)
    pages: int = Field(ge=0)
    counts: tuple[TypeCount, ...]
    checksum: str = Field(max_length=32)


class ReminderCall(Part):
    at: AwareDatetime
    result: CallResult
    seconds: int | None = Field(default=None, ge=0)
    next_call_at: AwareDatetime | None = None


class ReminderSlipSaved(Event):
    """The DCRC's slip (车辆提醒单) in full, with CSC's version of it (A-REM-29..31). Calls are told before it is saved, too."""

    owner: ClassVar[str] = "csc"
    readers: ClassVar[tuple[str, ...]] = ("reminders",)
    subject_field: ClassVar[str] = "item_id"

    item_id: UUID
    slip_id: str = Field(max_length=64)
    slip_version: int = Field(ge=1)
    dealer_code: str = Field(default="", max_length=32)
    staff_id: str = Field(max_length=64)
    calls: tuple[ReminderCall, ...] = Field(max_length=50)
    customer_answer: CustomerAnswer | None = None
    appointment_id: UUID | None = None
    remark: Concern | None = None
    saved_at: AwareDatetime | None = Field(default=None, description="None: calls only; the slip is not saved yet.")

    @property
    def actor(self) -> Actor:
        return Actor("staff", self.staff_id, "dcrc")


class ReminderDecided(Event):
    """The DCRC manager has decided at the CSC desk (A-REM-40..44). The first decision about an item counts."""

    owner: ClassVar[str] = "csc"
    readers: ClassVar[tuple[str, ...]] = ("reminders",)
    subject_field: ClassVar[str] = "item_id"

    item_id: UUID
    decision: Decision
    reason: str = Field(default="", max_length=64)
    staff_id: str = Field(max_length=64)
    decided_at: AwareDatetime

    @property
    def actor(self) -> Actor:
        return Actor("staff", self.staff_id, "dcrc_manager")
