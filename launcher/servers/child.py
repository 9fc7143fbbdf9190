"""One server process that we started: awaited, stopped, killed, frozen and thawed by its id."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal


class ServerFailed(RuntimeError):
    """A server did not come up or broke off; the text carries the end of its own log."""


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    """Does anybody take connections on this port of 127.0.0.1?"""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def clean_environment(home: Path, **more: str) -> dict[str, str]:
    """What a server needs and nothing of ours: no proxies, no secrets, no other HOME."""
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return {"PATH": path, "HOME": str(home), "LANG": "C.UTF-8", **more}


def ending_with_us(how: Literal["KILL", "TERM"]) -> list[str]:
    """Put before a command: its process gets this signal when ours ends, be it by kill -9. Of util-linux, where there is one."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", how, "--"] if setpriv else []


class Child:
    """A server process in a process group of its own, its output in `log`. It is killed when we are, however that comes about."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str], log: Path) -> None:
        self.name = name
        self._log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603
                [*ending_with_us("KILL"), *command],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=log.parent,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def send(self, number: signal.Signals) -> None:
        """To the whole group: a start script and the server it became or began."""
        if self.running:
            os.killpg(self._process.pid, number)

    def await_true(self, ready: Callable[[], bool], seconds: float = 90) -> None:
        """Raises ServerFailed when it ends or the time is over before it is ready."""
        end = time.monotonic() + seconds
        while not ready():
            if not self.running:
                raise ServerFailed(f"{self.name} ended with {self._process.returncode}:\n{self._last_words()}")
            if time.monotonic() > end:
                raise ServerFailed(f"{self.name} was not ready after {seconds:.0f} s:\n{self._last_words()}")
            time.sleep(0.05)

    def end(self, first: signal.Signals, patience: float) -> None:
        """Ask with `first`; what still runs after `patience` seconds is killed."""
        self.send(signal.SIGCONT)
        self.send(first)
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self.send(signal.SIGKILL)
            self._process.wait(10)

    def await_silence(self, port: int) -> None:
        """A killed server may keep its port for a moment after its start script is gone."""
        end = time.monotonic() + 10
        while listens(port) and time.monotonic() < end:
            time.sleep(0.02)

    def _last_words(self) -> str:
        return self._log.read_text(errors="replace")[-2000:]
