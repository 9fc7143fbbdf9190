"""Fifty thousand open complaints: the desk's queue by role, and the sweep of their limits.

The peer is the least that any way of doing it has to do: for a page one bare statement of SQLAlchemy Core; for a day that was missed one
`UPDATE … JOIN` or `INSERT … SELECT` for each table, of the rows that ours has made.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter

from bench.cases import asking, seeding, sweeping
from bench.cases.asking import Ask
from bench.figures import Figure, against, alone, percentile
from bench.ground import CannotMeasure, Corner, Ground, Steps, vault_of
from chassis import privacy
from chassis.database import Database, migrate, open_engine
from chassis.outbox import OutboxWriter
from launcher.house import SERVICES

OPEN, QUICK_OPEN = 50_000, 5_000
PATTERNS, QUICK_PATTERNS = 250, 50
REPEATS = 10
ROUNDS = 3
QUEUE_MS, SWEEP_SECONDS = 300.0, 5.0
POOL = 2 << 30
BARE_PAGE, BARE_ROWS = "bare SELECT", "bare UPDATE, INSERT … SELECT"


@dataclass
class Asked:
    """Milliseconds of what was asked: by role, and of the bare statement."""

    by_role: dict[str, list[float]] = field(default_factory=dict)
    beside: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)


def measure(ground: Ground) -> Iterator[Figure]:
    run = ground.servers.mariadb.execute
    pool = run("SELECT @@innodb_buffer_pool_size")[0][0]
    run(f"SET GLOBAL innodb_buffer_pool_size = {POOL}")
    corner = ground.corner("complaints")
    try:
        with _seeded(ground, corner) as database:
            yield from _of_the_queue(ground, database)
            yield from _of_the_sweep(ground, corner, database)
    finally:
        run(f"SET GLOBAL innodb_buffer_pool_size = {pool}")


def _of_the_queue(ground: Ground, database: Database) -> Iterator[Figure]:
    with ground.task("complaints: queue", len(asking.WHO)) as steps:
        found = _asked(database, steps)
    for what, one in found.items():
        slowest = max(one.by_role, key=lambda role: percentile(one.by_role[role], 99))
        for role, took in one.by_role.items():
            yield alone(f"· {what}, {role}, p50", percentile(took, 50), unit="ms", goal=None, better="lower")
            yield alone(f"· {what}, {role}, p99", percentile(took, 99), unit="ms", goal=None, better="lower")
        worst = percentile(one.by_role[slowest], 99)
        yield alone(f"{what}, slowest role ({slowest}), p99", worst, unit="ms", goal=QUEUE_MS, better="lower")
        yield against(f"· {what}, all open cases", one.beside, one.bare, BARE_PAGE, unit="ms", goal=None, better="lower")


def _asked(database: Database, steps: Steps) -> Mapping[str, Asked]:
    """All queues of each role; beside the bare statements that of a handler's open cases, in turns."""
    first, middle, counted = Asked(), Asked(), Asked()
    for by in asking.WHO:
        role = by.role.value
        with database.read() as connection:
            places = {name: asking.in_the_middle(connection, by, name) for name in asking.QUEUES}
        for name in asking.QUEUES:
            first.by_role.setdefault(role, []).extend(_milliseconds(database, asking.first_page(by, name)))
            if place := places[name]:
                middle.by_role.setdefault(role, []).extend(_milliseconds(database, asking.middle_page(by, name, place)))
        counted.by_role[role] = _milliseconds(database, asking.counts(by))
        steps.step()
    handler = asking.WHO[1]
    with database.read() as connection:
        place = asking.in_the_middle(connection, handler, "open")
    if place is None:
        raise CannotMeasure("there is no page in the middle")
    for _ in range(ROUNDS):
        _beside(database, first, asking.first_page(handler, "open"), asking.bare_first_page)
        _beside(database, middle, asking.middle_page(handler, "open", place), asking.bare_middle_page(place))
        _beside(database, counted, asking.counts(handler), asking.bare_counts)
    return {"queue, first page": first, "queue, page 21": middle, "queue, counts": counted}


def _beside(database: Database, asked: Asked, ours: Ask, bare: Ask) -> None:
    asked.beside += _milliseconds(database, ours)
    asked.bare += _milliseconds(database, bare)


def _of_the_sweep(ground: Ground, corner: Corner, database: Database) -> Iterator[Figure]:
    rounds = 1 if ground.quick else ROUNDS
    with ground.task("complaints: sweep", rounds + 2) as steps:
        took = sweeping.minutes(database)
        steps.step()
        yield alone("· sweep, each minute, p50", percentile(took, 50) * 1000, unit="ms", goal=None, better="lower")
        yield alone("sweep, each minute, slowest", max(took), unit="s", goal=SWEEP_SECONDS, better="lower")
        missed = sweeping.MissedDay(database, ground.servers.mariadb.execute, corner.schema("complaints"))
        due, ours, bare = missed.due(), [], []
        for mine, theirs in missed.rounds(rounds):
            ours.append(mine)
            bare.append(theirs)
            steps.step()
        yield against(f"· sweep, a day missed, {due:,} limits", ours, bare, BARE_ROWS, unit="s", goal=None, better="lower")
        seconds, meanwhile = sweeping.reckoned_anew(database)
        steps.step()
    yield alone("· calendar changed, all reckoned anew", seconds, unit="s", goal=None, better="lower")
    yield alone("sweep meanwhile, slowest", max(meanwhile), unit="s", goal=SWEEP_SECONDS, better="lower")


def _milliseconds(database: Database, ask: Ask) -> list[float]:
    """After two that warm up."""
    took = []
    with database.read() as connection:
        for _ in range(REPEATS + 2):
            begun = perf_counter()
            ask(connection)
            took.append((perf_counter() - begun) * 1000)
    return took[2:]


@contextmanager
def _seeded(ground: Ground, corner: Corner) -> Iterator[Database]:
    """`innodb_flush_log_at_trx_commit` is 1 again when anything is measured."""
    run = corner.servers.mariadb.execute
    number, patterns = (QUICK_OPEN, QUICK_PATTERNS) if ground.quick else (OPEN, PATTERNS)
    environment = ground.stage(corner).environment
    url = corner.database_url.replace("{schema}", "complaints")
    migrate(url, SERVICES["complaints"].migrations)
    vault = vault_of(environment)
    privacy.use(vault)
    database = Database(open_engine(url, pool_size=2), OutboxWriter("complaints", vault))
    try:
        run("SET GLOBAL innodb_flush_log_at_trx_commit = 2")
        with ground.task(f"complaints: {number:,} open cases", patterns + len(seeding.COPIED)) as steps:
            size = seeding.Size(number, patterns)
            seeding.seed(database, run, corner.schema("complaints"), size, steps.step)
        run("SET GLOBAL innodb_flush_log_at_trx_commit = 1")
        yield database
    finally:
        database.dispose()
