"""What is due for a car in a month, as this DMS works it out; it makes up for nothing that a month before has missed (A-REM-18)."""

import calendar
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from zlib import crc32

from contracts.partners.reminders import PublishedRow
from contracts.partners.vehicles import CampaignRecord, CarRow, DatesRow, RawDate
from contracts.reminders import ReminderType

A_DAY = re.compile(r"(\d{4})[-/]?(\d{1,2})[-/]?(\d{1,2})(?:[T ].*)?")
A_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
OLDEST, LATEST = 1990, 2090
FIRST_AFTER, INTERVAL, WARRANTY = 6, 6, 36
"""Months."""


@dataclass(frozen=True)
class Month:
    first: date
    last: date

    @classmethod
    def of(cls, period: str) -> "Month":
        year, month = map(int, period.split("-"))
        return cls(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))

    def has(self, day: date | None) -> bool:
        return day is not None and self.first <= day <= self.last


def due_in(month: Month, car: CarRow, dates: DatesRow | None, campaigns: Sequence[CampaignRecord]) -> list[PublishedRow]:
    """Nothing for a car that is nobody's any more, or names itself by no VIN."""
    if car.state != "in_use" or not car.customer_id or not A_VIN.fullmatch(car.vin):
        return []
    dated = ((type, day) for type, day in _service(car, dates) if month.has(day))
    owed = [_row(car, type, day) for type, day in dated if day is not None]
    birthday = _birthday(car, month)
    if birthday is not None:
        owed.append(_row(car, ReminderType.BIRTHDAY, birthday))
    owed += [
        _row(car, ReminderType.CAMPAIGN, max(each.starts_on, month.first), each.campaign_no)
        for each in campaigns
        if not each.withdrawn and each.starts_on <= month.last and each.ends_on >= month.first and _invited(car, each)
    ]
    return owed


def crc_of(row: PublishedRow) -> int:
    """An item's share of the checksum."""
    return crc32(f"{row.customer_id}|{row.type.value}|{row.due_date}".encode())


def read_day(raw: RawDate) -> date | None:
    """None for what is no date, or stands for none."""
    found = A_DAY.fullmatch(str(raw or "").strip())
    if found is None:
        return None
    try:
        day = date(*map(int, found.groups()))
    except ValueError:
        return None
    return day if OLDEST <= day.year <= LATEST else None


def _service(car: CarRow, dates: DatesRow | None) -> Iterator[tuple[ReminderType, date | None]]:
    sold = read_day(car.invoice_date)
    bought, done = read_day(car.purchase_date) or sold, read_day(car.first_maintenance_date)
    if done is None:
        yield ReminderType.FIRST_MAINTENANCE, _after(bought, FIRST_AFTER)
    else:
        told = read_day(dates.next_maintenance_date) if dates else None
        yield ReminderType.MAINTENANCE, told or _after(read_day(car.last_visit_date), INTERVAL)
    yield ReminderType.WARRANTY, read_day(car.warranty_end_date) or _after(sold, WARRANTY)
    if dates is not None:
        yield ReminderType.INSURANCE, read_day(dates.compulsory_insurance_expiry)
        yield ReminderType.INSPECTION, read_day(dates.next_inspection_date)


def _birthday(car: CarRow, month: Month) -> date | None:
    """29 February is kept on the 28th where there is none."""
    found = re.fullmatch(r"(?:\d{4}-)?(\d\d)-(\d\d)", str(car.birth_date or ""))
    if found is None or int(found[1]) != month.first.month:
        return None
    return month.first.replace(day=min(int(found[2]), month.last.day)) if int(found[2]) else None


def _invited(car: CarRow, campaign: CampaignRecord) -> bool:
    wanted, year = campaign.audience, car.model_year
    return (
        (not wanted.models or car.model_code in wanted.models)
        and (not wanted.regions or car.region_code in wanted.regions)
        and (not wanted.dealers or car.dealer_code in wanted.dealers)
        and (campaign.kind == "national" or car.dealer_code == campaign.dealer_code)
        and (wanted.first_year is None or (year is not None and year >= wanted.first_year))
        and (wanted.last_year is None or (year is not None and year <= wanted.last_year))
    )


def _after(day: date | None, months: int) -> date | None:
    if day is None:
        return None
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _row(car: CarRow, type: ReminderType, due: date, campaign_no: str = "") -> PublishedRow:
    return PublishedRow(
        record_id=car.record_id,
        vin=car.vin,
        customer_id=car.customer_id,
        dealer_code=car.dealer_code,
        region_code=car.region_code,
        type=type,
        due_date=due.isoformat(),
        campaign_no=campaign_no,
    )
