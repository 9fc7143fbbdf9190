"""Shows operators how messages fare and passes their orders on (B-ADM-06, C-TEC-04, C-TEC-07)."""

from chassis.listener import Mount
from services.console.app import create_app


class ConsoleService:
    """No queue: it asks insight, and everything that must not be lost stands in insight's schema or its own."""

    name = "console"

    web = Mount("internal", "/console", create_app)
