"""The statistics of months, for the nation, regions and dealers: from the sums alone (flows 6, A-APT-23..30).

A dealer's region is what the DMS says of it now.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import eventlet
from sqlalchemy import ColumnElement, Connection, Table, func, literal, select

from chassis.database import from_millis
from chassis.internal_api import Scope
from chassis.monthly_sums import months
from contracts.reminder_figures import AppointmentFigure, AppointmentFigures, AppointmentSums, FiguresQuery
from contracts.reminders import Period
from services.appointments.tables import MEASURES, corrections, dealers, freezes, sums

ROWS_AT_ONCE = 500
"""So many are worked on before others get their turn."""


class Place(NamedTuple):
    """What one figure is of; `code` is empty for the nation."""

    period: Period
    code: str


def figures(connection: Connection, wanted: FiguresQuery, scope: Scope) -> AppointmentFigures:
    """In the order of months and codes; what has no appointments has no row."""
    found, later = (_counted(connection, table, wanted, scope) for table in (sums, corrections))
    names: Mapping[str, str] = {}
    if wanted.level == "dealer":
        names = {row.dealer_code: row.name for row in connection.execute(select(dealers.c.dealer_code, dealers.c.name))}
    rows = [
        AppointmentFigure(
            period=place.period,
            code=place.code,
            name=names.get(place.code, ""),
            sums=found.get(place, AppointmentSums()),
            corrections=later.get(place),
        )
        for place in _in_turns(sorted({*found, *later}))
    ]
    return AppointmentFigures(rows=tuple(rows), frozen=_frozen(connection, wanted))


def _in_turns(places: list[Place]) -> Iterator[Place]:
    for number, place in enumerate(places, start=1):
        yield place
        if number % ROWS_AT_ONCE == 0:
            eventlet.sleep(0)


def _counted(connection: Connection, table: Table, wanted: FiguresQuery, scope: Scope) -> dict[Place, AppointmentSums]:
    region = func.coalesce(dealers.c.region_code, "")
    code = {"nation": literal(""), "region": region, "dealer": table.c.dealer_code}[wanted.level]
    which = [
        table.c.period.in_(months(wanted.first, wanted.last)),
        *_within(table, region, scope),
        *_of_code(connection, table, region, wanted),
    ]
    counted = (func.sum(table.c[name]).label(name) for name in MEASURES)
    by = (table.c.period,) if wanted.level == "nation" else (table.c.period, code)
    joined = table.outerjoin(dealers, dealers.c.dealer_code == table.c.dealer_code)
    asked = select(table.c.period, code.label("code"), *counted).select_from(joined).where(*which).group_by(*by)
    return {Place(row.period, row.code): _sums(row._mapping) for row in connection.execute(asked).all()}


def _within(table: Table, region: Any, scope: Scope) -> list[ColumnElement[bool]]:
    match scope.level:
        case "dealer":
            return [table.c.dealer_code == scope.code]
        case "region":
            return [region == scope.code]
        case _:
            return []


def _of_code(connection: Connection, table: Table, region: Any, wanted: FiguresQuery) -> list[ColumnElement[bool]]:
    if wanted.level == "nation" or not wanted.code:
        return []
    its = select(dealers.c.dealer_code).where(dealers.c.region_code == wanted.code).limit(1)
    if wanted.level == "region" or connection.execute(its).first() is not None:
        return [region == wanted.code]
    return [table.c.dealer_code == wanted.code]


def _sums(row: Mapping[Any, Any]) -> AppointmentSums:
    return AppointmentSums.model_validate({name: int(row[name]) for name in MEASURES})


def _frozen(connection: Connection, wanted: FiguresQuery) -> dict[Period, datetime]:
    theirs = freezes.c.period.between(wanted.first, wanted.last) & freezes.c.frozen_at.is_not(None)
    return {row.period: from_millis(row.frozen_at) for row in connection.execute(select(freezes).where(theirs).order_by(freezes.c.period))}
