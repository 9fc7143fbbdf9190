"""The service in an empty house, on each kind of database."""

import pytest

from services.customers.service import CustomersService
from tests.services.customers.makers import NOW, a_consent
from tests.services.house import House, Times


@pytest.fixture(params=["sqlite", "mariadb"])
def any_house(request, tmp_path):
    """For what two transactions at once could spoil. One follower has agreed to be registered."""
    if request.param == "sqlite":
        schema = tmp_path / "customers.sqlite"
    else:
        schema = request.getfixturevalue("place").database_url.format(schema="customers")
    house = a_house(schema)
    yield house
    house.database.dispose()


@pytest.fixture
def house(tmp_path):
    """One follower has agreed to be registered."""
    return a_house(tmp_path / "customers.sqlite")


def a_house(schema):
    service = CustomersService()
    service.now = Times(NOW)
    house = House(service, schema)
    house.deliver(a_consent())
    return house
