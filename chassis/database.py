"""One schema per service: transactions, what they tell, and the migrations that make it.

MySQL and MariaDB in production, a SQLite file per service in embedded. The transaction's way out is `tell`: the message is
written to the outbox in the same transaction and goes out only if that commits. (design sections 3 and 4)
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, TypeVar, cast
from uuid import UUID

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, CursorResult, Engine, Executable, QueuePool, create_engine, event, make_url, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from chassis.errors import Unavailable
from chassis.unit_of_work import UnitOfWork
from contracts.envelope import Contract, Envelope

MIGRATION_LOCK_SECONDS = 120
DEADLOCK, LOCK_WAIT = 1213, 1205

R = TypeVar("R")


def millis(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def from_millis(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


Told = tuple[Contract, Envelope | None]
"""A message that is to go out, and the one that led to it."""


@dataclass(frozen=True)
class Outgoing:
    """A row of the outbox on its way."""

    message_id: UUID
    type: str
    routes: tuple[str, ...]
    body: str


class Transaction:
    """One transaction of a service. `cause` is the message being handled; what is told carries its chain on.

    `attempt` counts the earlier tries of that message that ended in a wait.
    """

    def __init__(self, connection: Connection, whole: "Transaction | None" = None) -> None:
        self.connection = connection
        self.cause: Envelope | None = None
        self.attempt = 0
        self.told: list[Told] = whole.told if whole else []
        self.unit: UnitOfWork = whole.unit if whole else UnitOfWork(connection)

    def on_behalf_of(self, cause: Envelope, attempt: int) -> "Transaction":
        """The same transaction, as the handler of one of several messages sees it."""
        part = Transaction(self.connection, self)
        part.cause, part.attempt = cause, attempt
        return part

    def execute(
        self, statement: Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> CursorResult[Any]:
        """It finds what was kept before it (chassis/unit_of_work.py)."""
        self.unit.before(statement)
        return self.connection.execute(statement, parameters)

    def tell(self, *messages: Contract) -> None:
        """Send these if the transaction commits. A message whose id was told before is not told again.

        They are written to the outbox together, at the transaction's end.
        """
        self.told += [(message, self.cause) for message in messages]


class Database:
    """The schema of one service."""

    def __init__(self, engine: Engine, write_outbox: Callable[[Transaction, int], tuple[Outgoing, ...]]) -> None:
        """`write_outbox` writes down what a transaction told, claimed until then (milliseconds), and gives what may go out at once."""
        self.engine = engine
        self._write_outbox = write_outbox
        self.claimed_until: Callable[[], int] = lambda: 0
        """Until when what is told now is the relay's of this process; 0: whoever claims it."""
        self.after_telling: Callable[[tuple[Outgoing, ...]], None] = lambda _outgoing: None
        """Called after a commit that told something: hands it to the relay."""
        self._at_once = _committing_each(engine)
        if self._at_once is not engine:
            _lose_together(engine, self._at_once)
        # SQLite blocks the whole loop while it waits for another writer: one semaphore per file keeps writers apart (nameko.md).
        self._one_writer = BoundedSemaphore(1) if engine.dialect.name == "sqlite" else None

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """A transaction that commits at the end and is rolled back whole on any error. No savepoints: a deadlock destroys them silently.

        Raises Conflict when the database asks for another try, Unavailable when it cannot be reached.
        """
        if self._one_writer:
            self._one_writer.acquire()
        try:
            with translated_errors(), self.engine.begin() as connection:
                transaction = Transaction(connection)
                yield transaction
                transaction.unit.write()
                outgoing = self._write_outbox(transaction, self.claimed_until()) if transaction.told else ()
        finally:
            if self._one_writer:
                self._one_writer.release()
        if transaction.told:
            self.after_telling(outgoing)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """On a server each SELECT stands for itself, and is one way there and back; only a SQLite file holds still meanwhile."""
        with translated_errors(), self._at_once.connect() as connection:
            yield connection.execution_options(sqlite_begin="DEFERRED")

    def change(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> int:
        """One statement that commits by itself: on a server one way there and back. Gives the number of rows. Raises as `write`."""
        if self._one_writer:
            with self.write() as tx:
                return tx.execute(statement, parameters).rowcount
        with translated_errors(), self._at_once.connect() as connection:
            return connection.execute(statement, parameters).rowcount

    def dispose(self) -> None:
        self.engine.dispose()
        self._at_once.dispose()


class Conflict(Exception):
    """Two transactions wanted the same row: try at once again."""


def in_one_transaction(database: Database, work: Callable[[Transaction], R], tries: int = 5) -> R:
    """Do it, and again when another transaction was in its way. Raises Conflict after the last try, Unavailable without a database."""
    for _ in range(tries - 1):
        try:
            with database.write() as tx:
                return work(tx)
        except Conflict:
            continue
    with database.write() as tx:
        return work(tx)


@contextmanager
def translated_errors() -> Iterator[None]:
    """Deadlocks and unique keys taken meanwhile become Conflict; a lost or absent server becomes Unavailable."""
    try:
        yield
    except IntegrityError as error:
        raise Conflict from error
    except DBAPIError as error:
        number = error.orig.args[0] if error.orig is not None and error.orig.args else None
        if number in (DEADLOCK, LOCK_WAIT):
            raise Conflict from error
        if error.connection_invalidated or isinstance(error, OperationalError):
            raise Unavailable(f"database (error {number})") from error
        raise
    except PoolExhausted as error:
        raise Unavailable("database (no free connection)") from error


def open_engine(url: str, pool_size: int) -> Engine:
    """An engine that connects when first used. Raises nothing: a database that is away is noticed, and waited for, at use."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(parsed, connect_args={"check_same_thread": False}, pool_size=pool_size, max_overflow=pool_size)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return _connecting(parsed, pool_size, isolation_level="READ COMMITTED")


def _committing_each(engine: Engine) -> Engine:
    """The same schema on connections that end each statement by themselves: to switch one over and back would be three more statements."""
    if engine.dialect.name == "sqlite":
        return engine
    return _connecting(
        engine.url,
        cast(QueuePool, engine.pool).size(),
        isolation_level="AUTOCOMMIT",
        skip_autocommit_rollback=True,
        autocommit=True,
        init_command="SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
    )


def _lose_together(*engines: Engine) -> None:
    """Where one finds that the server was away, the connections of the other are as dead: nobody is to meet them one by one."""

    def lose(context: ExceptionContext) -> None:
        if context.is_disconnect:
            for engine in engines:
                engine.dispose()

    for engine in engines:
        event.listen(engine, "handle_error", lose)


def _connecting(url: URL, pool_size: int, *, isolation_level: str, skip_autocommit_rollback: bool = False, **connecting: Any) -> Engine:
    """To a server."""
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=10,
        pool_recycle=1800,
        pool_reset_on_return=None,  # every transaction is ended by us: another ROLLBACK is one more way to the server and back
        isolation_level=isolation_level,
        skip_autocommit_rollback=skip_autocommit_rollback,
        connect_args={"connect_timeout": 3, "read_timeout": 30, "write_timeout": 30, "charset": "utf8mb4", **connecting},
    )


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves: the driver would begin a write too late
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('sqlite_begin', 'IMMEDIATE')}")


def migrate(url: str, versions: Path) -> None:
    """Bring one service's schema up to date, alone: a second process waits. Creates the schema where it may.

    Raises Unavailable when the server is away or another process holds the lock for too long.
    """
    _create_schema(url)
    engine = open_engine(url, pool_size=1)
    try:
        with translated_errors(), engine.connect() as connection, _alone(connection):
            config = revisions(versions)
            config.attributes["connection"] = connection
            command.upgrade(config, "heads")
            connection.commit()
    finally:
        engine.dispose()


def revisions(versions: Path) -> Config:
    """Where Alembic finds what one service's schema is made of: the chassis branch and the service's own."""
    common = Path(__file__).parent / "migrations"
    config = Config()
    config.set_main_option("script_location", str(common))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", f"{common / 'versions'}\n{versions}")
    return config


def _create_schema(url: str) -> None:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        return
    engine = create_engine(parsed.set(database="information_schema"), connect_args={"connect_timeout": 3})
    try:
        with translated_errors(), engine.begin() as connection:
            known = connection.execute(
                text("SELECT 1 FROM information_schema.schemata WHERE schema_name = :name"), {"name": parsed.database}
            )
            if known.first() is None:
                connection.exec_driver_sql(f"CREATE DATABASE IF NOT EXISTS `{parsed.database}` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
    finally:
        engine.dispose()


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    """A named lock of the server; a SQLite file has one process only, which holds the lock on `var/`."""
    if connection.dialect.name == "sqlite":
        yield
        return
    name = f"cheqiao-migrate-{connection.engine.url.database}"
    if not connection.execute(text("SELECT GET_LOCK(:name, :seconds)"), {"name": name, "seconds": MIGRATION_LOCK_SECONDS}).scalar():
        raise Unavailable("the lock for migrations")
    connection.commit()
    try:
        yield
    finally:
        connection.execute(text("SELECT RELEASE_LOCK(:name)"), {"name": name})
