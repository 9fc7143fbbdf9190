"""Callback accepted: a push of WeChat verified, parsed, durable at the broker and answered, over 32 connections, one process each.

Ours is the gateway as production runs it, `cheqiao run gateway`, with plain pushes allowed beside encrypted ones. It publishes a push once
for each reader, so twice (messaging and insight), with personal fields sealed; the peers publish once, in clear.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median
from typing import get_args

import requests
import yaml

from bench.broker import Broker
from bench.figures import Figure, against, percentile
from bench.ground import CannotMeasure, Corner, Ground, address_of_its_own
from bench.load import NoAnswer, drive
from bench.processes import cpu_seconds
from bench.pushes import Account, Mode, deck
from launcher.house import ROOT
from launcher.stage import get, until

PATH = "/wechat/main"
FASTAPI, FLASK = "FastAPI + uvicorn + aio-pika + wechatpy", "Flask + wechatpy + Celery under gunicorn gevent"
OURS = "ours"
GOALS = {FASTAPI: 1.0, FLASK: 2.5}
MOST_PER_SECOND = 4_000
"""So many requests are made for each second of a round: more than anyone answers."""


@dataclass
class Subject:
    """Who is measured: where it listens, and the queues that its messages pile up in; `counted` has each push once."""

    name: str
    pid: int
    address: str
    counted: str
    queues: tuple[str, ...]
    rates: dict[Mode, list[float]] = field(default_factory=lambda: {"plain": [], "safe": []})
    slowest: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    """Processor time of its process for one push."""


def measure(ground: Ground) -> Iterator[Figure]:
    """Raises CannotMeasure when somebody does not start or answers anything but 200."""
    corner = ground.corner("callback")
    environment = ground.stage(corner).environment
    account = Account(environment["CHEQIAO_WECHAT_APPID"], environment["CHEQIAO_WECHAT_TOKEN"], environment["CHEQIAO_WECHAT_AES_KEY"])
    with Broker(corner.broker_url) as broker, ExitStack() as running:
        broker.declare_ours()
        subjects = [_gateway(ground, running, environment), *_peers(ground, running, corner, account)]
        _in_turns(ground, subjects, account, broker)
    ours, *peers = subjects
    for mode in get_args(Mode):
        for peer in peers:
            work = f"callback accepted, {mode} mode"
            yield against(work, ours.rates[mode], peer.rates[mode], peer.name, unit="/s", goal=GOALS[peer.name], better="higher")
    ground.say("processor ms per push: " + ", ".join(f"{subject.name} {median(subject.cpu_ms):.2f}" for subject in subjects))
    ground.say("p99 of an answer: " + ", ".join(f"{subject.name} {median(subject.slowest):.0f} ms" for subject in subjects))


def _in_turns(ground: Ground, subjects: list[Subject], account: Account, broker: Broker) -> None:
    """A round is one deck of pushes, played to each of them in turn."""
    seconds = 1.0 if ground.quick else 2.0
    rounds = [(number, mode) for number in range(ground.rounds) for mode in get_args(Mode)]
    with ground.task("callback: warming up", (len(rounds) + 1) * len(subjects)) as steps:
        for subject in subjects:
            _play(subject, deck(800, "safe", account, PATH) + deck(400, "plain", account, PATH), 1.0, broker)
            steps.step()
        for number, mode in rounds:
            requests_ = deck(round(MOST_PER_SECOND * seconds), mode, account, PATH)
            for subject in subjects:
                steps.step(f"callback: {mode} mode, round {number + 1}, {subject.name}")
                subject.rates[mode].append(_play(subject, requests_, seconds, broker))


def _play(subject: Subject, requests_: list[bytes], seconds: float, broker: Broker) -> float:
    """Accepted pushes per second. Each of them must then be in its queue: an answer without a message is no acceptance."""
    used = cpu_seconds(subject.pid)
    try:
        answered = drive(subject.address, requests_, seconds=seconds)
    except (NoAnswer, OSError) as error:
        raise CannotMeasure(f"{subject.name}: {error}") from error
    used = cpu_seconds(subject.pid) - used
    if answered.refused:
        raise CannotMeasure(f"{subject.name} answered {answered.refused}")
    if not until(lambda: broker.depth(subject.counted) >= answered.accepted, 10):
        raise CannotMeasure(f"{subject.name} accepted {answered.accepted} and the broker has {broker.depth(subject.counted)}")
    broker.purge(*subject.queues)
    subject.cpu_ms.append(1000 * used / answered.accepted)
    subject.slowest.append(percentile(answered.milliseconds, 99))
    return answered.per_second


def _gateway(ground: Ground, running: ExitStack, environment: Mapping[str, str]) -> Subject:
    settings = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    settings["accounts"]["main"]["allow_plain"] = True
    file = ground.directory / "gateway.yaml"
    file.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    address, mine = address_of_its_own({**environment, "CHEQIAO_CONFIG": str(file)})
    child = running.enter_context(ground.process("gateway", ["-m", "launcher.cli", "run", "gateway"], mine))
    _await(address, OURS)
    return Subject(OURS, child.pid, address, "messaging", ("messaging", "insight"))


def _peers(ground: Ground, running: ExitStack, corner: Corner, account: Account) -> Iterator[Subject]:
    shared = {"BENCH_BROKER_URL": corner.broker_url, "BENCH_APPID": account.appid, "BENCH_TOKEN": account.token}
    shared["BENCH_AES_KEY"] = account.aes_key
    for name, queue, command in ((FASTAPI, "fastapi", _uvicorn), (FLASK, "flask", _gunicorn)):
        address, environment = address_of_its_own({**shared, "BENCH_QUEUE": queue})
        child = running.enter_context(ground.peer(queue, command(address), environment))
        _await(address, name)
        yield Subject(name, child.pid, address, queue, (queue,))


def _uvicorn(address: str) -> list[str]:
    host, _, port = address.rpartition(":")
    fastest = ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
    return ["-m", "uvicorn", "bench.peers.fastapi_app:app", "--host", host, "--port", port, *fastest]


def _gunicorn(address: str) -> list[str]:
    return ["-m", "gunicorn", "bench.peers.flask_app:app", "-k", "gevent", "-w", "1", "-b", address, "--log-level", "warning"]


def _await(address: str, name: str) -> None:
    def ready() -> bool:
        try:
            return get(f"http://{address}/readyz").status_code == 200
        except requests.RequestException:
            return False

    if not until(ready, 60):
        raise CannotMeasure(f"{name} did not start; see its log")
