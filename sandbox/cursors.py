"""Lists that are read page by page: in the order of their numbers, or of their last change since some time (A-CLD-03..06).

A table that is read so has `number` (its key) and `changed_at` (seconds since 1970), with an index on both. What changes while the changes
are being read comes again at their end: nothing is missed, some of it is told twice.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import request
from pydantic import AwareDatetime, TypeAdapter, ValidationError

from contracts.vehicles import MOST_IN_A_PAGE
from sandbox.store import Store
from sandbox.web import Problem

MOMENT: TypeAdapter[datetime] = TypeAdapter(AwareDatetime)
BY_NUMBER, BY_CHANGE = "n", "c"


@dataclass(frozen=True)
class Leaf:
    """One page. `total` is counted for the first page alone: nobody needs it twice."""

    rows: Sequence[sqlite3.Row]
    next_cursor: str | None
    total: int | None


def asked_page(store: Store, table: str) -> Leaf:
    """What `?cursor=…&changed_since=…` of the request in hand asks for. Raises Problem for a cursor that we never gave."""
    cursor, since = request.args.get("cursor", ""), request.args.get("changed_since", "")
    if cursor:
        return _after(store, table, cursor)
    return _changed_since(store, table, _moment(since)) if since else _from_the_first(store, table)


def _from_the_first(store: Store, table: str) -> Leaf:
    return _by_number(store, table, 0, _count(store, table, 0))


def _changed_since(store: Store, table: str, since: datetime) -> Leaf:
    at = since.timestamp()
    return _by_change(store, table, at, 0, _count(store, table, at))


def _after(store: Store, table: str, cursor: str) -> Leaf:
    try:
        match cursor.split(":"):
            case [kind, number] if kind == BY_NUMBER:
                return _by_number(store, table, int(number), None)
            case [kind, at, number] if kind == BY_CHANGE:
                return _by_change(store, table, float(at), int(number), None)
    except ValueError as error:
        raise _no_such_cursor() from error
    raise _no_such_cursor()


def _by_number(store: Store, table: str, after: int, total: int | None) -> Leaf:
    rows = store.rows(f"{_all(table)} WHERE number > ? ORDER BY number LIMIT ?", after, MOST_IN_A_PAGE + 1)
    kept = rows[:MOST_IN_A_PAGE]
    return Leaf(kept, f"{BY_NUMBER}:{kept[-1]['number']}" if len(rows) > MOST_IN_A_PAGE else None, total)


def _by_change(store: Store, table: str, at: float, after: int, total: int | None) -> Leaf:
    words = f"{_all(table)} WHERE (changed_at, number) > (?, ?) ORDER BY changed_at, number LIMIT ?"
    rows = store.rows(words, at, after, MOST_IN_A_PAGE + 1)
    kept = rows[:MOST_IN_A_PAGE]
    last = kept[-1] if len(rows) > MOST_IN_A_PAGE else None
    return Leaf(kept, f"{BY_CHANGE}:{last['changed_at']!r}:{last['number']}" if last is not None else None, total)


def _count(store: Store, table: str, since: float) -> int:
    row = store.row(f"SELECT count(*) AS found FROM {table} WHERE changed_at >= ?", since)  # noqa: S608 - a name of ours
    return 0 if row is None else int(row["found"])


def _all(table: str) -> str:
    return f"SELECT * FROM {table}"  # noqa: S608 - a name of ours


def _moment(text: str) -> datetime:
    try:
        return MOMENT.validate_python(text)
    except ValidationError as error:
        raise Problem(400, "changed_since", "a time with its zone is wanted, as 2026-12-01T00:00:00+08:00") from error


def _no_such_cursor() -> Problem:
    return Problem(400, "cursor", "give back next_cursor as it came")
