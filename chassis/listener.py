"""One HTTP listener per process: an eventlet WSGI server per distinct address of the three zones (design section 7).

Two nameko web servers on one port would share its connections unnoticed, so there is this one, with port reuse off.
"""

import errno
import resource
import socket
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from uuid import uuid4

import eventlet
import eventlet.wsgi
from eventlet.greenthread import GreenThread
from nameko.extensions import DependencyProvider

from chassis.last_words import say
from chassis.logs import get_logger
from chassis.proxies import Proxies
from chassis.route import Route
from chassis.settings import Http, SettingsError
from chassis.stream import IDLE_SECONDS
from chassis.wire import Door, Wire

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from nameko.containers import ServiceContainer

    from chassis.runtime import ServiceRuntime

Zone = Literal["public", "partner", "internal"]
MOST_CONNECTIONS = 4096
SHARE_OF_FILES = 4
MOST_FILES = MOST_CONNECTIONS * SHARE_OF_FILES
"""One address takes a quarter of the files that the process may open: brokers, databases and the other zones need some too."""
SILENT_SECONDS = 60
"""A client that, within a request, sends or reads nothing for so long is let go."""
CLEANUPS = 5
_NOT_FOUND = {"code": "not_found", "message": "没有这个地址", "message_en": "There is nothing at this address."}
_STOPPING = {"code": "stopping", "message": "服务正在重启，请稍后再试", "message_en": "The service is restarting; please come again."}
_FAILED = {"code": "mistake", "message": "系统出错，请稍后再试", "message_en": "Something went wrong on our side; please come again."}

log = get_logger(__name__)


@dataclass
class _Server:
    """What is mounted at one address, and the socket once it is open."""

    address: str
    proxies: Proxies
    mounts: dict[str, "WSGIApplication"] = field(default_factory=dict)
    opened: socket.socket | None = None
    loop: GreenThread | None = None
    requests: eventlet.GreenPool = field(default_factory=lambda: eventlet.GreenPool(_room_for_connections()))

    def open(self) -> None:
        self.opened = _bound(self.address)
        self.loop = eventlet.spawn(
            eventlet.wsgi.server,
            Door(self.opened),
            self.answer,
            protocol=Wire,
            custom_pool=self.requests,
            log_output=False,
            debug=False,
            socket_timeout=SILENT_SECONDS,
            keepalive=IDLE_SECONDS,
        )

    def close(self, seconds: float) -> None:
        """Take no new connection, let running requests end for so long, then cut them."""
        if self.opened is None or self.loop is None:
            return
        opened, loop = self.opened, self.loop
        self.opened = self.loop = None
        loop.kill()
        with eventlet.Timeout(seconds, False):
            _wait_for_end(loop)
        for request in tuple(self.requests.coroutines_running):
            _cut(request)
        opened.close()

    def answer(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """The WSGI application of the address: dispatches, and turns what an application raises into an answer without its text."""
        self.proxies.believe(environ)
        app = self._shifted_to(environ)
        if app is None:
            return say(environ, start_response, "404 Not Found", _NOT_FOUND)
        try:
            body = app(environ, start_response)
        except (Exception, eventlet.Timeout) as error:  # noqa: BLE001 - the outermost edge of the process
            return _failed(environ, start_response, error)
        return body if isinstance(body, list | tuple) else _watched(body, environ, start_response)

    def _shifted_to(self, environ: "WSGIEnvironment") -> "WSGIApplication | None":
        """The application with the longest prefix of the path; the prefix moves from PATH_INFO to SCRIPT_NAME."""
        path = environ.get("PATH_INFO", "")
        prefix = path.rstrip("/")
        while prefix not in self.mounts:
            if not prefix:
                return None
            prefix = prefix.rpartition("/")[0]
        environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + prefix
        environ["PATH_INFO"] = path[len(prefix) :]
        return self.mounts[prefix]


class Listener:
    """Mount applications by zone and prefix; `start` opens the addresses that have any."""

    def __init__(self, http: Http) -> None:
        proxies = Proxies(http.trusted_proxies)
        by_address = {address: _Server(address, proxies) for address in (http.public, http.partner, http.internal)}
        self._zones: dict[Zone, _Server] = {
            "public": by_address[http.public],
            "partner": by_address[http.partner],
            "internal": by_address[http.internal],
        }
        self._servers = tuple(by_address.values())
        self._started = False

    def mount(self, zone: Zone, prefix: str, app: "WSGIApplication") -> None:
        """`prefix` begins with `/` (`/` alone takes whatever nobody else takes). What was there before is replaced.

        Raises SettingsError when it is the first of its address, `start` has been called, and the port is taken.
        """
        server = self._zones[zone]
        server.mounts[prefix.rstrip("/")] = app
        if self._started and server.opened is None:
            server.open()

    def start(self) -> None:
        """Open the ports. Raises SettingsError naming an address that is taken or is not ours; then none stays open."""
        try:
            for server in self._servers:
                if server.mounts and server.opened is None:
                    server.open()
        except SettingsError:
            self.stop(0)
            raise
        self._started = True

    def stop(self, seconds: float = 5) -> None:
        """Close the ports; running requests have so long to end."""
        self._started = False
        for server in self._servers:
            server.close(seconds)

    def bound(self, zone: Zone) -> tuple[str, int]:
        """Host and port really in use, for an address that asked for port 0. Raises RuntimeError when it is not open."""
        opened = self._zones[zone].opened
        if opened is None:
            raise RuntimeError(f"the {zone} zone is not listening")
        host, port = opened.getsockname()[:2]
        return host, port


class Mount(DependencyProvider):
    """In a service class: `web = Mount("public", "/m", create_app)`, where `create_app(runtime)` gives a WSGI application.

    It is mounted once the container has started; when the service goes down, callers are asked to come again.
    """

    runtime: "ServiceRuntime"

    def __init__(self, zone: Zone, prefix: str, create_app: "Callable[[ServiceRuntime], WSGIApplication]") -> None:
        self.zone = zone
        self.prefix = prefix
        self.create_app = create_app

    def bind(self, container: "ServiceContainer", attr_name: str) -> "Mount":
        from chassis.runtime import ServiceRuntime  # here, because the runtime of a service knows the process, which knows this module

        bound: Mount = super().bind(container, attr_name)
        bound.runtime = ServiceRuntime().bind(container)
        return bound

    def start(self) -> None:
        runtime = self.runtime
        route = Route(runtime.name, self.zone, self.prefix, self.create_app(runtime), runtime.process.telemetry)
        runtime.process.listener.mount(self.zone, self.prefix, route)

    def stop(self) -> None:
        self.runtime.process.listener.mount(self.zone, self.prefix, _stopping)


def _stopping(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    return say(environ, start_response, "503 Service Unavailable", _STOPPING, ("Retry-After", "5"))


def _bound(address: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        opened: socket.socket = eventlet.listen((host, int(port)), family=family, backlog=1024, reuse_addr=True, reuse_port=False)
    except OSError as error:
        cause = "is taken by another process" if error.errno == errno.EADDRINUSE else f"cannot be opened ({error.strerror})"
        raise SettingsError((f"http: {address} {cause}",)) from error
    return opened


def _room_for_connections() -> int:
    """The system's usual limit of 1024 files is soon used up, so as many are asked for as may be."""
    soft, hard = (MOST_FILES if limit == resource.RLIM_INFINITY else limit for limit in resource.getrlimit(resource.RLIMIT_NOFILE))
    files = max(soft, min(hard, MOST_FILES))
    if files > soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    return max(1, min(MOST_CONNECTIONS, files // SHARE_OF_FILES))


def _wait_for_end(loop: GreenThread) -> None:
    try:
        loop.wait()
    except eventlet.greenlet.GreenletExit:
        return  # killed by us


def _cut(request: GreenThread) -> None:
    """More than once: interrupted in its application, eventlet's server still waits for the rest of the body, then for the next request."""
    for _ in range(CLEANUPS):
        if not request.dead:
            request.kill()


def _watched(body: Iterable[bytes], environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterator[bytes]:
    """An answer made piece by piece; one that breaks before its first piece can still become a 500."""
    begun = False
    try:
        for piece in body:
            yield piece
            begun = True
    except (Exception, eventlet.Timeout) as error:
        if begun:
            log.exception("http_answer_cut", path=environ.get("SCRIPT_NAME"))
            raise
        yield from _failed(environ, start_response, error)
    finally:
        if close := getattr(body, "close", None):
            close()


def _failed(environ: "WSGIEnvironment", start_response: "StartResponse", error: BaseException) -> Iterable[bytes]:
    error_id = uuid4().hex
    log.error("http_request_failed", error_id=error_id, mount=environ.get("SCRIPT_NAME"), exc_info=error)
    return say(environ, start_response, "500 Internal Server Error", _FAILED | {"error_id": error_id})
