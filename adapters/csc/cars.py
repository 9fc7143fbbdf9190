"""Service dates and campaigns in CSC's words and ours: pure functions, dialect `reference` (A-REM-11..17, A-CLD-04)."""

from collections.abc import Callable
from urllib.parse import urlencode
from uuid import UUID

from contracts.partners.reading import OfACar, day_of, usable, vin_of
from contracts.partners.vehicles import (
    CampaignPublishedPush,
    CampaignRecord,
    CampaignsPage,
    CampaignWithdrawnPush,
    DatesPage,
    DatesRow,
    DatesUpdatedPush,
)
from contracts.vehicles import (
    Campaign,
    CampaignPublished,
    CampaignsListed,
    CampaignWithdrawn,
    DirtyField,
    DirtyRow,
    FetchCampaigns,
    FetchServiceDates,
    Flaw,
    ServiceDates,
    ServiceDatesListed,
    ServiceDatesUpdated,
    campaign_id,
)

VehicleId = Callable[[str], UUID]
"""Our id of the car that has this VIN."""

DAYS = ("next_maintenance_date", "compulsory_insurance_expiry", "mandatory_maintenance_expiry", "next_inspection_date")
MOST_KM = 5_000_000


def path_of(path: str, wish: FetchServiceDates | FetchCampaigns) -> str:
    """Where the next page of a list is."""
    since = wish.changed_since.isoformat() if wish.changed_since else ""
    query = {name: value for name, value in (("cursor", wish.cursor), ("changed_since", since)) if value}
    return f"{path}?{urlencode(query)}" if query else path


def dates_listed(wish: FetchServiceDates, page: DatesPage, vehicle_id: VehicleId) -> ServiceDatesListed:
    """A row that names no car is listed as dirty; any other is used as far as it can be."""
    read = [_dates_or_dirty(row, vehicle_id) for row in page.dates]
    return ServiceDatesListed(
        load_id=wish.load_id,
        page_no=wish.page_no,
        next_cursor=page.next_cursor,
        total=page.total,
        dates=tuple(one for one in read if isinstance(one, ServiceDates)),
        unusable=tuple(one for one in read if isinstance(one, DirtyRow)),
    )


def campaigns_listed(wish: FetchCampaigns, page: CampaignsPage) -> CampaignsListed:
    return CampaignsListed(
        load_id=wish.load_id,
        page_no=wish.page_no,
        next_cursor=page.next_cursor,
        total=page.total,
        campaigns=tuple(map(_campaign_of, page.campaigns)),
        withdrawn=tuple(campaign_id(record.campaign_no) for record in page.campaigns if record.withdrawn),
    )


def dates_updated(push: DatesUpdatedPush, vehicle_id: VehicleId) -> ServiceDatesUpdated:
    """Raises ValidationError where it names no car."""
    dates = _dates_of(push.data, OfACar(vin=push.data.vin).vin, vehicle_id)
    return ServiceDatesUpdated(vehicle_id=dates.vehicle_id, dates=dates)


def campaign_news(push: CampaignPublishedPush | CampaignWithdrawnPush) -> CampaignPublished | CampaignWithdrawn:
    """What the record says of itself goes before the name of the push: a withdrawn one may be told again."""
    campaign = _campaign_of(push.data)
    withdrawn = isinstance(push, CampaignWithdrawnPush) or push.data.withdrawn
    told = CampaignWithdrawn if withdrawn else CampaignPublished
    return told(campaign_id=campaign.campaign_id, campaign=campaign)


def _dates_or_dirty(row: DatesRow, vehicle_id: VehicleId) -> ServiceDates | DirtyRow:
    vin = vin_of(row.vin)
    if isinstance(vin, Flaw):
        return DirtyRow(record_id=row.record_id, version=row.version, fields=(DirtyField(field="vin", flaw=vin),))
    return _dates_of(row, vin, vehicle_id)


def _dates_of(row: DatesRow, vin: str, vehicle_id: VehicleId) -> ServiceDates:
    flaws: dict[str, Flaw] = {}
    days = {name: usable(day_of(getattr(row, name)), name, flaws) for name in DAYS}
    if not flaws and not any(days.values()):
        flaws["dates"] = Flaw.MISSING
    if row.mileage_km is not None and not 0 <= row.mileage_km <= MOST_KM:
        flaws["mileage_km"] = Flaw.UNREADABLE
    return ServiceDates(
        vehicle_id=vehicle_id(vin),
        record_id=row.record_id,
        version=row.version,
        vin=vin,
        mileage_km=None if "mileage_km" in flaws else row.mileage_km,
        dirty=tuple(DirtyField(field=name, flaw=flaw) for name, flaw in flaws.items()),
        **days,
    )


def _campaign_of(record: CampaignRecord) -> Campaign:
    """A-REM-13..15"""
    return Campaign.model_validate(record.model_dump() | {"campaign_id": campaign_id(record.campaign_no)})
