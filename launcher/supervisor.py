"""`cheqiao up` in production: one process per service on this machine, and the front door to them."""

import http.client
import json
import os
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

import click
import eventlet

from chassis.errors import Unavailable
from chassis.health import Health
from chassis.listener import Listener
from chassis.logs import get_logger
from chassis.settings import Settings
from launcher.child import ServiceProcess
from launcher.compose import migrate_all
from launcher.front_door import INSIDE, OUTSIDE, Where, door_to
from launcher.house import PREFIXES, SERVICES
from launcher.serving import wait_for_signal
from launcher.var import Running, VarLock, withdraw
from launcher.welcome import documents, places_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = get_logger(__name__)

MARGIN_SECONDS = 5
"""Beyond what a service may take to stop."""


class Supervisor:
    """Keeps the services running and says how they are."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._children = {name: ServiceProcess(name, _environment(settings)) for name in SERVICES}
        self._listener = Listener(settings.http)
        self._health = Health()

    def run(self) -> int:
        """Until a signal. Raises SettingsError when an address is taken or `var` is in use. Returns the exit code."""
        settings, lock = self._settings, VarLock(self._settings.var)
        lock.take()
        try:
            self._mount()
            self._listener.start()
            self._migrate()
            for child in self._children.values():
                eventlet.spawn_n(child.keep_running)
            http = settings.http
            Running(os.getpid(), http.public, http.partner, http.internal).announce(settings.var)
            self._say_where()
            wait_for_signal()
            return 0
        finally:
            withdraw(settings.var)
            self._stop()
            lock.give_back()

    def _migrate(self) -> None:
        """Once, before all of them do it one by one. A database that is away is no reason not to start: the gateway needs none."""
        try:
            migrate_all(self._settings)
        except Unavailable as away:
            log.warning("migration_waits", cause=away.what)

    def _mount(self) -> None:
        for zone, prefixes in PREFIXES.items():
            bounds = INSIDE if zone == "internal" else OUTSIDE
            for prefix, service in prefixes.items():
                self._listener.mount(zone, prefix, door_to(self._where(service), bounds))
        self._listener.mount("partner", "/partners/docs", documents())
        self._health.mount_on(self._listener)
        for name, child in self._children.items():
            self._listener.mount("internal", f"/metrics/{name}", _metrics_of(child))
            self._health.register(name, partial(_trouble, child))

    def _where(self, service: str) -> Where:
        child = self._children[service]
        return lambda: child.address

    def _say_where(self) -> None:
        click.echo("\n车桥已启动 · Cheqiao is up, one process per service (Ctrl+C 停止 ends it)")
        for purpose, address in places_of(self._settings).items():
            click.echo(f"  {address:<44} {purpose}")

    def _stop(self) -> None:
        self._listener.stop(1)
        ending = eventlet.GreenPool()
        for child in self._children.values():
            ending.spawn_n(child.end, self._settings.stop_seconds + MARGIN_SECONDS)
        ending.waitall()


def _environment(settings: Settings) -> dict[str, str]:
    """The children's: ours, that they believe the front door about clients' addresses, and that they find each other behind it."""
    trusted = ",".join((*settings.http.trusted_proxies, "127.0.0.1"))
    operator = settings.operator
    others = {
        "CHEQIAO_OPERATOR_URL": operator.url,
        "CHEQIAO_REMINDERS_URL": operator.reminders_url,
        "CHEQIAO_APPOINTMENTS_URL": operator.appointments_url,
        "CHEQIAO_COMPLAINTS_URL": operator.complaints_url,
    }
    return {**os.environ, "CHEQIAO_TRUSTED_PROXIES": trusted, **others}


def _trouble(child: ServiceProcess) -> str | None:
    """What the service itself says about being ready."""
    if child.address is None:
        return "not running"
    link = http.client.HTTPConnection(child.address, timeout=2)
    try:
        link.request("GET", "/readyz")
        answer = link.getresponse()
        failing = json.loads(answer.read()).get("failing", {})
    except (OSError, http.client.HTTPException, ValueError):
        return "does not answer"
    finally:
        link.close()
    return None if answer.status == 200 else "; ".join(f"{name}: {cause}" for name, cause in failing.items())


def _metrics_of(child: ServiceProcess) -> "WSGIApplication":
    """`/metrics/<service>`: Prometheus asks each process for itself."""
    inner = door_to(lambda: child.address, OUTSIDE)

    def metrics(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        return inner({**environ, "SCRIPT_NAME": "", "PATH_INFO": "/metrics", "RAW_PATH_INFO": "/metrics"}, start_response)

    return metrics
