"""What the follower's pages post to us, and ask us (`/m/api/`)."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field

from contracts.appointments import Slot
from contracts.complaint_files import MOST_FILES
from contracts.complaint_words import CaseType, FollowerState
from contracts.customers import RegistrationState
from contracts.partners.wire import Item, Wire
from contracts.reminders import ReminderType


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


class ReminderWishForm(Form):
    """`POST /m/api/reminders/wishes` → 202 BookingReceipt: 不再提醒, or again, for one type."""

    id: UUID
    type: ReminderType
    wanted: bool


class FileOnPhone(Form):
    """A photo or a voice that the page has put to WeChat by the JS-SDK: it is fetched from there."""

    file_id: UUID
    media_id: str = Field(min_length=1, max_length=128, pattern=r"^[\x21-\x7e]+$", description="What `uploadImage`, `uploadVoice` gave.")
    kind: Literal["photo", "voice"]


ComplaintWords = Annotated[str, Field(max_length=2000)]


class ComplaintForm(Form):
    """`POST /m/api/complaints` → 202 BookingReceipt (A-CMP-35). The id is of the case."""

    id: UUID
    text_version: str = Field(min_length=1, max_length=32, description="Of the consent that was given.")
    vehicle_id: UUID | None = None
    dealer_code: str = Field(
        default="", max_length=32, pattern=r"^[A-Za-z0-9_-]*$", description="Whom it is about; empty: none in particular."
    )
    wanted_type: CaseType | None = None
    text: ComplaintWords = Field(description="What happened; not empty.")
    demand: ComplaintWords = ""
    name: str = Field(default="", max_length=64, description="Of who has bound no car, and their mobile.")
    mobile: str = Field(default="", max_length=64)
    files: tuple[FileOnPhone, ...] = Field(default=(), max_length=MOST_FILES)


class ComplaintAdditionForm(Form):
    """`POST /m/api/complaints/<id>/add`: words, files, or both."""

    id: UUID
    text: ComplaintWords = ""
    files: tuple[FileOnPhone, ...] = Field(default=(), max_length=MOST_FILES)


class ComplaintWithdrawalForm(Form):
    """`POST /m/api/complaints/<id>/withdraw`."""

    id: UUID
    reason: str = Field(default="", max_length=500)


class ComplaintReopeningForm(Form):
    """`POST /m/api/complaints/<id>/reopen`: it is not settled."""

    id: UUID
    text: ComplaintWords = Field(description="Why not; not empty.")


class ComplaintSurveyForm(Form):
    """`POST /m/api/complaints/<id>/survey`: how content the follower is, 5 most (A-CMP-31)."""

    id: UUID
    survey_id: UUID
    score: int = Field(ge=1, le=5)
    comment: ComplaintWords = ""


class BookingReceipt(Wire):
    """Kept. `id` is what was posted about: the consent, registration, binding or appointment, or the post itself."""

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


class ComplaintStatus(Wire):
    """`GET /m/api/complaints/<id>`: whether the page shows the present. Version 0, and no state, is before any news."""

    id: UUID
    version: int
    number: str = ""
    state: FollowerState | None = None
    mark: str = Field(default="", description="Changes with words that came too late, and with files that came or are lost.")


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
