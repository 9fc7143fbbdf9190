"""`cheqiao staff` beside a house: an account is made, listed and reset; what cannot be is told in a line."""

import os
import re
import subprocess
import sys
from datetime import date

import pytest

from chassis.database import migrate
from launcher.house import ROOT, SERVICES
from tests.services.console.reminding_fake import RemindingFake


@pytest.fixture
def cheqiao(tmp_path):
    def run(*words, **more):
        ours = {name: value for name, value in os.environ.items() if not name.startswith("CHEQIAO_")}
        environment = ours | {"CHEQIAO_VAR": str(tmp_path / "var"), "PYTHONPATH": str(ROOT)} | more
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


def test_a_manager_is_made_with_the_code_of_the_place(cheqiao, tmp_path):
    (tmp_path / "var").mkdir()
    migrate(f"sqlite:///{tmp_path / 'var' / 'console.db'}", SERVICES["console"].migrations)

    placeless = cheqiao("add", "wang.fang", "--role", "dealer_manager")
    alone = cheqiao("add", "wang.fang", "--role", "dealer_manager", "--place", "D001")

    assert (placeless.returncode, "This role wants a dealer's code." in placeless.stderr) == (1, True)
    assert (alone.returncode, "D001 was not checked" in alone.stderr) == (0, True)
    assert cheqiao("list").stdout.split() == ["wang.fang", "dealer_manager", "dealer:D001"]


def test_a_place_is_held_against_the_dealers_of_the_running_system(cheqiao, tmp_path):
    (tmp_path / "var").mkdir()
    migrate(f"sqlite:///{tmp_path / 'var' / 'console.db'}", SERVICES["console"].migrations)
    running = RemindingFake(date(2026, 3, 9))
    there = {"CHEQIAO_HTTP": running.url.removeprefix("http://"), "CHEQIAO_OPERATOR_TOKEN": "token"}

    try:
        unknown = cheqiao("add", "li.ming", "--role", "region_manager", "--place", "MOON", **there)
        known = cheqiao("add", "wang.fang", "--role", "region_manager", "--place", "EAST", **there)
    finally:
        running.stop()

    assert (unknown.returncode, "There is no region with the code MOON." in unknown.stderr) == (1, True)
    assert (known.returncode, "not checked" in known.stderr) == (0, False)
    assert cheqiao("list").stdout.split() == ["wang.fang", "region_manager", "region:EAST"]
