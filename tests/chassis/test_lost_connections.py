"""A database server that was away has closed every connection, whichever of ours notices it first."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import create_engine, text

from chassis.database import Database, open_engine
from chassis.errors import Unavailable
from tests.servers import Place

NUMBER = text("SELECT CONNECTION_ID()")


@pytest.fixture
def database(place: Place) -> Iterator[Database]:
    place.create_schemas("lost")
    database = Database(open_engine(place.database_url.format(schema="lost"), pool_size=5), lambda _tx, _until: ())
    yield database
    database.dispose()


def write(database: Database) -> int:
    with database.write() as tx:
        return int(tx.execute(NUMBER).scalar_one())


def read(database: Database) -> int:
    with database.read() as connection:
        return int(connection.execute(NUMBER).scalar_one())


@pytest.mark.parametrize(("first", "second"), [(read, write), (write, read)])
def test_what_one_finds_lost_the_other_does_not_meet(
    place: Place, database: Database, first: Callable[[Database], int], second: Callable[[Database], int]
):
    lost = {first(database), second(database)}
    server = create_engine(place.database_url.format(schema="lost"))
    with server.connect() as connection:
        for number in lost:
            connection.execute(text(f"KILL {number}"))
    server.dispose()
    with pytest.raises(Unavailable):
        first(database)

    assert second(database) not in lost
    assert first(database) not in lost
