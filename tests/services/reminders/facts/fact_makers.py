"""Words about cars, naming only what a test is about; and what the tables say afterwards."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid5

from sqlalchemy import select

from chassis.settings import Reminders
from contracts.customers import CustomerRegistered, CustomerUnregistered
from contracts.dms import DealerListed, OwnershipChanged, VisitArrived, VisitClosed, dealer_id
from contracts.vehicles import (
    Campaign,
    CampaignPublished,
    CampaignWithdrawn,
    CarFacts,
    DirtyField,
    Flaw,
    SaleRecorded,
    ServiceDates,
    ServiceDatesUpdated,
    campaign_id,
)
from services.reminders.facts.car import Car, car_of
from services.reminders.service import RemindersService
from services.reminders.tables import bindings, campaigns, cars, dealers, dirty_rows, rival_records
from tests.services.house import VAULT, House, Times

NOW = datetime(2026, 6, 15, 2, 0, tzinfo=UTC)
VIN, OTHER_VIN = "LS4AAAAA1AA000001", "LS4AAAAA1AA000002"
CAR, OTHER_CAR = VAULT.vehicle_id(VIN), VAULT.vehicle_id(OTHER_VIN)
SPACE = UUID("11111111-2222-4333-8444-555555555555")


def a_house(schema, **terms) -> House:
    service = RemindersService()
    service.now, service.terms = Times(NOW), Reminders(**terms)
    return House(service, schema)


def some_facts(version=1, **changes):
    vin = changes.pop("vin", VIN)
    told = {
        "vehicle_id": VAULT.vehicle_id(vin),
        "record_id": "R1",
        "version": version,
        "vin": vin,
        "customer_id": "C1",
        "model_code": "CQ5",
        "model_name": "CQ5 1.5T",
        "dealer_code": "D001",
        "region_code": "SW",
        "invoice_date": date(2025, 3, 1),
        "birth_month": 2,
        "birth_day": 29,
    }
    return CarFacts.model_validate(told | changes)


def a_sale(version=1, **changes):
    car = some_facts(version, **changes)
    return SaleRecorded(vehicle_id=car.vehicle_id, car=car, entered_at=NOW)


def some_dates(version=1, **changes):
    vin = changes.pop("vin", VIN)
    told = {"vehicle_id": VAULT.vehicle_id(vin), "record_id": "SD1", "version": version, "vin": vin}
    return ServiceDates.model_validate(told | {"next_inspection_date": date(2027, 3, 1)} | changes)


def new_dates(version=1, **changes):
    dates = some_dates(version, **changes)
    return ServiceDatesUpdated(vehicle_id=dates.vehicle_id, dates=dates)


def an_owner(version, customer_id, vin=VIN):
    return OwnershipChanged(vehicle_id=VAULT.vehicle_id(vin), ownership_version=version, vin=vin, customer_id=customer_id, changed_at=NOW)


def a_binding(version=1, *, follower=1, active=True, vin=VIN):
    told = {
        "binding_id": uuid5(SPACE, f"{follower}:{vin}"),
        "version": version,
        "account": "main",
        "follower_id": UUID(int=follower),
        "openid": f"o{follower}",
        "customer_id": "C1",
        "vehicle_id": VAULT.vehicle_id(vin),
        "vin": vin,
        "name": "张伟",
        "mobile": "13800138000",
    }
    return CustomerRegistered.model_validate(told) if active else CustomerUnregistered.model_validate(told | {"reason": "unfollowed"})


def a_dealer(version=1, code="D001", region="SW", name="启衡"):
    return DealerListed(dealer_id=dealer_id(code), dealer_version=version, dealer_code=code, name=name, region_code=region)


def a_visit(number, day, *, services=None, vin=VIN):
    told = {"visit_id": UUID(int=number), "vehicle_id": VAULT.vehicle_id(vin), "vin": vin, "dealer_code": "D001"}
    at = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
    if services is None:
        return VisitArrived.model_validate(told | {"arrived_at": at})
    return VisitClosed.model_validate(told | {"arrived_at": at, "closed_at": at, "services": services})


def a_campaign(version=1, *, withdrawn=False, number="CP-1", **changes):
    told = {
        "campaign_id": campaign_id(number),
        "campaign_no": number,
        "version": version,
        "kind": "national",
        "name": "夏季检查",
        "starts_on": date(2026, 7, 1),
        "ends_on": date(2026, 7, 31),
    }
    campaign = Campaign.model_validate(told | changes)
    news = CampaignWithdrawn if withdrawn else CampaignPublished
    return news(campaign_id=campaign.campaign_id, campaign=campaign)


def flawed(**fields):
    return tuple(DirtyField(field=name, flaw=Flaw(flaw)) for name, flaw in fields.items())


def the_car(house, vehicle_id=CAR) -> Car | None:
    with house.database.read() as connection:
        row = connection.execute(select(cars).where(cars.c.vehicle_id == vehicle_id)).first()
    return car_of(row) if row else None


def rows_of(house, table):
    with house.database.read() as connection:
        return connection.execute(select(table)).all()


def listed(house):
    """The dirty rows: source, record, field and flaw."""
    return sorted((row.source, row.record_id, row.field, row.flaw) for row in rows_of(house, dirty_rows))


def all_that_is_known(house):
    """Every row that facts keep, without what is drawn anew each time and without when it was seen."""
    known = {}
    for table in (cars, rival_records, bindings, campaigns, dealers, dirty_rows):
        rows = [{name: value for name, value in row._mapping.items() if name != "seen_at"} for row in rows_of(house, table)]
        known[table.name] = sorted(rows, key=lambda row: [str(value) for value in row.values()])
    return known
