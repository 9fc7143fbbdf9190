"""What a machine must have of Debian's packages: seen, or named with what to do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from launcher.house import ROOT
from launcher.installation import BROWSER, SERVERS, Package, PackagesMissing, ensure_installed, missing, program


def test_a_missing_program_is_named_with_what_to_install() -> None:
    with pytest.raises(PackagesMissing, match="no-such-server is not installed: apt-get install"):
        program("no-such-server")


def test_a_package_is_there_when_all_that_it_shows_is(tmp_path: Path) -> None:
    font = tmp_path / "font.ttc"
    packages = [Package("shell", ("sh",)), Package("font", ("sh", str(font))), Package("other", ("sh", "no-such-program"))]

    assert missing(packages) == ["font", "other"]
    font.touch()
    assert missing(packages) == ["other"]


def test_nothing_is_said_or_done_when_all_is_there() -> None:
    said: list[str] = []

    ensure_installed([Package("shell", ("sh",))], said.append)

    assert said == []


def test_the_tests_begin_with_all_they_need() -> None:
    assert missing(SERVERS + BROWSER) == []


def test_a_browser_that_does_not_start_says_so(tmp_path: Path) -> None:
    """In a process of its own: eventlet has patched this one."""
    opening = "from launcher.browser import open_chromium\nwith open_chromium(): pass"

    done = subprocess.run(
        [sys.executable, "-c", opening],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path / "nowhere")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "BrowserFailed: Chromium does not start" in done.stderr
