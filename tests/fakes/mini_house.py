"""A house of three small services on the real chassis: one that wishes, one that carries out, one that watches.

They stand on the embedded transport and SQLite, or on the real RabbitMQ and MariaDB; what they do with a message is told by the test.
"""

import base64
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import eventlet
import nameko
from nameko.runners import ServiceRunner
from sqlalchemy import Table, select

from chassis import embedded, privacy, process
from chassis.database import Database, Transaction, migrate, open_engine
from chassis.entrypoints import carries_out, handles, watches
from chassis.listener import Listener
from chassis.outbox import OutboxWriter
from chassis.privacy import Vault
from chassis.settings import Settings
from contracts.appointments import RequestAppointment, ServiceItem
from contracts.dms import AppointmentStored, CancelAppointment, StoreAppointment
from contracts.envelope import Envelope, Event
from contracts.ops import Hop, OpsReport, OpsStatus

SCHEMAS = ("appointments", "dms", "insight")


def a_request(**changes: Any) -> RequestAppointment:
    wish = {
        "appointment_id": uuid4(),
        "follower_id": uuid4(),
        "vehicle_id": uuid4(),
        "dealer_code": "D001",
        "requested_date": date(2030, 1, 7),
        "items": (ServiceItem(code="M1", name="保养"),),
        "concern": "canary-concern",
        "submitted_at": datetime.now(UTC),
    }
    return RequestAppointment(**(wish | changes))


def a_wish(appointment_id: UUID, **changes: Any) -> StoreAppointment:
    wish = {
        "appointment_id": appointment_id,
        "customer_id": "C1",
        "vin": "canary-vin",
        "name": "canary-name",
        "mobile": "canary-mobile",
        "dealer_code": "D001",
        "requested_date": date(2030, 1, 7),
        "items": (ServiceItem(code="M1", name="保养"),),
        "source": "menu",
        "submitted_at": datetime.now(UTC),
    }
    return StoreAppointment(**(wish | changes))


@dataclass
class Script:
    """What the services do, and what they saw: what a handler saw is here once its transaction is committed."""

    on_store: Callable[[StoreAppointment], Event | None] = lambda wish: AppointmentStored(appointment_id=wish.appointment_id, dms_no="D-1")
    on_cancel: Callable[[CancelAppointment], None] = lambda wish: None
    on_tick: Callable[[Transaction], None] = lambda tx: None
    on_request: Callable[[RequestAppointment, Transaction], None] = lambda wish, tx: tx.tell(a_wish(wish.appointment_id))
    carried: list[tuple[UUID, str]] = field(default_factory=list)
    stored: list[AppointmentStored] = field(default_factory=list)
    watched: list[Envelope] = field(default_factory=list)
    hops: list[Hop] = field(default_factory=list)
    told: list[OpsStatus] = field(default_factory=list)


class Wishing:
    name = "appointments"
    script: Script

    @handles(RequestAppointment)
    def on_request(self, wish: RequestAppointment, tx: Transaction) -> None:
        self.script.on_request(wish, tx)

    @handles(AppointmentStored)
    def on_stored(self, news: AppointmentStored, tx: Transaction) -> None:
        once_committed(tx, lambda: self.script.stored.append(news))


class Carrying:
    name = "dms"
    script: Script

    @carries_out(StoreAppointment)
    def store(self, wish: StoreAppointment) -> Event | None:
        answer = self.script.on_store(wish)
        self.script.carried.append((wish.appointment_id, "store"))
        return answer

    @carries_out(CancelAppointment)
    def cancel(self, wish: CancelAppointment) -> None:
        self.script.on_cancel(wish)
        self.script.carried.append((wish.appointment_id, wish.reason))


class Watching:
    name = "insight"
    script: Script

    @watches(AppointmentStored)
    def on_any(self, envelope: Envelope, tx: Transaction) -> None:
        once_committed(tx, lambda: self.script.watched.append(envelope))

    @handles(OpsStatus)
    def on_status(self, status: OpsStatus, tx: Transaction) -> None:
        once_committed(tx, lambda: self.script.told.append(status))

    @handles(OpsReport)
    def on_report(self, report: OpsReport, tx: Transaction) -> None:
        once_committed(tx, lambda: self.script.hops.extend(report.hops))


LEFT = "left for after the commit"


class RememberingDatabase(Database):
    """Does after a commit what was left for it in the transaction."""

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        left: list[Callable[[], object]] = []
        with super().write() as tx:
            tx.connection.info[LEFT] = left
            yield tx
        for each in left:
            each()


def once_committed(tx: Transaction, what: Callable[[], object]) -> None:
    """What a test waits for must not be there before the rows are: it would look for them too early, now and then."""
    tx.connection.info[LEFT].append(what)


class MiniHouse:
    """Start it, tell it something, wait for what follows."""

    def __init__(self, root: Path, *, broker_url: str, database_url: str, **patience: float) -> None:
        self.script = Script()
        self._database_url = database_url
        self.settings = _settings(root, broker_url, patience)
        self.vault = Vault.of(self.settings.privacy)
        self._runners: list[ServiceRunner] = []
        for schema in SCHEMAS:
            migrate(database_url.format(schema=schema), root)

    def start(self, *services: type, copies: int = 1) -> None:
        """Each copy has connections of its own, as a process of its own would. Without a choice of services only the adapter is copied."""
        nameko.config.setup({"max_workers": 50})
        embedded.register()
        privacy.use(self.vault)
        for copy in range(copies):
            process.install(
                process.Process(self.settings, self.vault, Listener(self.settings.http), self._open, schemas=frozenset(SCHEMAS))
            )
            runner = ServiceRunner()
            for service in services or (Wishing, Carrying, Watching):
                if copy == 0 or services or service is Carrying:
                    runner.add_service(type(service.__name__, (service,), {"script": self.script}))
            runner.start()
            self._runners.append(runner)

    def stop(self) -> None:
        while self._runners:
            self._runners.pop().stop()

    def kill(self) -> None:
        """Without any grace; with the embedded transport, the broker dies too."""
        while self._runners:
            self._runners.pop().kill()
        if self.settings.runtime == "embedded":
            embedded.forget()

    def _open(self, service: str, settings: Settings) -> Database:
        return RememberingDatabase(open_engine(self._database_url.format(schema=service), 10), OutboxWriter(service, self.vault))

    def database(self, service: str = "appointments") -> Database:
        return process.current().database(service)

    def tell(self, *messages: Any, service: str = "appointments") -> None:
        with self.database(service).write() as tx:
            tx.tell(*messages)

    def rows(self, service: str, table: Table) -> list[Any]:
        with self.database(service).read() as connection:
            return list(connection.execute(select(table)).all())


def until(condition: Callable[[], Any], seconds: float = 60) -> Any:
    """What `condition` gives once it is true; fails the test if it never is."""
    with eventlet.Timeout(seconds, AssertionError(f"not within {seconds} s")):
        while not (found := condition()):
            eventlet.sleep(0.02)
    return found


def _settings(root: Path, broker_url: str, patience: dict[str, float]) -> Settings:
    def key() -> str:
        return base64.b64encode(os.urandom(32)).decode()

    partner = {"base_url": "http://127.0.0.1:1", "api_key": "k", "webhook_secret": "whsec_", "deadline_seconds": 2}
    return Settings.model_validate(
        {
            "runtime": "embedded" if broker_url == embedded.URL else "production",
            "var": root,
            "http": {"public": "127.0.0.1:0", "partner": "127.0.0.1:0", "internal": "127.0.0.1:0", "public_url": "http://127.0.0.1"},
            "broker": {"url": broker_url, "heartbeat_seconds": 2},
            "database": {"url": "unused://{schema}"},
            "privacy": {"keys": f"k1:{key()}", "lookup_key": key()},
            "patience": {"first_seconds": 0.05, "longest_seconds": 0.2} | patience,
            "accounts": {},
            "partners": {"dms": partner, "csc": partner},
            "sms": {"reference": {"base_url": "http://127.0.0.1:9", "api_key": "key", "deadline_seconds": 2}},
            "pages": {"session_key": "k"},
            "console": {"session_key": "c"},
            "operator": {"token": "t"},
            "stop_seconds": 4,
        }
    )


@contextmanager
def mini_house(root: Path, **urls: Any) -> Iterator[MiniHouse]:
    house = MiniHouse(root, **urls)
    try:
        yield house
    finally:
        house.stop()
        if house.settings.runtime == "embedded":
            embedded.forget()
