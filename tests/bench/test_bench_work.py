"""What the rows have done: the handler's work for one event, and the pattern of a million rows. On SQLite, for their shape."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select

from bench.ours.contracts import NoteVisit, VisitNoted
from bench.ours.service import VisitsService
from bench.ours.store import metadata, visits
from bench.rows.event import visit
from bench.rows.growth import Size, appointment, questions
from bench.seeding import GROUPS, HOPS_OF_PATTERN, write_pattern
from chassis import privacy
from chassis.database import Database, migrate, open_engine
from chassis.outbox import OutboxWriter
from chassis.privacy import Vault
from chassis.tables import outbox
from contracts.operating import ParkedFilter
from launcher.house import SERVICES
from services.insight import parked_list
from services.insight.tables import hops

VAULT = Vault({"k1": bytes(32)}, bytes(range(32)))


@pytest.fixture
def insight(tmp_path: Path) -> Iterator[Database]:
    yield from opened(tmp_path, "insight")


@pytest.fixture
def appointments(tmp_path: Path) -> Iterator[Database]:
    yield from opened(tmp_path, "appointments")


def opened(folder: Path, service: str) -> Iterator[Database]:
    privacy.use(VAULT)
    url = f"sqlite:///{folder / service}.db"
    migrate(url, SERVICES[service].migrations)
    database = Database(open_engine(url, pool_size=1), OutboxWriter(service, VAULT))
    yield database
    database.dispose()


def test_one_event_is_one_row_of_state_and_one_event_told(appointments: Database):
    metadata.create_all(appointments.engine)
    message = NoteVisit.model_validate(visit())

    for _ in range(2):  # a repeat of what is known changes nothing
        with appointments.write() as tx:
            VisitsService().on_note(message, tx)

    with appointments.read() as connection:
        kept = connection.execute(select(visits)).one()
        told = connection.execute(select(outbox.c.type, outbox.c.routes, outbox.c.body)).one()
    assert (kept.visit_id, kept.concern) == (message.visit_id, message.concern)
    assert (told.type, told.routes) == (VisitNoted.type_name(), "messaging")
    assert message.mobile not in told.body


def test_the_pattern_has_the_hops_and_groups_that_are_counted_on(insight: Database):
    with insight.write() as tx:
        write_pattern(tx, VAULT)

    with insight.read() as connection:
        by_step = dict(connection.execute(select(hops.c.step == "parked", func.count()).group_by(hops.c.step == "parked")).all())
        groups = parked_list.groups(connection, ParkedFilter())
    assert by_step == {0: HOPS_OF_PATTERN, 1: GROUPS}
    assert (len(groups.groups), groups.total) == (GROUPS, GROUPS)


def test_every_question_finds_something_in_the_pattern(insight: Database):
    with insight.write() as tx:
        write_pattern(tx, VAULT)
    asked = questions(Size(1_000, corner=None, environment={}, vault=VAULT))  # type: ignore[arg-type]

    with insight.read() as connection:
        found = {work: len(ask(connection, 0)) for work, ask in asked.items() if work != "trace"}

    assert min(found.values()) >= 1
    assert found["search by VIN"] == 2  # the binding and the appointment


def test_copies_are_told_apart_by_the_end_of_their_ids():
    assert appointment(255) == UUID("a0000000-0000-4000-8000-0000000000ff")
