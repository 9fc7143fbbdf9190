"""Reminder items, tasks, slips and decisions on the wire (flows 2.4)."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.csc import CallResult
from contracts.partners.vehicles import RawDate
from contracts.partners.wire import Wire
from contracts.reminder_exchange import CustomerAnswer, ItemStanding
from contracts.reminders import Decision, Outcome, Period, ReminderType, WechatState
from contracts.vehicles import MOST_IN_A_PAGE


class TaskRow(Wire):
    """One item to call about (提醒跟踪任务)."""

    item_id: UUID
    origin_item_id: UUID
    version: int = Field(ge=1)
    period: Period
    type: ReminderType
    vin: str
    customer_id: str = ""
    dealer_code: str
    due_date: date
    registered: bool
    priority: Literal["normal", "high"] = "normal"
    carry_count: int = Field(default=0, ge=0)
    wechat_state: WechatState = Field(default=WechatState.NONE, description="How the item stands at `version`, as the next two.")
    wechat_reason: str = Field(default="", max_length=32)
    outcome: Outcome = Outcome.OPEN


class TasksPage(Wire):
    page_id: UUID
    period: Period
    tasks: tuple[TaskRow, ...] = Field(min_length=1, max_length=MOST_IN_A_PAGE)


class RefusedRow(Wire):
    item_id: UUID
    reason: str = Field(min_length=1, max_length=64)


class TasksAnswer(Wire):
    opened: int = Field(ge=0, description="Those that are there now, also where they were before.")
    refused: tuple[RefusedRow, ...] = Field(default=(), max_length=MOST_IN_A_PAGE)


class StandingsPage(Wire):
    """How items stand; of each the highest version counts. Unknown items are ignored."""

    page_id: UUID
    standings: tuple[ItemStanding, ...] = Field(min_length=1, max_length=MOST_IN_A_PAGE)


class TypeCountRow(Wire):
    type: ReminderType
    items: int = Field(ge=0)


class RunRecord(Wire):
    """A month as it was made."""

    run_no: int = Field(ge=1)
    counts: tuple[TypeCountRow, ...]
    checksum: str = Field(max_length=32, description="Sum of the CRC-32 of `customer_id|type|due_date` over the items, as digits.")
    finished_at: AwareDatetime


class PublishedRow(Wire):
    record_id: str = Field(min_length=1, max_length=64)
    vin: str = Field(default="", max_length=64)
    customer_id: str = Field(default="", max_length=64)
    dealer_code: str = Field(default="", max_length=32)
    region_code: str = Field(default="", max_length=32)
    type: ReminderType
    due_date: RawDate = None
    campaign_no: str = Field(default="", max_length=64)


class PublishedPage(Wire):
    period: Period
    run_no: int = Field(ge=1)
    page_no: int = Field(ge=1)
    items: tuple[PublishedRow, ...] = Field(max_length=MOST_IN_A_PAGE)


class CompletedRun(Wire):
    period: Period
    run_no: int = Field(ge=1)
    pages: int = Field(ge=0)
    counts: tuple[TypeCountRow, ...]
    checksum: str = Field(max_length=32)


class CallRow(Wire):
    at: AwareDatetime
    result: CallResult
    seconds: int | None = Field(default=None, ge=0)
    next_call_at: AwareDatetime | None = None


class ReminderSlip(Wire):
    """The slip (车辆提醒单) in full."""

    item_id: UUID
    slip_id: str = Field(min_length=1, max_length=64)
    version: int = Field(ge=1)
    dealer_code: str = Field(default="", max_length=32)
    staff_id: str = Field(min_length=1, max_length=64)
    calls: tuple[CallRow, ...] = Field(max_length=50)
    customer_answer: CustomerAnswer | None = None
    appointment_id: UUID | None = None
    remark: str | None = Field(default=None, max_length=1000)
    saved_at: AwareDatetime | None = None


class DecisionRecord(Wire):
    item_id: UUID
    decision: Decision
    reason: str = Field(default="", max_length=64)
    staff_id: str = Field(min_length=1, max_length=64)
    decided_at: AwareDatetime


class ItemsPublishedPush(Wire):
    type: Literal["reminder.items.published"]
    timestamp: AwareDatetime
    data: PublishedPage


class RunCompletedPush(Wire):
    type: Literal["reminder.run.completed"]
    timestamp: AwareDatetime
    data: CompletedRun


class ReminderSlipSavedPush(Wire):
    type: Literal["reminder.slip.saved"]
    timestamp: AwareDatetime
    data: ReminderSlip


class ReminderDecidedPush(Wire):
    type: Literal["reminder.item.decided"]
    timestamp: AwareDatetime
    data: DecisionRecord
