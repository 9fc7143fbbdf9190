"""What the staff of the CSC (DCRC) fill in."""

import re
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from contracts.csc import CallResult
from contracts.partners.wire import Item
from contracts.reminder_exchange import CustomerAnswer
from contracts.reminders import Decision

BETWEEN_CODES = re.compile(r"[\s,，、;；]+")
MOST_AT_ONCE = 100


def _capital(text: object) -> object:
    return text.strip().upper() if isinstance(text, str) else text


def _trimmed(text: object) -> object:
    return text.strip() if isinstance(text, str) else text


def _nothing_if_empty(text: object) -> object:
    return (text.strip() or None) if isinstance(text, str) else text


def _listed(text: object) -> object:
    """ "CQ5、CQ7" as two."""
    return tuple(code for code in BETWEEN_CODES.split(text.strip().upper()) if code) if isinstance(text, str) else text


DealerCode = Annotated[str, BeforeValidator(_capital), Field(pattern=r"^[A-Z0-9-]{1,32}$")]
Code = Annotated[str, Field(pattern=r"^[A-Z0-9._-]{1,32}$")]
Codes = Annotated[tuple[Code, ...], BeforeValidator(_listed), Field(max_length=200)]
Day = Annotated[date | None, BeforeValidator(_nothing_if_empty)]
Year = Annotated[Annotated[int, Field(ge=1950, le=2100)] | None, BeforeValidator(_nothing_if_empty)]
Mileage = Annotated[Annotated[int, Field(ge=0, le=5_000_000)] | None, BeforeValidator(_nothing_if_empty)]


class Note(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CallNote(Note):
    """How a call went (A-APT-14..17)."""

    result: CallResult


class TransferNote(Note):
    """The other dealer that was agreed on."""

    dealer_code: DealerCode


class SlipNote(Note):
    """What was agreed (A-APT-18). What is not given is as the task has it."""

    appointment_at: AwareDatetime | None = None
    dealer_code: DealerCode | None = None
    items: tuple[Item, ...] | None = Field(default=None, min_length=1, max_length=20)
    confirmed_by: str = Field(default="DCRC-01", min_length=1, max_length=64)


class Cancellation(Note):
    reason: str = Field(default="customer_asked", min_length=1, max_length=64)


class DatesNote(Note):
    """What the adviser enters at a visit (A-REM-11, 12): the dates in full; an empty one is none. A mileage not given stays."""

    next_maintenance_date: Day = None
    compulsory_insurance_expiry: Day = None
    mandatory_maintenance_expiry: Day = None
    next_inspection_date: Day = None
    mileage_km: Mileage = None


class CampaignNote(Note):
    """A campaign and whom it is for (A-REM-13..15); an empty list is everybody. `dealer_code`: of a dealer's own campaign."""

    name: str = Field(min_length=1, max_length=64)
    text: str = Field(default="", max_length=500)
    starts_on: date
    ends_on: date
    dealer_code: Annotated[DealerCode | Literal[""], BeforeValidator(_capital)] = ""
    models: Codes = ()
    first_year: Year = None
    last_year: Year = None
    regions: Codes = ()
    dealers: Codes = ()

    @model_validator(mode="after")
    def _in_order(self) -> "CampaignNote":
        if self.ends_on < self.starts_on:
            raise PydanticCustomError("ends_on", "结束日期应不早于开始日期 / It ends before it begins")
        if self.first_year is not None and self.last_year is not None and self.last_year < self.first_year:
            raise PydanticCustomError("last_year", "年款应从早到晚 / Model years go from early to late")
        return self


class ReminderCallNote(Note):
    """How a tracking call went (A-REM-29)."""

    result: CallResult
    seconds: int | None = Field(default=None, ge=0, le=86_400)
    next_call_at: AwareDatetime | None = None
    staff_id: str = Field(default="DCRC-01", min_length=1, max_length=64)


class ReminderSlipNote(Note):
    """The slip (车辆提醒单) as the DCRC fills it in (A-REM-30, 31)."""

    customer_answer: CustomerAnswer
    appointment_id: Annotated[UUID | None, BeforeValidator(_nothing_if_empty)] = None
    remark: Annotated[str, BeforeValidator(_trimmed), Field(max_length=1000)] = ""
    staff_id: str = Field(default="DCRC-01", min_length=1, max_length=64)


class DecisionNote(Note):
    """What the DCRC manager decides about one item or many (A-REM-40..44). Only carrying on needs no reason."""

    item_ids: tuple[UUID, ...] = Field(min_length=1, max_length=MOST_AT_ONCE)
    decision: Decision
    reason: Annotated[str, BeforeValidator(_trimmed), Field(max_length=64)] = ""
    staff_id: str = Field(default="DCRC-M1", min_length=1, max_length=64)

    @model_validator(mode="after")
    def _with_its_reason(self) -> "DecisionNote":
        if self.decision != "carry" and not self.reason:
            raise PydanticCustomError("reason", "请填写原因 / Give a reason")
        return self
