"""What the desk asks of complaints: `/complaints/v1/`, in the internal zone, behind the operator's token.

What is taken and answered stands in `contracts/complaining.py`. Whose cases may be seen follows from `X-Role` and `X-Scope` alone, in the
query itself (services/complaints/cases/visibility.py).
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Flask

from chassis.clock import Clock
from chassis.internal_api import guarded
from services.complaints.api.authority_api import add_authority
from services.complaints.api.bulk_api import add_bulk
from services.complaints.api.calendars_api import add_calendars
from services.complaints.api.cases_api import add_cases
from services.complaints.api.changes_api import add_changes
from services.complaints.api.figures_api import add_figures
from services.complaints.api.files_api import add_files
from services.complaints.api.steps_api import add_steps

if TYPE_CHECKING:
    from chassis.runtime import ServiceRuntime

_NOW = Clock()
MOST_BODY = 256 * 1024


def create_complaints_api(runtime: "ServiceRuntime", now: Callable[[], datetime] = _NOW) -> Flask:
    """The WSGI application."""
    app = guarded(runtime.process.settings.operator.token.get_secret_value(), MOST_BODY)
    add_cases(app, runtime, now)
    add_steps(app, runtime, now)
    add_bulk(app, runtime, now)
    add_changes(app, runtime, now)
    add_files(app, runtime, now)
    add_authority(app, runtime, now)
    add_calendars(app, runtime, now)
    add_figures(app, runtime, now)
    return app
