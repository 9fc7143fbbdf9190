"""All that runs beside the methods of one service: publisher, relay, consumer, retries, reports, housekeeping.

One per nameko container, shared by its entrypoints and mounts. It starts what the service needs: without a schema (the gateway)
only the publisher; with a schema the relay; with entrypoints the consumer and the retries too.
"""

from collections.abc import Callable
from time import monotonic
from typing import Any
from uuid import uuid4

import eventlet
from eventlet.event import Event
from nameko.extensions import SharedExtension

from chassis import inbox, janitor, lines, orders, retries, status
from chassis.breaker import Ways
from chassis.calls import CallLog
from chassis.clock import milliseconds_now
from chassis.database import Conflict, Database, Outgoing, Transaction, millis
from chassis.deadline import within
from chassis.errors import Held, Unavailable
from chassis.handling import Delivery, Handling, Opened
from chassis.holds import LOOK_SECONDS, PAUSED, Holds
from chassis.inlet import Inlet
from chassis.janitor import Keeping
from chassis.logs import get_logger
from chassis.privacy import Vault
from chassis.process import Process, current
from chassis.publisher import Publisher
from chassis.relay import Relay
from chassis.reporter import HopRow, Reporter
from chassis.status import Status
from chassis.tables import partner_call
from chassis.telemetry import Flow
from contracts.catalogue import QUEUED_SERVICES
from contracts.envelope import WATCHER
from contracts.ops import Hop, OpsReport

log = get_logger(__name__)

CONFIRM_SECONDS = 10
SWEEP_SECONDS = 60
PROBE_SECONDS = 1.0
RETRIES_AT_ONCE = 5
NOTHING_WAITS_PAUSE, WAITING_PAUSE, BUSY_PAUSE = 0.5, 0.25, 0.02
"""Between looks at the retry rows. What waits may be made due by another copy, so no pause is as long as the wait."""
LEASE_MARGIN_SECONDS = 5

CallRow = dict[str, Any]


class ServiceRuntime(SharedExtension):
    """One service's share of the chassis."""

    name: str
    process: Process
    publisher: Publisher
    handling: Handling

    def setup(self) -> None:
        if hasattr(self, "publisher"):
            return
        self.process = current()
        self.name = str(self.container.service_name)
        settings = self.process.settings
        self.embedded = settings.runtime == "embedded"
        self.calls = CallLog()
        self.ways = Ways()
        self.status = Status(self)
        self.keepings: list[Keeping] = []
        called = (settings.partners.dms, settings.partners.csc, settings.sms.reference, settings.sms.http)
        self.lease_seconds = max(one.deadline_seconds for one in called if one) + LEASE_MARGIN_SECONDS
        self.publisher = Publisher(self.name, settings.broker, self.vault, QUEUED_SERVICES)
        self._database = self.process.database(self.name) if self.name in self.process.schemas else None
        self._stopping = False
        self._retry_pool = eventlet.GreenPool(RETRIES_AT_ONCE)
        self._bell = Event()
        if self._database:
            self._prepare(self._database)

    def _prepare(self, database: Database) -> None:
        self.relay = Relay(self.name, database, self._send, self.process.settings.broker.lease_seconds, embedded=self.embedded)
        database.claimed_until, database.after_telling = self.relay.claimed_until, self.relay.take
        self.handling = Handling(self.name, database, self.vault, self.process.settings.patience)
        self.handling.note_of = self._note_of
        orders.register(self)
        self.inlet = Inlet(self.handling, self.process.settings.broker, QUEUED_SERVICES)
        self.holds = Holds(self.name, database, self.ways)
        if self.embedded:
            self.handling.gate = self._gate
        else:
            self.inlet.holding = lambda: self.holds.paused

    @property
    def vault(self) -> Vault:
        return self.process.vault

    @property
    def database(self) -> Database:
        if self._database is None:
            raise RuntimeError(f"{self.name} has no schema")
        return self._database

    @property
    def keeps(self) -> bool:
        """It has a schema."""
        return self._database is not None

    def start(self) -> None:
        self._loop("publisher", self.publisher.run)
        self.process.watchdog.watch(f"{self.name} publisher", lambda: self.publisher.last_loop)
        self.process.health.register(f"{self.name}: broker", self._broker_trouble)
        self._loop("status", self._tell_status)
        if self._database:
            self.process.health.register(f"{self.name}: database", self._database_trouble)
            self._loop("database", self._start_on_database)

    def _start_on_database(self) -> None:
        """Everything that needs the schema begins when the schema can be reached."""
        while not self._stopping:
            try:
                if self.embedded:
                    self._release_all()
                self.holds.look()
                break
            except (Unavailable, Conflict):
                eventlet.sleep(1)
        self._loop("holds", self._look_what_is_held)
        self._loop("relay", self.relay.run)
        self._loop("housekeeping", self._keep_house)
        if self.name in QUEUED_SERVICES:
            self.process.health.register(f"{self.name}: consumer", lambda: None if self.inlet.consuming else "not consuming")
            self._loop("consumer", self.inlet.run)
            self.process.watchdog.watch(f"{self.name} consumer", lambda: self.inlet.last_loop)
            self._loop("retries", self._retry)
        if self.name != WATCHER:
            self._loop("reports", self._report)

    def _release_all(self) -> None:
        """Embedded, at start: the leases of the process before this one are void."""
        with self.database.write() as tx:
            inbox.release_all(tx)
            lines.release_all(tx)
            retries.release_all(tx)

    def _loop(self, name: str, run: Callable[[], None]) -> None:
        """A loop that ends with an error takes its container down, and the process with it: better than half a service."""
        self.container.spawn_managed_thread(run, identifier=f"{self.name} {name}")

    def _send(self, row: Outgoing, on_outcome: Callable[[bool], None]) -> None:
        self.publisher.send(row.message_id, row.type, row.routes, row.body, on_outcome)

    def calls_of(self, opened: Opened) -> list[CallRow]:
        """What was asked of a partner on behalf of this message, to be written with the transaction that ends the try."""
        return [
            {
                "message_id": opened.id,
                **opened.described.columns(),
                "partner": call.partner,
                "operation": call.operation,
                "started_at": millis(call.started_at),
                "milliseconds": call.milliseconds,
                "outcome": call.outcome,
                # Calls in one place are at most nine: so a later delivery's calls have numbers of their own.
                "attempt": opened.delivery.attempt * 10 + call.attempt,
                "reported": False,
            }
            for call in self.calls.take(opened.id)
        ]

    def _note_of(self, opened: Opened) -> Callable[[Transaction], None]:
        rows = self.calls_of(opened)
        return lambda tx: write_calls(tx, rows)

    def _gate(self, opened: Opened) -> None:
        """The broker inside the process confirms what has been settled: so what may not be taken now is put by, and waits on disk."""
        if self.holds.paused and opened.envelope.type not in orders.TYPES:
            raise Held(PAUSED)

    @property
    def flow(self) -> Flow:
        """How its queue is read in this copy."""
        if self.name not in QUEUED_SERVICES:
            return Flow()
        paused = self.holds.paused
        reading = self.inlet.reading and not (paused and self.embedded)  # there the gate shuts at once, elsewhere the broker is asked to
        return Flow(reading, paused, self.inlet.in_work + int(self._retry_pool.running()))

    def _look_what_is_held(self) -> None:
        while not self._stopping:
            eventlet.sleep(LOOK_SECONDS)
            try:
                self.holds.look()
            except (Unavailable, Conflict):
                log.info("holds_not_seen", service=self.name)

    def _retry(self) -> None:
        while not self._stopping:
            self._bell = Event()
            try:
                pause = self._hand_out_what_is_due()
            except (Unavailable, Conflict):
                pause = 1.0
            self._bell.wait(timeout=pause)

    def _hand_out_what_is_due(self) -> float:
        """Gives the seconds until the next look. Orders alone while an operator has paused the rest."""
        free, types = self._retry_pool.free(), orders.TYPES if self.holds.paused else ()
        if not free:
            return LOOK_SECONDS  # the end of one rings the bell
        with self.database.read() as connection:
            due_at = retries.next_due(connection, types)
        if due_at is None or due_at > milliseconds_now():
            return LOOK_SECONDS if types else NOTHING_WAITS_PAUSE if due_at is None else WAITING_PAUSE
        lease_ms = round((self.lease_seconds + LEASE_MARGIN_SECONDS) * 1000)
        with self.database.write() as tx:
            due = retries.claim_due(tx, most=free, lease_ms=lease_ms, types=types)
        for body, attempt in due:
            self._retry_pool.spawn_n(self._try_again, Delivery(body.encode(), _nothing, attempt=attempt, again=True))
        return BUSY_PAUSE

    def _try_again(self, delivery: Delivery) -> None:
        self.handling.take(delivery)
        self.look_for_due()

    def look_for_due(self) -> None:
        """Something waits since now, or what was handed out has ended."""
        if not self._bell.ready():
            self._bell.send()

    def _report(self) -> None:
        reporter = Reporter(self.database, self._publish_hops)
        while not self._stopping:
            eventlet.sleep(1)
            try:
                while reporter.report():
                    eventlet.sleep(0)
            except (Unavailable, Conflict):
                log.info("reports_wait", service=self.name)

    def _publish_hops(self, rows: list[HopRow]) -> bool:
        hops = tuple(Hop(service=self.name, **row) for row in rows)
        confirmed = self.publisher.publish(OpsReport(report_id=uuid4(), hops=hops)).wait(CONFIRM_SECONDS)
        if confirmed:
            self.process.telemetry.count(self.name, rows)
        return confirmed

    def _keep_house(self) -> None:
        while not self._stopping:
            eventlet.sleep(SWEEP_SECONDS)
            try:
                janitor.sweep(self.database, reports=self.name != WATCHER, more=self.keepings)
            except (Unavailable, Conflict):
                log.info("housekeeping_waits", service=self.name)

    def _tell_status(self) -> None:
        while not self._stopping:
            self.status.tell_if_due()
            eventlet.sleep(status.LOOK_SECONDS)

    def stop_reading(self) -> None:
        """First step of a graceful stop: take nothing new, end what is in work. Called by each entrypoint, does it once."""
        if self._stopping:
            return
        self._stopping = True
        self.inlet.stop()
        until = monotonic() + self.process.settings.stop_seconds / 2
        while (self.inlet.consuming or self._retry_pool.running()) and monotonic() < until:
            eventlet.sleep(0.05)
        self.handling.stopping = True

    def stop(self) -> None:
        """Last step: what was told in the meantime goes out if the broker takes it now; the outbox keeps the rest."""
        self._stopping = True
        if self._database:
            until = monotonic() + self.process.settings.stop_seconds / 4
            while not self.relay.idle and monotonic() < until:
                eventlet.sleep(0.05)
            self.relay.stop()
            eventlet.sleep(0.05)
        self.publisher.stop()

    def _broker_trouble(self) -> str | None:
        return None if self.publisher.connected else "no broker, or it takes nothing"

    def _database_trouble(self) -> str | None:
        """A probe asks: it has its answer within a second, whatever hangs."""
        try:
            with within(PROBE_SECONDS, "database"), self.database.read() as connection:
                connection.exec_driver_sql("SELECT 1")
        except (Unavailable, Conflict):
            return "no database"
        return None


def write_calls(tx: Transaction, rows: list[CallRow]) -> None:
    if rows:
        tx.execute(partner_call.insert(), rows)


def _nothing() -> Any:
    """A retry row is settled by the transaction that ends it."""
