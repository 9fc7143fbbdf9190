"""A reminder item (提醒明细) and the one place where items are read and kept: sums and what partners are told follow from each change."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select

from chassis import upserts
from chassis.database import Transaction, from_millis, millis
from chassis.unit_of_work import Gathering, Repository
from contracts.reminders import ContactState, Outcome, ReminderType, WechatState
from services.reminders.figures import sums
from services.reminders.following import reporting
from services.reminders.tables import items, unreported

MOMENTS = ("message_sent_at", "reached_at", "returned_at", "created_at")


@dataclass(frozen=True)
class Item:
    """One thing that is due for one car in one period. Days are those of Asia/Shanghai; `rulebook` 0: the DMS worked it out."""

    item_id: UUID
    version: int
    origin_item_id: UUID
    carried_from: UUID | None
    carry_count: int
    run_id: UUID | None
    period: str
    type: ReminderType
    vehicle_id: UUID
    customer_id: str
    dealer_code: str
    region_code: str
    due_date: date
    campaign_id: UUID | None
    rulebook: int
    registered: bool
    created_at: datetime
    priority: str = "normal"
    wechat_state: WechatState = WechatState.NONE
    wechat_reason: str = ""
    message_id: UUID | None = None
    contact_state: ContactState = ContactState.NONE
    outcome: Outcome = Outcome.OPEN
    reason: str = ""
    appointment_id: UUID | None = None
    visit_id: UUID | None = None
    visit_dealer: str = ""
    message_sent_at: datetime | None = None
    reached_at: datetime | None = None
    returned_at: datetime | None = None
    slip_version: int = 0
    tracked: bool = False


def item_of(row: Row[Any]) -> Item:
    values = dict(row._mapping)
    values |= {name: from_millis(values[name]) if values[name] is not None else None for name in MOMENTS}
    values |= {
        "type": ReminderType(values["type"]),
        "wechat_state": WechatState(values["wechat_state"]),
        "contact_state": ContactState(values["contact_state"]),
        "outcome": Outcome(values["outcome"]),
    }
    return Item(**values)


def columns_of(item: Item) -> dict[str, Any]:
    values = {field.name: getattr(item, field.name) for field in fields(item)}
    values |= {name: millis(values[name]) if values[name] is not None else None for name in MOMENTS}
    values |= {name: values[name].value for name in ("type", "wechat_state", "contact_state", "outcome")}
    return values


_ITEMS: Repository[Item] = Repository(items, lambda _tx, rows: [item_of(row) for row in rows], columns_of)


_BY_ID = select(items).where(items.c.item_id.in_(bindparam("ids", expanding=True))).order_by(items.c.item_id).with_for_update()
_OF_VEHICLES = (
    select(items)
    .where(items.c.vehicle_id.in_(bindparam("vehicles", expanding=True)), items.c.period >= bindparam("first"))
    .order_by(items.c.item_id)
    .with_for_update()
)


class ItemStore:
    """Whoever reads an item here holds it until the transaction ends."""

    def find(self, tx: Transaction, item_id: UUID) -> Item | None:
        return _ITEMS.find(tx, item_id)

    def find_all(self, tx: Transaction, item_ids: Iterable[UUID]) -> list[Item]:
        """Those that are there, in the order of their ids: two that want the same wait for each other."""
        wanted = sorted(set(item_ids))
        return [_ITEMS.seen(tx, row) for row in tx.execute(_BY_ID, {"ids": wanted})] if wanted else []

    def since(self, tx: Transaction, vehicle_ids: Iterable[UUID], period: str) -> list[Item]:
        """These cars' items from a period on, however they stand."""
        wanted = sorted(set(vehicle_ids))
        rows = tx.execute(_OF_VEHICLES, {"vehicles": wanted, "first": period}) if wanted else ()
        return [_ITEMS.seen(tx, row) for row in rows]

    def add(self, tx: Transaction, item: Item) -> None:
        """A single new one, such as a carried one; a month is made set-wise (services/reminders/month)."""
        _ITEMS.add(tx, item)
        sums.moved(tx, None, item)

    def keep(self, tx: Transaction, before: Item, after: Item) -> Item:
        """As it is now, at the next version; nothing learnt, nothing kept."""
        (kept,) = self.keep_all(tx, [(before, after)])
        return kept

    def keep_all(self, tx: Transaction, steps: Sequence[tuple[Item, Item]]) -> list[Item]:
        """The same of many, in one statement."""
        kept = [replace(after, version=before.version + 1) if after != before else before for before, after in steps]
        moved = [(before, after) for (before, _), after in zip(steps, kept, strict=True) if after is not before]
        for before, after in moved:
            sums.moved(tx, before, after)
        upserts.replace(tx, items, [columns_of(after) for _, after in moved], *_CHANGING)
        _MOVED.add(tx, *(after for _, after in moved))
        return kept


_CHANGING = tuple(column.name for column in items.columns if not column.primary_key)
_MOVED: Gathering[Item] = Gathering(reporting.note, unreported)
