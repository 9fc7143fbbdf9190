"""Cars, service dates and campaigns on the wire. Dates are taken as partners' databases hold them, and read by the adapters.

A date field may be `2026-12-01`, `20261201`, `2026/12/1`, a date-time, empty, `0`, `1900-01-01` or absent: what is no date is listed as
dirty, and stops nothing (A-CLD-03).
"""

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field

from contracts.partners.wire import Wire
from contracts.vehicles import MOST_IN_A_PAGE

RawDate = str | int | None


class CarRow(Wire):
    """`record_id` is the key of the row; of two rows with one VIN, both current, the first counts and the second is listed as dirty."""

    record_id: str = Field(min_length=1, max_length=64)
    version: int = Field(ge=1)
    vin: str = Field(default="", max_length=64)
    customer_id: str = Field(default="", max_length=64)
    model_code: str = Field(default="", max_length=32)
    model_name: str = Field(default="", max_length=64)
    model_year: int | None = None
    dealer_code: str = Field(default="", max_length=32)
    region_code: str = Field(default="", max_length=32)
    state: Literal["in_use", "sold", "scrapped"] = "in_use"
    invoice_date: RawDate = None
    purchase_date: RawDate = None
    warranty_end_date: RawDate = None
    first_maintenance_date: RawDate = None
    last_visit_date: RawDate = None
    birth_date: RawDate = Field(default=None, description="Of the owner: `MM-DD` is enough.")
    quiet: tuple[Literal["phone", "wechat", "sms"], ...] = ()


class Page(Wire):
    """A page of a list that is asked for with `?cursor=…&changed_since=…`."""

    next_cursor: str | None = Field(default=None, max_length=200, description="Absent on the last page.")
    total: int | None = Field(default=None, ge=0)


class CarsPage(Page):
    cars: tuple[CarRow, ...] = Field(max_length=MOST_IN_A_PAGE)


class DatesRow(Wire):
    record_id: str = Field(min_length=1, max_length=64)
    version: int = Field(ge=1)
    vin: str = Field(default="", max_length=64)
    next_maintenance_date: RawDate = None
    compulsory_insurance_expiry: RawDate = None
    mandatory_maintenance_expiry: RawDate = None
    next_inspection_date: RawDate = None
    mileage_km: int | None = None


class DatesPage(Page):
    dates: tuple[DatesRow, ...] = Field(max_length=MOST_IN_A_PAGE)


class AudienceRecord(Wire):
    models: tuple[str, ...] = Field(default=(), max_length=200)
    first_year: int | None = None
    last_year: int | None = None
    regions: tuple[str, ...] = Field(default=(), max_length=200)
    dealers: tuple[str, ...] = Field(default=(), max_length=2000)


class CampaignRecord(Wire):
    campaign_no: str = Field(min_length=1, max_length=64)
    version: int = Field(ge=1)
    kind: Literal["national", "dealer"]
    dealer_code: str = Field(default="", max_length=32)
    name: str = Field(min_length=1, max_length=64)
    text: str = Field(default="", max_length=500)
    starts_on: date
    ends_on: date
    audience: AudienceRecord = AudienceRecord()
    withdrawn: bool = False


class CampaignsPage(Page):
    campaigns: tuple[CampaignRecord, ...] = Field(max_length=MOST_IN_A_PAGE)


class SaleRecordedPush(Wire):
    type: Literal["sale.recorded"]
    timestamp: AwareDatetime
    data: CarRow


class DatesUpdatedPush(Wire):
    type: Literal["service_dates.updated"]
    timestamp: AwareDatetime
    data: DatesRow


class CampaignPublishedPush(Wire):
    type: Literal["campaign.published"]
    timestamp: AwareDatetime
    data: CampaignRecord


class CampaignWithdrawnPush(Wire):
    type: Literal["campaign.withdrawn"]
    timestamp: AwareDatetime
    data: CampaignRecord
