"""What holds for every service: each message has its reader, migrations make the tables of the code, and nothing happens on import."""

import importlib
from pathlib import Path

import pytest
from sqlalchemy import Engine, MetaData, inspect

from chassis.database import migrate, open_engine
from contracts.catalogue import ALL
from services.appointments.service import AppointmentsService
from services.complaints.service import ComplaintsService
from services.console.service import ConsoleService
from services.customers.service import CustomersService
from services.insight.service import InsightService
from services.messaging.service import MessagingService
from services.reminders.service import RemindersService
from tests.services.house import ROOT, readings_of

SERVICES = [AppointmentsService, ComplaintsService, ConsoleService, CustomersService, InsightService, MessagingService, RemindersService]
NOT_OURS = {"inbox", "outbox", "retry", "parked", "sent_line", "carried_line", "partner_call", "timer", "hold", "alembic_version"}


def versions(service: type) -> Path:
    return ROOT / "services" / service.name / "migrations"


def metadata_of(service: type) -> MetaData:
    """In `store.py`, or in `tables.py` where there are many."""
    names = [name for name in ("store", "tables") if (ROOT / "services" / service.name / f"{name}.py").exists()]
    modules = [importlib.import_module(f"services.{service.name}.{name}") for name in names]
    metadata: MetaData = next(module.metadata for module in modules if hasattr(module, "metadata"))
    return metadata


def shape_in_code(service: type) -> dict[str, dict[str, bool]]:
    metadata = metadata_of(service)
    return {table.name: {column.name: bool(column.nullable) for column in table.columns} for table in metadata.sorted_tables}


def shape_in_database(engine: Engine) -> dict[str, dict[str, bool]]:
    inspected = inspect(engine)
    ours = [name for name in inspected.get_table_names() if name not in NOT_OURS]
    return {name: {column["name"]: column["nullable"] for column in inspected.get_columns(name)} for name in ours}


def indexes_in_code(service: type) -> set[str]:
    metadata = metadata_of(service)
    return {str(index.name) for table in metadata.sorted_tables for index in table.indexes}


def indexes_in_database(engine: Engine) -> set[str]:
    inspected = inspect(engine)
    names = [name for name in inspected.get_table_names() if name not in NOT_OURS]
    return {str(index["name"]) for name in names for index in inspected.get_indexes(name)}


@pytest.mark.parametrize("service", SERVICES)
def test_every_message_that_is_sent_to_a_service_has_its_reader_there(service):
    sent_here = {contract for contract in ALL if contract.owner != "*" and service.name in contract.routes()}
    read_here = {contract for contract, _ in readings_of(service)}

    assert sent_here <= read_here


@pytest.mark.parametrize("service", SERVICES)
def test_migrations_make_the_tables_of_the_code(service, tmp_path):
    url = f"sqlite:///{tmp_path / 'schema.sqlite'}"

    migrate(url, versions(service))

    engine = open_engine(url, 1)
    assert shape_in_database(engine) == shape_in_code(service)
    assert indexes_in_database(engine) >= indexes_in_code(service)


@pytest.mark.parametrize("service", SERVICES)
def test_migrations_make_the_same_tables_on_mariadb(service, place):
    url = place.database_url.format(schema=service.name)

    migrate(url, versions(service))

    engine = open_engine(url, 1)
    assert shape_in_database(engine) == shape_in_code(service)
    assert indexes_in_database(engine) >= indexes_in_code(service)
    engine.dispose()


@pytest.mark.parametrize("service", SERVICES)
def test_migrating_twice_changes_nothing(service, tmp_path):
    url = f"sqlite:///{tmp_path / 'schema.sqlite'}"
    migrate(url, versions(service))

    migrate(url, versions(service))

    assert shape_in_database(open_engine(url, 1)) == shape_in_code(service)
