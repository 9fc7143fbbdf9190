"""A RabbitMQ of our own: unique node name, own ports, own epmd, own cookie, no plugins, all under one directory."""

import os
import secrets
import signal
import socket
import subprocess
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from launcher.installation import program
from launcher.servers.child import Child, ServerFailed, clean_environment, free_port, listens

CONFIGURATION = """\
listeners.tcp.local = 127.0.0.1:{port}
loopback_users = none
default_user = cheqiao
default_pass = {password}
log.console = true
log.console.level = warning
log.file = false
"""
MEMORY_WATERMARK = "0.4"  # RabbitMQ's own default
PROTOCOL_HEADER = b"AMQP\x00\x00\x09\x01"


class RabbitMQ:
    """Start, stop, kill, freeze and alarm it. Queues and messages outlive a stop and a kill, not `PrivateServers.stop`."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(parents=True)
        self.port = free_port()
        self.password = secrets.token_urlsafe(12)
        self._epmd_port, self._distribution_port = free_port(), free_port()
        self._node = f"cheqiao_{os.getpid()}_{secrets.token_hex(4)}@localhost"
        self._epmd: Child | None = None
        self._broker: Child | None = None
        self._write_configuration()

    def url(self, vhost: str = "/") -> str:
        """`/` is written as %2F, as AMQP URIs want it."""
        return f"amqp://cheqiao:{self.password}@127.0.0.1:{self.port}/{quote(vhost, safe='')}"

    def start(self) -> None:
        self.launch()
        self.await_ready()

    def launch(self) -> None:
        """Begin to start it, on the same ports and with the same data as before."""
        if self._epmd is None or not self._epmd.running:
            epmd = [program("epmd"), "-port", str(self._epmd_port), "-address", "127.0.0.1"]
            self._epmd = Child("epmd", epmd, clean_environment(self.directory), self.directory / "epmd.log")
            self._epmd.await_true(lambda: listens(self._epmd_port))
        if self._broker is None or not self._broker.running:
            self._broker = Child("RabbitMQ", [program("rabbitmq-server")], self._environment(), self.directory / "output.log")

    def await_ready(self) -> None:
        """Ready when it answers an AMQP greeting. Raises ServerFailed."""
        if self._broker is None:
            raise ServerFailed("RabbitMQ was not launched")
        self._broker.await_true(self._greets)

    def stop(self, *, quickly: bool = False) -> None:
        """`quickly`: its data is not needed any more."""
        if self._broker is not None:
            self._broker.end(signal.SIGKILL if quickly else signal.SIGTERM, patience=30)
            self._broker.await_silence(self.port)
        if self._epmd is not None:
            self._epmd.end(signal.SIGKILL, patience=5)

    def kill9(self) -> None:
        if self._broker is not None:
            self._broker.end(signal.SIGKILL, patience=10)
            self._broker.await_silence(self.port)

    def freeze(self) -> None:
        """SIGSTOP: connections stay open, nothing answers."""
        if self._broker is not None:
            self._broker.send(signal.SIGSTOP)

    def thaw(self) -> None:
        if self._broker is not None:
            self._broker.send(signal.SIGCONT)

    def alarm(self, *, on: bool) -> None:
        """The memory alarm: publishers are blocked while it is on."""
        self.rabbitmqctl("set_vm_memory_high_watermark", "0.000001" if on else MEMORY_WATERMARK)

    def add_vhosts(self, *names: str, in_place_of: Iterable[str] = ()) -> None:
        """All in one call of rabbitmqctl, which takes a second or two each."""
        allow = 'rabbit_auth_backend_internal:set_permissions(<<"cheqiao">>, V, A, A, A, <<"test">>)'
        new, old = (", ".join(f'<<"{name}">>' for name in listed) for listed in (names, in_place_of))
        delete = f'[rabbit_vhost:delete(V, <<"test">>) || V <- [{old}]]'
        self.rabbitmqctl("eval", f'{delete}, A = <<".*">>, [begin rabbit_vhost:add(V, <<"test">>), {allow} end || V <- [{new}]], ok.')

    def rabbitmqctl(self, *arguments: str, seconds: float = 60) -> str:
        """What the command printed. Raises ServerFailed."""
        command = [program("rabbitmqctl"), "--quiet", *arguments]
        done = subprocess.run(  # noqa: S603
            command, env=self._environment(), cwd=self.directory, capture_output=True, text=True, timeout=seconds, check=False
        )
        if done.returncode != 0:
            raise ServerFailed(f"rabbitmqctl {arguments[0]}: {done.stdout}{done.stderr}")
        return done.stdout

    def _write_configuration(self) -> None:
        (self.directory / "rabbitmq.conf").write_text(CONFIGURATION.format(port=self.port, password=self.password))
        (self.directory / "enabled_plugins").write_text("[].\n")
        cookie = self.directory / ".erlang.cookie"
        cookie.write_text(secrets.token_hex(16))
        cookie.chmod(0o400)

    def _environment(self) -> dict[str, str]:
        here = self.directory
        no_epmd = "-start_epmd false"  # ours runs, and a second one would stay behind
        return clean_environment(
            here,
            ERL_EPMD_PORT=str(self._epmd_port),
            ERL_EPMD_ADDRESS="127.0.0.1",
            RABBITMQ_NODENAME=self._node,
            RABBITMQ_NODE_PORT=str(self.port),
            RABBITMQ_DIST_PORT=str(self._distribution_port),
            RABBITMQ_MNESIA_BASE=str(here / "data"),
            RABBITMQ_LOG_BASE=str(here / "log"),
            RABBITMQ_PID_FILE=str(here / "rabbitmq.pid"),
            RABBITMQ_CONFIG_FILE=str(here / "rabbitmq.conf"),
            RABBITMQ_CONF_ENV_FILE=str(here / "no-rabbitmq-env.conf"),
            RABBITMQ_ENABLED_PLUGINS_FILE=str(here / "enabled_plugins"),
            RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=f"{no_epmd} -kernel inet_dist_use_interface {{127,0,0,1}}",
            RABBITMQ_CTL_ERL_ARGS=no_epmd,
            RUNNING_UNDER_SYSTEMD="1",  # the start script then becomes the broker, instead of waiting for it in a shell
        )

    def _greets(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as link:
                link.sendall(PROTOCOL_HEADER)
                return link.recv(1) == b"\x01"
        except OSError:
            return False
