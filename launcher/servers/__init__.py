"""A RabbitMQ and a MariaDB of our own for tests and the demo: private ports and directories, found, installed, started and ended by us.

They never touch the machine's own brokers and databases, and nothing of theirs stays behind after `stop`.
"""

import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from launcher.installation import SERVERS, ensure_installed
from launcher.servers.mariadb import MariaDB
from launcher.servers.rabbitmq import RabbitMQ

__all__ = ["MariaDB", "PrivateServers", "RabbitMQ"]


class PrivateServers:
    """Both servers under one directory. `say` hears a line whenever something takes a while."""

    def __init__(self, under: Path | None = None, say: Callable[[str], None] = print) -> None:
        self._say = say
        if under is not None:
            under.mkdir(parents=True, exist_ok=True)
        self.directory = Path(tempfile.mkdtemp(prefix="cheqiao-servers-", dir=under))
        self.rabbitmq = RabbitMQ(self.directory / "rabbitmq")
        self.mariadb = MariaDB(self.directory / "mariadb")

    @property
    def broker_url(self) -> str:
        return self.rabbitmq.url()

    @property
    def database_url(self) -> str:
        """As the configuration wants it: `{schema}` stays to be filled."""
        return self.mariadb.url("cheqiao_")

    def start(self) -> Self:
        """Install what is missing, then start both side by side; about five seconds. Raises PackagesMissing or ServerFailed."""
        ensure_installed(SERVERS, self._say)
        self._say("starting a private RabbitMQ and MariaDB …")
        with ExitStack() as on_failure:
            on_failure.callback(self.stop)
            self.rabbitmq.launch()
            self.mariadb.launch()
            self.mariadb.await_ready()
            self.rabbitmq.await_ready()
            on_failure.pop_all()
        return self

    def stop(self) -> None:
        """End both, by their process ids, and take their directory away."""
        self.rabbitmq.stop(quickly=True)
        self.mariadb.stop(quickly=True)
        shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()
