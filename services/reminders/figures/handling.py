"""The entrypoints of this part."""

from sqlalchemy import select

from chassis.clock import Clock
from chassis.database import Transaction
from chassis.settings import Reminders
from chassis.timers import every
from services.reminders.days import BUSINESS_ZONE
from services.reminders.figures.rows import SUMS
from services.reminders.tables import periods

_SETTLED = select(periods.c.period).where(periods.c.settled_at.is_not(None))


class HandlesFigures:
    """Mixed into the service (services/reminders/service.py)."""

    terms: Reminders
    now: Clock

    @every(300)
    def freeze_figures(self, tx: Transaction) -> None:
        """Of the months that are over long enough, and settled: what is carried over late belongs into the figures (flows 6)."""
        now = self.now()
        SUMS.freeze(tx, now.astimezone(BUSINESS_ZONE).date(), self.terms.freeze_on_day, now, ready=_SETTLED)
