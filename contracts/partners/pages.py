"""What the follower's pages post to us (`/m/api/`)."""

from datetime import date
from uuid import UUID

from pydantic import ConfigDict, Field

from contracts.partners.wire import Item, Wire


class BookingForm(Wire):
    """`POST /m/api/appointments` → 202 BookingReceipt. The id is made on the phone: a double tap is one booking (A-APT-09)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: UUID
    vehicle_id: UUID
    dealer_code: str = Field(min_length=1, max_length=32, pattern=r"^[A-Za-z0-9_-]+$")
    requested_date: date
    items: tuple[Item, ...] = Field(min_length=1, max_length=20)
    mileage_km: int | None = Field(default=None, ge=0, le=5_000_000)
    concern: str | None = Field(default=None, min_length=1, max_length=1000)


class WithdrawalForm(Wire):
    """`POST /m/api/appointments/<id>/withdraw` → 202 BookingReceipt."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: str = Field(default="", max_length=200)


class BookingReceipt(Wire):
    id: UUID
    status: str = "accepted"


class FormProblem(Wire):
    """400, 401, 404, 409, 413: what is wrong and what to do, in Chinese and English."""

    code: str
    field: str = ""
    message: str
    message_en: str
