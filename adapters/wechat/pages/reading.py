"""How the pages read their copy: in one short look, which a person does not wait for long."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from chassis.database import Database
from chassis.deadline import within

READ_SECONDS = 3.0
"""A person waits: better a page that says so than one that hangs."""


class Reading:
    """All looks raise Unavailable when the database does not answer in time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with within(READ_SECONDS, "database"), self._database.read() as connection:
            yield connection
