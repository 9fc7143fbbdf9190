"""What is asked of `parked_now`: a page, groups, a count. Answers take as long with a million rows as with a hundred.

A filter on service, type or cause names groups, and a page is merged from the ends of the groups' indexes. Numbers come from
`parked_counts`, day by day.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, func, select, union_all

from chassis.database import from_millis, millis
from contracts.operating import ParkedFilter, ParkedGroup, ParkedGroups, ParkedItem, ParkedPage
from services.insight.domain import DAY_MS, day_of
from services.insight.job_tables import job_items
from services.insight.parked_filter import OF_GROUP, Conditions, besides_state, counts_meant, groups_meant, rows_meant, states_of
from services.insight.tables import parked_counts, parked_now

PAGE = 50
MOST_MERGED = 120
"""Ends of indexes that are read for one page; a filter that fits more groups is read over them all."""

Cursor = tuple[int, int]
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
    return sum(_numbers(connection, wanted).values())


def count_by_service(connection: Connection) -> dict[str, int]:
    """How many are parked in each."""
    parked = select(counts.service, func.sum(counts.number).label("number")).where(counts.state == "parked").group_by(counts.service)
    return {row.service: int(row.number) for row in connection.execute(parked)}


def groups(connection: Connection, wanted: ParkedFilter) -> ParkedGroups:
    """Those with the same first cause, most first."""
    numbers = _numbers(connection, wanted)
    described = select(counts.group_id, *(counts[name] for name in OF_GROUP)).where(counts.group_id.in_(numbers)).distinct()
    named = {row.group_id: {name: getattr(row, name) for name in OF_GROUP} for row in connection.execute(described)}
    found = [
        ParkedGroup(**named[group], number=numbers[group], first_at=from_millis(first), last_at=from_millis(last))
        for group, (first, last) in _spans(connection, wanted, list(named)).items()
    ]
    found.sort(key=lambda group: (-group.number, -group.last_at.timestamp()))
    return ParkedGroups(groups=tuple(found), total=sum(group.number for group in found))


def _spans(connection: Connection, wanted: ParkedFilter, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """When each group's first and last came, from the ends of an index: an aggregate would read all between. An owner's are few."""
    spans: dict[int, tuple[int, int]] = {}
    for state in states_of(wanted):
        conditions = [now.state == state, *besides_state(wanted)]
        for row in connection.execute(_aggregate(conditions, ids) if wanted.owner else _ends_of_groups(conditions, ids)):
            if row.first is not None:
                first, last = spans.get(row.group_id, (row.first, row.last))
                spans[row.group_id] = min(first, row.first), max(last, row.last)
    return spans


def _aggregate(conditions: Conditions, ids: Sequence[int]) -> Select[Any]:
    ends = func.min(now.at).label("first"), func.max(now.at).label("last")
    return select(now.group_id, *ends).where(*conditions, now.group_id.in_(ids)).group_by(now.group_id)


def _ends_of_groups(conditions: Conditions, ids: Sequence[int]) -> Select[Any]:
    group = select(counts.group_id).where(counts.group_id.in_(ids)).distinct().subquery()
    mine = select(now.at).where(*conditions, now.group_id == group.c.group_id).limit(1)
    first, last = mine.order_by(now.at).scalar_subquery(), mine.order_by(now.at.desc()).scalar_subquery()
    return select(group.c.group_id, first.label("first"), last.label("last"))


def _numbers(connection: Connection, wanted: ParkedFilter) -> dict[int, int]:
    """How many in each group: whole days as they are counted; the rest of a day, and what an owner has, from an index."""
    since, until = (millis(at) if at else None for at in (wanted.since, wanted.until))
    if wanted.owner or (since is not None and until is not None and until - since < 2 * DAY_MS):
        return _sum(connection, [rows_meant(connection, wanted)], [])
    days, parts = counts_meant(wanted), []
    if since is not None:
        first_day = since if day_of(since) == since else day_of(since) + DAY_MS
        days.append(counts.day >= first_day)
        parts.append((now.at >= since) & (now.at < first_day))
    if until is not None:
        last_day = day_of(until)
        days.append(counts.day < last_day)
        parts.append((now.at >= last_day) & (now.at < until))
    besides = rows_meant(connection, wanted.model_copy(update={"since": None, "until": None})) if parts else []
    return _sum(connection, [[*besides, part] for part in parts], [days])


def _sum(connection: Connection, of_rows: Sequence[Conditions], of_counts: Sequence[Conditions]) -> dict[int, int]:
    numbers: Counter[int] = Counter()
    for conditions in of_rows:
        rows = connection.execute(select(now.group_id, func.count().label("number")).where(*conditions).group_by(now.group_id))
        numbers.update({row.group_id: row.number for row in rows})
    for conditions in of_counts:
        summed = select(counts.group_id, func.sum(counts.number).label("number")).where(*conditions).group_by(counts.group_id)
        numbers.update({row.group_id: int(row.number) for row in connection.execute(summed)})
    return dict(numbers)


def _ends(connection: Connection, wanted: ParkedFilter, after: Cursor | None, most: int) -> Sequence[Any]:
    """Time, number and key of up to `most`, newest first: all of it stands in each index."""
    conditions = besides_state(wanted)
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
    states = states_of(wanted)
    if all(getattr(wanted, name) is None for name in (*OF_GROUP, "status")):
        return [[now.state == state] for state in states]
    named = groups_meant(connection, wanted)
    if wanted.owner or len(named) * len(states) > MOST_MERGED:
        return [[now.state == state, now.group_id.in_(named)] for state in states if named]
    return [[now.state == state, now.group_id == group] for state in states for group in named]


def _items(connection: Connection, ids: Sequence[UUID]) -> Iterable[ParkedItem]:
    """In the order of the services."""
    open_item = (job_items.c.message_id == now.message_id) & (job_items.c.service == now.service) & (job_items.c.open == 1)
    rows = select(parked_now, job_items.c.job_id).outerjoin(job_items, open_item).where(now.message_id.in_(ids)).order_by(now.service)
    names = ("number", "service", "message_id", "state", "type", "subject", "correlation_id", "size_bytes", "causes", "times")
    care = ("owner", "status", "note", "job_id")
    for row in connection.execute(rows):
        yield ParkedItem(**{name: getattr(row, name) for name in (*names, *care)}, at=from_millis(row.at))
