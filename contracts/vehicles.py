"""What a car's reminders follow from: the DMS's half of a car, CSC's due dates, campaigns, and how they are loaded (A-REM-04, 10..17).

One owner for each field (flows 0): sale, customer, model and dealer are the DMS's; the dates and campaigns are CSC's. Loads go page by
page: each page is asked for with the cursor that the last one gave (A-CLD-03..06).
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, Literal
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from contracts.envelope import Event, PartnerCommand
from contracts.personal import Vin

MOST_IN_A_PAGE = 500
"""Rows of one page, whichever way it goes: well below what a partner's door takes in one piece."""

RecordId = Annotated[str, Field(min_length=1, max_length=64, description="The partner's own key of the row; it says nothing of a person.")]
Channel = Literal["phone", "wechat", "sms"]


class Flaw(StrEnum):
    """What is wrong with one field of a row (脏数据)."""

    MISSING = "missing"
    ZERO = "zero"
    PLACEHOLDER = "placeholder"
    """1900, 9999: dates that stand for none."""
    UNREADABLE = "unreadable"
    IN_FUTURE = "in_future"
    CONTRADICTION = "contradiction"
    """With another field of the row: due before it was sold."""
    TWO_OWNERS = "two_owners"
    SOLD = "sold"
    UNKNOWN_CAR = "unknown_car"
    UNKNOWN_DEALER = "unknown_dealer"


class Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class DirtyField(Part):
    """One field that could not be used; the row is used without it where that makes sense."""

    field: str = Field(max_length=48)
    flaw: Flaw


class DirtyRow(Part):
    """A row of which nothing could be used: it names no car."""

    record_id: RecordId
    version: int = Field(default=1, ge=1, description="Of the row; the higher one wins.")
    fields: tuple[DirtyField, ...] = Field(min_length=1, max_length=20)


class CarFacts(Part):
    """The DMS's half of a car, as of `version`. A date that is None was not told, or was dirty."""

    vehicle_id: UUID
    record_id: RecordId
    version: int = Field(ge=1, description="The DMS counts the changes of the record; the higher one wins.")
    vin: Vin
    customer_id: str = Field(default="", max_length=64, description="Empty: nobody's")
    model_code: str = Field(default="", max_length=32)
    model_name: str = Field(default="", max_length=64)
    model_year: int | None = Field(default=None, ge=1950, le=2100)
    dealer_code: str = Field(default="", max_length=32, description="The home dealer.")
    region_code: str = Field(default="", max_length=32)
    state: Literal["in_use", "sold", "scrapped"] = Field(default="in_use", description="sold: the owner has gone, and no other is known")
    invoice_date: date | None = None
    purchase_date: date | None = None
    warranty_end_date: date | None = None
    first_maintenance_on: date | None = Field(default=None, description="When it was done; then none is due.")
    last_visit_on: date | None = None
    birth_month: int | None = Field(default=None, ge=1, le=12, description="Of the owner; the year is nobody's business here.")
    birth_day: int | None = Field(default=None, ge=1, le=31)
    quiet: tuple[Channel, ...] = Field(default=(), description="Channels on which the owner wants no word.")
    dirty: tuple[DirtyField, ...] = Field(default=(), max_length=20)


class ServiceDates(Part):
    """CSC's half of a car: what the service adviser entered at the last visit (A-REM-11, 12)."""

    vehicle_id: UUID
    record_id: RecordId
    version: int = Field(ge=1)
    vin: Vin
    next_maintenance_date: date | None = None
    compulsory_insurance_expiry: date | None = None
    mandatory_maintenance_expiry: date | None = Field(default=None, description="Where 强保 means maintenance (S-09).")
    next_inspection_date: date | None = None
    mileage_km: int | None = Field(default=None, ge=0, le=5_000_000)
    dirty: tuple[DirtyField, ...] = Field(default=(), max_length=20)


class Load(PartnerCommand):
    """The next page, from `cursor` on. Loads of one partner are one subject each: its pages come in order."""

    subject_field: ClassVar[str] = "load_id"

    load_id: UUID
    page_no: int = Field(ge=1)
    cursor: str = Field(default="", max_length=200, description="Empty: from the beginning.")
    changed_since: AwareDatetime | None = Field(default=None, description="Only what changed since then; None: all.")


class FetchCars(Load):
    owner: ClassVar[str] = "dms"


class FetchServiceDates(Load):
    owner: ClassVar[str] = "csc"


class FetchCampaigns(Load):
    owner: ClassVar[str] = "csc"


class LoadedPage(Event):
    """One page of a load; unnumbered. `next_cursor` None: the last one."""

    watched: ClassVar[bool] = False
    readers: ClassVar[tuple[str, ...]] = ("reminders",)
    subject_field: ClassVar[str] = "load_id"

    load_id: UUID
    page_no: int = Field(ge=1)
    next_cursor: str | None = Field(default=None, max_length=200)
    total: int | None = Field(default=None, ge=0, description="Rows in all, where the partner says so: for the progress bar.")
    unusable: tuple[DirtyRow, ...] = Field(default=(), max_length=MOST_IN_A_PAGE)


class CarsListed(LoadedPage):
    owner: ClassVar[str] = "dms"

    cars: tuple[CarFacts, ...] = Field(max_length=MOST_IN_A_PAGE)


class ServiceDatesListed(LoadedPage):
    owner: ClassVar[str] = "csc"

    dates: tuple[ServiceDates, ...] = Field(max_length=MOST_IN_A_PAGE)


class Audience(Part):
    """Whom a campaign is for: every list that is not empty must have the car's value in it."""

    models: tuple[str, ...] = Field(default=(), max_length=200, description="model_code")
    first_year: int | None = Field(default=None, description="model_year, inclusive")
    last_year: int | None = None
    regions: tuple[str, ...] = Field(default=(), max_length=200)
    dealers: tuple[str, ...] = Field(default=(), max_length=2000)


class Campaign(Part):
    """A service campaign (服务活动), national or a dealer's (A-REM-13..15)."""

    campaign_id: UUID = Field(description="Follows from the number.")
    campaign_no: str = Field(min_length=1, max_length=64)
    version: int = Field(ge=1)
    kind: Literal["national", "dealer"]
    dealer_code: str = Field(default="", max_length=32, description="Of a dealer's campaign.")
    name: str = Field(min_length=1, max_length=64)
    text: str = Field(default="", max_length=500)
    starts_on: date
    ends_on: date
    audience: Audience = Audience()


class CampaignsListed(LoadedPage):
    owner: ClassVar[str] = "csc"

    campaigns: tuple[Campaign, ...] = Field(max_length=MOST_IN_A_PAGE)
    withdrawn: tuple[UUID, ...] = Field(default=(), max_length=MOST_IN_A_PAGE, description="Of those: which are withdrawn.")


def campaign_id(number: str) -> UUID:
    """The subject of a campaign's news."""
    return uuid5(NAMESPACE_URL, f"urn:cheqiao:campaign:{number}")


class SaleRecorded(Event):
    """The clerk has entered a sale, or put the record right (A-REM-04)."""

    owner: ClassVar[str] = "dms"
    readers: ClassVar[tuple[str, ...]] = ("reminders",)
    subject_field: ClassVar[str] = "vehicle_id"

    vehicle_id: UUID
    car: CarFacts
    entered_at: AwareDatetime = Field(description="Less the invoice date it is the clerk's lateness.")


class ServiceDatesUpdated(Event):
    """The adviser saved the dates at a visit (A-REM-11, 17)."""

    owner: ClassVar[str] = "csc"
    readers: ClassVar[tuple[str, ...]] = ("reminders",)
    subject_field: ClassVar[str] = "vehicle_id"

    vehicle_id: UUID
    dates: ServiceDates


class CampaignNews(Event):
    owner: ClassVar[str] = "csc"
    readers: ClassVar[tuple[str, ...]] = ("reminders",)
    subject_field: ClassVar[str] = "campaign_id"

    campaign_id: UUID
    campaign: Campaign


class CampaignPublished(CampaignNews):
    """A-REM-13..15"""


class CampaignWithdrawn(CampaignNews):
    """No car is told of it any more; what was told stays told."""
