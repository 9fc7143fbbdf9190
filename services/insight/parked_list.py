"""What is asked of `parked_now`: a page, groups, a count. Answers take as long with a million rows as with a hundred.

A filter on service, type or cause names groups, and a page is merged from the ends of the groups' indexes. Numbers come from
`parked_counts`, unless owner or time is asked for: then an index is counted.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, func, select, union_all

from chassis.database import from_millis, millis
from contracts.operating import ParkedFilter, ParkedGroup, ParkedGroups, ParkedItem, ParkedPage
from services.insight.job_tables import job_items
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
    by_key = {(item.message_id, item.service): item for item in _items(connection, [message_id for message_id, _ in keys])}
    return ParkedPage(parked=tuple(by_key[key] for key in keys if key in by_key), next=following)


def one(connection: Connection, message_id: UUID) -> ParkedPage:
    """As each service that holds or held it told it last."""
    return ParkedPage(parked=tuple(_items(connection, [message_id])))


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
    spans = _spans(wanted) if _is_counted(wanted) else _counted_spans(_of_rows(connection, wanted))
    described = select(counts.group_id, *(counts[name] for name in OF_GROUP)).where(*_of_counts(wanted)).distinct()
    names = {row.group_id: row for row in connection.execute(described)}
    found: dict[int, ParkedGroup] = {}
    for span in connection.execute(spans):
        if span.group_id in names and span.first is not None:
            group = _group(names[span.group_id], span)
            found[span.group_id] = _together(found[span.group_id], group) if span.group_id in found else group
    most_first = sorted(found.values(), key=lambda group: (-group.number, -group.last_at.timestamp()))
    return ParkedGroups(groups=tuple(most_first), total=sum(group.number for group in most_first))


def _spans(wanted: ParkedFilter) -> Select[Any]:
    """For each count the time of its first and last, each from the end of an index: an aggregate would read all between."""

    def end(order: Any) -> Any:
        alike = (now.status == counts.status, now.state == counts.state, now.group_id == counts.group_id)
        return select(now.at).where(*alike).order_by(order).limit(1).scalar_subquery()

    ends = end(now.at).label("first"), end(now.at.desc()).label("last")
    return select(counts.group_id, counts.number, *ends).where(*_of_counts(wanted))


def _counted_spans(conditions: Conditions) -> Select[Any]:
    ends = func.min(now.at).label("first"), func.max(now.at).label("last")
    return select(now.group_id, func.count().label("number"), *ends).where(*conditions).group_by(now.group_id)


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


def _group(named: Any, span: Any) -> ParkedGroup:
    described = {name: getattr(named, name) for name in OF_GROUP}
    return ParkedGroup(**described, number=span.number, first_at=from_millis(span.first), last_at=from_millis(span.last))


def _together(one: ParkedGroup, other: ParkedGroup) -> ParkedGroup:
    """Of one group in several states or statuses."""
    ends = {"first_at": min(one.first_at, other.first_at), "last_at": max(one.last_at, other.last_at)}
    return one.model_copy(update={"number": one.number + other.number, **ends})


def _items(connection: Connection, ids: Sequence[UUID]) -> Iterable[ParkedItem]:
    """In the order of the services."""
    open_item = (job_items.c.message_id == now.message_id) & (job_items.c.service == now.service) & (job_items.c.open == 1)
    rows = select(parked_now, job_items.c.job_id).outerjoin(job_items, open_item).where(now.message_id.in_(ids)).order_by(now.service)
    names = ("number", "service", "message_id", "state", "type", "subject", "correlation_id", "size_bytes", "causes", "times")
    care = ("owner", "status", "note", "job_id")
    for row in connection.execute(rows):
        yield ParkedItem(**{name: getattr(row, name) for name in (*names, *care)}, at=from_millis(row.at))
