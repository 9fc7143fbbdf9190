"""Finds RabbitMQ and MariaDB on this machine, and installs them from Debian's packages when they are missing and we may."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

RABBITMQ_BIN = Path("/usr/lib/rabbitmq/bin")
PACKAGES = {"rabbitmq-server": "rabbitmq-server", "mariadbd": "mariadb-server", "mariadb-install-db": "mariadb-server"}
POLICY = Path("/usr/sbin/policy-rc.d")
SEARCHED = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class ServersMissing(RuntimeError):
    """RabbitMQ or MariaDB is not installed and cannot be installed by us; the text says what to do."""


def program(name: str) -> str:
    """The path of a server's program. Debian's own wrappers insist on the user `rabbitmq`; the scripts behind them do not."""
    found = shutil.which(name, path=f"{RABBITMQ_BIN}:{SEARCHED}")
    if found is None:
        raise ServersMissing(f"{name} is not installed: apt-get install -y --no-install-recommends {PACKAGES.get(name, name)}")
    return found


def missing_packages() -> list[str]:
    """Debian packages that are needed and not there."""
    absent = {package for name, package in PACKAGES.items() if shutil.which(name, path=f"{RABBITMQ_BIN}:{SEARCHED}") is None}
    return sorted(absent)


def ensure_installed(say: Callable[[str], None]) -> None:
    """Install what is missing, as root on Debian or Ubuntu; anything else raises ServersMissing."""
    missing = missing_packages()
    if not missing:
        return
    by_hand = f"apt-get install -y --no-install-recommends {' '.join(missing)}"
    if os.geteuid() != 0 or shutil.which("apt-get", path=SEARCHED) is None:
        raise ServersMissing(f"Needed and not installed: {', '.join(missing)}. As root on Debian: {by_hand}")
    say(f"installing {' and '.join(missing)} (once, about a minute) …")
    with _nothing_is_started():
        _apt_get("update", "-qq")
        _apt_get("install", "-y", "-qq", "--no-install-recommends", *missing)
    if still := missing_packages():
        raise ServersMissing(f"Installed, but not found where Debian puts them: {', '.join(still)}")


@contextmanager
def _nothing_is_started() -> Iterator[None]:
    """Debian starts a server as soon as it is installed, unless this file says no."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink(missing_ok=True)


def _apt_get(*arguments: str) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(["apt-get", *arguments], env=environment, capture_output=True, text=True, check=False)  # noqa: S603, S607
    if done.returncode != 0:
        raise ServersMissing(f"apt-get {' '.join(arguments)} failed:\n{(done.stdout + done.stderr)[-2000:]}")
