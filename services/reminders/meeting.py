"""Where who makes a period's items and who brings something into that period from elsewhere meet: at the period's row.

On a server a transaction sees what others had committed before each statement. A month that is made while an item is carried over into
it, or while an owner registers or sells, would see neither of these and be seen by neither: two items for one, or one that is not told
by WeChat, or is still the last owner's.
"""

from collections.abc import Iterable

from sqlalchemy import insert, select

from chassis.database import Transaction
from chassis.outbox import ignoring_repeats
from contracts.reminders import Period
from services.reminders.tables import periods

_BEGIN = ignoring_repeats(insert(periods))


def make(tx: Transaction, period: Period) -> None:
    """From here to the transaction's end nothing is brought into the period; what was, is to be seen. It holds no car and no item yet."""
    _hold(tx, [period], shared=False)


def bring(tx: Transaction, some: Iterable[Period]) -> None:
    """From here to the transaction's end none of these periods is made; what was made of them, is to be seen."""
    held = tx.unit.notes(periods)
    if wanted := sorted(set(some) - held.keys()):
        _hold(tx, wanted, shared=True)
        held |= dict.fromkeys(wanted)


def _hold(tx: Transaction, wanted: list[Period], *, shared: bool) -> None:
    its = select(periods.c.period).where(periods.c.period.in_(wanted)).order_by(periods.c.period).with_for_update(read=shared)
    found = set(tx.execute(its).scalars())
    if new := [period for period in wanted if period not in found]:
        tx.execute(_BEGIN, [{"period": period} for period in new])
        tx.execute(its)
