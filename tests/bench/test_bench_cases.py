"""What the row `complaints` has done, with few cases, on MariaDB: it makes open cases by itself."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select

from bench.cases import asking, seeding, sweeping
from chassis import privacy
from chassis.database import Database, migrate, open_engine
from chassis.outbox import OutboxWriter
from chassis.privacy import Vault
from chassis.tables import outbox
from launcher.house import SERVICES
from services.complaints.cases import store
from services.complaints.clocks.deadlines import next_due
from services.complaints.tables import calendar_changes, cases, deadlines

VAULT = Vault({"k1": bytes(32)}, bytes(range(32)))
CASES, PATTERNS = 270, 90


@pytest.fixture
def desk(place: Any) -> Iterator[tuple[Database, sweeping.MissedDay]]:
    """Open cases of every kind, and a day that nobody has swept."""
    privacy.use(VAULT)
    place.create_schemas("complaints")
    url = place.database_url.format(schema="complaints")
    migrate(url, SERVICES["complaints"].migrations)
    database = Database(open_engine(url, pool_size=2), OutboxWriter("complaints", VAULT))
    run, schema = place.servers.mariadb.execute, f"{place.prefix}complaints"
    seeding.seed(database, run, schema, seeding.Size(CASES, PATTERNS), lambda: None)
    yield database, sweeping.MissedDay(database, run, schema)
    database.dispose()


def all_of(database: Database, what: Any) -> list[Any]:
    with database.read() as connection:
        return list(connection.execute(what).all())


def test_cases_are_open_can_be_read_and_stand_in_the_queues_of_all_roles(desk: tuple[Database, sweeping.MissedDay]):
    database, _ = desk

    with database.read() as connection:
        found = {by.role: len(asking.first_page(by, "open")(connection)) for by in asking.WHO}
        some = [store.seen(connection, row.complaint_id) for row in connection.execute(select(cases).limit(40))]
    assert all_of(database, select(cases.c.is_open, func.count()).group_by(cases.c.is_open)) == [(True, CASES)]
    assert min(found.values()) > 0
    assert len({case.number for case in some if case}) == 40
    assert all(case and case.deadlines and next_due(case.deadlines) for case in some[:1])


def test_the_bare_statements_of_a_missed_day_write_what_the_sweep_wrote(desk: tuple[Database, sweeping.MissedDay]):
    database, missed = desk
    due = missed.due()
    written = []

    class Watched(sweeping.MissedDay):
        def _back(self) -> None:
            standing = select(deadlines.c.deadline_id, deadlines.c.next_look_at, deadlines.c.breached_at).order_by(deadlines.c.deadline_id)
            told = select(func.count()).select_from(outbox)
            written.append((all_of(database, standing), all_of(database, told), all_of(database, select(func.sum(cases.c.version)))))
            super()._back()

    rounds = list(Watched(database, missed.run, missed.schema).rounds(2))

    assert due > 0
    assert len(rounds) == 2
    assert written[0] == written[1] == written[2] == written[3]
    assert written[0][1][0][0] > due
    assert missed.due() == 0


def test_all_is_reckoned_anew_and_swept_meanwhile(desk: tuple[Database, sweeping.MissedDay]):
    database, _ = desk

    _seconds, sweeps = sweeping.reckoned_anew(database)

    assert sweeps
    assert {row.applied for row in all_of(database, select(calendar_changes.c.applied))} == {True}
