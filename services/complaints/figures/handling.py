"""The entrypoints of this part."""

from chassis.clock import Clock
from chassis.database import Transaction
from chassis.settings import Complaints
from chassis.timers import every
from services.complaints.days import day_of
from services.complaints.figures.sums import SUMS


class HandlesFigures:
    """Mixed into the service (services/complaints/service.py)."""

    terms: Complaints
    now: Clock

    @every(300)
    def freeze_figures(self, tx: Transaction) -> None:
        """Of the months that are over long enough (flows 6)."""
        now = self.now()
        SUMS.freeze(tx, day_of(now), self.terms.freeze_on_day, now)
