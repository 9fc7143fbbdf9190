"""The statistics of months, for the nation, regions and dealers: from the sums alone, so that no item is read (flows 6, A-REM-32..38)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

import eventlet
from sqlalchemy import BigInteger, ColumnElement, Connection, Table, case, cast, func, literal, select

from chassis.database import from_millis
from chassis.internal_api import Scope
from chassis.monthly_sums import months
from contracts.reminder_figures import Level, ReminderFigure, ReminderFigures, ReminderSums
from contracts.reminders import SERVICE_TYPES, Period, ReminderType
from contracts.reminding import DealerAnswer, Dealers
from services.reminders.figures.measures import RETURNED_CARS
from services.reminders.tables import ALL_SERVICE, MEASURES, corrections, dealers, freezes, sums

ROWS_AT_ONCE = 500
"""So many are worked on before others get their turn."""

NOTHING = ReminderSums()
T = TypeVar("T")


class Place(NamedTuple):
    """What one figure is of; `code` is empty for the nation."""

    period: Period
    code: str


@dataclass(frozen=True)
class Wanted:
    """Months, and whose; `code` is a dealer, a region (with level dealer: its dealers), or empty: all of the level."""

    first: Period
    last: Period
    level: Level = "nation"
    code: str = ""
    by_type: bool = False
    scope: Scope = field(default_factory=Scope)


def figures(connection: Connection, wanted: Wanted) -> ReminderFigures:
    """In the order of months and codes; what has no items has no row."""
    found = _counted(connection, sums, wanted, _TOGETHER[sums])
    later = _counted(connection, corrections, wanted, _TOGETHER[corrections])
    by_type = _counted(connection, sums, wanted, sums.c.type) if wanted.by_type else {}
    names = _names(connection) if wanted.level == "dealer" else {}
    rows = [
        ReminderFigure(
            period=place.period,
            code=place.code,
            name=names.get(place.code, ""),
            service=found[place].get(ALL_SERVICE, NOTHING),
            birthday=found[place].get(ReminderType.BIRTHDAY, NOTHING),
            campaign=found[place].get(ReminderType.CAMPAIGN, NOTHING),
            by_type={one: by_type[place][one] for one in ReminderType if one in by_type.get(place, {})},
            corrections=later[place].get(ALL_SERVICE, NOTHING) if place in later else None,
        )
        for place in in_turns(sorted({*found, *later}))
    ]
    return ReminderFigures(rows=tuple(rows), frozen=_frozen(connection, wanted))


def within(table: Any, scope: Scope) -> list[ColumnElement[bool]]:
    """Of rows with dealer and region: what may be seen."""
    match scope.level:
        case "dealer":
            return [table.c.dealer_code == scope.code]
        case "region":
            return [table.c.region_code == scope.code]
        case _:
            return []


def _together(table: Table) -> ColumnElement[str]:
    """The five service types as one."""
    return case((table.c.type.in_([ReminderType.BIRTHDAY, ReminderType.CAMPAIGN]), table.c.type), else_=ALL_SERVICE)


_TOGETHER = {table: _together(table) for table in (sums, corrections)}


def _counted(connection: Connection, table: Table, wanted: Wanted, kind: ColumnElement[str]) -> dict[Place, dict[str, ReminderSums]]:
    """By what `kind` says. A car that came back for several types is one car of them together: it is counted in a row of its own."""
    code = {"nation": literal(""), "region": table.c.region_code, "dealer": table.c.dealer_code}[wanted.level]
    counted: dict[str, ColumnElement[Any]] = {name: table.c[name] for name in MEASURES}
    if kind is not table.c.type:
        counted[RETURNED_CARS] = case((table.c.type.in_(sorted(SERVICE_TYPES)), 0), else_=table.c[RETURNED_CARS])
    numbers = (cast(func.sum(number), BigInteger).label(name) for name, number in counted.items())
    which = [table.c.period.in_(months(wanted.first, wanted.last)), *within(table, wanted.scope), *_of_code(connection, table, wanted)]
    asked = select(table.c.period, code.label("code"), kind.label("kind"), *numbers).where(*which)
    grouped = asked.group_by(table.c.period, "kind") if wanted.level == "nation" else asked.group_by(table.c.period, "code", "kind")
    found: dict[Place, dict[str, ReminderSums]] = defaultdict(dict)
    for period, place, its_kind, *values in in_turns(connection.execute(grouped).all()):
        found[Place(period, place)][its_kind] = ReminderSums.model_construct(None, **dict(zip(MEASURES, values, strict=True)))
    return found


def in_turns(rows: Iterable[T]) -> Iterator[T]:
    """One after the other; others get their turn in between."""
    for number, row in enumerate(rows, start=1):
        yield row
        if number % ROWS_AT_ONCE == 0:
            eventlet.sleep(0)


def _of_code(connection: Connection, table: Table, wanted: Wanted) -> list[ColumnElement[bool]]:
    if wanted.level == "nation" or not wanted.code:
        return []
    if wanted.level == "region" or _is_region(connection, wanted.code):
        return [table.c.region_code == wanted.code]
    return [table.c.dealer_code == wanted.code]


def _is_region(connection: Connection, code: str) -> bool:
    return connection.execute(select(sums.c.period).where(sums.c.region_code == code).limit(1)).first() is not None


def _names(connection: Connection) -> dict[str, str]:
    return {row.dealer_code: row.name for row in connection.execute(select(dealers.c.dealer_code, dealers.c.name))}


def dealers_known(connection: Connection) -> Dealers:
    """By code, whether they have items or not."""
    rows = connection.execute(select(dealers).order_by(dealers.c.dealer_code)).all()
    return Dealers(dealers=tuple(DealerAnswer(code=row.dealer_code, name=row.name, region_code=row.region_code) for row in in_turns(rows)))


def _frozen(connection: Connection, wanted: Wanted) -> dict[Period, Any]:
    theirs = freezes.c.period.between(wanted.first, wanted.last) & freezes.c.frozen_at.is_not(None)
    rows: Sequence[Any] = connection.execute(select(freezes).where(theirs).order_by(freezes.c.period)).all()
    return {row.period: from_millis(row.frozen_at) for row in rows}
