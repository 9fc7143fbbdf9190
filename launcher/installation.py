"""Finds what we need of Debian's packages on this machine, and installs what is missing when we may.

`python -m launcher.installation` does so for everything that the tests need.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

RABBITMQ_BIN = "/usr/lib/rabbitmq/bin"
SEARCHED = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
POLICY = Path("/usr/sbin/policy-rc.d")


class PackagesMissing(RuntimeError):
    """Something is not installed and cannot be installed by us; the text says what to do."""


@dataclass(frozen=True)
class Package:
    """A package of Debian. It is there when all it `shows` is: programs by name, other files by path."""

    name: str
    shows: tuple[str, ...]

    def is_there(self) -> bool:
        return all(Path(shown).exists() if shown.startswith("/") else find(shown) for shown in self.shows)


SERVERS = (
    Package("rabbitmq-server", ("rabbitmq-server",)),
    Package("mariadb-server", ("mariadbd", "mariadb-install-db")),
)
BROWSER = (
    Package("chromium", ("chromium",)),
    Package("fonts-noto-cjk", ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",)),  # else Chinese is empty boxes
)


def find(program: str) -> str | None:
    """Debian's own wrappers of RabbitMQ insist on the user `rabbitmq`; the scripts behind them do not."""
    return shutil.which(program, path=f"{RABBITMQ_BIN}:{SEARCHED}")


def program(name: str) -> str:
    """The path of a program. Raises PackagesMissing."""
    found = find(name)
    if found is None:
        package = next((package.name for package in SERVERS + BROWSER if name in package.shows), name)
        raise PackagesMissing(f"{name} is not installed: {_by_hand(package)}")
    return found


def missing(packages: Iterable[Package]) -> list[str]:
    """The names of those that are not there."""
    return [package.name for package in packages if not package.is_there()]


def ensure_installed(packages: Iterable[Package], say: Callable[[str], None]) -> None:
    """Install what is missing, as root on Debian or Ubuntu; anything else raises PackagesMissing."""
    packages = tuple(packages)
    absent = missing(packages)
    if not absent:
        return
    if os.geteuid() != 0 or shutil.which("apt-get", path=SEARCHED) is None:
        raise PackagesMissing(f"Needed and not installed: {', '.join(absent)}. As root on Debian: {_by_hand(*absent)}")
    say(f"installing {' and '.join(absent)} (once, about a minute) …")
    with _nothing_is_started():
        _apt_get("update", "-qq")
        _apt_get("install", "-y", "-qq", "--no-install-recommends", *absent)
    if still := missing(packages):
        raise PackagesMissing(f"Installed, but not found where Debian puts them: {', '.join(still)}")


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


def _by_hand(*names: str) -> str:
    return f"apt-get install -y --no-install-recommends {' '.join(names)}"


def _apt_get(*arguments: str) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(["apt-get", *arguments], env=environment, capture_output=True, text=True, check=False)  # noqa: S603, S607
    if done.returncode != 0:
        raise PackagesMissing(f"apt-get {' '.join(arguments)} failed:\n{(done.stdout + done.stderr)[-2000:]}")


if __name__ == "__main__":
    try:
        ensure_installed(SERVERS + BROWSER, print)
    except PackagesMissing as error:
        sys.exit(str(error))
