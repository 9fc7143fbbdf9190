"""The month as the DMS works it out and pushes it, page by page (A-REM-18, 19): the same records, whoever made them."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, update

from chassis.database import Database, Transaction, from_millis
from chassis.logs import get_logger
from chassis.outbox import ignoring_repeats
from chassis.settings import Reminders
from contracts.reminder_exchange import PublishedItem, ReminderItemsPublished, ReminderRunCompleted
from contracts.reminders import SERVICE_TYPES, ContactState, Outcome, WechatState
from services.reminders import meeting
from services.reminders.facts import dirty
from services.reminders.facts.car import Car, columns_of
from services.reminders.following.learning import Learnt, learnt
from services.reminders.items import Item, ItemStore
from services.reminders.month import carried, differences, runs
from services.reminders.month.runs import Run
from services.reminders.month.tasks import tell_tasks
from services.reminders.rules import ids
from services.reminders.tables import cars, items
from services.reminders.tables import runs as table

log = get_logger(__name__)

BY_THE_DMS = "dms"
ITEMS_AT_ONCE = 500
"""Of an earlier run, looked through for what is gone."""


def take_page(tx: Transaction, message: ReminderItemsPublished, now: datetime, terms: Reminders) -> None:
    """A page that was taken in already changes nothing. A slip, a decision or an appointment may have been there before its items."""
    run = _run_of(tx, message, now)
    seen = run.told.get("seen", [])
    if message.page_no in seen:
        return
    rows = {_id_of(message.period, one): one for one in message.items}
    dirty.keep_read(tx, "items", _read(message), now)
    run = _counted(run, rows)
    told = {**run.told, "seen": sorted([*seen, message.page_no]), "unusable": run.told.get("unusable", 0) + len(message.unusable)}
    meeting.make(tx, run.period)
    added = _take(tx, run, rows)
    learnt(tx, *(Learnt(now, terms, item_id=one) for one in rows))  # also of what is brought back: much may have happened meanwhile
    if run.state in ("tasks", "done"):
        tell_tasks(tx, ItemStore().find_all(tx, added))  # accepted without this page: others may have passed its items
    run = replace(run, told=told, pages=run.pages + 1, cars=run.cars + len({one.vehicle_id for one in rows.values()}))
    runs.save(tx, _judged(replace(run, items=run.items + len(added))))


def complete(tx: Transaction, message: ReminderRunCompleted, now: datetime) -> None:
    """What it should come to. Pages may still be on their way."""
    run = _run_of(tx, message, now)
    counts = {count.type.value: count.items for count in message.counts if count.items}
    told = {**run.told, "pages": message.pages, "counts": counts, "checksum": message.checksum}
    runs.save(tx, _judged(replace(run, told=told)))


def accept(tx: Transaction, run_id: UUID, accepted_by: str) -> bool:
    """An operator has looked at a month that is not as the DMS said, and has CSC handed what there is. False: there is no such month."""
    run = runs.held(tx, run_id)
    if run is None or run.state != "differs":
        return False
    runs.save(tx, _whole(replace(run, told={**run.told, "accepted_by": accepted_by})))
    log.info("reminder_run_accepted", run=str(run_id), period=run.period)
    return True


def look_for_gone(database: Database) -> bool:
    """Of a later run that is all there: what earlier ones had and it has not is gone. Whether there was one."""
    with database.read() as connection:
        at_work = connection.execute(select(table.c.run_id, table.c.told).where(table.c.state == "running", table.c.origin == "dms"))
        run_id = next((row.run_id for row in at_work if (row.told or {}).get("whole")), None)
    if run_id is not None:
        with database.write() as tx:
            _look_on(tx, run_id)
    return run_id is not None


def _look_on(tx: Transaction, run_id: UUID) -> None:
    """The next items of the period, all of a car together."""
    run = runs.held(tx, run_id)
    if run is None or run.state != "running":
        return
    old = select(items.c.item_id, items.c.vehicle_id).where(items.c.period == run.period, items.c.run_id != run_id)
    after = old.where(items.c.vehicle_id > run.made_up_to) if run.made_up_to else old
    rows = tx.execute(after.order_by(items.c.vehicle_id).limit(ITEMS_AT_ONCE)).all()
    if not rows:
        runs.save(tx, replace(run, state="tasks"))
        return
    last = rows[-1].vehicle_id
    rest = tx.execute(old.where(items.c.vehicle_id == last)).all()
    standing = [one for one in ItemStore().find_all(tx, {row.item_id for row in (*rows, *rest)}) if one.outcome is not Outcome.VOID]
    differences.take_back(tx, run, [one.item_id for one in standing])
    runs.save(tx, replace(run, made_up_to=last))


def _run_of(tx: Transaction, message: ReminderItemsPublished | ReminderRunCompleted, now: datetime) -> Run:
    """It begins with whatever is heard of it first."""
    run = runs.held(tx, message.run_id)
    if run is None:
        runs.begin(tx, message.run_id, message.period, message.run_no, "dms", rulebook=0, ordered_by=BY_THE_DMS, now=now)
        run = runs.held(tx, message.run_id)
    if run is None:
        raise LookupError("a run that was written just now")
    return run


def _counted(run: Run, rows: Mapping[UUID, PublishedItem]) -> Run:
    """As the DMS counts: every item of every page."""
    counts, checksum = dict(run.counts), run.checksum
    for one in rows.values():
        counts[one.type.value] = counts.get(one.type.value, 0) + 1
        checksum += ids.crc_of(one.customer_id, one.type, one.due_date)
    return replace(run, counts=counts, checksum=checksum)


def _judged(run: Run) -> Run:
    """All there and the same; all there and different; or not all there yet."""
    if "checksum" not in run.told or run.state not in ("running", "differs"):
        return run
    if _is_the_same(run) or _is_explained(run):
        return _whole(run)
    if run.pages < run.told["pages"]:
        return run
    log.warning("reminder_run_differs", run=str(run.run_id), period=run.period, items=sum(run.counts.values()))
    return replace(run, state="differs")


def _is_the_same(run: Run) -> bool:
    return bool(run.counts == run.told["counts"]) and str(run.checksum) == run.told["checksum"]


def _is_explained(run: Run) -> bool:
    """All that is missing is rows that could not be used: they are listed as dirty, and stop nothing."""
    unusable = run.told.get("unusable", 0)
    return bool(unusable and sum(run.counts.values()) + unusable == sum(run.told["counts"].values()))


def _whole(run: Run) -> Run:
    """The first run goes to CSC at once; of a later one it is to be found what is gone."""
    return replace(run, state="tasks") if run.is_first else replace(run, state="running", told={**run.told, "whole": True})


def _take(tx: Transaction, run: Run, rows: Mapping[UUID, PublishedItem]) -> Collection[UUID]:
    """Those of them that are new."""
    there = {one.item_id: one for one in ItemStore().find_all(tx, rows)}
    added = _add(tx, run, {item_id: one for item_id, one in rows.items() if item_id not in there})
    if not run.is_first:
        back = {one.item_id for one in there.values() if one.outcome is Outcome.VOID and one.reason in differences.TAKEN_BACK}
        differences.bring_back(tx, run, back)
        differences.report(tx, run, "added", {*added, *back})
        found = items.c.item_id.in_(set(there) - back)
        tx.execute(update(items).where(found, items.c.run_id.is_not(None)).values(run_id=run.run_id))
    return added


def _add(tx: Transaction, run: Run, rows: Mapping[UUID, PublishedItem]) -> list[UUID]:
    vehicles = {one.vehicle_id: one.vin for one in rows.values()}
    registered = _registered(tx, vehicles)
    old = carried.there(tx, run.period, items.c.vehicle_id.in_(vehicles)) if vehicles else {}
    added = []
    for item_id, one in rows.items():
        earlier = old.get((one.vehicle_id, one.type))
        if earlier and carried.is_begun(earlier):
            continue
        item = _item_of(item_id, one, run, registered=registered.get(one.vehicle_id, False))
        ItemStore().add(tx, carried.taking_its_place(item, earlier) if earlier else item)
        carried.take_back(tx, [earlier] if earlier else [])
        added.append(item_id)
    return added


def _registered(tx: Transaction, vehicles: Mapping[UUID, str]) -> dict[UUID, bool]:
    """A car that nobody has told of yet is begun: its facts are on their way."""
    if not vehicles:
        return {}
    found = tx.execute(select(cars.c.vehicle_id, cars.c.registered).where(cars.c.vehicle_id.in_(vehicles))).all()
    registered: dict[UUID, bool] = {row.vehicle_id: row.registered for row in found}
    if begun := [columns_of(Car(vehicle_id, vin)) for vehicle_id, vin in vehicles.items() if vehicle_id not in registered]:
        tx.execute(ignoring_repeats(insert(cars)), sorted(begun, key=lambda row: str(row["vehicle_id"])))
    return registered


def _item_of(item_id: UUID, one: PublishedItem, run: Run, *, registered: bool) -> Item:
    return Item(
        item_id=item_id,
        version=1,
        origin_item_id=item_id,
        carried_from=None,
        carry_count=0,
        run_id=run.run_id,
        period=run.period,
        type=one.type,
        vehicle_id=one.vehicle_id,
        customer_id=one.customer_id,
        dealer_code=one.dealer_code,
        region_code=one.region_code,
        due_date=one.due_date,
        campaign_id=one.campaign_id,
        rulebook=0,
        registered=registered,
        created_at=from_millis(run.started_at),
        wechat_state=WechatState.QUEUED if registered else WechatState.NONE,
        contact_state=ContactState.OPEN if one.type in SERVICE_TYPES else ContactState.NONE,
    )


def _id_of(period: str, one: PublishedItem) -> UUID:
    return ids.item_id(period, one.vehicle_id, one.type, one.due_date, one.campaign_id)


def _read(message: ReminderItemsPublished) -> list[dirty.Read]:
    """A row that comes clean in a later run is taken off the list."""
    clean = [dirty.Read(one.record_id, message.run_no, (), one.vehicle_id, one.dealer_code) for one in message.items]
    return [*clean, *(dirty.Read(one.record_id, message.run_no, one.fields) for one in message.unusable)]
