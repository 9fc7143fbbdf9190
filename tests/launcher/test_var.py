"""One process per folder, and a note where it can be asked."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from chassis.settings import SettingsError
from launcher.var import Running, VarLock, announced, withdraw


def test_a_second_process_is_told_who_holds_the_folder(tmp_path: Path) -> None:
    first = VarLock(tmp_path)
    first.take()

    with pytest.raises(SettingsError, match=rf"{tmp_path} is in use by another Cheqiao \(process {os.getpid()}\)"):
        VarLock(tmp_path).take()


def test_what_was_given_back_can_be_taken(tmp_path: Path) -> None:
    first = VarLock(tmp_path)
    first.take()
    first.give_back()

    VarLock(tmp_path).take()


def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    taking = f"import os, pathlib, launcher.var as var; var.VarLock(pathlib.Path({str(tmp_path)!r})).take(); os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", taking], check=False)

    VarLock(tmp_path).take()


def test_where_a_running_system_can_be_asked_is_found_again(tmp_path: Path) -> None:
    here = Running(os.getpid(), "127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3")

    here.announce(tmp_path)

    assert announced(tmp_path) == here


def test_the_note_of_a_process_that_is_gone_says_nothing(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()

    Running(gone.pid, "a:1", "b:2", "c:3").announce(tmp_path)

    assert announced(tmp_path) is None


def test_nothing_is_announced_after_it_was_withdrawn(tmp_path: Path) -> None:
    Running(os.getpid(), "a:1", "b:2", "c:3").announce(tmp_path)

    withdraw(tmp_path)

    assert announced(tmp_path) is None
