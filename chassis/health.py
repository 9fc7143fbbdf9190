"""What a probe asks: `/livez` (is it worth keeping), `/readyz` (may it be sent work), `/metrics` (Prometheus).

Whoever can fail registers a named check; an answer names failing checks and our own words for the cause, never an exception's text.
"""

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Literal

import eventlet
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from chassis.logs import get_logger

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from chassis.listener import Listener

Kind = Literal["ready", "live"]
Check = Callable[[], str | None]
"""None: fine. Otherwise a short cause in our own words, such as `broker connection is blocked`."""

log = get_logger(__name__)


class Health:
    """The checks and the metrics of one process, of however many services it runs."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self._checks: dict[Kind, dict[str, Check]] = {"ready": {}, "live": {}}

    def register(self, name: str, check: Check, kind: Kind = "ready") -> None:
        """A name once registered is replaced: a container that starts anew brings its check anew."""
        self._checks[kind][name] = check

    def failing(self, kind: Kind, of: str = "") -> dict[str, str]:
        """Name to cause of every check that fails now; all are asked at once, so that a slow one costs its own time alone.

        `of` names a service: then its own are asked, and no others.
        """
        checks = sorted((name, check) for name, check in self._checks[kind].items() if name.startswith(f"{of}: " if of else ""))
        causes = eventlet.GreenPool().imap(self._ask, *zip(*checks, strict=True)) if checks else ()
        return {name: cause for (name, _), cause in zip(checks, causes, strict=True) if cause is not None}

    def _ask(self, name: str, check: Check) -> str | None:
        try:
            return check()
        except Exception:  # a check that breaks is a failing check, and its text may hold anything
            log.exception("health_check_broke", check=name)
            return "the check itself broke"

    def mount_on(self, listener: "Listener") -> None:
        for path, app in (("/livez", self._probe("live")), ("/readyz", self._probe("ready")), ("/metrics", self._metrics)):
            listener.mount("internal", path, app)

    def _probe(self, kind: Kind) -> "WSGIApplication":
        def probe(_environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
            failing = self.failing(kind)
            status = "503 Service Unavailable" if failing else "200 OK"
            body = json.dumps({"status": "failing" if failing else "ok", "checks": sorted(self._checks[kind]), "failing": failing})
            start_response(status, [("Content-Type", "application/json"), ("Cache-Control", "no-store")])
            return [body.encode()]

        return probe

    def _metrics(self, _environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", CONTENT_TYPE_LATEST)])
        return [generate_latest(self.registry)]
