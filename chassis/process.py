"""What there is one of per operating-system process: settings, keys, listener, health, and a database per service.

The launcher makes it before any container starts; providers read it with `current()` in their `setup()`.
"""

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING

from chassis.health import Health
from chassis.privacy import Vault
from chassis.settings import Settings
from chassis.telemetry import Telemetry
from chassis.watchdog import Watchdog

if TYPE_CHECKING:
    from chassis.database import Database
    from chassis.listener import Listener


class Process:
    """One operating-system process of Cheqiao. `open_database` is asked once per service."""

    def __init__(
        self,
        settings: Settings,
        vault: Vault,
        listener: "Listener",
        open_database: "Callable[[str, Settings], Database]",
        *,
        health: Health | None = None,
        schemas: frozenset[str] = frozenset(),
    ) -> None:
        """`schemas` names the services that have one of their own."""
        self.settings = settings
        self.schemas = schemas
        self.vault = vault
        self.listener = listener
        self.health = health or Health()
        self.telemetry = Telemetry(self.health.registry)
        self.watchdog = Watchdog()
        self.health.register("loops", self.watchdog.trouble, "live")
        self._open_database = open_database
        self._databases: dict[str, Database] = {}
        self._one_at_a_time = Lock()

    def database(self, service: str) -> "Database":
        """The schema of a service; the same object for everyone in this process, for one pool and one writer per file."""
        with self._one_at_a_time:
            if service not in self._databases:
                self._databases[service] = self._open_database(service, self.settings)
            return self._databases[service]


_installed: list[Process] = []


def current() -> Process:
    """The process that was installed. Raises RuntimeError when none was: a service runs only under the launcher or a test's own process."""
    if not _installed:
        raise RuntimeError("no process is installed: the launcher calls chassis.process.install before containers start")
    return _installed[-1]


def install(process: Process) -> None:
    """Make it the one that `current()` gives; a later one takes its place."""
    _installed[:] = [process]
