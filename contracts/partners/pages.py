"""What the follower's pages post to us, and ask us (`/m/api/`)."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field

from contracts.appointments import Slot
from contracts.customers import RegistrationState
from contracts.partners.wire import Item, Wire


class Form(Wire):
    """A body that a page posts. A field that we do not know is refused: our own pages send none."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ConsentForm(Form):
    """`POST /m/api/consents`: the follower agrees to the text that was shown, or takes it back."""

    id: UUID
    text_version: str = Field(min_length=1, max_length=32)
    granted: bool


class RegistrationForm(Form):
    """`POST /m/api/registrations` (A-REM-05). As typed: spaces, full-width characters, small letters and +86 are put right."""

    id: UUID
    vin: str = Field(max_length=64, description="The last 8, or all 17.")
    id_number: str = Field(max_length=64)
    mobile: str = Field(max_length=64)
    text_version: str = Field(min_length=1, max_length=32, description="Of the consent that was given.")


class CodeRequestForm(Form):
    """`POST /m/api/registrations/<id>/code`: another code."""


class CodeForm(Form):
    """`POST /m/api/registrations/<id>/verify`: the code that came by SMS (A-REM-06)."""

    id: UUID
    code: str = Field(max_length=64)


class UnbindingForm(Form):
    """`POST /m/api/bindings/<id>/end`."""

    id: UUID


class BookingForm(Form):
    """`POST /m/api/appointments` → 202 BookingReceipt. The id is made on the phone: a double tap is one booking (A-APT-09)."""

    id: UUID
    vehicle_id: UUID
    dealer_code: str = Field(min_length=1, max_length=32, pattern=r"^[A-Za-z0-9_-]+$")
    requested_date: date
    slot: Slot = ""
    items: tuple[Item, ...] = Field(min_length=1, max_length=20)
    mileage_km: int | None = Field(default=None, ge=0, le=5_000_000)
    concern: str | None = Field(default=None, min_length=1, max_length=1000)
    source: Literal["menu", "reminder"] = "menu"
    reminder_item_id: UUID | None = None


class ReschedulingForm(Form):
    """`POST /m/api/appointments/<id>/reschedule`."""

    id: UUID
    requested_date: date
    slot: Slot = ""


class WithdrawalForm(Form):
    """`POST /m/api/appointments/<id>/withdraw` → 202 BookingReceipt."""

    reason: str = Field(default="", max_length=200)


class BookingReceipt(Wire):
    """Kept. `id` is what was posted about: the consent, registration, binding or appointment."""

    id: UUID
    status: str = "accepted"


class FieldProblem(Wire):
    """What is wrong with one field."""

    field: str
    code: str
    message: str
    message_en: str


class FormProblem(Wire):
    """What is wrong and what to do, in Chinese and English; `problems` has all of it, the other fields the first."""

    code: str
    field: str = ""
    message: str
    message_en: str
    problems: tuple[FieldProblem, ...] = ()
    login: str | None = Field(default=None, description="With 401: where to go; it comes back to the page.")


class AppointmentStatus(Wire):
    """`GET /m/api/appointments/<id>`: whether the page shows the present. Version 0 is before any news."""

    id: UUID
    version: int
    state: str
    wanted: Literal["", "withdraw", "reschedule"] = Field(description="What the follower asked for since.")


class RegistrationStatus(Wire):
    """`GET /m/api/registrations/<id>`."""

    id: UUID
    version: int
    state: RegistrationState
    late: bool
    code_no: int
    tries_left: int
    code_expires_at: AwareDatetime | None
    next_code_at: AwareDatetime | None
    binding_id: UUID | None


class BindingStatus(Wire):
    """`GET /m/api/bindings/<id>`."""

    id: UUID
    version: int
    active: bool


class PlaceLeft(Wire):
    day: date
    slot: str
    left: int
    closed: bool


class PlacesAnswer(Wire):
    """`GET /m/api/places`. A day that is not named is not counted: it may be asked for."""

    places: tuple[PlaceLeft, ...]


class JsSdkAnswer(Wire):
    """`GET /m/api/jssdk`: what `wx.config` wants."""

    appid: str
    timestamp: int
    nonce: str
    signature: str
