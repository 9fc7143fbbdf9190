"""Open cases whose limit to close is over, by how long: at the end of a month, or now (flows 6). Counted from the limits themselves."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, case, func, select

from chassis.database import millis
from chassis.internal_api import Scope
from contracts.complaint_figures import Overdue, OverdueQuery, OverdueRow
from contracts.complaint_words import CaseType, DeadlineKind, Grade
from services.complaints.figures.reading import names_of, places_of, within
from services.complaints.figures.recount import bounds, who_has
from services.complaints.tables import cases, deadlines

AGES = {"up_to_1_day": 1, "up_to_3_days": 3, "up_to_7_days": 7, "up_to_30_days": 30, "longer": None}
"""To how many days since the limit ended."""


def overdue(connection: Connection, wanted: OverdueQuery, scope: Scope, now: datetime) -> Overdue:
    """In the order of codes, types and grades; what is not overdue has no row."""
    ends = bounds(wanted.period)[1]
    at = min(ends, now)
    names = names_of(connection, wanted.level)
    limits = deadlines.c
    who = {column.name: column.element for column in who_has()}
    places = places_of(who, wanted.level, wanted.split)
    moment = min(millis(ends) - 1, millis(now))
    open_then = [
        limits.kind == DeadlineKind.CLOSE.value,
        limits.breached_at <= moment,
        limits.met_at.is_(None) | (limits.met_at > moment),
        limits.dropped_at.is_(None) | (limits.dropped_at > moment),
    ]
    open_then += [who[name] == one.value for name, one in (("type", wanted.type), ("grade", wanted.grade)) if one]
    joined = deadlines.join(cases, cases.c.complaint_id == limits.complaint_id)
    inner = (
        select(*places, limits.breached_at.label("since"))
        .select_from(joined)
        .where(*open_then, *within(connection, who, wanted.level, wanted.code, scope))
        .subquery()
    )
    ages, younger = [], moment
    for name, days in AGES.items():
        oldest = millis(at - timedelta(days=days)) if days else 0
        among = (inner.c.since <= younger) & (inner.c.since > oldest) if days else inner.c.since <= younger
        ages.append(func.count(case((among, 1))).label(name))
        younger = oldest
    by = (inner.c.code, inner.c.type, inner.c.grade)
    rows = connection.execute(select(*by, func.count().label("total"), *ages).group_by(*by).order_by(*by)).all()
    return Overdue(
        at=at,
        rows=tuple(
            OverdueRow(
                code=row.code,
                name=names.get(row.code, ""),
                type=CaseType(row.type) if row.type else None,
                grade=Grade(row.grade) if row.grade else None,
                total=row.total,
                **{name: row._mapping[name] for name in AGES},
            )
            for row in rows
        ),
    )
