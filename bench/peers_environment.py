"""The peers' own environment: made on first use from bench/peers/requirements.txt, made anew when that changes."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

REQUIREMENTS = Path(__file__).parent / "peers" / "requirements.txt"


class NotInstalled(Exception):
    """The peers could not be installed; the text is pip's."""


def peers_python(directory: Path, say: Callable[[str], None]) -> Path:
    """The Python that the peers run on. Raises NotInstalled."""
    python, mark = directory / "bin" / "python", directory / ".made-from"
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if mark.exists() and mark.read_text("ascii") == wanted:
        return python
    say("installing the peers in an environment of their own (once, about a minute) …")
    shutil.rmtree(directory, ignore_errors=True)
    pip = _made(directory)
    _run([*pip, "--no-input", "--disable-pip-version-check", "install", "--quiet", "-r", str(REQUIREMENTS)])
    mark.write_text(wanted, "ascii")
    return python


def _made(directory: Path) -> list[str]:
    """How to call pip for it. Debian takes ensurepip out of its python3; another's pip can then serve it from outside."""
    if _works([sys.executable, "-m", "venv", str(directory)]):
        return [str(directory / "bin" / "python"), "-m", "pip"]
    _run([sys.executable, "-m", "venv", "--clear", "--without-pip", str(directory)])
    for python in (sys.executable, shutil.which("python3") or sys.executable):
        if _works([python, "-m", "pip", "--version"]):
            return [python, "-m", "pip", "--python", str(directory / "bin" / "python")]
    raise NotInstalled("neither venv with pip nor pip itself is here; on Debian: apt-get install -y python3-venv")


def _works(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise NotInstalled(f"{' '.join(command)}:\n{done.stdout}{done.stderr}"[-3000:])
