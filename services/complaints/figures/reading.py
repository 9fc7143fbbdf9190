"""The reports of months, for the nation, regions and dealers, by type and grade: from the sums alone (flows 6, A-CMP-38, A-GEN-11)."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import eventlet
from sqlalchemy import ColumnElement, Connection, Table, func, literal, select

from chassis.database import from_millis
from chassis.internal_api import Scope
from chassis.monthly_sums import months
from contracts.complaint_figures import ComplaintFigure, ComplaintFigures, ComplaintFiguresQuery, ComplaintSums, Split
from contracts.complaint_words import CaseType, Grade
from contracts.reminder_figures import Level
from contracts.reminders import Period
from services.complaints.tables import MEASURES, corrections, dealers, freezes, sums

ROWS_AT_ONCE = 500
"""So many are worked on before others get their turn."""


class Place(NamedTuple):
    """What one figure is of; what it is not split by is empty."""

    period: Period
    code: str
    type: str
    grade: str


def figures(connection: Connection, wanted: ComplaintFiguresQuery, scope: Scope) -> ComplaintFigures:
    """In the order of months, codes, types and grades; where nothing happened there is no row."""
    found, later = (_counted(connection, table, wanted, scope) for table in (sums, corrections))
    names = names_of(connection, wanted.level)
    rows = [
        ComplaintFigure(
            period=place.period,
            code=place.code,
            name=names.get(place.code, ""),
            type=CaseType(place.type) if place.type else None,
            grade=Grade(place.grade) if place.grade else None,
            sums=found.get(place, ComplaintSums()),
            corrections=later.get(place),
        )
        for place in _in_turns(sorted({*found, *later}))
    ]
    return ComplaintFigures(rows=tuple(rows), frozen=_frozen(connection, wanted))


def names_of(connection: Connection, level: Level) -> Mapping[str, str]:
    """Of dealers or regions, by their codes."""
    if level == "nation":
        return {}
    code, name = (dealers.c.dealer_code, dealers.c.name) if level == "dealer" else (dealers.c.region_code, dealers.c.region_name)
    return {row[0]: row[1] for row in connection.execute(select(code, name).order_by(dealers.c.version))}


def places_of(columns: Any, level: Level, split: Split) -> tuple[ColumnElement[Any], ColumnElement[Any], ColumnElement[Any]]:
    """Code, type and grade, of the columns of these names, as a row of this level and split has them."""
    code = {"nation": literal(""), "region": columns["region_code"], "dealer": columns["dealer_code"]}[level]
    type = columns["type"] if split == "type" else literal("")
    grade = columns["grade"] if split == "grade" else literal("")
    return code.label("code"), type.label("type"), grade.label("grade")


def within(connection: Connection, columns: Any, level: Level, code: str, scope: Scope) -> Iterator[ColumnElement[bool]]:
    """What may be seen, and is asked for; `code` of a region with level dealer: what is its dealers'."""
    if scope.level:
        yield columns[f"{scope.level}_code"] == scope.code
    if code and level != "nation":
        is_region = connection.execute(select(dealers.c.dealer_code).where(dealers.c.region_code == code).limit(1)).first()
        yield columns["region_code" if level == "region" or is_region else "dealer_code"] == code


def _in_turns(places: list[Place]) -> Iterator[Place]:
    for number, place in enumerate(places, start=1):
        yield place
        if number % ROWS_AT_ONCE == 0:
            eventlet.sleep(0)


def _counted(connection: Connection, table: Table, wanted: ComplaintFiguresQuery, scope: Scope) -> dict[Place, ComplaintSums]:
    places = places_of(table.c, wanted.level, wanted.split)
    which = [table.c.period.in_(months(wanted.first, wanted.last)), *within(connection, table.c, wanted.level, wanted.code, scope)]
    if wanted.type:
        which.append(table.c.type == wanted.type.value)
    if wanted.grade:
        which.append(table.c.grade == wanted.grade.value)
    counted = (func.sum(table.c[name]).label(name) for name in MEASURES)
    # a constant is no column to group by
    by = [table.c.period, *(one for one in (place.element for place in places) if one.key in table.c)]
    asked = select(table.c.period, *places, *counted).where(*which).group_by(*by)
    rows = connection.execute(asked).all()
    return {
        Place(row.period, row.code, row.type, row.grade): _sums(row._mapping)
        for row in rows
        if any(row._mapping[name] for name in MEASURES)
    }


def _sums(row: Mapping[Any, Any]) -> ComplaintSums:
    return ComplaintSums.model_validate({name: int(row[name]) for name in MEASURES})


def _frozen(connection: Connection, wanted: ComplaintFiguresQuery) -> dict[Period, datetime]:
    theirs = freezes.c.period.between(wanted.first, wanted.last) & freezes.c.frozen_at.is_not(None)
    return {row.period: from_millis(row.frozen_at) for row in connection.execute(select(freezes).where(theirs).order_by(freezes.c.period))}
