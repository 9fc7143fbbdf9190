"""One service on a real schema, for tests that hand it messages and read what it told."""

from inspect import getmembers
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select

from chassis import privacy, tables
from chassis.database import Database, open_engine
from chassis.messages import decode, unwrap
from chassis.outbox import OutboxWriter
from chassis.privacy import Vault
from contracts.catalogue import BY_TYPE
from contracts.envelope import Contract
from tests.schemas import migrated

ROOT = Path(__file__).parents[2]
VAULT = Vault({"k1": b"1" * 32}, b"2" * 32)


class House:
    """Delivers to the method that reads a contract, in a transaction of its own, as the chassis does; without an inbox: repeats arrive."""

    def __init__(self, service: Any, schema: Path | str) -> None:
        """`schema` is a SQLite file, or the URL of a database."""
        privacy.use(VAULT)
        self.service = service
        self.schema = schema
        url = migrated(schema if isinstance(schema, str) else f"sqlite:///{schema}", ROOT / "services" / service.name / "migrations")
        self.database = Database(open_engine(url, pool_size=5), OutboxWriter(service.name, VAULT))
        self.methods = dict(readings_of(type(service)))
        self._read_up_to = 0

    def deliver(self, message: Contract, *, attempt: int = 0) -> list[Contract]:
        """What was told because of it, in order. `attempt`: how often it had to wait before."""
        self.only_deliver(message, attempt=attempt)
        return self.told()

    def only_deliver(self, message: Contract, *, attempt: int = 0) -> None:
        with self.database.write() as tx:
            tx.attempt = attempt
            getattr(self.service, self.methods[type(message)])(message, tx)

    def told(self) -> list[Contract]:
        """What was told since last asked, in order, in clear."""
        outbox = tables.outbox
        with self.database.read() as connection:
            rows = connection.execute(select(outbox).where(outbox.c.number > self._read_up_to).order_by(outbox.c.number)).all()
        if rows:
            self._read_up_to = rows[-1].number
        envelopes = [decode(row.body) for row in rows]
        return [unwrap(BY_TYPE[envelope.type], envelope, VAULT) for envelope in envelopes]

    def write(self) -> Any:
        return self.database.write()

    def runtime(self, **more: Any) -> Any:
        """What a mounted application asks of the service's runtime."""
        return SimpleNamespace(name=self.service.name, database=self.database, vault=VAULT, **more)


def readings_of(service: type) -> list[tuple[type[Contract], str]]:
    """Which method reads which contract, its own or an inherited one."""
    return [
        (contract, name)
        for name, method in getmembers(service, callable)
        for entrypoint in getattr(method, "nameko_entrypoints", ())
        for contract in getattr(entrypoint, "_types", ())  # a timer reads nothing
    ]


class Times:
    """A clock that stands where it is put."""

    def __init__(self, at: Any) -> None:
        self.at = at

    def __call__(self) -> Any:
        return self.at


def types_of(messages: list[Contract]) -> list[type[Contract]]:
    return [type(message) for message in messages]
