"""The audit: who did what, when, about what, from where. Rows are added, never changed; each has a MAC over itself and the one before.

A row that is changed, taken out or put in breaks the chain where it stands; rows taken off the end are missed by `audit_head`. Number and
MAC of each line go to the log too, so that whoever has key and database still cannot rewrite what was logged elsewhere.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, select, update

from chassis.database import Database, Transaction, from_millis, in_one_transaction, millis
from chassis.logs import get_logger
from services.console.keys import signer
from services.console.store import audit, audit_head

CHUNK = 500
LONGEST_ABOUT = 128

Details = Mapping[str, str | int | float | bool | None]

log = get_logger(__name__)


@dataclass(frozen=True)
class Line:
    """`sound`: its MAC is right, and the row before it, where known here, is the one it was written after."""

    number: int
    at: datetime
    actor: str
    action: str
    about: str
    details: str
    address: str
    sound: bool


@dataclass(frozen=True)
class Chain:
    """The whole chain, held against its MACs. `broken_at`: the first number where it does not hold."""

    rows: int
    broken_at: int | None = None


@dataclass(frozen=True)
class Question:
    """Which lines; what is empty does not matter."""

    actor: str = ""
    action: str = ""
    about: str = ""
    since: datetime | None = None
    until: datetime | None = None


class Audit:
    """`place` gives the address that the present request came from, empty outside of one."""

    def __init__(self, database: Database, secret: str, now: Callable[[], datetime], place: Callable[[], str]) -> None:
        self._database = database
        self._sign = signer(secret, "audit")
        self._now = now
        self._place = place

    def write(self, actor: str, action: str, about: str = "", details: Details | None = None) -> None:
        """In a transaction of its own. Nothing personal belongs into any of them: our ids, counts, rates, names of staff.

        Before an order, so that none goes out without its line. Raises Unavailable when it cannot be written.
        """
        in_one_transaction(self._database, lambda tx: self.write_in(tx, actor, action, about, details))

    def write_each(self, actor: str, action: str, about: Sequence[str], details: Details | None = None) -> None:
        """A line about each, in one transaction: all of them or none."""

        in_one_transaction(self._database, lambda tx: self._append(tx, actor, action, about, details))

    def write_in(self, tx: Transaction, actor: str, action: str, about: str = "", details: Details | None = None) -> None:
        """In the transaction that does what is told. One after the other: the end of the chain is locked until the commit."""
        self._append(tx, actor, action, [about], details)

    def _append(self, tx: Transaction, actor: str, action: str, about: Sequence[str], details: Details | None) -> None:
        head = tx.execute(select(audit_head).with_for_update()).one()
        rows: list[dict[str, Any]] = []
        for number, one in enumerate(about, start=head.number + 1):
            row: dict[str, Any] = {
                "number": number,
                "at": millis(self._now()),
                "actor": actor,
                "action": action,
                "about": one[:LONGEST_ABOUT],
                "details": json.dumps(dict(details or {}), ensure_ascii=False, sort_keys=True),
                "address": self._place(),
                "previous": rows[-1]["mac"] if rows else head.mac,
            }
            rows.append(row | {"mac": self._mac(row)})
        tx.execute(insert(audit), rows)
        tx.execute(update(audit_head).values(number=rows[-1]["number"], mac=rows[-1]["mac"]))
        for row in rows:
            log.info("audited", number=row["number"], action=action, mac=row["mac"])

    def lines(self, question: Question, *, after: int | None = None, most: int = 50) -> list[Line]:
        """Newest first; `after` is the number of the last one seen."""
        with self._database.read() as connection:
            wanted = select(audit).where(*_where(question)).order_by(audit.c.number.desc()).limit(most)
            if after is not None:
                wanted = wanted.where(audit.c.number < after)
            rows = connection.execute(wanted).all()
            before = {row.number: row.mac for row in rows}
            absent = [row.number - 1 for row in rows if row.number - 1 not in before]
            earlier = connection.execute(select(audit.c.number, audit.c.mac).where(audit.c.number.in_(absent)))
            before |= {row.number: row.mac for row in earlier}
        return [self._line(row, before) for row in rows]

    def all_lines(self, question: Question) -> Iterator[Line]:
        """For exports: page after page."""
        after: int | None = None
        while page := self.lines(question, after=after, most=CHUNK):
            yield from page
            after = page[-1].number

    def check(self, pause: Callable[[], None]) -> Chain:
        """Every row from the first; `pause` is called after each `CHUNK`, so that others are served meanwhile."""
        number, mac = 0, ""
        while rows := self._from(number):
            for row in rows:
                if row.number != number + 1 or row.previous != mac or not self._is_sound(row):
                    return Chain(number, broken_at=number + 1)
                number, mac = row.number, row.mac
            pause()
        with self._database.read() as connection:
            head = connection.execute(select(audit_head)).one()
        return Chain(number) if head.number <= number else Chain(number, broken_at=number + 1)

    def actions(self) -> list[str]:
        """All that have been told of."""
        with self._database.read() as connection:
            return list(connection.execute(select(audit.c.action).distinct().order_by(audit.c.action)).scalars())

    def _from(self, number: int) -> Sequence[Row[Any]]:
        with self._database.read() as connection:
            return connection.execute(select(audit).where(audit.c.number > number).order_by(audit.c.number).limit(CHUNK)).all()

    def _line(self, row: Row[Any], before: Mapping[int, str]) -> Line:
        first = row.number == 1 and row.previous == ""
        sound = self._is_sound(row) and (first or before.get(row.number - 1) == row.previous)
        return Line(row.number, from_millis(row.at), row.actor, row.action, row.about, row.details, row.address, sound)

    def _is_sound(self, row: Row[Any]) -> bool:
        return compare_digest(self._mac(row._mapping), row.mac)

    def _mac(self, row: Mapping[Any, Any]) -> str:
        names = ("number", "at", "actor", "action", "about", "details", "address", "previous")
        return self._sign(json.dumps([row[name] for name in names], ensure_ascii=False))


def _where(question: Question) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    for column in (audit.c.actor, audit.c.action, audit.c.about):
        if value := getattr(question, column.name):
            wanted.append(column == value)
    if question.since:
        wanted.append(audit.c.at >= millis(question.since))
    if question.until:
        wanted.append(audit.c.at < millis(question.until))
    return wanted
