"""The lists of a month: 未提醒, 未跟踪, 未回厂, and what waits for a decision (flows 2.2, A-REM-32, 39).

They are in the order of dealers, outcomes and due dates, as their index is; a page is looked for from where the one before ended.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, not_, or_, select, union

from chassis.internal_api import Scope
from contracts.reminders import SERVICE_TYPES, Outcome, Period, ReminderType
from contracts.reminding import ItemPage, ItemRow, ListName
from services.reminders.figures.measures import DELIVERED, REACHED
from services.reminders.figures.reading import within
from services.reminders.tables import cars, corrections, dealers, decisions, items, slips, sums

ROWS = 100
MOST_COUNTED = 100_000
GONE = "••••"

_REACHED = items.c.contact_state.in_(sorted(REACHED))
_DELIVERED = and_(items.c.registered, items.c.wechat_state.in_(sorted(DELIVERED)))
_ON: Mapping[ListName, ColumnElement[bool]] = {
    "not_reminded": and_(items.c.outcome != Outcome.VOID.value, not_(_REACHED), not_(_DELIVERED)),
    "not_tracked": and_(items.c.outcome != Outcome.VOID.value, items.c.registered, not_(_REACHED)),
    "not_returned": items.c.outcome.not_in([Outcome.RETURNED.value, Outcome.VOID.value]),
    "for_decision": items.c.outcome == Outcome.FOR_DECISION.value,
}
_ORDER = (items.c.dealer_code, items.c.outcome, items.c.due_date, items.c.item_id)


class Place(NamedTuple):
    """Where a page ended: as text it is `next`."""

    dealer_code: str
    outcome: str
    due_date: date
    item_id: UUID

    @classmethod
    def of(cls, text: str) -> "Place":
        """Raises ValueError."""
        dealer_code, outcome, due_date, item_id = text.rsplit("~", 3)
        return cls(dealer_code, outcome, date.fromisoformat(due_date), UUID(item_id))

    def __str__(self) -> str:
        return f"{self.dealer_code}~{self.outcome}~{self.due_date}~{self.item_id}"

    def after(self) -> ColumnElement[bool]:
        """What comes behind it in the order of the index."""
        equal: list[ColumnElement[bool]] = []
        behind = []
        for column, value in zip(_ORDER, self, strict=True):
            behind.append(and_(*equal, column > value))
            equal.append(column == value)
        return and_(items.c.dealer_code >= self.dealer_code, or_(*behind))


@dataclass(frozen=True)
class Wanted:
    """Which list of which month; `type` None: the five service types, which alone are on lists (S-13)."""

    name: ListName
    period: Period
    dealer: str = ""
    region: str = ""
    type: ReminderType | None = None
    after: Place | None = None
    scope: Scope = field(default_factory=Scope)


def page(connection: Connection, wanted: Wanted) -> ItemPage:
    """A hundred items, and how many there are in all."""
    some = with_words().where(*_which(connection, wanted), *([wanted.after.after()] if wanted.after else []))
    rows = connection.execute(some.order_by(*_ORDER).limit(ROWS + 1)).all()
    shown = rows[:ROWS]
    last = Place(*(shown[-1]._mapping[column] for column in _ORDER)) if len(rows) > ROWS else None
    return ItemPage(items=tuple(item_row(row) for row in shown), number=_number(connection, wanted), next=str(last) if last else None)


def with_words() -> Select[Any]:
    """Items with what a person reads of them."""
    words = (
        cars.c.vin,
        cars.c.model_name,
        dealers.c.name.label("dealer_name"),
        slips.c.customer_answer,
        decisions.c.made_by,
    )
    joined = items.outerjoin(cars, cars.c.vehicle_id == items.c.vehicle_id)
    joined = joined.outerjoin(dealers, dealers.c.dealer_code == items.c.dealer_code)
    joined = joined.outerjoin(slips, slips.c.item_id == items.c.item_id)
    return select(items, *words).select_from(joined.outerjoin(decisions, decisions.c.item_id == items.c.item_id))


def item_row(row: Row[Any]) -> ItemRow:
    """With the last six of the VIN."""
    values = row._mapping
    named = {name: values[name] for name in ItemRow.model_fields if name in values and values[name] is not None}
    return ItemRow.model_validate(named | {"vin": masked(row.vin), "decided_by": row.made_by or ""})


def masked(vin: str | None) -> str:
    return GONE + vin[-6:] if vin else ""


def _which(connection: Connection, wanted: Wanted) -> list[ColumnElement[bool]]:
    which = [items.c.period == wanted.period, _ON[wanted.name], *within(items, wanted.scope)]
    if wanted.type or wanted.name != "for_decision":  # nothing else waits for a decision
        which.append(items.c.type.in_(sorted(SERVICE_TYPES & {wanted.type or one for one in SERVICE_TYPES})))
    if wanted.region:
        which.append(items.c.region_code == wanted.region)
    if wanted.dealer:
        return [*which, items.c.dealer_code == wanted.dealer]
    return [*which, items.c.dealer_code.in_(_dealers(connection, wanted))]


def _dealers(connection: Connection, wanted: Wanted) -> Sequence[str]:
    """Those that may have such items: named, the index leads to them. Some have their first item when the figures are frozen already."""
    return connection.execute(union(*(_dealers_in(table, wanted) for table in (sums, corrections)))).scalars().all()


def _dealers_in(table: Any, wanted: Wanted) -> Select[Any]:
    theirs = [table.c.period == wanted.period, *within(table, wanted.scope)]
    theirs += [table.c.region_code == wanted.region] if wanted.region else []
    return select(table.c.dealer_code).where(*theirs).distinct()


def _number(connection: Connection, wanted: Wanted) -> int:
    """Of all: as the sums have it, where there is a sum of them."""
    if wanted.name == "for_decision":
        some = select(items.c.item_id).where(*_which(connection, wanted)).limit(MOST_COUNTED).subquery()
        return connection.execute(select(func.count()).select_from(some)).scalar_one()
    found = sum(_summed(connection, table, wanted) for table in (sums, corrections))
    return min(found, MOST_COUNTED)


def _summed(connection: Connection, table: Any, wanted: Wanted) -> int:
    which = [table.c.period == wanted.period, *within(table, wanted.scope)]
    which += [table.c.dealer_code == wanted.dealer] if wanted.dealer else []
    which += [table.c.region_code == wanted.region] if wanted.region else []
    which += [table.c.type == wanted.type.value] if wanted.type else []
    return int(connection.execute(select(func.coalesce(func.sum(table.c[wanted.name]), 0)).where(*which)).scalar_one())
