"""The demo ends with one line and an exit code, and leaves nothing: no process, no folder."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from launcher.house import ROOT
from launcher.stage import until


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("CHEQIAO_")}
    return {**ours, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}


def demo(environment: dict[str, str]) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "launcher.cli", "demo"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def processes_of(folder: Path) -> list[str]:
    """Whoever has this folder in its environment."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and entry.name != str(os.getpid()) and str(folder) in (entry / "environ").read_text(errors="replace"):
                found.append((entry / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


def test_it_ends_well_and_leaves_nothing(environment: dict[str, str], tmp_path: Path) -> None:
    said, _ = (playing := demo(environment)).communicate(timeout=120)

    assert playing.returncode == 0
    assert said.splitlines()[-1].startswith("demo: ok (embedded, ")
    assert processes_of(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_interrupted_it_fails_and_leaves_nothing(environment: dict[str, str], tmp_path: Path) -> None:
    playing = demo(environment)
    assert until(lambda: len(processes_of(tmp_path)) > 1, 60)

    playing.send_signal(signal.SIGTERM)
    said, _ = playing.communicate(timeout=60)

    assert playing.returncode == 1
    assert said.splitlines()[-1].startswith("demo: FAILED (embedded, ")
    assert processes_of(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_killed_it_takes_its_house_along(environment: dict[str, str], tmp_path: Path) -> None:
    playing = demo(environment)
    assert until(lambda: len(processes_of(tmp_path)) > 1, 60)

    playing.kill()
    playing.communicate()

    assert until(lambda: processes_of(tmp_path) == [], 60)
