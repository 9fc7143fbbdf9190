"""What the console and the command line ask of reminders: `/reminders/v1/`, in the internal zone, behind the operator's token.

What is taken and answered stands in `contracts/reminding.py`. Who sees one dealer or region (`X-Scope`) is answered about figures, lists,
items and decisions of theirs alone, and about nothing else.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Flask

from chassis.clock import Clock
from chassis.internal_api import guarded
from services.reminders.api.facts_api import add_facts
from services.reminders.api.figures_api import add_figures
from services.reminders.api.items_api import add_items
from services.reminders.api.month_api import add_month
from services.reminders.api.rules_api import add_rules

if TYPE_CHECKING:
    from chassis.runtime import ServiceRuntime

_NOW = Clock()
MOST_BODY = 64 * 1024
"""Five hundred items in one decision."""


def create_reminders_api(runtime: "ServiceRuntime", now: Callable[[], datetime] = _NOW) -> Flask:
    """The WSGI application."""
    app = guarded(runtime.process.settings.operator.token.get_secret_value(), MOST_BODY)
    add_figures(app, runtime)
    add_items(app, runtime, now)
    add_month(app, runtime, now)
    add_facts(app, runtime, now)
    add_rules(app, runtime, now)
    return app
