"""What the messages of one transaction share: rows that are read for all of them at once, and written for all of them at once.

A handler is written for one message; many share a transaction (chassis/together.py). So a `Repository` reads the rows of all their
subjects in one statement, hands each out as it stands now, and writes what was kept when a statement wants to see its table, or at the
end. Every statement finds what was kept before it. (docs/decisions/0018)
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import Column, Connection, Executable, Row, Select, Table, bindparam, insert, select, update
from sqlalchemy.sql import visitors
from sqlalchemy.sql.dml import Insert, Update

if TYPE_CHECKING:
    from chassis.database import Transaction

T = TypeVar("T")
Columns = Mapping[str, Any]


@dataclass
class _Run:
    """Rows for one statement, in the order in which they were kept; the last word on a row stands for it."""

    table: Table
    statement: Insert | Update
    rows: dict[Any, Columns] = field(default_factory=dict)


class UnitOfWork:
    """One transaction's share of it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._pending: list[_Run] = []
        self._known: dict[Repository[Any], dict[Any, Any]] = {}
        self._notes: dict[object, dict[Any, Any]] = {}
        self._gathered: dict[Gathering[Any], tuple[Transaction, list[Any]]] = {}
        self.subjects: frozenset[UUID] = frozenset()
        """What its messages are about."""

    def known(self, repository: "Repository[T]") -> dict[Any, T | None]:
        """What was read or kept, by key; None for a key that has no row."""
        return self._known.setdefault(repository, {})

    def notes(self, of: object) -> dict[Any, Any]:
        """What a store remembers until the transaction ends."""
        return self._notes.setdefault(of, {})

    def gather(self, gathering: "Gathering[T]", tx: "Transaction", brought: Sequence[T]) -> None:
        """For the work of all at once."""
        self._gathered.setdefault(gathering, (tx, []))[1].extend(brought)

    def later(self, table: Table, statement: Insert | Update, key: Any, row: Columns) -> None:
        """Their order is kept within a table: what frees a unique value is written before what takes it."""
        run = next((run for run in reversed(self._pending) if run.table is table), None)
        if run is None or run.statement is not statement:
            run = _Run(table, statement)
            self._pending.append(run)
        run.rows[key] = row

    def before(self, statement: Executable) -> None:
        """Write what the statement may want to see, and forget what it may change."""
        awaited = [run.table for run in self._pending] + [table for gathering in self._gathered for table in gathering.tables]
        if any(_names(statement, table) for table in awaited):
            self.write()
        if self._known and not isinstance(statement, Select):
            for repository in [one for one in self._known if _names(statement, one.table)]:
                del self._known[repository]

    def write(self) -> None:
        """Do what was gathered, and write all that was kept, each run in one way to the database."""
        while self._gathered:
            gathering = min(self._gathered, key=lambda one: one.last)
            gathering.work(*self._gathered.pop(gathering))
        while self._pending:
            run = self._pending.pop(0)
            self._connection.execute(run.statement, list(run.rows.values()))


class Gathering(Generic[T]):
    """Work that is done once for all messages of a transaction. Make one at the module's level: it is known by its identity."""

    def __init__(self, work: Callable[["Transaction", Sequence[T]], None], *tables: Table, last: bool = False) -> None:
        """`work` is given what the messages brought, in their order, and tells nothing: it would not be known whose message led to it.

        `tables` are those that it writes: it is done before a statement names one of them, or else at the end. `last`: after all others,
        as it compares what these change with what was there before.
        """
        self.work, self.tables, self.last = work, tables, last

    def add(self, tx: "Transaction", *brought: T) -> None:
        if brought:
            tx.unit.gather(self, tx, brought)


class Repository(Generic[T]):
    """The rows of one table by its primary key, as objects. Make one at the module's level: it is known by its identity."""

    def __init__(
        self,
        table: Table,
        read: Callable[["Transaction", Sequence[Row[Any]]], Sequence[T]],
        columns: Callable[[T], Columns],
        *,
        by_subject: bool = False,
        locked: bool = True,
    ) -> None:
        """`read` makes objects of rows, one of each; `columns` gives all that is to be written, the key among it.

        `by_subject`: the key is what messages are about. `locked`: whoever reads a row holds it until the transaction ends.
        """
        self.table = table
        self._read, self._columns, self._by_subject, self._locked = read, columns, by_subject, locked
        (key,) = table.primary_key
        self._key: Column[Any] = key

    def find(self, tx: "Transaction", key: Any) -> T | None:
        """As it stands now, with what this transaction kept."""
        known = tx.unit.known(self)
        if key not in known:
            about = tx.unit.subjects if self._by_subject else frozenset()
            self._read_some(tx, known, {key} | about)
        return known[key]

    def forget(self, tx: "Transaction", key: Any) -> None:
        """Another may have written it since: the next look reads it anew."""
        tx.unit.known(self).pop(key, None)

    def seen(self, tx: "Transaction", row: Row[Any]) -> T:
        """A row that another statement found: what is known of it already stands."""
        known, key = tx.unit.known(self), row._mapping[self._key]
        if known.get(key) is None:
            (known[key],) = self._read(tx, [row])
        return known[key]  # type: ignore[return-value] # it was put there just now

    def add(self, tx: "Transaction", one: T) -> None:
        """A new row. A key or a unique value that is taken ends the transaction with Conflict, at the latest when it commits."""
        self._keep(tx, self._insert, one)

    def save(self, tx: "Transaction", one: T) -> None:
        """A row that was found, as it is now."""
        self._keep(tx, self._update, one)

    def _keep(self, tx: "Transaction", statement: Insert | Update, one: T) -> None:
        row = dict(self._columns(one))
        key = row[self._key.name]
        tx.unit.known(self)[key] = one
        if statement is self._update:
            row["its_key"] = row.pop(self._key.name)
        tx.unit.later(self.table, statement, key, row)

    def _read_some(self, tx: "Transaction", known: dict[Any, T | None], keys: set[Any]) -> None:
        wanted = [key for key in keys if key not in known]
        rows = tx.execute(self._select, {"keys": wanted}).all()
        known.update(dict.fromkeys(wanted))
        known.update(zip((row._mapping[self._key] for row in rows), self._read(tx, rows), strict=True))

    @cached_property
    def _select(self) -> Any:
        """In the order of the key, so that two transactions do not lock them crosswise."""
        statement = select(self.table).where(self._key.in_(bindparam("keys", expanding=True))).order_by(self._key)
        return statement.with_for_update() if self._locked else statement

    @cached_property
    def _insert(self) -> Insert:
        return insert(self.table)

    @cached_property
    def _update(self) -> Update:
        return update(self.table).where(self._key == bindparam("its_key"))


_TABLES: WeakKeyDictionary[Executable, frozenset[Table] | None] = WeakKeyDictionary()


def _names(statement: Executable, table: Table) -> bool:
    """Text may name any."""
    if statement not in _TABLES:
        parts = list(visitors.iterate(cast(Any, statement)))
        is_text = any(part.__visit_name__ == "textclause" for part in parts)
        _TABLES[statement] = None if is_text else frozenset(part for part in parts if isinstance(part, Table))
    named = _TABLES[statement]
    return named is None or table in named
