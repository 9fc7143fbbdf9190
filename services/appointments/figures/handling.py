"""The entrypoints of the statistics."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from nameko.extensions import DependencyProvider

from chassis.clock import Clock
from chassis.database import Transaction
from chassis.entrypoints import handles
from chassis.listener import Mount
from chassis.runtime import ServiceRuntime
from chassis.timers import every
from contracts.dms import DealerListed
from services.appointments.figures import dealers
from services.appointments.figures.api import create_appointments_api
from services.appointments.figures.sums import SUMS, Figures
from services.appointments.hours import day_of


class FreezeDay(DependencyProvider):
    """`reminders.freeze_on_day` of config.yaml: the same for all statistics."""

    runtime = ServiceRuntime()

    def get_dependency(self, _worker_ctx: Any) -> int:
        return self.runtime.process.settings.reminders.freeze_on_day


class HandlesFigures:
    """Mixed into the service (services/appointments/service.py)."""

    figures = Figures()
    freeze_on_day = FreezeDay()
    now: Callable[[], datetime] = Clock()
    api = Mount("internal", "/appointments/v1", create_appointments_api)

    @handles(DealerListed)
    def on_dealer_listed(self, message: DealerListed, tx: Transaction) -> None:
        dealers.learn(tx, message)

    @every(300)
    def freeze_figures(self, tx: Transaction) -> None:
        """Of the months that are over long enough (flows 6)."""
        now = self.now()
        SUMS.freeze(tx, day_of(now), self.freeze_on_day, now)
