"""The entrypoints of this part."""

from chassis.clock import Clock
from chassis.database import Database
from chassis.settings import Complaints
from chassis.timers import turns
from services.complaints.closing import falling_due

LOOK_SECONDS = 5
"""Each look is one search by an index that holds what is still to come."""


class HandlesClosing:
    """Mixed into the service (services/complaints/service.py)."""

    terms: Complaints
    now: Clock

    @turns(LOOK_SECONDS)
    def ask_surveys(self, database: Database) -> bool:
        """A-CMP-31"""
        return falling_due.ask(database, self.terms, self.now())

    @turns(LOOK_SECONDS)
    def list_calls(self, database: Database) -> bool:
        """A-CMP-31"""
        return falling_due.call(database, self.terms, self.now())

    @turns(LOOK_SECONDS)
    def reopen_missed_follow_ups(self, database: Database) -> bool:
        """A-CMP-29"""
        return falling_due.reopen_missed(database, self.terms, self.now())
