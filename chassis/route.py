"""What is mounted under one prefix: its requests are timed by what became of them, and begin a trace where traces are wanted."""

from collections.abc import Callable, Iterable
from time import monotonic
from typing import TYPE_CHECKING, Any

from chassis import tracing
from chassis.telemetry import Telemetry

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"))
BROKEN = 500


class Route:
    """A WSGI application around another. Time counts until the answer begins."""

    def __init__(self, service: str, zone: str, prefix: str, app: "WSGIApplication", telemetry: Telemetry) -> None:
        self._service = service
        self._zone = zone
        self._prefix = prefix
        self._app = app
        self._telemetry = telemetry

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"] if environ["REQUEST_METHOD"] in METHODS else "other"
        began, statuses = monotonic(), [BROKEN]
        try:
            if not tracing.on():
                return self._app(environ, _noting(start_response, statuses))
            return self._traced(method, environ, start_response, statuses)
        finally:
            self._telemetry.answered(self._zone, self._prefix, method, statuses[-1], monotonic() - began)

    def _traced(self, method: str, environ: "WSGIEnvironment", start_response: "StartResponse", statuses: list[int]) -> Iterable[bytes]:
        span = tracing.requested(self._service, self._prefix, method)
        try:
            with tracing.edge(span):
                return self._app(environ, _noting(start_response, statuses))
        finally:
            span.note({"http.response.status_code": statuses[-1]})
            span.end("" if statuses[-1] < BROKEN else "failed")


def _noting(start_response: "StartResponse", statuses: list[int]) -> Any:
    def started(status: str, headers: list[tuple[str, str]], *error: Any) -> Callable[[bytes], object]:
        statuses.append(int(status[:3]))
        return start_response(status, headers, *error)

    return started
