"""The entrypoints of this part."""

from chassis.clock import Clock
from chassis.database import Database, Transaction
from chassis.entrypoints import handles
from chassis.logs import get_logger
from chassis.settings import Reminders
from chassis.timers import every, turns
from contracts.reminder_exchange import ReminderItemsPublished, ReminderRunCompleted
from services.reminders.month import applying, generation, published, runs

log = get_logger(__name__)


class HandlesMonth:
    """Mixed into the service (services/reminders/service.py)."""

    terms: Reminders
    now: Clock

    @every(60)
    def begin_the_month(self, tx: Transaction) -> None:
        """A-REM-18: on the last day, or as soon as we are there again."""
        runs.begin_by_the_clock(tx, self.now(), self.terms)

    @every(60)
    def follow_campaigns(self, tx: Transaction) -> None:
        """A-REM-13..15: of a month that is made already."""
        runs.follow_campaigns(tx, self.now(), self.terms)

    @every(60)
    def follow_configuration(self, tx: Transaction) -> None:
        applying.follow_configuration(tx, self.now(), self.terms)

    @turns(5)
    def make_items(self, database: Database) -> bool:
        return generation.carry_on(database, self.terms)

    @turns(5)
    def apply_rules(self, database: Database) -> bool:
        return applying.carry_on(database, self.terms)

    @turns(5)
    def look_for_gone_items(self, database: Database) -> bool:
        return published.look_for_gone(database)

    @handles(ReminderItemsPublished)
    def on_items_published(self, message: ReminderItemsPublished, tx: Transaction) -> None:
        """A-REM-19"""
        if self._are_the_dms_own():
            published.take_page(tx, message, self.now(), self.terms)

    @handles(ReminderRunCompleted)
    def on_run_completed(self, message: ReminderRunCompleted, tx: Transaction) -> None:
        if self._are_the_dms_own():
            published.complete(tx, message, self.now())

    def _are_the_dms_own(self) -> bool:
        """Where our rules make the month, the DMS's would make it twice."""
        if self.terms.source == "dms":
            return True
        log.warning("reminder_items_not_asked_for", source=self.terms.source)
        return False
