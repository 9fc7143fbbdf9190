"""Filters of the queue of complaints that somebody keeps under a name of their own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select

from chassis.database import Conflict, Database, Transaction, in_one_transaction, millis
from services.console.problems import Problem
from services.console.store import saved_filter

MOST = 20
LONGEST_TITLE = 48
LONGEST_QUERY = 512


@dataclass(frozen=True)
class Kept:
    """`query` as it stands in an address, without a place in the list."""

    title: str
    query: str


class KeptFilters:
    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def of(self, name: str) -> list[Kept]:
        """Oldest first: they stay where one has got used to them."""
        theirs = select(saved_filter.c.title, saved_filter.c.query).where(saved_filter.c.name == name)
        with self._database.read() as connection:
            rows = connection.execute(theirs.order_by(saved_filter.c.at, saved_filter.c.title)).all()
        return [Kept(row.title, row.query) for row in rows]

    def keep(self, name: str, title: str, query: str) -> None:
        """In place of theirs that has the title, if any. Raises Problem for a title that cannot be, and for more than `MOST`."""
        if not title or len(title) > LONGEST_TITLE or not title.isprintable():
            raise Problem("title", "名称为 1 至 48 个字。", "A name has 1 to 48 characters.")
        if len(query) > LONGEST_QUERY:
            raise Problem("filter", "条件太多，存不下。", "There are too many conditions to keep.")

        def work(tx: Transaction) -> None:
            tx.execute(delete(saved_filter).where(saved_filter.c.name == name, saved_filter.c.title == title))
            if tx.execute(select(func.count()).where(saved_filter.c.name == name)).scalar_one() >= MOST:
                raise Problem(
                    "most", f"最多保存 {MOST} 个筛选，请先删掉一个。", f"{MOST} filters are kept at most: take one away first.", 409
                )
            tx.execute(insert(saved_filter).values(name=name, title=title, query=query, at=millis(self._now())))

        try:
            in_one_transaction(self._database, work, tries=2)
        except Conflict as twice:
            raise Problem("title", "请再试一次。", "Please try again.", 409) from twice

    def drop(self, name: str, title: str) -> None:
        in_one_transaction(
            self._database, lambda tx: tx.execute(delete(saved_filter).where(saved_filter.c.name == name, saved_filter.c.title == title))
        )
