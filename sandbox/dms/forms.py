"""What is filled in at the desk of the DMS, and what is said beside a field that is wrong."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from contracts.partners.dms import DealerHours
from contracts.reminders import Period

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
"""GB 11643: ISO 7064, MOD 11-2."""
SLOT = r"^(([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d)?$"
MOST_DAYS = 31


def _trimmed(text: object) -> object:
    return text.strip() if isinstance(text, str) else text


def _capital(text: object) -> object:
    return text.strip().upper() if isinstance(text, str) else text


def _nothing_if_empty(text: object) -> object:
    return (text.strip() or None) if isinstance(text, str) else text


def check_digit(first_17: str) -> str:
    """The 18th character of an ID number."""
    return CHECK_DIGITS[sum(int(digit) * weight for digit, weight in zip(first_17, WEIGHTS, strict=True)) % 11]


def _is_id_number(text: str) -> str:
    if len(text) != 18 or not text[:17].isascii() or not text[:17].isdecimal():
        raise PydanticCustomError("id_number", "身份证号应为 18 位 / An ID number has 18 characters")
    try:
        date.fromisoformat(f"{text[6:10]}-{text[10:12]}-{text[12:14]}")
    except ValueError:
        raise PydanticCustomError("id_number", "身份证号中的出生日期不存在 / There is no such date of birth") from None
    if text[17] != check_digit(text[:17]):
        raise PydanticCustomError("id_number", "身份证号校验位不对 / The check digit of the ID number is wrong")
    return text


Text = Annotated[str, BeforeValidator(_trimmed), Field(min_length=1, max_length=64)]
Vin = Annotated[str, BeforeValidator(_capital), Field(pattern=r"^[A-HJ-NPR-Z0-9]{17}$", description="17, without I, O and Q.")]
IdNumber = Annotated[str, BeforeValidator(_capital), AfterValidator(_is_id_number)]
Mobile = Annotated[str, BeforeValidator(_trimmed), Field(pattern=r"^1[3-9]\d{9}$")]
PlateText = Annotated[str, BeforeValidator(_capital), Field(pattern=r"^[\u4e00-\u9fff][A-Z][A-Z0-9\u4e00-\u9fff]{5,6}$")]
Plate = Annotated[PlateText | None, BeforeValidator(_nothing_if_empty)]
DealerCode = Annotated[str, BeforeValidator(_capital), Field(pattern=r"^[A-Z0-9-]{1,32}$")]
Model = Annotated[str, BeforeValidator(_trimmed), Field(max_length=64)]


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CustomerForm(Form):
    """Who a customer is; the ID number tells one from another."""

    name: Text
    id_number: IdNumber
    mobile: Mobile


class SaleForm(CustomerForm):
    """A new car, sold (A-REM-02..04)."""

    vin: Vin
    plate: Plate = None
    model: Model = ""
    invoice_date: date
    dealer_code: DealerCode


class ResaleForm(CustomerForm):
    """A used car, sold on. What is not said is as it was."""

    plate: Plate = None
    invoice_date: date
    dealer_code: Annotated[DealerCode | None, BeforeValidator(_nothing_if_empty)] = None


class ContactForm(Form):
    """A customer's name or mobile, set right."""

    name: Text
    mobile: Mobile


class CarForm(Form):
    """A car's plate or model, set right."""

    plate: Plate = None
    model: Model = ""


class DealerForm(Form):
    """A dealer in full; a day without hours is closed."""

    name: Text
    address: Annotated[str, BeforeValidator(_trimmed), Field(max_length=200)] = ""
    phone: Annotated[str, BeforeValidator(_trimmed), Field(max_length=32)] = ""
    latitude: float | None = Field(default=None, ge=-90, le=90, description="GCJ-02")
    longitude: float | None = Field(default=None, ge=-180, le=180, description="GCJ-02")
    hours: tuple[DealerHours, ...] = Field(default=(), max_length=21)
    active: bool = True

    @model_validator(mode="after")
    def _in_order(self) -> "DealerForm":
        if any(span.begins >= span.ends for span in self.hours):
            raise PydanticCustomError("hours", "营业时间应先开后关 / Hours begin before they end")
        if (self.latitude is None) != (self.longitude is None):
            raise PydanticCustomError("position", "经纬度应一起填写 / Give both coordinates or none")
        return self


class CapacityForm(Form):
    """How many cars a dealer takes on a day, or in a slot of it; for several days from then on."""

    dealer_code: DealerCode
    day: date
    slot: str = Field(default="", pattern=SLOT)
    total: int = Field(ge=0, le=10_000)
    closed: bool = False
    days: int = Field(default=1, ge=1, le=MOST_DAYS)

    @model_validator(mode="after")
    def _in_order(self) -> "CapacityForm":
        begins, _, ends = self.slot.partition("-")
        if self.slot and begins >= ends:
            raise PydanticCustomError("slot", "时段应先开始后结束 / A slot begins before it ends")
        return self


class ArrivalForm(Form):
    """A car came in. With `appointment_id`, VIN and dealer are as the request has them."""

    appointment_id: Annotated[UUID | None, BeforeValidator(_nothing_if_empty)] = None
    vin: Annotated[Vin | None, BeforeValidator(_nothing_if_empty)] = None
    dealer_code: Annotated[DealerCode | None, BeforeValidator(_nothing_if_empty)] = None
    arrived_at: AwareDatetime | None = None


class ClosingForm(Form):
    """The workshop is done: what it did, and what stood on the clock."""

    closed_at: AwareDatetime | None = None
    services: tuple[str, ...] = Field(default=(), max_length=20)
    mileage_km: Annotated[Annotated[int, Field(ge=0, le=5_000_000)] | None, BeforeValidator(_nothing_if_empty)] = None


class RejectionForm(Form):
    reason: str = Field(default="closed_day", min_length=1, max_length=64)


class MonthForm(Form):
    """Which month's reminders are worked out (A-REM-18)."""

    period: Period
