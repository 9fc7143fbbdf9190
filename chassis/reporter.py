"""Tells insight how messages fared, past the hot path: every second up to 500 unreported rows in one `ops.report`.

Rows are flagged set-wise after the confirm, and deleted only when reported. insight drops repeats. (design section 3)
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Select, Table, Update, bindparam, false, select, update

from chassis.database import Database, from_millis
from chassis.tables import inbox, outbox, parked, partner_call, retry

MOST = 500
BODIES = ("body", "sealed_body")
"""Never told, and long."""

Row = Any
HopRow = dict[str, Any]


def _hop(row: Row, step: str, at: int, **more: Any) -> HopRow:
    described = {name: getattr(row, name) for name in ("message_id", "type", "subject", "correlation_id", "causation_id", "size_bytes")}
    return {**described, "step": step, "at": from_millis(at), **more}


def _handled(row: Row) -> HopRow:
    return _hop(row, "handled", row.done_at, attempt=row.attempt, milliseconds=max(0, row.done_at - row.received_at))


def _published(row: Row) -> HopRow:
    return _hop(row, "published", row.published_at, attempt=0, milliseconds=max(0, row.published_at - row.written_at))


def _retried(row: Row) -> HopRow:
    causes = json.loads(row.causes)
    return _hop(
        row, "retried", row.changed_at, attempt=row.attempt, outcome=causes[0]["kind"], due_at=from_millis(row.due_at), causes=causes
    )


def _parked(row: Row) -> HopRow:
    return _hop(row, "parked", row.changed_at, attempt=row.changes, outcome=row.state, causes=json.loads(row.causes))


def _called(row: Row) -> HopRow:
    hop = _hop(row, "called", row.started_at, attempt=row.attempt, milliseconds=row.milliseconds)
    return {**hop, "outcome": row.outcome, "partner": row.partner, "operation": row.operation}


@dataclass(frozen=True)
class Source:
    """A table whose rows are told, and the statements that find and flag them."""

    name: str
    key: str
    to_hop: Callable[[Row], HopRow]
    unreported: Select[Any]
    flag: Update
    may_change: bool
    """Only rows that did not change since they were read are flagged: a later change is told too."""


def _source(table: Table, key: Column[Any], ready: ColumnElement[bool], to_hop: Callable[[Row], HopRow]) -> Source:
    told = [column for column in table.c if column.name not in BODIES]
    unreported = select(*told).where(table.c.reported == false(), ready)  # "IS false" would follow no index
    may_change = "changed_at" in table.c
    flag = update(table).values(reported=True)
    if may_change:
        flag = flag.where(key == bindparam("told_key"), table.c.changed_at == bindparam("told_at"))
    else:
        flag = flag.where(key.in_(bindparam("told_keys", expanding=True)))
    return Source(table.name, key.name, to_hop, unreported, flag, may_change)


SOURCES = (
    _source(inbox, inbox.c.message_id, inbox.c.done_at.is_not(None), _handled),
    _source(outbox, outbox.c.number, outbox.c.published_at.is_not(None), _published),
    _source(retry, retry.c.message_id, retry.c.causes != "[]", _retried),
    _source(parked, parked.c.message_id, parked.c.message_id.is_not(None), _parked),
    _source(partner_call, partner_call.c.number, partner_call.c.number.is_not(None), _called),
)
_WHERE_SOMETHING_IS = select(*(source.unreported.exists().label(source.name) for source in SOURCES))
_SOME = {source.name: source.unreported.limit(MOST) for source in SOURCES}


class Reporter:
    """Reports for one service. `publish` sends hops and gives True once they are confirmed."""

    def __init__(self, database: Database, publish: Callable[[list[HopRow]], bool]) -> None:
        self._database = database
        self._publish = publish

    def report(self) -> bool:
        """One report, if there is anything to tell; True when there may be more."""
        with self._database.read() as connection:
            found = list(islice(self._unreported(connection), MOST))
        if not found or not self._publish([source.to_hop(row) for source, row in found]):
            return False
        self._flag(found)
        return len(found) == MOST

    @staticmethod
    def _unreported(connection: Connection) -> Iterator[tuple[Source, Row]]:
        something = connection.execute(_WHERE_SOMETHING_IS).one()
        for source in SOURCES:
            if getattr(something, source.name):
                for row in connection.execute(_SOME[source.name]).all():
                    yield source, row

    def _flag(self, found: list[tuple[Source, Row]]) -> None:
        with self._database.write() as tx:
            for source in SOURCES:
                rows = [row for its_source, row in found if its_source is source]
                if rows and source.may_change:
                    tx.execute(source.flag, [{"told_key": getattr(row, source.key), "told_at": row.changed_at} for row in rows])
                elif rows:
                    tx.execute(source.flag, {"told_keys": [getattr(row, source.key) for row in rows]})
