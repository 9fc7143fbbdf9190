"""Set-wise writing: insert rows, or change those that are there, in one statement for both kinds of database."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Table, case
from sqlalchemy.dialects import mysql, sqlite

from chassis.database import Transaction

Row = Mapping[str, Any]


def replace(tx: Transaction, table: Table, rows: Sequence[Row], *names: str) -> None:
    """Of a row that is there, these columns become the new ones; all of the row is written where it is not."""
    _upsert(tx, table, rows, {name: lambda _old, new: new for name in names})


def add(tx: Transaction, table: Table, rows: Sequence[Row], name: str) -> None:
    """Of a row that is there, this column grows by the new value."""
    _upsert(tx, table, rows, {name: lambda old, new: old + new})


def keep_highest(tx: Transaction, table: Table, rows: Sequence[Row], name: str) -> None:
    """Of a row that is there, this column keeps the higher value."""
    _upsert(tx, table, rows, {name: lambda old, new: case((new > old, new), else_=old)})


def keep_lowest(tx: Transaction, table: Table, rows: Sequence[Row], name: str) -> None:
    """Of a row that is there, this column keeps the lower value."""
    _upsert(tx, table, rows, {name: lambda old, new: case((new < old, new), else_=old)})


def _upsert(tx: Transaction, table: Table, rows: Sequence[Row], changes: Mapping[str, Any]) -> None:
    """In the order of the key, so that two that write the same rows wait for, and do not block, each other."""
    if not rows:
        return
    key: list[Column[Any]] = list(table.primary_key.columns)
    ordered = sorted((dict(row) for row in rows), key=lambda row: tuple(str(row[column.name]) for column in key))
    if tx.connection.dialect.name == "sqlite":
        lite = sqlite.insert(table)
        values = {name: change(table.c[name], lite.excluded[name]) for name, change in changes.items()}
        tx.execute(lite.on_conflict_do_update(index_elements=key, set_=values), ordered)
    else:
        my = mysql.insert(table)
        values = {name: change(table.c[name], my.inserted[name]) for name, change in changes.items()}
        tx.execute(my.on_duplicate_key_update(values), ordered)
