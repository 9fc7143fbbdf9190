"""One service in a process of its own, in production: started by hand, by `cheqiao up`, or by a container engine."""

import eventlet

from chassis.errors import Unavailable
from chassis.logs import get_logger
from chassis.settings import Settings
from launcher.compose import assemble, migrate_all, mount_documents
from launcher.house import SERVICES
from launcher.serving import serve

log = get_logger(__name__)


def run_alone(name: str, settings: Settings) -> int:
    """Returns the exit code. A database that is away is waited for by the service, except that its schema must be there."""
    made = assemble(settings)
    if "partner" in SERVICES[name].zones:
        mount_documents(made)
    if name in made.schemas:
        _migrate_when_reachable(settings, name)
    return serve(made, [name], ready=lambda: log.info("ready", service=name))


def _migrate_when_reachable(settings: Settings, name: str) -> None:
    pause = 0.5
    while True:
        try:
            migrate_all(settings, [name])
        except Unavailable as away:
            log.warning("migration_waits", service=name, cause=away.what)
            eventlet.sleep(pause)
            pause = min(pause * 2, 10)
        else:
            return
