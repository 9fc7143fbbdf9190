"""What every page needs at hand."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chassis.database import Database
from chassis.privacy import Vault
from chassis.settings import Settings
from services.console.audit import Audit
from services.console.complaining import Complaining
from services.console.entering import Entrance
from services.console.insight import Insight
from services.console.kept_filters import KeptFilters
from services.console.reminding import AppointmentNumbers, Reminding
from services.console.session import Sessions
from services.console.staff import StaffRegister


@dataclass(frozen=True)
class Context:
    """`insight`, `reminding`, `appointments` and `complaining` ask in the name of who is logged in.

    `audit.write(actor, what, about, details)` takes a line down.
    """

    settings: Settings
    vault: Vault
    database: Database
    insight: Insight
    reminding: Reminding
    appointments: AppointmentNumbers
    complaining: Complaining
    filters: KeptFilters
    audit: Audit
    staff: StaffRegister
    sessions: Sessions
    entrance: Entrance
    now: Callable[[], datetime]
