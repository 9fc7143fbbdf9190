"""Cars in the DMS's words and ours: pure functions, dialect `reference` (A-REM-04, A-CLD-03)."""

from collections.abc import Callable
from urllib.parse import urlencode
from uuid import UUID

from contracts.partners.reading import OfACar, birthday_of, day_of, usable, vin_of
from contracts.partners.vehicles import CarRow, CarsPage, RawDate, SaleRecordedPush
from contracts.vehicles import CarFacts, CarsListed, DirtyField, DirtyRow, FetchCars, Flaw, SaleRecorded

VehicleId = Callable[[str], UUID]
"""Our id of the car that has this VIN."""

DAYS = {
    "invoice_date": "invoice_date",
    "purchase_date": "purchase_date",
    "warranty_end_date": "warranty_end_date",
    "first_maintenance_on": "first_maintenance_date",
    "last_visit_on": "last_visit_date",
}
"""Our word to the DMS's."""
YEARS = range(1950, 2101)


def path_of(path: str, wish: FetchCars) -> str:
    """Where the next page of a list is."""
    since = wish.changed_since.isoformat() if wish.changed_since else ""
    query = {name: value for name, value in (("cursor", wish.cursor), ("changed_since", since)) if value}
    return f"{path}?{urlencode(query)}" if query else path


def cars_listed(wish: FetchCars, page: CarsPage, vehicle_id: VehicleId) -> CarsListed:
    """A row that names no car is listed as dirty; any other is used as far as it can be."""
    read = [_car_or_dirty(row, vehicle_id) for row in page.cars]
    return CarsListed(
        load_id=wish.load_id,
        page_no=wish.page_no,
        next_cursor=page.next_cursor,
        total=page.total,
        cars=tuple(one for one in read if isinstance(one, CarFacts)),
        unusable=tuple(one for one in read if isinstance(one, DirtyRow)),
    )


def sale_recorded(push: SaleRecordedPush, vehicle_id: VehicleId) -> SaleRecorded:
    """Raises ValidationError where it names no car."""
    car = _car_of(push.data, OfACar(vin=push.data.vin).vin, vehicle_id)
    return SaleRecorded(vehicle_id=car.vehicle_id, car=car, entered_at=push.timestamp)


def vehicle_or_flaw(vehicle_id: VehicleId) -> Callable[[str], UUID | Flaw]:
    def find(raw: str) -> UUID | Flaw:
        vin = vin_of(raw)
        return vin if isinstance(vin, Flaw) else vehicle_id(vin)

    return find


def _car_or_dirty(row: CarRow, vehicle_id: VehicleId) -> CarFacts | DirtyRow:
    vin = vin_of(row.vin)
    if isinstance(vin, Flaw):
        return DirtyRow(record_id=row.record_id, version=row.version, fields=(DirtyField(field="vin", flaw=vin),))
    return _car_of(row, vin, vehicle_id)


def _car_of(row: CarRow, vin: str, vehicle_id: VehicleId) -> CarFacts:
    flaws = _missing(row)
    days = {ours: usable(day_of(getattr(row, theirs)), ours, flaws) for ours, theirs in DAYS.items()}
    birthday = usable(birthday_of(row.birth_date), "birth_date", flaws)
    year = row.model_year
    if year is not None and year not in YEARS:
        flaws["model_year"] = Flaw.UNREADABLE if year else Flaw.ZERO
    return CarFacts(
        vehicle_id=vehicle_id(vin),
        record_id=row.record_id,
        version=row.version,
        vin=vin,
        customer_id=row.customer_id,
        model_code=row.model_code,
        model_name=row.model_name,
        model_year=year if year in YEARS else None,
        dealer_code=row.dealer_code,
        region_code=row.region_code,
        state=row.state,
        birth_month=birthday[0] if birthday else None,
        birth_day=birthday[1] if birthday else None,
        quiet=row.quiet,
        dirty=tuple(DirtyField(field=name, flaw=flaw) for name, flaw in flaws.items()),
        **days,
    )


def _missing(row: CarRow) -> dict[str, Flaw]:
    """What a car in use cannot be without: an owner to remind, a dealer to do it, and a day that it was sold."""
    if row.state != "in_use":
        return {}
    wanted = {"customer_id": row.customer_id, "dealer_code": row.dealer_code, "invoice_date": _any(row.invoice_date, row.purchase_date)}
    return {name: Flaw.MISSING for name, value in wanted.items() if not value}


def _any(*raw: RawDate) -> str:
    return "".join(str(one).strip() for one in raw if one is not None)
