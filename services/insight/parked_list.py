"""What is asked of `parked_now`: a page, groups, a count. Answers take as long with a million rows as with a hundred.

A filter on service, type or cause names groups, and a page is merged from the ends of the groups' indexes. Numbers come from
`parked_counts`, unless owner or time is asked for: then an index is counted.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, func, select, union_all

from chassis.database import from_millis, millis
from contracts.operating import ParkedFilter, ParkedGroup, ParkedGroups, ParkedItem, ParkedPage
from services.insight.tables import parked_counts, parked_now

PAGE = 50
MOST_MERGED = 120
"""Ends of indexes that are read for one page; a filter that fits more groups is read over them all."""
STATES = ("parked", "redriven", "dropped")
OF_GROUP = ("service", "type", "kind", "field", "rule")

Cursor = tuple[int, int]
Conditions = list[ColumnElement[bool]]
now, counts = parked_now.c, parked_counts.c


def page(connection: Connection, wanted: ParkedFilter, after: Cursor | None = None, most: int = PAGE) -> ParkedPage:
    """Newest first; `after` is the cursor of the page before."""
    found = _ends(connection, wanted, after, most + 1)
    following = f"{found[most - 1].at}-{found[most - 1].number}" if len(found) > most else None
    keys = [(row.message_id, row.service) for row in found[:most]]
    rows = connection.execute(select(parked_now).where(now.message_id.in_([message_id for message_id, _ in keys])))
    by_key = {(row.message_id, row.service): row for row in rows}
    return ParkedPage(parked=tuple(_item(by_key[key]) for key in keys if key in by_key), next=following)


def one(connection: Connection, message_id: UUID) -> ParkedPage:
    """As each service that holds or held it told it last."""
    rows = connection.execute(select(parked_now).where(now.message_id == message_id).order_by(now.service))
    return ParkedPage(parked=tuple(_item(row) for row in rows))


def cursor_of(text: str) -> Cursor:
    """Raises ValueError for what is no `next` of ours."""
    at, _, number = text.partition("-")
    if not all(part.isascii() and part.isdigit() and len(part) < 19 for part in (at, number)):
        raise ValueError("not a cursor")
    return int(at), int(number)


def count(connection: Connection, wanted: ParkedFilter) -> int:
    if _is_counted(wanted):
        summed = select(func.coalesce(func.sum(counts.number), 0)).where(*_of_counts(wanted))
        return int(connection.execute(summed).scalar_one())
    return int(connection.execute(select(func.count()).select_from(parked_now).where(*_of_rows(connection, wanted))).scalar_one())


def count_by_service(connection: Connection) -> dict[str, int]:
    """How many are parked in each."""
    parked = select(counts.service, func.sum(counts.number).label("number")).where(counts.state == "parked").group_by(counts.service)
    return {row.service: int(row.number) for row in connection.execute(parked)}


def groups(connection: Connection, wanted: ParkedFilter) -> ParkedGroups:
    """Those with the same first cause, most first."""
    described = {row.group_id: row for row in connection.execute(select(parked_counts).where(*_of_counts(wanted)))}
    spans = select(now.group_id, func.min(now.at).label("first"), func.max(now.at).label("last")).group_by(now.group_id)
    if _is_counted(wanted):
        summed = select(counts.group_id, func.sum(counts.number).label("number")).where(*_of_counts(wanted)).group_by(counts.group_id)
        numbers = {row.group_id: int(row.number) for row in connection.execute(summed)}
        found = connection.execute(spans.where(*_state_and_status(wanted))).all()
    else:
        found = connection.execute(spans.add_columns(func.count().label("number")).where(*_of_rows(connection, wanted))).all()
        numbers = {row.group_id: row.number for row in found}
    spanned = [(described[row.group_id], row) for row in found if row.group_id in described]
    spanned.sort(key=lambda pair: (-numbers[pair[1].group_id], pair[1].group_id))
    return ParkedGroups(
        groups=tuple(_group(group, span, numbers[span.group_id]) for group, span in spanned),
        total=sum(numbers[s.group_id] for _, s in spanned),
    )


def _is_counted(wanted: ParkedFilter) -> bool:
    return wanted.owner is None and wanted.since is None and wanted.until is None


def _states(wanted: ParkedFilter) -> tuple[str, ...]:
    return (wanted.state,) if wanted.state else STATES


def _of_counts(wanted: ParkedFilter) -> Conditions:
    asked = {name: getattr(wanted, name) for name in (*OF_GROUP, "status")}
    conditions = [counts[name] == value for name, value in asked.items() if value is not None]
    return [*conditions, counts.state.in_(_states(wanted)), counts.number > 0]


def _state_and_status(wanted: ParkedFilter) -> Conditions:
    return [now.state.in_(_states(wanted)), *([now.status == wanted.status] if wanted.status else [])]


def _of_rows(connection: Connection, wanted: ParkedFilter) -> Conditions:
    conditions = [*_state_and_status(wanted), *_owner_and_time(wanted)]
    if any(getattr(wanted, name) is not None for name in OF_GROUP):
        conditions.append(now.group_id.in_(_group_ids(connection, wanted)))
    return conditions


def _owner_and_time(wanted: ParkedFilter) -> Conditions:
    conditions: Conditions = []
    if wanted.owner is not None:
        conditions.append(now.owner == wanted.owner)
    if wanted.since:
        conditions.append(now.at >= millis(wanted.since))
    if wanted.until:
        conditions.append(now.at < millis(wanted.until))
    return conditions


def _group_ids(connection: Connection, wanted: ParkedFilter) -> list[int]:
    return list(connection.execute(select(counts.group_id).where(*_of_counts(wanted)).distinct()).scalars())


def _ends(connection: Connection, wanted: ParkedFilter, after: Cursor | None, most: int) -> Sequence[Any]:
    """Time, number and key of up to `most`, newest first: all of it stands in each index."""
    conditions = _owner_and_time(wanted)
    if wanted.status:
        conditions.append(now.status == wanted.status)
    if after:
        at, number = after
        conditions += [now.at <= at, (now.at < at) | (now.number < number)]
    ends = [
        select(now.at, now.number, now.message_id, now.service)
        .where(*part, *conditions)
        .order_by(now.at.desc(), now.number.desc())
        .limit(most)
        .subquery()
        for part in _parts(connection, wanted)
    ]
    if not ends:
        return []
    merged = union_all(*(select(end) for end in ends)).subquery()
    return connection.execute(select(merged).order_by(merged.c.at.desc(), merged.c.number.desc()).limit(most)).all()


def _parts(connection: Connection, wanted: ParkedFilter) -> Sequence[Conditions]:
    """Each is read in the order of an index: by state; by state and group where the filter names groups; by owner where it names one."""
    states = _states(wanted)
    if all(getattr(wanted, name) is None for name in (*OF_GROUP, "status")):
        return [[now.state == state] for state in states]
    named = _group_ids(connection, wanted)
    if wanted.owner or len(named) * len(states) > MOST_MERGED:
        return [[now.state == state, now.group_id.in_(named)] for state in states if named]
    return [[now.state == state, now.group_id == group] for state in states for group in named]


def _group(group: Any, span: Any, number: int) -> ParkedGroup:
    described = {name: getattr(group, name) for name in OF_GROUP}
    return ParkedGroup(**described, number=number, first_at=from_millis(span.first), last_at=from_millis(span.last))


def _item(row: Any) -> ParkedItem:
    names = ("number", "service", "message_id", "state", "type", "subject", "correlation_id", "size_bytes", "causes", "times")
    care = ("owner", "status", "note")
    return ParkedItem(**{name: getattr(row, name) for name in (*names, *care)}, at=from_millis(row.at))
