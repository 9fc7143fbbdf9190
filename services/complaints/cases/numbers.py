"""投诉编号: prefix, day, and a count of that day (`TS2611220001`)."""

from datetime import date, datetime

from sqlalchemy import bindparam, insert, select, update

from chassis.database import Transaction
from chassis.outbox import ignoring_repeats
from services.complaints.days import day_of
from services.complaints.tables import case_numbers

_BEGIN = ignoring_repeats(insert(case_numbers))
_LAST = select(case_numbers.c.last).where(case_numbers.c.day == bindparam("of_day"))
_MOVE = update(case_numbers).where(case_numbers.c.day == bindparam("of_day")).values(last=case_numbers.c.last + 1)


def next_number(tx: Transaction, prefix: str, now: datetime) -> str:
    """The day's counter is held until the transaction ends: no number is given twice, and none is left out.

    It is moved before anything else is asked of it: an INSERT that finds it would share it with others, and none of them could move it.
    """
    day = day_of(now)
    if not tx.execute(_MOVE, {"of_day": day}).rowcount:
        tx.execute(_BEGIN, {"day": day, "last": 0})
        tx.execute(_MOVE, {"of_day": day})
    return written(prefix, day, tx.execute(_LAST, {"of_day": day}).scalar_one())


def written(prefix: str, day: date, count: int) -> str:
    return f"{prefix}{day:%y%m%d}{count:04d}"
