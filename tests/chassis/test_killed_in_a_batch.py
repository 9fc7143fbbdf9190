"""kill -9 within a transaction that several messages share, and behind it: after another delivery each is done once."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select

from chassis.messages import encode, wrap
from chassis.privacy import Vault
from chassis.tables import inbox, outbox, sent_line
from launcher.house import ROOT
from tests.fakes.mini_house import a_request

DONE = 4


def run(directory: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.fakes.dies_in_a_batch", str(directory)]
    return subprocess.run(command, check=False, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(("step", "kept"), [("before_commit", 0), ("published", DONE), ("after_commit", DONE)])
def test_killed_at_this_step_all_are_done_or_none(tmp_path: Path, step: str, kept: int):
    vault = Vault({"k1": os.urandom(32)}, os.urandom(32))
    wishes = [a_request(concern=None) for _ in range(DONE)]  # without anything sealed: each process has keys of its own
    bodies = [encode(wrap(wish, source="pages", vault=vault, cause=None)) for wish in wishes]
    (tmp_path / "bodies").write_text(json.dumps(bodies))

    killed = run(tmp_path, CHEQIAO_CRASH=f"appointments:{step}")

    assert killed.returncode == -signal.SIGKILL
    with create_engine(f"sqlite:///{tmp_path}/appointments.db").connect() as connection:
        assert len(connection.execute(select(inbox)).all()) == kept
        assert len(connection.execute(select(outbox)).all()) == kept

    again = run(tmp_path)

    assert again.stdout.splitlines()[-1] == str(list(range(DONE)))
    with create_engine(f"sqlite:///{tmp_path}/appointments.db").connect() as connection:
        assert {row.message_id for row in connection.execute(select(inbox))} == {wish.id for wish in wishes}
        told = Counter(row.causation_id for row in connection.execute(select(outbox)))
        assert told == {wish.id: 1 for wish in wishes}
        assert {row.last for row in connection.execute(select(sent_line))} == {1}
