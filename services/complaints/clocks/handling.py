"""The entrypoints of this part."""

from datetime import datetime, timedelta
from typing import Any

from nameko.extensions import DependencyProvider

from chassis.clock import Clock
from chassis.database import Database
from chassis.logs import get_logger
from chassis.settings import Complaints
from chassis.timers import turns
from services.complaints.clocks import book, recounting
from services.complaints.clocks.showing import holidays_known_until
from services.complaints.clocks.sweep import sweep
from services.complaints.days import day_of

LOOK_SECONDS = 15
LIMITS_REACH = timedelta(days=60)

log = get_logger(__name__)


def warn_of_unknown_holidays(database: Database, now: datetime) -> None:
    """Limits reach beyond what is published: there each weekday counts as a day of work (docs/operating.md)."""
    with database.read() as connection:
        known_until = holidays_known_until(connection)
    if known_until < day_of(now) + LIMITS_REACH:
        log.warning("holidays_unknown", after=known_until.isoformat())


class Started:
    """What this copy has done since it started."""

    followed_configuration = False


class SinceStart(DependencyProvider):
    """One for each copy."""

    def setup(self) -> None:
        self._started = Started()

    def get_dependency(self, _worker_ctx: Any) -> Started:
        return self._started


class HandlesClocks:
    """Mixed into the service (services/complaints/service.py)."""

    terms: Complaints
    now: Clock
    since_start = SinceStart()

    @turns(LOOK_SECONDS)
    def look_at_limits(self, database: Database) -> bool:
        """The sweep, then for a while the limits that a change of a calendar bears on: neither waits until the other is done."""
        if not self.since_start.followed_configuration:
            with database.write() as tx:
                book.follow_configuration(tx, self.terms, self.now())
            warn_of_unknown_holidays(database, self.now())
            self.since_start.followed_configuration = True
        more_to_see = sweep(database, self.terms, self.now)
        return recounting.carry_on(database, self.terms, self.now) or more_to_see
