"""Figures by month that follow each change of what they count, stand from a day of the next month on, and are corrected beside (flows 6).

A service keeps three tables for them: sums, with a primary key that begins with `period` and a column for each measure; corrections, with
the same columns, an id, what they are because of, and when; and freezes, a row for each period. Nothing is counted when they are read.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Generic, NamedTuple, Protocol, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import Select, Table, insert, select, update

from chassis import upserts
from chassis.clock import milliseconds_now
from chassis.database import Transaction, millis
from chassis.outbox import ignoring_repeats


class Key(Protocol):
    """The primary key of a row of the sums: a NamedTuple with the names of its columns."""

    @property
    def period(self) -> str: ...
    def _asdict(self) -> dict[str, Any]: ...
    def __hash__(self) -> int: ...


K = TypeVar("K", bound=Key)
Because = UUID
"""What a difference is because of: an item, an appointment."""


class Tables(NamedTuple):
    sums: Table
    corrections: Table
    freezes: Table
    because: str
    """The column of the corrections with what they are because of."""


class MonthlySums(Generic[K]):
    """The sums of one service. Make one at the module's level."""

    def __init__(self, tables: Tables, measures: Sequence[str]) -> None:
        self._tables, self._measures = tables, tuple(measures)

    def write(self, tx: Transaction, differences: Mapping[tuple[K, Because], Mapping[str, int]]) -> None:
        """Into the sums, or the corrections where the period is frozen; by row of the sums and what it is because of."""
        frozen = self.frozen(tx, {key.period for key, _because in differences})
        grown: dict[K, dict[str, int]] = defaultdict(self.nothing)
        late = []
        for (key, because), difference in differences.items():
            if key.period in frozen:
                named = {"correction_id": uuid4(), self._tables.because: because, "at": milliseconds_now(), **key._asdict()}
                late.append(named | self.nothing() | dict(difference))
            else:
                grow(grown[key], difference)
        upserts.add(tx, self._tables.sums, [{**key._asdict(), **found} for key, found in grown.items()], *self._measures)
        if late:
            tx.execute(insert(self._tables.corrections), late)

    def nothing(self) -> dict[str, int]:
        return dict.fromkeys(self._measures, 0)

    def frozen(self, tx: Transaction, periods: Collection[str]) -> set[str]:
        """Which of them are frozen; none of the others will be before the transaction ends.

        Whoever changes figures of a period shares its row until then, so that nothing reaches the sums which freezing did not see.
        """
        if not periods:
            return set()
        freezes = self._tables.freezes
        asked = select(freezes).where(freezes.c.period.in_(sorted(periods))).order_by(freezes.c.period).with_for_update(read=True)
        found = tx.execute(asked).all()
        if new := sorted(set(periods) - {row.period for row in found}):
            tx.execute(ignoring_repeats(insert(freezes)), [{"period": one} for one in new])
            found = tx.execute(asked).all()
        return {row.period for row in found if row.frozen_at is not None}

    def freeze(self, tx: Transaction, today: date, freeze_on_day: int, now: datetime, ready: Select[str] | None = None) -> None:
        """Every period whose day has come; it waits for those that are changing figures just now. `ready`: the periods that may be."""
        freezes = self._tables.freezes
        theirs = freezes.c.frozen_at.is_(None) & (freezes.c.period < first_open(today, freeze_on_day))
        if ready is not None:
            theirs &= freezes.c.period.in_(ready)
        due = tx.execute(select(freezes.c.period).where(theirs)).scalars().all()
        if due:
            tx.execute(update(freezes).where(freezes.c.period.in_(due), freezes.c.frozen_at.is_(None)).values(frozen_at=millis(now)))


def grow(found: dict[str, int], difference: Mapping[str, int]) -> None:
    for name, number in difference.items():
        found[name] += number


def first_open(today: date, freeze_on_day: int) -> str:
    """The first period that is not to be frozen yet (days of Asia/Shanghai): last month's until the day comes."""
    month = today.year * 12 + today.month - 1 - (today.day < freeze_on_day)
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def months(first: str, last: str) -> list[str]:
    """All of them, both ends included: named, each leads an index to its rows of one dealer."""
    begin, end = (int(period[:4]) * 12 + int(period[5:]) - 1 for period in (first, last))
    return [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in range(begin, end + 1)]
