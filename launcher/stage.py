"""A whole Cheqiao in processes of its own on free ports: what the demo plays on, and tests may start, kill and start again.

Everything lies in one folder; `stop` ends every process it started, by its id, and says whether each ended as it should.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, Protocol

import requests

from launcher.house import ROOT
from launcher.servers.child import ending_with_us, free_port
from launcher.stand_ins import addresses, random_environment

Runtime = Literal["embedded", "production"]
READY_SECONDS = 120
STOP_SECONDS = 40


class Servers(Protocol):
    """What production stands on: the private servers, or a corner of them."""

    @property
    def broker_url(self) -> str: ...

    @property
    def database_url(self) -> str: ...


class NotReady(RuntimeError):
    """It did not come up; the text carries the end of its log."""


class Stage:
    """`sandbox_apart`: the stand-ins in a process of their own, so that they live on when Cheqiao is killed; in production always."""

    def __init__(self, directory: Path, runtime: Runtime, servers: Servers | None = None, *, sandbox_apart: bool = False) -> None:
        self.directory = directory
        self.runtime = runtime
        self.var = directory / "var"
        self.var.mkdir(parents=True, exist_ok=True)
        self.address = f"127.0.0.1:{free_port()}"
        self.apart = f"127.0.0.1:{free_port()}" if sandbox_apart or runtime == "production" else None
        self.more: dict[str, str] = {}
        """Further variables for the next start, such as CHEQIAO_CRASH."""
        self._house: subprocess.Popen[bytes] | None = None
        self._stand_ins: subprocess.Popen[bytes] | None = None
        self._fixed = _production(servers) if runtime == "production" and servers else {}
        if runtime == "production" and servers is None:
            raise ValueError("production is played on servers: hand them in")

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    @property
    def sandbox_url(self) -> str:
        return f"http://{self.apart or self.address}/sandbox"

    @property
    def environment(self) -> dict[str, str]:
        """Ours without anything that would configure Cheqiao, and what this stage is."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith("CHEQIAO_")}
        made = {"CHEQIAO_VAR": str(self.var), "CHEQIAO_HTTP": self.address, "PYTHONPATH": str(ROOT), **self._fixed, **self.more}
        if self.apart:
            made["CHEQIAO_SANDBOX"] = f"http://{self.apart}"
        if self.runtime == "production":
            zones = dict.fromkeys(("CHEQIAO_HTTP_PUBLIC", "CHEQIAO_HTTP_PARTNER", "CHEQIAO_HTTP_INTERNAL"), self.address)
            made |= zones | addresses(f"http://{self.apart}") | {"CHEQIAO_PUBLIC_URL": self.url}
        return ours | made

    def start(self) -> None:
        """Stand-ins first, then the house, then, where nobody else does it, the sample follower. Raises NotReady."""
        self.start_stand_ins()
        self.start_house()
        if self.runtime == "production":
            self.command("sandbox", "bind")

    def start_stand_ins(self) -> None:
        if self.apart and self._stand_ins is None:
            state = str(self.directory / "sandbox")
            self._stand_ins = self._launch("sandbox", "up", "--address", self.apart, "--target", self.url, "--state", state)
            self._await(f"{self.sandbox_url}/", self._stand_ins)

    def start_house(self) -> None:
        """Start it, or start it again, and wait until it may be sent work. Raises NotReady."""
        self.launch_house()
        self.await_ready()

    def launch_house(self) -> None:
        self._house = self._launch("up", *(["--embedded"] if self.runtime == "embedded" else []))

    def await_ready(self, seconds: float = READY_SECONDS) -> None:
        if self._house is None:
            raise NotReady("it was not launched")
        self._await(f"{self.url}/readyz", self._house, seconds)

    @property
    def house_pid(self) -> int | None:
        return self._house.pid if self._house and self._house.poll() is None else None

    def kill9(self) -> None:
        """The whole house: in production the supervisor, and its children end with it."""
        if self._house:
            self._house.kill()
            self._house.wait()

    def await_end(self, seconds: float = READY_SECONDS) -> int:
        """The exit code of a house that ends by itself; negative for a signal."""
        if self._house is None:
            raise NotReady("it was not launched")
        return self._house.wait(seconds)

    def stop(self) -> bool:
        """True if every process ended by itself, and well, when asked to."""
        ended = [self._end(process) for process in (self._house, self._stand_ins) if process is not None]
        self._house = self._stand_ins = None
        return all(ended)

    def command(self, *words: str) -> str:
        """What a command of ours prints. Raises NotReady when it fails."""
        command = [sys.executable, "-m", "launcher.cli", *words]
        done = subprocess.run(  # noqa: S603
            command, env=self.environment, cwd=self.directory, capture_output=True, text=True, timeout=READY_SECONDS, check=False
        )
        if done.returncode:
            raise NotReady(f"cheqiao {' '.join(words)}: {done.stderr}{done.stdout}")
        return done.stdout

    def session(self) -> dict[str, str]:
        made: dict[str, str] = json.loads(self.command("sandbox", "session", *(["--production"] if self.runtime == "production" else [])))
        return made

    def log(self) -> str:
        return "\n".join(file.read_text(errors="replace") for file in sorted(self.directory.glob("*.log")))

    def _launch(self, *words: str) -> "subprocess.Popen[bytes]":
        with (self.directory / f"{words[0]}.log").open("ab") as output:
            return subprocess.Popen(  # noqa: S603
                [*ending_with_us("TERM"), sys.executable, "-m", "launcher.cli", *words],
                env=self.environment,
                cwd=self.directory,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl+C is for us; we then end it in order
            )

    def _await(self, url: str, process: "subprocess.Popen[bytes]", seconds: float = READY_SECONDS) -> None:
        def answers() -> bool:
            if process.poll() is not None:
                raise NotReady(f"ended with {process.returncode}:\n{self.log()[-3000:]}")
            try:
                return get(url).status_code == 200
            except requests.RequestException:
                return False

        if not until(answers, seconds):
            raise NotReady(f"{url} was not ready after {seconds:.0f} s:\n{self.log()[-3000:]}")

    def _end(self, process: "subprocess.Popen[bytes]") -> bool:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            return process.wait(STOP_SECONDS) == 0
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return False


def until(true: Callable[[], object], seconds: float) -> bool:
    """Ask again and again, at least once; False when the time is over."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def get(url: str, **asked: Any) -> requests.Response:
    return send("GET", url, **asked)


def send(method: str, url: str, **asked: Any) -> requests.Response:
    """One request on a connection of its own, past any proxy of the machine."""
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, url, timeout=(3, 30), **asked)


def _production(servers: Servers) -> Mapping[str, str]:
    return random_environment() | {
        "CHEQIAO_BROKER_URL": servers.broker_url,
        "CHEQIAO_DATABASE_URL": f"{servers.database_url}?charset=utf8mb4",
    }
