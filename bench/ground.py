"""The ground that all rows stand on: private servers, a corner of them for each row, processes, and a word on how it goes."""

import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.progress import Progress, TaskID

from chassis.privacy import Vault
from chassis.settings import key_of, ring_of
from launcher.house import ROOT
from launcher.servers import PrivateServers
from launcher.servers.child import Child, clean_environment, free_port
from launcher.stage import Stage

ZONES = ("CHEQIAO_HTTP_PUBLIC", "CHEQIAO_HTTP_PARTNER", "CHEQIAO_HTTP_INTERNAL")


class CannotMeasure(Exception):
    """A row has no figure: the text says why."""


@dataclass(frozen=True)
class Corner:
    """A vhost and a schema prefix that no other row sees; what `Stage` stands on."""

    servers: PrivateServers
    name: str

    @property
    def broker_url(self) -> str:
        return self.servers.rabbitmq.url(self.name)

    @property
    def database_url(self) -> str:
        return self.servers.mariadb.url(f"{self.name}_")

    def schema(self, service: str) -> str:
        return f"{self.name}_{service}"

    def one(self, statement: str) -> int:
        """The single number that a statement gives."""
        return int(str(self.servers.mariadb.execute(statement)[0][0] or 0))


@dataclass(frozen=True)
class Ground:
    """What a row is given. `quick`: less of everything, to see that it works."""

    servers: PrivateServers
    directory: Path
    logs: Path
    peers: Path
    """The Python of the peers' environment."""
    progress: Progress
    quick: bool

    @property
    def rounds(self) -> int:
        return 3 if self.quick else 5

    def corner(self, name: str) -> Corner:
        self.servers.rabbitmq.add_vhosts(name)
        return Corner(self.servers, name)

    def stage(self, corner: Corner) -> Stage:
        """A whole production house, not yet started."""
        return Stage(self.directory / corner.name, "production", corner)

    @contextmanager
    def task(self, what: str, steps: int) -> Iterator["Steps"]:
        """A bar that goes away when the work is done."""
        task = self.progress.add_task(what, total=steps)
        try:
            yield Steps(self.progress, task)
        finally:
            self.progress.remove_task(task)

    def say(self, line: str) -> None:
        self.progress.console.print(f"  [dim]{line}[/]")

    @contextmanager
    def process(self, name: str, words: list[str], environment: Mapping[str, str], python: str = sys.executable) -> Iterator[Child]:
        """`python words…` in a process group of its own, its output in `logs`; ended here, and killed should we be."""
        child = Child(name, [python, *words], {**environment, "PYTHONPATH": str(ROOT)}, self.logs / f"{name}.log")
        try:
            yield child
        finally:
            child.end(signal.SIGTERM, patience=10)

    def peer(self, name: str, words: list[str], environment: Mapping[str, str]) -> AbstractContextManager[Child]:
        """The same in the peers' environment, with nothing of ours but what it is told."""
        return self.process(name, words, {**clean_environment(self.directory), **environment}, str(self.peers))


@dataclass(frozen=True)
class Steps:
    progress: Progress
    task: TaskID

    def step(self, what: str | None = None) -> None:
        self.progress.update(self.task, advance=1, description=what)


def address_of_its_own(environment: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """A free address on loopback, and the environment of one service that listens there with all its zones."""
    address = f"127.0.0.1:{free_port()}"
    return address, {**environment, **dict.fromkeys(ZONES, address)}


def vault_of(environment: Mapping[str, str]) -> Vault:
    """The keys of the house that this environment configures."""
    return Vault(ring_of(environment["CHEQIAO_PRIVACY_KEYS"]), key_of(environment["CHEQIAO_LOOKUP_KEY"]))
