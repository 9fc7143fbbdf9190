"""What stood in the tables before registration was there is there afterwards."""

from uuid import UUID

import pytest
from alembic import command
from sqlalchemy import select, text

from chassis.database import from_millis, migrate, open_engine, revisions
from services.customers.domain import Following
from services.customers.store import bindings, followings
from tests.services.house import ROOT

VERSIONS = ROOT / "services" / "customers" / "migrations"
A_BINDING = """
    INSERT INTO bindings
        (binding_id, version, state, account, follower_id, openid, openid_lookup, customer_id, vehicle_id, vin, vin_lookup, name, mobile,
         follows_since)
    VALUES (:id, 1, :state, 'main', :follower, '', '', 'C1', :id, '', '', '', '', :since)
"""
STAYED, LEFT, SEEDED = UUID(int=1), UUID(int=2), UUID(int=3)


@pytest.fixture(params=["sqlite", "mariadb"])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'customers.sqlite'}"
    place = request.getfixturevalue("place")
    place.create_schemas("customers")
    return place.database_url.format(schema="customers")


def test_who_follows_is_carried_over_from_the_bindings(url):
    engine = open_engine(url, 1)
    at_first = revisions(VERSIONS)
    with engine.connect() as connection:
        at_first.attributes["connection"] = connection
        command.upgrade(at_first, "customers_0001")
        for number, (follower, state, since) in enumerate([(STAYED, "active", 5000), (LEFT, "suspended", 7000), (SEEDED, "active", None)]):
            row = {"id": UUID(int=10 + number).hex, "state": state, "follower": follower.hex, "since": since}
            connection.execute(text(A_BINDING), row)
        connection.commit()

    migrate(url, VERSIONS)

    with engine.connect() as connection:
        kept = [
            Following(row.follower_id, row.follows, from_millis(row.since) if row.since else None)
            for row in connection.execute(select(followings).order_by(followings.c.since))
        ]
        cars = connection.execute(select(bindings.c.model, bindings.c.dealer_code, bindings.c.ended_because)).all()
    engine.dispose()
    assert kept == [Following(SEEDED), Following(STAYED, True, from_millis(5000)), Following(LEFT, False, from_millis(7000))]
    assert {tuple(car) for car in cars} == {("", "", "")}
