"""The entrypoints of this part."""

from chassis.clock import Clock
from chassis.database import Database
from chassis.settings import Complaints
from chassis.timers import turns
from services.complaints.support.raising import raise_drafts

LOOK_SECONDS = 60


class HandlesSupport:
    """Mixed into the service (services/complaints/service.py)."""

    terms: Complaints
    now: Clock

    @turns(LOOK_SECONDS)
    def raise_escalations(self, database: Database) -> bool:
        """S-04: only where it is switched on."""
        return raise_drafts(database, self.terms, self.now())
