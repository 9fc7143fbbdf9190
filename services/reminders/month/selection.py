"""Which items cars have in a period: one selection for each type, and one for each campaign (flows 2.1, A-REM-18).

rules/explain.py says the same in words, of one car.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, case, func, literal, null, or_, select

from chassis.database import Transaction
from contracts.reminders import SERVICE_TYPES, ContactState, Outcome, Period, ReminderType, WechatState
from services.reminders.days import first_day, last_day
from services.reminders.month.expressions import day_in, iso_of, item_key
from services.reminders.month.runs import Run
from services.reminders.rules.audience import CampaignOn
from services.reminders.rules.explain import DATED
from services.reminders.rules.rulebook import Rulebook
from services.reminders.tables import cars, items


@dataclass(frozen=True)
class Range:
    """Cars, in the order of their ids, both ends included."""

    first: UUID
    last: UUID
    cars: int
    rulebooks: frozenset[int]
    """The oldest and the newest version that their due dates were worked out by."""

    def of(self, vehicle_id: ColumnElement[UUID]) -> ColumnElement[bool]:
        return vehicle_id.between(self.first, self.last)


@dataclass(frozen=True)
class Due:
    """Cars that have an item of one type in the period, and when it is due."""

    type: ReminderType
    day: ColumnElement[Any]
    which: ColumnElement[bool]
    campaign_id: UUID | None = None


def range_after(tx: Transaction, vehicle_id: UUID | None, most: int) -> Range | None:
    """The next cars; None: there are no more."""
    some = select(cars.c.vehicle_id, cars.c.rulebook).order_by(cars.c.vehicle_id).limit(most)
    these = (some.where(cars.c.vehicle_id > vehicle_id) if vehicle_id else some).subquery().c
    by = (func.min(these.rulebook).label("oldest"), func.max(these.rulebook).label("newest"))
    row = tx.execute(
        select(func.min(these.vehicle_id).label("first"), func.max(these.vehicle_id).label("last"), func.count().label("cars"), *by)
    ).one()
    return Range(row.first, row.last, row.cars, frozenset({row.oldest, row.newest})) if row.cars else None


def due_in(period: Period, rulebook: Rulebook, on: Sequence[CampaignOn]) -> Iterator[Due]:
    """For each type that is enabled."""
    for type in DATED:
        if rulebook[type].enabled:
            yield _dated(type, period, rulebook[type].window_days)
    if rulebook[ReminderType.BIRTHDAY].enabled:
        yield _birthday(period)
    if rulebook[ReminderType.CAMPAIGN].enabled:
        for campaign in on:
            yield _campaign(campaign, period)


def _dated(type: ReminderType, period: Period, window_days: int) -> Due:
    """Due in the period; or shortly before, where the car has no item of it in another period: it was not known then."""
    first, due = first_day(period), cars.c[f"due_{type.value}"]
    in_period = due.between(first, last_day(period))
    missed = and_(due >= first - timedelta(days=window_days), due < first, _item_elsewhere(type, period, due).is_(None))
    return Due(type, due, or_(in_period, missed) if window_days else in_period)


def _item_elsewhere(type: ReminderType, period: Period, due: ColumnElement[Any]) -> ScalarSelect[Any]:
    """A look-up for each car that it is asked of: of an EXISTS, MariaDB would make a table of all items that there ever were."""
    had = items.alias("had")
    same = and_(had.c.vehicle_id == cars.c.vehicle_id, had.c.type == type.value, had.c.due_date == due, had.c.period != period)
    return select(had.c.item_id).where(same).limit(1).correlate(cars).scalar_subquery()


def _birthday(period: Period) -> Due:
    """Of 29 February on the 28th where there is no other."""
    last = last_day(period)
    day = case((cars.c.birth_day > last.day, last.day), else_=cars.c.birth_day)
    which = and_(cars.c.birth_month == last.month, cars.c.birth_day > 0, _not_quiet())
    return Due(ReminderType.BIRTHDAY, day_in(period, day), which)


def _campaign(campaign: CampaignOn, period: Period) -> Due:
    wanted = campaign.audience
    which = [_not_quiet()]
    for column, values in ((cars.c.model_code, wanted.models), (cars.c.region_code, wanted.regions), (cars.c.dealer_code, wanted.dealers)):
        if values:
            which.append(column.in_(values))
    if wanted.first_year is not None:
        which.append(cars.c.model_year >= wanted.first_year)
    if wanted.last_year is not None:
        which.append(cars.c.model_year <= wanted.last_year)
    return Due(ReminderType.CAMPAIGN, literal(campaign.due_in(period)), and_(*which), campaign.campaign_id)


def _not_quiet() -> ColumnElement[bool]:
    """Nobody calls about these, so there would be no way to tell of them."""
    return ~cars.c.quiet.like("%wechat%")


def _reminded() -> ColumnElement[bool]:
    return and_(cars.c.sale_version > 0, cars.c.state == "in_use", cars.c.customer_id != "")


def ids_of(due: Due, period: Period, among: Range) -> Select[Any]:
    return select(_id_of(due, period)).where(among.of(cars.c.vehicle_id), due.which, _reminded())


def _id_of(due: Due, period: Period) -> ColumnElement[Any]:
    last = literal(due.campaign_id.hex) if due.campaign_id else iso_of(due.day)
    return item_key(period, cars.c.vehicle_id, due.type, last)


def rows_of(due: Due, run: Run, among: Range, but_for: Collection[UUID] = ()) -> Select[Any]:
    """Rows for `items`, every column by its name: new, and nobody told. Made again they are the same."""
    service = due.type in SERVICE_TYPES
    item_id = _id_of(due, run.period)
    values: dict[str, Any] = {column.name: null() for column in items.c if column.nullable}
    values |= {name: cars.c[name] for name in ("vehicle_id", "customer_id", "dealer_code", "region_code", "registered")}
    values |= {name: literal("") for name in ("wechat_reason", "reason", "visit_dealer")}
    values |= {name: literal(0) for name in ("carry_count", "slip_version")}
    values |= {
        "item_id": item_id,
        "version": literal(1),
        "origin_item_id": item_id,
        "run_id": literal(run.run_id.hex),
        "period": literal(run.period),
        "type": literal(due.type.value),
        "due_date": due.day,
        "campaign_id": literal(due.campaign_id.hex) if due.campaign_id else null(),
        "rulebook": literal(run.rulebook),
        "priority": literal("normal"),
        "wechat_state": case((cars.c.registered, WechatState.QUEUED.value), else_=WechatState.NONE.value),
        "contact_state": literal((ContactState.OPEN if service else ContactState.NONE).value),
        "outcome": literal(Outcome.OPEN.value),
        "tracked": literal(0),
        "created_at": literal(run.started_at),
    }
    columns = [values[column.name].label(column.name) for column in items.c]
    wanted = select(*columns).where(among.of(cars.c.vehicle_id), due.which, _reminded())
    return wanted.where(cars.c.vehicle_id.not_in(but_for)) if but_for else wanted
