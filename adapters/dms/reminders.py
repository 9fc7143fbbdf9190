"""The month, runs and standings in the DMS's words and ours: pure functions, dialect `reference` (flows 2.4)."""

from collections.abc import Callable
from datetime import date
from uuid import NAMESPACE_URL, UUID, uuid5

from contracts.partners.reminders import (
    CompletedRun,
    PublishedPage,
    PublishedRow,
    RunRecord,
    StandingsPage,
    TypeCountRow,
)
from contracts.partners.vehicles import RawDate
from contracts.reminder_exchange import (
    PublishedItem,
    ReminderItemsPublished,
    ReminderRunCompleted,
    StoreReminderRun,
    StoreReminders,
    TypeCount,
)
from contracts.vehicles import DirtyField, DirtyRow, Flaw, campaign_id

VehicleOf = Callable[[str], UUID | Flaw]
"""Our id of the car with this VIN, or what is wrong with the VIN."""
DateOf = Callable[[RawDate], date | Flaw]


def run_record(wish: StoreReminderRun) -> RunRecord:
    counts = tuple(TypeCountRow(type=count.type, items=count.items) for count in wish.counts)
    return RunRecord(run_no=wish.run_no, counts=counts, checksum=wish.checksum, finished_at=wish.finished_at)


def standings_page(wish: StoreReminders) -> StandingsPage:
    return StandingsPage(page_id=wish.page_id, standings=wish.standings)


def run_id(period: str, run_no: int) -> UUID:
    """Of a month as the DMS made it."""
    return uuid5(NAMESPACE_URL, f"urn:cheqiao:dms-reminder-run:{period}:{run_no}")


def items_published(page: PublishedPage, vehicle_of: VehicleOf, date_of: DateOf) -> ReminderItemsPublished:
    """A-REM-19. A row without a car or a day is listed as dirty."""
    read = [_item_of(row, vehicle_of(row.vin), date_of(row.due_date)) for row in page.items]
    return ReminderItemsPublished(
        run_id=run_id(page.period, page.run_no),
        period=page.period,
        run_no=page.run_no,
        page_no=page.page_no,
        items=tuple(one for one in read if isinstance(one, PublishedItem)),
        unusable=tuple(one for one in read if isinstance(one, DirtyRow)),
    )


def _item_of(row: PublishedRow, vehicle: UUID | Flaw, due: date | Flaw) -> PublishedItem | DirtyRow:
    flaws = tuple(DirtyField(field=name, flaw=found) for name, found in (("vin", vehicle), ("due_date", due)) if isinstance(found, Flaw))
    if isinstance(vehicle, Flaw) or isinstance(due, Flaw):
        return DirtyRow(record_id=row.record_id, fields=flaws)
    return PublishedItem(
        record_id=row.record_id,
        vehicle_id=vehicle,
        vin=row.vin,
        customer_id=row.customer_id,
        dealer_code=row.dealer_code,
        region_code=row.region_code,
        type=row.type,
        due_date=due,
        campaign_id=campaign_id(row.campaign_no) if row.campaign_no else None,
    )


def run_completed(run: CompletedRun) -> ReminderRunCompleted:
    """A-REM-18"""
    return ReminderRunCompleted(
        run_id=run_id(run.period, run.run_no),
        period=run.period,
        run_no=run.run_no,
        pages=run.pages,
        counts=tuple(TypeCount(type=count.type, items=count.items) for count in run.counts),
        checksum=run.checksum,
    )
