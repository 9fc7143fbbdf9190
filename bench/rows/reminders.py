"""The month of reminders: made for a hundred thousand and for a million cars, handed to CSC, and looked at as statistics.

The peer is the least that any way of doing it has to do: a bare `INSERT … SELECT` of the same rows into the same table, in one statement.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sized
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from sqlalchemy import Connection

from bench.figures import Figure, against, alone, percentile
from bench.ground import CannotMeasure, Corner, Ground, Steps, vault_of
from bench.months import PERIOD, seeding
from chassis import privacy
from chassis.database import Database, migrate, open_engine
from chassis.outbox import OutboxWriter
from launcher.house import SERVICES
from launcher.stage import until
from services.reminders.figures import lists, reading

SIZES = {10_000: "10⁴", 100_000: "10⁵", 1_000_000: "10⁶"}
AGAINST_BARE, GROWTH = 3.0, 1.2
DEALER_MS, NATION_MS = 200.0, 1_000.0
ROOM = {"innodb_buffer_pool_size": 4 << 30, "innodb_log_file_size": 1 << 30}
"""A million cars with their items and indexes are two gigabytes; with a small log the server writes pages instead of taking rows."""
ROUNDS = 3
"""One of a million takes minutes."""
REPEATS = 15
LONGEST_SECONDS = 3_600
EMPTIED = (
    "items",
    "runs",
    "sums",
    "freezes",
    "corrections",
    "differences",
    "task_pages",
    "messages",
    "message_items",
    "unreported",
    "outbox",
)
Ask = Callable[[Connection], Sized]


@dataclass
class Size:
    """A fleet in a corner of its own, and what was measured of it, round by round."""

    cars: int
    corner: Corner
    environment: Mapping[str, str]
    items: int = 0
    seconds: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    most_mb: list[float] = field(default_factory=list)

    @property
    def name(self) -> str:
        return SIZES[self.cars]

    @property
    def schema(self) -> str:
        return self.corner.schema("reminders")

    @property
    def url(self) -> str:
        return self.corner.database_url.replace("{schema}", "reminders")

    def run(self, statement: str) -> Any:
        return self.corner.servers.mariadb.execute(statement)


def measure(ground: Ground) -> Iterator[Figure]:
    """Raises CannotMeasure when a process did not end as it should, or what was made differs from round to round."""
    with _room(ground):
        yield from _measured(ground)


@contextmanager
def _room(ground: Ground) -> Iterator[None]:
    """For both, ours and bare; other rows get back what they had."""
    run = ground.servers.mariadb.execute
    before = {name: run(f"SELECT @@{name}")[0][0] for name in ROOM}
    try:
        for name, size in ROOM.items():
            run(f"SET GLOBAL {name} = {size}")
        yield
    finally:
        for name, had in before.items():
            run(f"SET GLOBAL {name} = {had}")


def _measured(ground: Ground) -> Iterator[Figure]:
    small, large = (_seeded(ground, cars) for cars in (list(SIZES)[:2] if ground.quick else list(SIZES)[1:]))
    with ground.task("reminders: the month", 2 * (ROUNDS + 1)) as steps:
        for turn in range(ROUNDS + 1):
            for size in (small, large):
                _in_turns(ground, size, steps, warming_up=turn == 0)
    yield from _of_the_month(small, large)
    yield from _of_the_tasks(ground, large)
    yield from _of_the_messages(ground, large)
    yield from _of_the_statistics(ground, large)


def _of_the_month(small: Size, large: Size) -> Iterator[Figure]:
    bare = "bare INSERT … SELECT"
    for size, goal in ((small, None), (large, AGAINST_BARE)):
        work = f"{'' if goal else '· '}month, {size.name} cars, {size.items:,} items"
        yield against(work, size.seconds, size.bare, bare, unit="s", goal=goal, better="lower")
    mine, theirs = ([seconds / size.cars * 1e6 for seconds in size.seconds] for size in (large, small))
    yield against(f"month, a car of {large.name}", mine, theirs, f"of {small.name}", unit="µs", goal=GROWTH, better="lower")
    most, least = large.most_mb, small.most_mb
    yield against(f"month, peak memory, {large.name} cars", most, least, f"{small.name} cars", unit="MB", goal=GROWTH, better="lower")


def _of_the_tasks(ground: Ground, size: Size) -> Iterator[Figure]:
    """The last month that was made goes to CSC, whose answers come at once."""
    with ground.task("reminders: tasks", 1) as steps:
        found = _child(ground, size, "hand")
        steps.step()
    yield alone(f"· tasks handed to CSC, {found['rows']:,.0f}", found["rows"] / found["seconds"], unit="/s", goal=None, better="higher")
    most, early = [found["most_mb"]], [found["early_mb"]]
    yield against("tasks, peak memory", most, early, "after a tenth", unit="MB", goal=GROWTH, better="lower")


def _of_the_messages(ground: Ground, size: Size) -> Iterator[Figure]:
    """Handed over as many at a time as may be in flight; in life a step comes every two seconds."""
    with ground.task("reminders: messages", 1) as steps:
        found = _child(ground, size, "send")
        steps.step()
    yield alone(f"· messages handed over, {found['rows']:,.0f}", found["rows"] / found["seconds"], unit="/s", goal=None, better="higher")
    most, early = [found["most_mb"]], [found["early_mb"]]
    yield against("messages, peak memory", most, early, "after a tenth", unit="MB", goal=GROWTH, better="lower")


def _of_the_statistics(ground: Ground, size: Size) -> Iterator[Figure]:
    """Twelve months with a million items each; a list over the items that were made."""
    size.run(f"TRUNCATE {size.schema}.sums")
    with _opened(size) as database:
        seeding.seed_sums(database, seeding.items_of_each(1_000_000))
        size.run(f"ANALYZE TABLE {size.schema}.sums, {size.schema}.items")
        with ground.task("reminders: asking", len(QUESTIONS)) as steps:
            for work, (ask, goal) in QUESTIONS.items():
                took = [_milliseconds(database, ask) for _ in range(REPEATS + 2)][2:]
                yield alone(work, percentile(took, 99), unit="ms", goal=goal, better="lower")
                steps.step()


def _year(**wanted: Any) -> Ask:
    asked = reading.Wanted(seeding.MONTHS[0], seeding.MONTHS[-1], **wanted)
    return lambda connection: reading.figures(connection, asked).rows


def _list(**wanted: Any) -> Ask:
    asked = lists.Wanted("not_returned", PERIOD, **wanted)
    return lambda connection: lists.page(connection, asked).items


QUESTIONS: Mapping[str, tuple[Ask, float | None]] = {
    "statistics, a dealer's year, p99": (_year(level="dealer", code="D0007", by_type=True), DEALER_MS),
    "statistics, the nation's year, p99": (_year(level="nation", by_type=True), NATION_MS),
    "· statistics, all regions' year, p99": (_year(level="region"), None),
    "· statistics, all dealers' year, p99": (_year(level="dealer"), None),
    "· list 未回厂 of a dealer, p99": (_list(dealer="D0007"), None),
    "· list 未回厂 of the nation, p99": (_list(), None),
}


def _in_turns(ground: Ground, size: Size, steps: Steps, *, warming_up: bool) -> None:
    """Bare and ours, each on empty tables; what the first month made is what the bare statement writes."""
    if not warming_up:
        _empty(size)
        begun = perf_counter()
        size.run(f"INSERT INTO {size.schema}.items SELECT * FROM {size.schema}.bare")
        size.bare.append(perf_counter() - begun)
    _empty(size)
    found = _child(ground, size, "make")
    if warming_up:
        size.items = int(found["rows"])
        size.run(f"CREATE TABLE {size.schema}.bare AS SELECT * FROM {size.schema}.items ORDER BY vehicle_id")
    elif found["rows"] != size.items:
        raise CannotMeasure(f"{found['rows']} items, {size.items} before")
    else:
        size.seconds.append(found["seconds"])
        size.most_mb.append(found["most_mb"])
    steps.step()


def _child(ground: Ground, size: Size, what: str) -> dict[str, float]:
    name = f"months-{what}-{size.cars}"
    log = ground.logs / f"{name}.log"
    log.unlink(missing_ok=True)
    with ground.process(name, ["-m", "bench.months", what, size.url], size.environment) as child:
        until(lambda: not child.running, LONGEST_SECONDS)
    last = log.read_text(encoding="utf-8").strip().rpartition("\n")[2]
    try:
        found: dict[str, float] = json.loads(last)
    except json.JSONDecodeError as broken:
        raise CannotMeasure(f"{name} ended with: {last[:300]}") from broken
    return found


def _empty(size: Size) -> None:
    for table in EMPTIED:
        size.run(f"TRUNCATE {size.schema}.{table}")


def _milliseconds(database: Database, ask: Ask) -> float:
    with database.read() as connection:
        begun = perf_counter()
        found = ask(connection)
        took = (perf_counter() - begun) * 1000
    if not len(found):
        raise CannotMeasure("a question found nothing")
    return took


def _seeded(ground: Ground, cars: int) -> Size:
    corner = ground.corner(f"months{len(str(cars)) - 1}")
    size = Size(cars, corner, ground.stage(corner).environment)
    migrate(size.url, SERVICES["reminders"].migrations)
    size.run("SET GLOBAL innodb_flush_log_at_trx_commit = 2")
    with ground.task(f"reminders: {size.name} cars", -(-cars // seeding.CHUNK)) as steps, _opened(size) as database:
        seeding.seed_cars(database, size.run, size.schema, cars, steps.step)
    size.run("SET GLOBAL innodb_flush_log_at_trx_commit = 1")
    return size


@contextmanager
def _opened(size: Size) -> Iterator[Database]:
    vault = vault_of(size.environment)
    privacy.use(vault)
    database = Database(open_engine(size.url, pool_size=1), OutboxWriter("reminders", vault))
    try:
        yield database
    finally:
        database.dispose()
