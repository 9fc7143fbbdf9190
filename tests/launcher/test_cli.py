"""The command: what it prints, and its exit codes: 0 done, 1 it did not work, 2 asked or configured wrongly."""

import os
import socket
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from launcher.house import ROOT
from launcher.servers.child import free_port


def cheqiao(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    ours = {name: value for name, value in os.environ.items() if not name.startswith("CHEQIAO_")}
    return subprocess.run(
        [sys.executable, "-m", "launcher.cli", *words],
        env={**ours, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_help_names_every_command_in_both_languages() -> None:
    said = cheqiao("--help")

    assert said.returncode == 0
    assert all(word in said.stdout for word in ("up", "run", "demo", "migrate", "doctor", "contracts", "parked", "trace", "sandbox"))
    assert "启动全部服务" in said.stdout
    assert said.stderr == ""


@pytest.mark.parametrize("words", [("fly",), ("run", "nobody"), ("trace", "not-an-id"), ("parked", "drop", str(uuid4()))])
def test_what_is_asked_wrongly_ends_with_2(words: tuple[str, ...]) -> None:
    assert cheqiao(*words).returncode == 2


def test_production_without_its_environment_names_file_key_and_variable(tmp_path: Path) -> None:
    said = cheqiao("up", CHEQIAO_VAR=str(tmp_path))

    assert said.returncode == 2
    assert "config.yaml: broker.url: set the environment variable CHEQIAO_BROKER_URL" in said.stderr
    assert "Traceback" not in said.stderr


def test_a_taken_address_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        said = cheqiao("up", "--embedded", CHEQIAO_VAR=str(tmp_path), CHEQIAO_HTTP=address)

    assert said.returncode == 2
    assert f"{address} is taken" in said.stderr
    assert "Traceback" not in said.stderr


def test_asking_where_nothing_runs_says_so(tmp_path: Path) -> None:
    (tmp_path / "operator.token").write_text("t")

    said = cheqiao("trace", str(uuid4()), CHEQIAO_VAR=str(tmp_path), CHEQIAO_HTTP=f"127.0.0.1:{free_port()}")

    assert said.returncode == 1
    assert "is Cheqiao up?" in said.stderr


def test_random_secrets_are_lines_for_an_env_file() -> None:
    lines = cheqiao("sandbox", "secrets").stdout.splitlines()

    assert all(line.startswith("CHEQIAO_") and "=" in line for line in lines)
    assert {"CHEQIAO_PRIVACY_KEYS", "CHEQIAO_WECHAT_AES_KEY"} <= {line.partition("=")[0] for line in lines}


def test_a_session_can_be_had_in_embedded(tmp_path: Path) -> None:
    said = cheqiao("sandbox", "session", CHEQIAO_VAR=str(tmp_path))

    assert said.returncode == 0
    assert '"cookie": "cheqiao_session"' in said.stdout


def test_the_committed_contracts_pass_their_check() -> None:
    said = cheqiao("contracts", "check")

    assert (said.returncode, said.stderr) == (0, "")


def test_real_systems_are_not_given_a_sample_follower(tmp_path: Path) -> None:
    made = dict(line.split("=", 1) for line in cheqiao("sandbox", "secrets").stdout.splitlines())
    real = {f"CHEQIAO_{name}_URL": "https://partner.example.com/api" for name in ("DMS", "CSC", "SMS", "PUBLIC")}
    servers = {"CHEQIAO_BROKER_URL": "amqp://u:p@127.0.0.1/", "CHEQIAO_DATABASE_URL": "mysql+pymysql://u:p@127.0.0.1:3306/{schema}"}

    said = cheqiao("sandbox", "bind", CHEQIAO_VAR=str(tmp_path), **made, **real, **servers)

    assert said.returncode == 2
    assert "for stand-ins only" in said.stderr
