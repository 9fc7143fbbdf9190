"""One event: a command taken from its queue, inbox row, state row, outbox row, and the event published and confirmed; one process each.

Each worker is frozen while its commands are put into its queue, and thawed when the clock starts. The clock stops when the last event is
in the queue downstream and no outbox row is left to publish. The peers' tasks mark their own rows; beside them stand the same peers, made
faster than most would, with a thread that marks set-wise. MariaDB with `innodb_flush_log_at_trx_commit=1` and no binary log, for all.
"""

import json
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import uuid4

from bench.broker import Broker, Letter, letter_to
from bench.figures import Figure, against, middle
from bench.ground import CannotMeasure, Corner, Ground, address_of_its_own, vault_of
from bench.ours.contracts import NoteVisit
from bench.processes import cpu_seconds
from chassis.messages import encode, wrap
from chassis.privacy import Vault
from contracts.appointments import ServiceItem
from launcher.servers.child import Child
from launcher.stage import until

GOAL = 2.0
MARKS = {"each": "", "together": ", marked set-wise"}
POOLS = ("threads", "gevent", "prefork")
WAIT_SECONDS = 60
PEER_TABLES = (
    "CREATE TABLE inbox (message_id CHAR(36) PRIMARY KEY, type VARCHAR(96) NOT NULL, size_bytes INT NOT NULL, received_at BIGINT NOT NULL)",
    "CREATE TABLE bench_visit (visit_id CHAR(36) PRIMARY KEY, version INT NOT NULL, follower_id CHAR(36) NOT NULL,"
    " vehicle_id CHAR(36) NOT NULL, dealer_code VARCHAR(32) NOT NULL, day DATE NOT NULL, items TEXT NOT NULL, mileage_km INT NOT NULL,"
    " mobile TEXT NOT NULL, concern TEXT NOT NULL)",
    "CREATE TABLE outbox (number BIGINT AUTO_INCREMENT PRIMARY KEY, message_id CHAR(36) NOT NULL UNIQUE, type VARCHAR(96) NOT NULL,"
    " routes VARCHAR(255) NOT NULL, body MEDIUMTEXT NOT NULL, written_at BIGINT NOT NULL, published_at BIGINT,"
    " INDEX ix_outbox_waiting (published_at, number))",
)


@dataclass
class Worker:
    """Who is measured. `letters` makes so many commands for it; what it tells piles up in `downstream`."""

    name: str
    child: Child
    schema: str
    downstream: str
    letters: Callable[[int], list[Letter]]
    rates: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    """Processor time of the worker for one event."""


@dataclass(frozen=True)
class Scene:
    """Where the workers are put: `running` ends their processes."""

    ground: Ground
    corner: Corner
    broker: Broker
    running: ExitStack


def measure(ground: Ground) -> Iterator[Figure]:
    """Raises CannotMeasure when a worker does not do its work."""
    corner = ground.corner("event")
    number = 1000 if ground.quick else 3000
    with Broker(corner.broker_url) as broker, ExitStack() as running:
        scene = Scene(ground, corner, broker, running)
        pool = _best_pool(scene, number)
        workers = [_ours(scene), *(peer for mark in MARKS for peer in (_celery(scene, pool, mark), _dramatiq(scene, mark)))]
        with ground.task("event: warming up", (ground.rounds + 1) * len(workers)) as steps:
            for worker in workers:
                _play(worker, 500, scene)
                steps.step()
            for turn in range(ground.rounds):
                for worker in workers:
                    steps.step(f"event: round {turn + 1}, {worker.name}")
                    worker.rates.append(_play(worker, number, scene))
    ground.say("processor ms per event: " + ", ".join(f"{worker.name} {middle(worker.cpu_ms):.2f}" for worker in workers))
    ours, *peers = workers
    for peer in peers:
        tuned = peer.name.endswith(MARKS["together"])
        work, goal = ("· one event, peer tuned", None) if tuned else ("one event, one process", GOAL)
        yield against(work, ours.rates, peer.rates, peer.name, unit="/s", goal=goal, better="higher")


def _play(worker: Worker, number: int, scene: Scene) -> float:
    """Events per second. Raises CannotMeasure when they are not all told in time."""
    letters, broker = worker.letters(number), scene.broker
    worker.child.send(signal.SIGSTOP)
    broker.publish(letters)
    used, begun = cpu_seconds(worker.child.pid), time.perf_counter()
    worker.child.send(signal.SIGCONT)
    if not until(lambda: broker.depth(worker.downstream) >= number and not _waits(worker, scene.corner), WAIT_SECONDS):
        told = broker.depth(worker.downstream)
        raise CannotMeasure(f"{worker.name} told {told} of {number} in {WAIT_SECONDS} s; see its log")
    seconds, used = time.perf_counter() - begun, cpu_seconds(worker.child.pid) - used
    worker.cpu_ms.append(1000 * used / number)
    if (told := broker.depth(worker.downstream)) != number:
        raise CannotMeasure(f"{worker.name} told {told} instead of {number}")
    broker.purge(worker.downstream)
    _let_rest(worker, scene.corner)
    return number / seconds


def _waits(worker: Worker, corner: Corner) -> bool:
    """Is there an outbox row that is not yet published?"""
    return bool(corner.one(f"SELECT EXISTS (SELECT 1 FROM {worker.schema}.outbox WHERE published_at IS NULL)"))


def _let_rest(worker: Worker, corner: Corner) -> None:
    """Ours tells insight how its messages fared, beside the work and some seconds after it: that must not fall into a peer's turn."""
    if worker.schema == corner.schema("appointments"):
        unreported = f"SELECT EXISTS (SELECT 1 FROM {worker.schema}.outbox WHERE reported = 0)"
        until(lambda: corner.one(unreported) == 0, 30)


def _ours(scene: Scene) -> Worker:
    _, environment = address_of_its_own(scene.ground.stage(scene.corner).environment)
    vault = vault_of(environment)
    scene.broker.declare_ours()
    child = scene.running.enter_context(scene.ground.process("event", ["-m", "bench.ours"], environment))
    schema = scene.corner.schema("appointments")
    worker = Worker("ours", child, schema, "messaging", lambda number: [_command(vault) for _ in range(number)])
    _await_consumer(worker, "appointments", scene.broker)
    return worker


def _command(vault: Vault) -> Letter:
    envelope = wrap(NoteVisit.model_validate(visit()), source="pages", vault=vault, cause=None)
    return letter_to("appointments", envelope, encode(envelope))


def visit() -> dict[str, object]:
    """What every command says; no two are about the same visit."""
    return {
        "visit_id": str(uuid4()),
        "version": 1,
        "follower_id": str(uuid4()),
        "vehicle_id": str(uuid4()),
        "dealer_code": "D001",
        "day": date.today().isoformat(),  # noqa: DTZ011 - any day will do
        "items": [ServiceItem(code="MAINTENANCE", name="定期保养").model_dump(), ServiceItem(code="TYRES", name="四轮定位").model_dump()],
        "mileage_km": 19800,
        "mobile": "13800138000",
        "concern": "左前轮有异响，空调出风口有异味，请一并检查。",
    }


def _celery(scene: Scene, pool: str, mark: str = "each") -> Worker:
    """Twenty workers at once; prefork has one child, for all are measured in one process."""
    at_once = "1" if pool == "prefork" else "20"
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]
    named = ["--hostname", f"{pool}-{mark}@bench", *quiet]
    words = ["-m", "celery", "-A", "bench.peers.celery_app", "worker", "--pool", pool, "--concurrency", at_once, *named]
    return _peer(scene, (f"celery_{pool}", mark), words, f"Celery ({pool})", _task)


def _dramatiq(scene: Scene, mark: str) -> Worker:
    words = ["-m", "dramatiq", "bench.peers.dramatiq_app", "--processes", "1", "--threads", "20"]
    return _peer(scene, ("dramatiq", mark), words, "Dramatiq (threads)", _actor)


def _peer(scene: Scene, which: tuple[str, str], words: list[str], name: str, letter: Callable[[str], Letter]) -> Worker:
    """`which` is its name for processes and queues, and how it marks."""
    queue, mark = "_".join(which), which[1]
    schema, downstream, mariadb = scene.corner.schema(queue), f"{queue}.downstream", scene.corner.servers.mariadb
    mariadb.create_schemas([schema])
    for statement in PEER_TABLES:
        mariadb.execute(statement.replace("CREATE TABLE ", f"CREATE TABLE IF NOT EXISTS {schema}."))
    scene.broker.declare_quorum(downstream)
    environment = {**_peer_environment(scene.corner, schema), "BENCH_QUEUE": queue, "BENCH_DOWNSTREAM": downstream, "BENCH_MARK": mark}
    child = scene.running.enter_context(scene.ground.peer(queue, words, environment))
    worker = Worker(name + MARKS[mark], child, schema, downstream, lambda number: [letter(queue) for _ in range(number)])
    _await_consumer(worker, queue, scene.broker)
    return worker


def _peer_environment(corner: Corner, schema: str) -> Mapping[str, str]:
    mariadb = corner.servers.mariadb
    return {
        "BENCH_BROKER_URL": corner.broker_url,
        "BENCH_DATABASE_PORT": str(mariadb.port),
        "BENCH_DATABASE_PASSWORD": mariadb.password,
        "BENCH_DATABASE_SCHEMA": schema,
    }


def _task(queue: str) -> Letter:
    """As `.delay()` sends it (Celery's protocol 2)."""
    id = str(uuid4())
    headers = {"lang": "py", "task": "bench.note_visit", "id": id, "root_id": id, "parent_id": None, "group": None, "retries": 0}
    body = json.dumps([[visit()], {}, {"callbacks": None, "errbacks": None, "chain": None, "chord": None}], ensure_ascii=False)
    properties = {"content_type": "application/json", "content_encoding": "utf-8", "correlation_id": id, "application_headers": headers}
    return Letter("", queue, body, properties)


def _actor(queue: str) -> Letter:
    """As `.send()` sends it."""
    told = {"queue_name": queue, "actor_name": "note_visit", "args": [visit()], "kwargs": {}, "options": {}}
    body = json.dumps({**told, "message_id": str(uuid4()), "message_timestamp": time.time_ns() // 1_000_000}, ensure_ascii=False)
    return Letter("", queue, body)


def _await_consumer(worker: Worker, queue: str, broker: Broker) -> None:
    """It has declared its queue and reads from it."""

    def reads() -> bool:
        if not worker.child.running:
            raise CannotMeasure(f"{worker.name} ended; see its log")
        return broker.consumers(queue) > 0

    if not until(reads, 60):
        raise CannotMeasure(f"{worker.name} does not read its queue; see its log")


def _best_pool(scene: Scene, number: int) -> str:
    """Celery is measured on the pool that does this work fastest, here and now."""
    found: dict[str, float] = {}
    with scene.ground.task("event: Celery's pools", len(POOLS)) as steps:
        for pool in POOLS:
            with ExitStack() as running:
                trial = replace(scene, running=running)
                worker = _celery(trial, pool)
                _play(worker, 300, trial)
                found[pool] = middle([_play(worker, number // 2, trial) for _ in range(2)])
            steps.step()
    scene.ground.say("Celery's pools: " + ", ".join(f"{pool} {rate:.0f}/s" for pool, rate in found.items()))
    return max(found, key=lambda pool: found[pool])
