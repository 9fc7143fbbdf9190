"""Keeps the tables of 客户关怀费用授权, each change as another version: the highest is in force (S-05, A-CMP-24)."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import Connection, insert, select

from chassis.database import Transaction, from_millis, millis
from services.complaints.support.authority import Authority, Rule
from services.complaints.tables import authority_tables

_RULES = TypeAdapter(tuple[Rule, ...])
_LAST = select(authority_tables).order_by(authority_tables.c.version.desc()).limit(1)


class Overtaken(Exception):
    """The table that was to be changed is not the one in force any more."""


@dataclass(frozen=True)
class Table:
    """Version 0: nobody has given one."""

    version: int = 0
    authority: Authority = field(default_factory=Authority)
    set_by: str = ""
    set_at: datetime | None = None


def table_in_force(tx: Transaction | Connection) -> Table:
    row = tx.execute(_LAST).first()
    if row is None:
        return Table()
    return Table(row.version, Authority(_RULES.validate_python(row.rules)), row.set_by, from_millis(row.set_at))


def change_table(tx: Transaction, version: int, rules: Sequence[Rule], *, set_by: str, now: datetime) -> Table:
    """The next version; a rule's id is its place in it. `version` is that of the table in force. Raises Overtaken.

    Of two at the same moment one meets the other's key: Conflict, at the latest when the transaction commits.
    """
    if table_in_force(tx).version != version:
        raise Overtaken
    numbered = tuple(replace(rule, rule_id=f"{version + 1}.{place}") for place, rule in enumerate(rules, 1))
    table = Table(version + 1, Authority(numbered), set_by, now)
    row = {"version": table.version, "rules": _RULES.dump_python(numbered, mode="json"), "set_by": set_by, "set_at": millis(now)}
    tx.execute(insert(authority_tables), row)
    return table
