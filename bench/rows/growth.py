"""Growth: the same work with ten thousand, a hundred thousand and a million rows in an outbox, in the parked list, in what is searched.

What insight answers is asked through the functions behind `/ops/v1`; the three sizes stand side by side and are asked in turns. An
outbox of each size is begun to be drained by a service of its own that is started for each round, and the rate read from its rows.
"""

import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sized
from dataclasses import dataclass, field
from statistics import median
from uuid import UUID, uuid4

from sqlalchemy import Connection

from bench import seeding
from bench.broker import Broker
from bench.figures import Figure, against, alone, percentile
from bench.ground import CannotMeasure, Corner, Ground, address_of_its_own, vault_of
from bench.ours.contracts import VisitNoted
from bench.rows.event import visit
from bench.seeding import GROUPS, HOPS_OF_PATTERN, Copies, steps_of
from chassis.database import Database, migrate, open_engine
from chassis.outbox import OutboxWriter
from chassis.privacy import Vault
from contracts.operating import ParkedFilter, SearchBy, SearchForm
from launcher.house import SERVICES
from launcher.stage import until
from services.insight import parked_list, search, timeline

SIZES = {10_000: "10⁴", 100_000: "10⁵", 1_000_000: "10⁶"}
GOAL = 1.2
SEARCH_MS = 300.0
REPEATS = 15
DRAINED, FIRST_DRAINED = 4_000, 1_000
"""Rows drained in a round, and how many of them go by before the clock starts: the process has just been started."""
POOL = 1 << 30
Ask = Callable[[Connection, int], Sized]


@dataclass
class Size:
    """The rows of one size, and milliseconds that each question took, round by round."""

    rows: int
    corner: Corner
    environment: Mapping[str, str]
    vault: Vault
    took: dict[str, list[float]] = field(default_factory=dict)
    slowest: dict[str, float] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return SIZES[self.rows]


def measure(ground: Ground) -> Iterator[Figure]:
    """Raises CannotMeasure when an outbox is not drained."""
    pool = ground.servers.mariadb.execute("SELECT @@innodb_buffer_pool_size")[0][0]
    ground.servers.mariadb.execute(f"SET GLOBAL innodb_buffer_pool_size = {POOL}")
    sizes = [_seeded(ground, rows) for rows in (list(SIZES)[:2] if ground.quick else SIZES)]
    with ground.task("growth: asking", ground.rounds) as steps:
        for turn in range(ground.rounds):
            first = turn % len(sizes)
            for size in sizes[first:] + sizes[:first]:
                _ask_all(size)
            steps.step()
    with ground.task("growth: draining outboxes", ground.rounds * len(sizes)) as steps:
        for _ in range(ground.rounds):
            for size in sizes:
                size.took.setdefault("outbox drain", []).append(_drained(ground, size))
                steps.step()
    yield from _figures(sizes)
    ground.servers.mariadb.execute(f"SET GLOBAL innodb_buffer_pool_size = {pool}")


def _figures(sizes: list[Size]) -> Iterator[Figure]:
    small, *middle, large = sizes
    for work in large.took:
        for size in middle:
            between, name = size.took[work], f"· {work}, {size.name} rows"
            yield against(name, between, small.took[work], small.name, unit="ms", goal=None, better="lower")
        yield against(f"{work}, {large.name} rows", large.took[work], small.took[work], small.name, unit="ms", goal=GOAL, better="lower")
    for work, slowest in large.slowest.items():
        yield alone(f"{work}, {large.name} rows, p99", slowest, unit="ms", goal=SEARCH_MS, better="lower")


def questions(size: Size) -> dict[str, Ask]:
    """What is asked of insight, each with the number of the time that it is asked: a trace is of another booking each time."""

    def found_by(by: SearchBy, value: str) -> Ask:
        return lambda connection, _: search.search(connection, SearchForm(by=by, value=value), size.vault)

    bookings = size.rows // HOPS_OF_PATTERN
    return {
        "parked, first page": lambda connection, _: parked_list.page(connection, ParkedFilter()).parked,
        "parked, page of a group": lambda connection, _: parked_list.page(connection, _one_group()).parked,
        "parked, groups": lambda connection, _: parked_list.groups(connection, ParkedFilter()).groups,
        "search by VIN": found_by("vin", seeding.VIN),
        "search by phone": found_by("mobile", seeding.MOBILE),
        "search by number": found_by("number", seeding.DMS_NO),
        "trace": lambda connection, number: timeline.trace(connection, appointment(1 + number * 7919 % (bookings - 1))).moments,
    }


def _one_group() -> ParkedFilter:
    return ParkedFilter(service=seeding.SERVICES[1], type=seeding.TYPES[1], rule=seeding.RULES[0])


def appointment(copy: int) -> UUID:
    return UUID(hex=f"{seeding.APPOINTMENT.hex[:-6]}{copy:06X}")


def _ask_all(size: Size) -> None:
    engine = open_engine(size.corner.database_url.replace("{schema}", "insight"), pool_size=1)
    database = Database(engine, OutboxWriter("insight", size.vault))
    for work, ask in questions(size).items():
        took = [_milliseconds(database, ask, number) for number in range(REPEATS + 3)][3:]
        size.took.setdefault(work, []).append(median(took))
        if work.startswith(("search", "trace")):
            size.slowest[work] = max(size.slowest.get(work, 0.0), percentile(took, 99))
    engine.dispose()


def _milliseconds(database: Database, ask: Ask, number: int) -> float:
    with database.read() as connection:
        begun = time.perf_counter()
        found = ask(connection, number)
        took = (time.perf_counter() - begun) * 1000
    if not len(found):
        raise CannotMeasure("a question found nothing")
    return took


def _seeded(ground: Ground, rows: int) -> Size:
    corner = ground.corner(f"growth{len(str(rows)) - 1}")
    _, environment = address_of_its_own(ground.stage(corner).environment | {"CHEQIAO_BROKER_HEARTBEAT_SECONDS": "60"})
    size = Size(rows, corner, environment, vault_of(environment))
    for service in ("insight", "appointments"):
        migrate(corner.database_url.replace("{schema}", service), SERVICES[service].migrations)
    run = corner.servers.mariadb.execute
    run("SET GLOBAL innodb_flush_log_at_trx_commit = 2")
    bookings, parked = rows // HOPS_OF_PATTERN, rows // GROUPS
    steps_in_all = steps_of(bookings, 12) + 2 * steps_of(bookings, 6) + steps_of(parked, GROUPS) + steps_of(rows, 1)
    with ground.task(f"growth: {size.name} rows", steps_in_all) as steps:
        _seed_insight(size, bookings, parked, steps.step)
        _seed_outbox(size, rows, steps.step)
    run("SET GLOBAL innodb_flush_log_at_trx_commit = 1")
    return size


def _seed_insight(size: Size, bookings: int, parked: int, step: Callable[[], None]) -> None:
    engine = open_engine(size.corner.database_url.replace("{schema}", "insight"), pool_size=1)
    with Database(engine, OutboxWriter("insight", size.vault)).write() as tx:
        seeding.write_pattern(tx, size.vault)
    engine.dispose()
    copies, ids = Copies(size.corner, "insight"), ("message_id", "subject", "correlation_id", "causation_id")
    copies.multiply("hops", "step <> 'parked'", ids, bookings, step)
    copies.multiply("messages", "1", ids, bookings, step)
    copies.multiply("found_by", "1", ("value", "subject"), bookings, step)
    copies.multiply("parked_now", "1", ids, parked, step)
    size.corner.servers.mariadb.execute(f"UPDATE {size.corner.schema('insight')}.parked_counts SET number = number * {parked + 1}")


def _seed_outbox(size: Size, rows: int, step: Callable[[], None]) -> None:
    """One row as our own writer makes it, and copies of it that all wait."""
    schema = size.corner.schema("appointments")
    event = VisitNoted.model_validate(visit()).identified(UUID(hex=f"{uuid4().hex[:-6]}FFFFFF"))
    engine = open_engine(size.corner.database_url.replace("{schema}", "appointments"), pool_size=1)
    with Database(engine, OutboxWriter("appointments", size.vault)).write() as tx:
        tx.tell(event)
    engine.dispose()
    Copies(size.corner, "appointments").multiply("outbox", "1", ("message_id",), rows, step)
    size.corner.servers.mariadb.execute(f"UPDATE {schema}.outbox SET leased_until = 0")


def _drained(ground: Ground, size: Size) -> float:
    """Milliseconds for one row, over some thousands, with all the others waiting behind them."""
    schema, run = size.corner.schema("appointments"), size.corner.servers.mariadb.execute
    run(f"UPDATE {schema}.outbox SET published_at = NULL, leased_until = 0, reported = 0 WHERE published_at IS NOT NULL")
    done = f"SELECT COUNT(*) FROM {schema}.outbox WHERE published_at IS NOT NULL"
    with ground.process(f"drain{size.rows}", ["-m", "bench.ours"], size.environment) as child:
        there = until(lambda: size.corner.one(done) >= DRAINED, 60)
        child.send(signal.SIGKILL)
    if not there:
        raise CannotMeasure(f"{size.corner.one(done)} of {DRAINED} outbox rows were drained in 60 s, {size.name} waiting")
    times = [int(str(row[0])) for row in run(f"SELECT published_at FROM {schema}.outbox WHERE published_at IS NOT NULL ORDER BY 1")]
    with Broker(size.corner.broker_url) as broker:
        broker.purge("messaging")
    return (times[-1] - times[FIRST_DRAINED]) / (len(times) - FIRST_DRAINED)
