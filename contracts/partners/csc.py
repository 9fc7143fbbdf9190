"""CSC over HTTP, dialect `reference`.

What we ask (base URL of CSC; headers as for the DMS):
  POST /call-tasks                          TaskRecord  → 201 TaskAnswer | 409/422 RefusalAnswer
  POST /call-tasks/{appointment_id}/close   CloseRecord → 200 DoneAnswer | 404/409/422 RefusalAnswer
  POST /call-tasks/{appointment_id}/reopen  ReopenRecord → 200 DoneAnswer | 404/409/422 RefusalAnswer
  PUT  /appointments/{appointment_id}/outcome OutcomeRecord → 200 DoneAnswer | 404/409/422 RefusalAnswer
  PUT  /registrations/{binding_id}          RegistrationRecord → 200 DoneAnswer | 409/422 RefusalAnswer
  GET  /call-tasks/{appointment_id}                     → 200 TaskAnswer | 404 RefusalAnswer
  GET  /service-dates?cursor=…&changed_since=…          → 200 DatesPage
  GET  /campaigns?cursor=…&changed_since=…              → 200 CampaignsPage
  POST /reminder-tasks                      TasksPage   → 200 TasksAnswer | 409/422 RefusalAnswer
  POST /reminder-tasks/standings            StandingsPage → 200 DoneAnswer | 409/422 RefusalAnswer
  PUT  /complaints/{complaint_id}/steps/{version} StepRecord → 200 DoneAnswer | 409/422 RefusalAnswer
  POST /complaints/{complaint_id}/refusals  StepRefusalRecord → 200 DoneAnswer | 409/422 RefusalAnswer
What it pushes to us (Standard Webhooks): POST /partners/csc/v1/events with one of the pushes below, told apart by `type`.
"""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.csc import CallResult
from contracts.partners.complaints import ComplaintStepPush
from contracts.partners.reminders import ReminderDecidedPush, ReminderSlipSavedPush
from contracts.partners.vehicles import CampaignPublishedPush, CampaignWithdrawnPush, DatesUpdatedPush
from contracts.partners.wire import Item, Wire


class TaskRecord(Wire):
    appointment_id: UUID
    dms_no: str
    customer_id: str
    vin: str
    name: str
    mobile: str
    dealer_code: str
    requested_date: date
    slot: str = ""
    request_no: int = 1
    items: tuple[Item, ...]
    concern: str | None = None
    due_at: AwareDatetime


class TaskAnswer(Wire):
    task_id: str = Field(min_length=1, max_length=64)


class ReopenRecord(Wire):
    """The customer asks for another day: call again.

    The highest `request_no` counts; of two with one number the later, which says what stands since the DMS refused the day.
    """

    request_no: int = Field(ge=2)
    requested_date: date
    slot: str = ""
    due_at: AwareDatetime


class CloseRecord(Wire):
    reason: str


class LoggedCall(Wire):
    at: AwareDatetime
    result: CallResult


class Task(Wire):
    """The call-back task in full."""

    appointment_id: UUID
    task_id: str = Field(min_length=1, max_length=64)
    version: int = Field(ge=1)
    state: Literal["open", "closed", "declined"]
    calls: tuple[LoggedCall, ...] = ()
    transferred_to: str = Field(default="", max_length=32, description="Closed because this other dealer was agreed on; empty otherwise.")


class Slip(Wire):
    """The slip (客户预约单) in full."""

    appointment_id: UUID
    slip_id: str = Field(min_length=1, max_length=64)
    version: int = Field(ge=1)
    state: Literal["active", "cancelled"]
    request_no: int = Field(default=1, ge=1, description="The request that it answers, as the task has it.")
    dealer_code: str = Field(min_length=1, max_length=32)
    appointment_at: AwareDatetime
    items: tuple[Item, ...]
    confirmed_by: str = Field(min_length=1, max_length=64)
    reason: str = Field(default="", max_length=64)


class CallLoggedPush(Wire):
    type: Literal["call.logged"]
    timestamp: AwareDatetime
    data: Task


class SlipSavedPush(Wire):
    type: Literal["slip.saved"]
    timestamp: AwareDatetime
    data: Slip


CscPush = Annotated[
    CallLoggedPush
    | SlipSavedPush
    | DatesUpdatedPush
    | CampaignPublishedPush
    | CampaignWithdrawnPush
    | ReminderSlipSavedPush
    | ReminderDecidedPush
    | ComplaintStepPush,
    Field(discriminator="type"),
]
