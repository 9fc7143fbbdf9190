"""The table of the house holds what is there."""

import pytest

from contracts.catalogue import ALL, QUEUED_SERVICES
from launcher.house import PREFIXES, SCHEMAS, SERVICES, Service


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
def test_a_service_stands_where_the_table_says(service: Service) -> None:
    assert service.load().name == service.name  # type: ignore[attr-defined]


NOTHING_OF_ITS_OWN = {"sms"}
"""It keeps what every service keeps, and no more."""


@pytest.mark.parametrize("name", sorted(SCHEMAS - NOTHING_OF_ITS_OWN))
def test_a_service_with_a_schema_has_migrations(name: str) -> None:
    assert list(SERVICES[name].migrations.glob(f"{name}_0001_*.py"))


def test_everyone_who_owns_or_reads_a_message_is_in_the_house() -> None:
    named = {contract.owner for contract in ALL} | {reader for contract in ALL for reader in contract.readers}

    assert (named | set(QUEUED_SERVICES)) - {"*"} <= set(SERVICES)


def test_a_path_leads_to_a_service_that_listens_in_its_zone() -> None:
    assert all(zone in SERVICES[name].zones for zone, prefixes in PREFIXES.items() for name in prefixes.values())
