"""The peers run in an environment of their own; here they are only held against the language and their list of versions."""

import re
from pathlib import Path

import pytest

from bench.peers_environment import REQUIREMENTS

PEERS = sorted(REQUIREMENTS.parent.glob("*.py"))


@pytest.mark.parametrize("file", PEERS, ids=lambda file: file.name)
def test_a_peer_compiles(file: Path):
    compile(file.read_text(encoding="utf-8"), str(file), "exec")


def test_every_peer_stands_on_versions_that_are_pinned():
    lines = [line for line in REQUIREMENTS.read_text().splitlines() if line and not line.startswith("#")]

    assert all(re.fullmatch(r"[A-Za-z0-9_.\-]+==[0-9][^ ]*", line) for line in lines)
    named = {line.partition("==")[0].lower().replace("_", "-") for line in lines}
    assert {"fastapi", "uvicorn", "aio-pika", "wechatpy", "flask", "celery", "gunicorn", "gevent", "dramatiq"} <= named
