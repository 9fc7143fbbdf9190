"""A MariaDB of our own: TCP on 127.0.0.1 with a password, full durability, all under one directory."""

import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

import pymysql

from launcher.installation import program
from launcher.servers.child import Child, ServerFailed, clean_environment, free_port

FIRST_STATEMENTS = """\
ALTER USER 'root'@'localhost' IDENTIFIED BY '{password}';
CREATE USER IF NOT EXISTS 'cheqiao'@'127.0.0.1' IDENTIFIED BY '{password}';
GRANT ALL PRIVILEGES ON *.* TO 'cheqiao'@'127.0.0.1';
"""
REDO_LOG = "--innodb-log-file-size=32M"  # the default of 96 MB is three times as much to copy


class MariaDB:
    """Start, stop, kill and freeze it. Data outlives a stop and a kill, not `PrivateServers.stop`."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(parents=True)
        self.port = free_port()
        self.password = secrets.token_urlsafe(12)
        self._server: Child | None = None

    def url(self, prefix: str = "") -> str:
        """As `database.url` wants it: `{schema}` stays to be filled per service."""
        return f"mysql+pymysql://cheqiao:{self.password}@127.0.0.1:{self.port}/{prefix}{{schema}}"

    def start(self) -> None:
        self.launch()
        self.await_ready()

    def launch(self) -> None:
        """Begin to start it, on the same port and with the same data as before."""
        if self._server is not None and self._server.running:
            return
        data = self.directory / "data"
        if not data.exists():
            shutil.copytree(_empty_database(), data)
            (self.directory / "first.sql").write_text(FIRST_STATEMENTS.format(password=self.password))
        self._server = Child("MariaDB", self._command(data), clean_environment(self.directory), self.directory / "output.log")

    def await_ready(self) -> None:
        """Ready when it lets us in. Raises ServerFailed."""
        if self._server is None:
            raise ServerFailed("MariaDB was not launched")
        self._server.await_true(self._lets_us_in)

    def stop(self, *, quickly: bool = False) -> None:
        """`quickly`: its data is not needed any more."""
        if self._server is not None:
            self._server.end(signal.SIGKILL if quickly else signal.SIGTERM, patience=30)

    def kill9(self) -> None:
        self.stop(quickly=True)

    def freeze(self) -> None:
        """SIGSTOP: connections stay open, nothing answers."""
        if self._server is not None:
            self._server.send(signal.SIGSTOP)

    def thaw(self) -> None:
        if self._server is not None:
            self._server.send(signal.SIGCONT)

    def create_schemas(self, names: Iterable[str]) -> None:
        for name in names:
            self.execute(f"CREATE DATABASE IF NOT EXISTS `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")

    def drop_schemas(self, names: Iterable[str]) -> None:
        for name in names:
            self.execute(f"DROP DATABASE IF EXISTS `{name}`")

    def execute(self, statement: str) -> list[tuple[object, ...]]:
        """One statement of a test's own, committed; its rows."""
        with self._connect() as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall())

    def _connect(self) -> "pymysql.Connection[pymysql.cursors.Cursor]":
        return pymysql.connect(host="127.0.0.1", port=self.port, user="cheqiao", password=self.password, connect_timeout=2, autocommit=True)

    def _lets_us_in(self) -> bool:
        try:
            self._connect().close()
        except pymysql.Error:
            return False
        return True

    def _command(self, data: Path) -> list[str]:
        here = self.directory
        return [
            program("mariadbd"),
            "--no-defaults",
            *_as_root(),
            f"--datadir={data}",
            f"--port={self.port}",
            "--bind-address=127.0.0.1",
            "--skip-name-resolve",
            f"--socket={here / 'm.sock'}",
            f"--pid-file={here / 'mariadb.pid'}",
            f"--tmpdir={here}",
            f"--init-file={here / 'first.sql'}",
            "--character-set-server=utf8mb4",
            "--collation-server=utf8mb4_bin",
            "--innodb-flush-log-at-trx-commit=1",
            "--max-connections=500",
            REDO_LOG,
        ]


def _as_root() -> list[str]:
    """MariaDB will not run as root unless told so by name."""
    return ["--user=root"] if os.geteuid() == 0 else []


def _empty_database() -> Path:
    """Made once per version and kept in the user's cache: making one takes seconds, copying it does not."""
    version = subprocess.run([program("mariadbd"), "--version"], capture_output=True, text=True, check=True).stdout.split()[2]  # noqa: S603
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cheqiao"
    cache.mkdir(parents=True, exist_ok=True)
    kept = cache / f"mariadb-{version}"
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            _make_empty_database(kept)
    return kept


def _make_empty_database(kept: Path) -> None:
    """Made beside and then renamed, so that one that broke off is never taken for whole."""
    unfinished = Path(tempfile.mkdtemp(dir=kept.parent))
    install = [program("mariadb-install-db"), "--no-defaults", *_as_root(), f"--datadir={unfinished}", "--skip-test-db", REDO_LOG]
    normal = ["--auth-root-authentication-method=normal", "--skip-name-resolve"]
    done = subprocess.run([*install, *normal], env=clean_environment(kept.parent), capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        shutil.rmtree(unfinished)
        raise ServerFailed(f"mariadb-install-db: {(done.stdout + done.stderr)[-2000:]}")
    unfinished.rename(kept)
