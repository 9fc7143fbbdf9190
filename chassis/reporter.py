"""Tells insight how messages fared, past the hot path: every second up to 500 unreported rows in one `ops.report`.

Rows are flagged set-wise after the confirm, and deleted only when reported. insight drops repeats. (design section 3)
"""

import json
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, select, update

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


Source = tuple[Table, Any, Any, Callable[[Row], HopRow]]
SOURCES: tuple[Source, ...] = (
    (inbox, inbox.c.message_id, inbox.c.done_at.is_not(None), _handled),
    (outbox, outbox.c.number, outbox.c.published_at.is_not(None), _published),
    (retry, retry.c.message_id, retry.c.causes != "[]", _retried),
    (parked, parked.c.message_id, parked.c.message_id.is_not(None), _parked),
    (partner_call, partner_call.c.number, partner_call.c.number.is_not(None), _called),
)


class Reporter:
    """Reports for one service. `publish` sends hops and gives True once they are confirmed."""

    def __init__(self, database: Database, publish: Callable[[list[HopRow]], bool]) -> None:
        self._database = database
        self._publish = publish

    def report(self) -> int:
        """One report, if there is anything to tell; gives the number of rows told."""
        with self._database.read() as connection:
            found = list(islice(self._unreported(connection), MOST))
        if not found or not self._publish([to_hop(row) for _, row, to_hop in found]):
            return 0
        self._flag(found)
        return len(found)

    def _unreported(self, connection: Connection) -> Iterator[tuple[Source, Row, Callable[[Row], HopRow]]]:
        for source in SOURCES:
            table, _, ready, to_hop = source
            told = [column for column in table.c if column.name not in BODIES]
            for row in connection.execute(select(*told).where(table.c.reported.is_(False), ready).limit(MOST)).all():
                yield source, row, to_hop

    def _flag(self, found: list[tuple[Source, Row, Callable[[Row], HopRow]]]) -> None:
        """Only rows that did not change since they were read: a later change is told too."""
        with self._database.write() as tx:
            for source in SOURCES:
                table, key, _, _ = source
                rows = [row for its_source, row, _ in found if its_source is source]
                if rows:
                    self._flag_rows(tx, table, key, rows)

    @staticmethod
    def _flag_rows(tx: Any, table: Table, key: Any, rows: list[Row]) -> None:
        if "changed_at" not in table.c:
            tx.execute(update(table).where(key.in_([getattr(row, key.name) for row in rows])).values(reported=True))
            return
        for row in rows:
            tx.execute(update(table).where(key == getattr(row, key.name), table.c.changed_at == row.changed_at).values(reported=True))
