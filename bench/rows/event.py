"""One event: a command taken from its queue, inbox row, state row, outbox row, and the event published and confirmed; one process each.

Each worker is frozen while its commands are put into its queue, and thawed when the clock starts. The clock stops when the last event is
in the queue downstream and no outbox row is left to publish. MariaDB with `innodb_flush_log_at_trx_commit=1` and no binary log, for all.
"""

import json
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from uuid import uuid4

from bench.broker import Broker, Letter, letter_to
from bench.figures import Figure, against, middle
from bench.ground import CannotMeasure, Corner, Ground, address_of_its_own, vault_of
from bench.ours.contracts import NoteVisit
from chassis.messages import encode, wrap
from chassis.privacy import Vault
from contracts.appointments import ServiceItem
from launcher.servers.child import Child
from launcher.stage import until

GOAL = 2.0
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


def measure(ground: Ground) -> Iterator[Figure]:
    """Raises CannotMeasure when a worker does not do its work."""
    corner = ground.corner("event")
    number = 1000 if ground.quick else 3000
    with Broker(corner.broker_url) as broker, ExitStack() as running:
        ours = _ours(ground, corner, broker, running)
        dramatiq = _dramatiq(ground, corner, broker, running)
        pool = _best_pool(ground, corner, broker, number)
        celery = _celery(ground, corner, broker, running, pool)
        workers = [ours, celery, dramatiq]
        with ground.task("event: warming up", (ground.rounds + 1) * len(workers)) as steps:
            for worker in workers:
                _play(worker, 500, corner, broker)
                steps.step()
            for turn in range(ground.rounds):
                for worker in workers:
                    steps.step(f"event: round {turn + 1}, {worker.name}")
                    worker.rates.append(_play(worker, number, corner, broker))
    for peer in (celery, dramatiq):
        yield against("one event, one process", ours.rates, peer.rates, peer.name, unit="/s", goal=GOAL, better="higher")


def _play(worker: Worker, number: int, corner: Corner, broker: Broker) -> float:
    """Events per second. Raises CannotMeasure when they are not all told in time."""
    letters = worker.letters(number)
    worker.child.send(signal.SIGSTOP)
    broker.publish(letters)
    begun = time.perf_counter()
    worker.child.send(signal.SIGCONT)
    if not until(lambda: broker.depth(worker.downstream) >= number and _outbox(worker, corner) == 0, WAIT_SECONDS):
        told = broker.depth(worker.downstream)
        raise CannotMeasure(f"{worker.name} told {told} of {number} in {WAIT_SECONDS} s; see its log")
    seconds = time.perf_counter() - begun
    if (told := broker.depth(worker.downstream)) != number:
        raise CannotMeasure(f"{worker.name} told {told} instead of {number}")
    broker.purge(worker.downstream)
    _let_rest(worker, corner)
    return number / seconds


def _outbox(worker: Worker, corner: Corner) -> int:
    return corner.one(f"SELECT EXISTS (SELECT 1 FROM {worker.schema}.outbox WHERE published_at IS NULL)")  # noqa: S608 - names of ours


def _let_rest(worker: Worker, corner: Corner) -> None:
    """Ours tells insight how its messages fared, beside the work and some seconds after it: that must not fall into a peer's turn."""
    if worker.schema == corner.schema("appointments"):
        unreported = f"SELECT EXISTS (SELECT 1 FROM {worker.schema}.outbox WHERE reported = 0)"  # noqa: S608 - names of ours
        until(lambda: corner.one(unreported) == 0, 30)


def _ours(ground: Ground, corner: Corner, broker: Broker, running: ExitStack) -> Worker:
    _, environment = address_of_its_own(ground.stage(corner).environment)
    vault = vault_of(environment)
    broker.declare_ours()
    child = running.enter_context(ground.process("event", ["-m", "bench.ours"], environment))
    worker = Worker("ours", child, corner.schema("appointments"), "messaging", lambda number: [_command(vault) for _ in range(number)])
    _await_consumer(worker, "appointments", broker)
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


def _celery(ground: Ground, corner: Corner, broker: Broker, running: ExitStack, pool: str) -> Worker:
    """Twenty workers at once, like ours; prefork has one child, for all are measured in one process."""
    at_once = "1" if pool == "prefork" else "20"
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]
    words = ["-m", "celery", "-A", "bench.peers.celery_app", "worker", "--pool", pool, "--concurrency", at_once, *quiet]
    return _peer(ground, corner, broker, running, f"celery_{pool}", words, f"Celery ({pool})", _task)


def _dramatiq(ground: Ground, corner: Corner, broker: Broker, running: ExitStack) -> Worker:
    words = ["-m", "dramatiq", "bench.peers.dramatiq_app", "--processes", "1", "--threads", "20"]
    return _peer(ground, corner, broker, running, "dramatiq", words, "Dramatiq (threads)", _actor)


def _peer(
    ground: Ground, corner: Corner, broker: Broker, running: ExitStack, queue: str, words: list[str], name: str, letter: "ToLetter"
) -> Worker:
    schema, downstream = corner.schema(queue), f"{queue}.downstream"
    corner.servers.mariadb.create_schemas([schema])
    for statement in PEER_TABLES:
        corner.servers.mariadb.execute(statement.replace("CREATE TABLE ", f"CREATE TABLE IF NOT EXISTS {schema}."))
    broker.declare_quorum(downstream)
    child = running.enter_context(ground.peer(queue, words, _peer_environment(corner, schema, queue, downstream)))
    worker = Worker(name, child, schema, downstream, lambda number: [letter(queue) for _ in range(number)])
    _await_consumer(worker, queue, broker)
    return worker


ToLetter = Callable[[str], Letter]


def _peer_environment(corner: Corner, schema: str, queue: str, downstream: str) -> Mapping[str, str]:
    mariadb = corner.servers.mariadb
    return {
        "BENCH_BROKER_URL": corner.broker_url,
        "BENCH_DATABASE_PORT": str(mariadb.port),
        "BENCH_DATABASE_PASSWORD": mariadb.password,
        "BENCH_DATABASE_SCHEMA": schema,
        "BENCH_QUEUE": queue,
        "BENCH_DOWNSTREAM": downstream,
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


def _best_pool(ground: Ground, corner: Corner, broker: Broker, number: int) -> str:
    """Celery is measured on the pool that does this work fastest, here and now."""
    found: dict[str, float] = {}
    with ground.task("event: Celery's pools", len(POOLS)) as steps:
        for pool in POOLS:
            with ExitStack() as running:
                worker = _celery(ground, corner, broker, running, pool)
                _play(worker, 300, corner, broker)
                found[pool] = middle([_play(worker, number // 2, corner, broker) for _ in range(2)])
            steps.step()
    ground.say("Celery's pools: " + ", ".join(f"{pool} {rate:.0f}/s" for pool, rate in found.items()))
    return max(found, key=lambda pool: found[pool])
