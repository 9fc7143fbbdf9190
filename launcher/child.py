"""One service's process under the supervisor: started, watched, started anew with growing pauses, ended."""

import signal
import subprocess
import sys
from collections.abc import Mapping
from time import monotonic

import eventlet

from chassis.logs import get_logger
from launcher.servers.child import ending_with_us, free_port

log = get_logger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
STEADY_SECONDS = 60
"""A child that lived so long starts its pauses from the first again."""


class ServiceProcess:
    """The process of one service. `address` is where it listens, for all its zones, on loopback."""

    def __init__(self, service: str, environment: Mapping[str, str]) -> None:
        self.service = service
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0
        self._stopping = False

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None and self.running else None

    @property
    def address(self) -> str | None:
        return f"127.0.0.1:{self._port}" if self.running else None

    def keep_running(self) -> None:
        """Until `end`: start it, wait for its end, pause, and again."""
        pause = FIRST_PAUSE
        while not self._stopping:
            started = monotonic()
            self._start()
            while self.running:
                eventlet.sleep(0.1)
            if self._stopping:
                return
            pause = FIRST_PAUSE if monotonic() - started > STEADY_SECONDS else pause
            code = self._process.returncode if self._process else None
            log.error("service_ended", service=self.service, code=code, again_in_seconds=pause)
            eventlet.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def end(self, seconds: float) -> None:
        """SIGTERM, and SIGKILL when it takes longer than it promised."""
        self._stopping = True
        if self._process is None or not self.running:
            return
        self._process.send_signal(signal.SIGTERM)
        until = monotonic() + seconds
        while self.running and monotonic() < until:
            eventlet.sleep(0.05)
        if self.running:
            log.warning("service_killed", service=self.service)
            self._process.kill()

    def _start(self) -> None:
        """On a port that is free now; a new one each time, lest somebody took the old one meanwhile.

        In a session of its own: Ctrl+C is for the supervisor, which ends the services in order and does not start them again.
        """
        self._port = free_port()
        zones = dict.fromkeys(("CHEQIAO_HTTP_PUBLIC", "CHEQIAO_HTTP_PARTNER", "CHEQIAO_HTTP_INTERNAL"), f"127.0.0.1:{self._port}")
        environment = {**self._environment, **zones}
        command = [*ending_with_us("TERM"), sys.executable, "-m", "launcher.cli", "run", self.service]
        try:
            self._process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603
        except OSError as error:  # no memory, too many processes: as passing as an end
            log.warning("service_not_started", service=self.service, cause=error.strerror)
            return
        log.info("service_started", service=self.service, pid=self._process.pid, port=self._port)
