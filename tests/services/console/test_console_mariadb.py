"""Several copies of the console on MariaDB: the chain stays one, and every try at the door counts."""

from types import SimpleNamespace

import eventlet
import pytest
from sqlalchemy import func, select

from chassis.database import Database, migrate, open_engine
from chassis.outbox import OutboxWriter
from services.console import store
from services.console.entering import FREE
from services.console.service import ConsoleService
from tests.services.console.conftest import Console
from tests.services.house import ROOT, VAULT


@pytest.fixture
def copies(place):
    """Two copies of the console on one schema, with one member of staff."""
    url = place.database_url.format(schema="console")
    migrate(url, ROOT / "services" / "console" / "migrations")
    databases = [Database(open_engine(url, 5), OutboxWriter("console", VAULT)) for _ in range(2)]
    made = [Console(_on(database), "http://127.0.0.1:9") for database in databases]
    made[0].context.staff.add("test", "operator", "operator")
    yield made
    for database in databases:
        database.dispose()


def _on(database):
    def runtime(**more):
        return SimpleNamespace(name=ConsoleService.name, database=database, vault=VAULT, **more)

    return SimpleNamespace(database=database, runtime=runtime)


def all_at_once(*works):
    pool = eventlet.GreenPool(len(works))
    running = [pool.spawn(work) for work in works]
    return [one.wait() for one in running]


def test_lines_written_at_once_by_two_copies_are_one_chain(copies):
    all_at_once(*[lambda copy=copy, n=n: copy.context.audit.write("operator", f"order.{n}") for n in range(10) for copy in copies])

    chain = copies[0].context.audit.check(lambda: None)
    assert (chain.rows, chain.broken_at) == (21, None)


def test_tries_at_once_are_all_counted_and_no_more_than_are_free_look_at_a_password(copies):
    tries = [lambda copy=copy: copy.context.entrance.enter("operator", "guessed", "10.0.0.1") for _ in range(6) for copy in copies]

    answers = all_at_once(*tries)

    looked_at = [answer for answer in answers if answer.wait_until is None]
    with copies[0].context.database.read() as connection:
        most = connection.execute(select(func.max(store.attempt.c.failures))).scalar_one()
    assert (len(looked_at), most) == (FREE["name"], FREE["name"])
