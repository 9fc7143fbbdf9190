"""Set-wise writing: insert rows, or change those that are there, in one statement for both kinds of database.

Rows of one key within a batch are taken one after another, as if they came by themselves.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Column, Insert, Table, case
from sqlalchemy.dialects import mysql, sqlite

from chassis.database import Transaction

Row = Mapping[str, Any]
Rule = Callable[[Any, Any, Any, Any], Any]
"""What a column becomes, of: what it is, what it would be, and what it is decided by, as it is and as it would be."""


def replace(tx: Transaction, table: Table, rows: Sequence[Row], *names: str) -> None:
    """Of a row that is there, these columns become the new ones; all of the row is written where it is not."""
    _upsert(tx, table, rows, _the_new, names)


def replace_later(tx: Transaction, table: Table, rows: Sequence[Row], *names: str) -> None:
    """The same, with others of the transaction at once: when a statement wants to see the table, or at the end."""
    key = [column.name for column in table.primary_key]
    for row in rows:
        tx.unit.later(table, _statement(_is_lite(tx), table, _the_new, names), tuple(row[name] for name in key), row)


def add(tx: Transaction, table: Table, rows: Sequence[Row], *names: str) -> None:
    """Of a row that is there, these columns grow by the new values."""
    _upsert(tx, table, rows, _the_sum, names)


def keep_highest(tx: Transaction, table: Table, rows: Sequence[Row], name: str, *names: str) -> None:
    """Of a row that is there, this column keeps the higher value; the other `names` are those of the row that has it."""
    _upsert(tx, table, rows, _of_the_higher, (*names, name))


def keep_lowest(tx: Transaction, table: Table, rows: Sequence[Row], name: str) -> None:
    """Of a row that is there, this column keeps the lower value."""
    _upsert(tx, table, rows, _of_the_lower, (name,))


def _the_new(_old: Any, new: Any, _was: Any, _would_be: Any) -> Any:
    return new


def _the_sum(old: Any, new: Any, _was: Any, _would_be: Any) -> Any:
    return old + new


def _of_the_higher(old: Any, new: Any, was: Any, would_be: Any) -> Any:
    return case((would_be > was, new), else_=old)


def _of_the_lower(old: Any, new: Any, was: Any, would_be: Any) -> Any:
    return case((would_be < was, new), else_=old)


def _upsert(tx: Transaction, table: Table, rows: Sequence[Row], rule: Rule, names: tuple[str, ...]) -> None:
    """In the order of the key, so that two that write the same rows wait for, and do not block, each other."""
    if not rows:
        return
    key = [column.name for column in table.primary_key]
    ordered = sorted((dict(row) for row in rows), key=lambda row: tuple(str(row[name]) for name in key))
    tx.execute(_statement(_is_lite(tx), table, rule, names), ordered)


def _is_lite(tx: Transaction) -> bool:
    return tx.connection.dialect.name == "sqlite"


@cache
def _statement(lite: bool, table: Table, rule: Rule, names: tuple[str, ...]) -> Insert:
    """Decided by the last of the names. A server changes one column after another, and looks at what it has changed: that one is last."""
    by = names[-1]

    def values(new: Any) -> list[tuple[str, Any]]:
        return [(name, rule(table.c[name], new[name], table.c[by], new[by])) for name in names]

    if lite:
        key: list[Column[Any]] = list(table.primary_key)
        into_file = sqlite.insert(table)
        return into_file.on_conflict_do_update(index_elements=key, set_=dict(values(into_file.excluded)))
    on_server = mysql.insert(table)
    return on_server.on_duplicate_key_update(values(on_server.inserted))
