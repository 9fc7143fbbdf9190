"""`cheqiao staff` beside a house: an account is made, listed and reset; what cannot be is told in a line."""

import os
import re
import subprocess
import sys

import pytest

from chassis.database import migrate
from launcher.house import ROOT, SERVICES


@pytest.fixture
def cheqiao(tmp_path):
    def run(*words):
        ours = {name: value for name, value in os.environ.items() if not name.startswith("CHEQIAO_")}
        environment = ours | {"CHEQIAO_VAR": str(tmp_path / "var"), "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "launcher.cli", "staff", *words]
        return subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)

    return run


def test_where_no_house_was_started_nothing_is_made(cheqiao, tmp_path):
    refused = cheqiao("add", "li.ming", "--role", "operator")

    assert (refused.returncode, "no Cheqiao was started here" in refused.stderr) == (1, True)
    assert not (tmp_path / "var" / "console.db").exists()


def test_an_account_is_made_and_its_password_told_once(cheqiao, tmp_path):
    (tmp_path / "var").mkdir()
    migrate(f"sqlite:///{tmp_path / 'var' / 'console.db'}", SERVICES["console"].migrations)

    added, again = cheqiao("add", "li.ming", "--role", "operator"), cheqiao("add", "li.ming", "--role", "auditor")
    reset, listed = cheqiao("reset", "li.ming"), cheqiao("list")

    passwords = [re.search(r"password for one use: ([a-z0-9-]{19})\n", answer.stdout).group(1) for answer in (added, reset)]
    assert len(set(passwords)) == 2
    assert (again.returncode, "There is somebody named li.ming already." in again.stderr) == (1, True)
    assert listed.stdout.split() == ["li.ming", "operator"]
    assert not [password for password in passwords if password in listed.stdout + added.stderr + reset.stderr]
