"""What becomes of a delivered message: done once, tried again later, or parked; and only then settled.

Whatever happens is in the database before the message is settled. If the database is away too, the message stays unsettled and
the work is begun anew when it is back. (design section 3; the table of errors in style section 5)
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol
from uuid import NAMESPACE_OID, UUID, uuid5

import eventlet
from sqlalchemy.exc import IntegrityError

from chassis import crash, inbox, lines, parked, retries, tracing
from chassis.clock import milliseconds_now
from chassis.database import Conflict, Database, Transaction
from chassis.errors import ContractBroken, Held, Unavailable
from chassis.lines import Place
from chassis.logs import get_logger
from chassis.messages import Described, decode
from chassis.privacy import Vault
from chassis.settings import Patience
from contracts.envelope import Envelope

log = get_logger(__name__)

TRIES_IN_PLACE = 5
"""Conflicts (a deadlock, a row taken meanwhile) are tried again at once, so often."""
DATABASE_PAUSE = 1.0
MISTAKE_PAUSE = 10.0

Note = Callable[[Transaction], None]
"""What is written down beside a failure: the calls that were made."""


@dataclass(frozen=True)
class Delivery:
    """A message handed to us: by the broker, by its dead-letter queue, or out of the retry rows."""

    body: bytes
    settle: Callable[[], None]
    attempt: int = 0
    again: bool = False
    """Out of a retry row, which has to end with the work."""
    poison: bool = False
    gone: Callable[[], bool] = lambda: False
    """True once the link it came over is lost: it comes again over the next."""


@dataclass
class Lease:
    """Until when a message was claimed for carrying out (milliseconds); what is given back is this claim, and no later one's."""

    until: int = 0


@dataclass(frozen=True)
class Opened:
    """A delivery whose envelope could be read."""

    envelope: Envelope
    described: Described
    delivery: Delivery
    place: Place | None
    lease: Lease = field(default_factory=Lease)

    @classmethod
    def of(cls, delivery: Delivery, service: str) -> "Opened":
        """Raises ContractBroken for what is no envelope."""
        envelope = decode(delivery.body)
        return cls(envelope, Described.of(envelope, len(delivery.body)), delivery, Place.of(envelope, service))

    @property
    def id(self) -> UUID:
        return self.envelope.id

    def under(self, span: tracing.Span) -> "Opened":
        """What is told because of it belongs to this span."""
        return self if span.traceparent == self.envelope.traceparent else replace(self, envelope=tracing.under(self.envelope, span))


class Reading(Protocol):
    """An entrypoint: does the work of one message in its own way."""

    def work(self, opened: Opened) -> None:
        """Raises whatever went wrong; then nothing of it is in the database but claims."""
        ...


class Joining(Protocol):
    """An entrypoint whose work is one transaction, which may be shared with that of other messages."""

    def part(self, opened: Opened) -> Callable[[Transaction], None]:
        """The work, ready to be done: the message is read and held against its contract. Raises ContractBroken."""
        ...


class Handling:
    """All that one service does with what is delivered to it."""

    def __init__(self, service: str, database: Database, vault: Vault, patience: Patience) -> None:
        self.service = service
        self.database = database
        self.vault = vault
        self._patience = patience
        self.readings: dict[str, Reading] = {}
        self.joining: dict[str, Joining] = {}
        """Those of them that may share a transaction."""
        self.calls_partners = False
        """It takes its time over some, so it asks the broker for no more than it can have in work: another copy may be free."""
        self.keeps_record = False
        """It watches: it writes down what others did, and nobody waits for it."""
        self.gate: Callable[[Opened], None] = lambda _opened: None
        """Raises Held for what may not be taken now."""
        self.note_of: Callable[[Opened], Note] = _no_note
        self.stopping = False

    def take(self, delivery: Delivery) -> None:
        """Do the work and settle. Returns without settling only when it comes again: when stopping, or when its link is gone."""
        while self.wants(delivery) and (pause := self.try_once(delivery)):
            eventlet.sleep(pause)

    def wants(self, delivery: Delivery) -> bool:
        """False for one that comes again."""
        return not (self.stopping or delivery.gone())

    def try_once(self, delivery: Delivery) -> float:
        """Do the work and settle. 0 when it has ended; otherwise the seconds to wait before it is begun anew."""
        try:
            self._once(delivery)
        except (Unavailable, Conflict):
            log.warning("database_awaited", service=self.service)
            return DATABASE_PAUSE
        except Exception as error:  # not even the failure could be written down: keep the message, and say so
            log.critical("outcome_not_written_down", service=self.service, exc_info=error)
            return MISTAKE_PAUSE
        crash.here("after_commit", self.service)
        delivery.settle()
        return 0

    def _once(self, delivery: Delivery) -> None:
        """Raises only when nothing could be written down."""
        try:
            opened = Opened.of(delivery, self.service)
        except ContractBroken as broken:
            self._park_unreadable(delivery, broken)
            return
        span = tracing.handled(self.service, opened.envelope, delivery.attempt)
        trouble = ""
        try:
            self._work(opened.under(span))
        except Exception as error:  # noqa: BLE001 - the one place where a handler's error becomes a retry or a parked message
            trouble = type(error).__name__
            self._write_down(opened, error)
        finally:
            span.end(trouble)

    def _work(self, opened: Opened) -> None:
        if opened.delivery.poison:
            raise Poison
        self.gate(opened)
        reading = self.readings.get(opened.envelope.type)
        if reading is None:
            raise ContractBroken("envelope", (("type", f"not read by {self.service}"),))
        in_place(lambda: reading.work(opened))

    def _write_down(self, opened: Opened, error: Exception) -> None:
        """The second transaction: a retry row for what may get better, a parked row for what will not by itself."""
        note = self.note_of(opened)
        in_place(lambda: self._write_outcome(opened, error, note))

    def _write_outcome(self, opened: Opened, error: Exception, note: Note) -> None:
        with self.database.write() as tx:
            note(tx)
            self._write_failure(tx, opened, error)

    def _write_failure(self, tx: Transaction, opened: Opened, error: Exception) -> None:
        if inbox.is_done(tx, opened.id):  # by another copy of it, meanwhile or long ago
            retries.end(tx, opened.id)
            return
        self._release(tx, opened)
        attempt = opened.delivery.attempt + 1
        if isinstance(error, Held):
            self._wait_held(tx, opened, error)
        elif not isinstance(error, Unavailable) or self._has_waited_enough(tx, opened):
            self._park(tx, opened, error, attempt)
        elif retries.failed_tries(tx, opened.id) < attempt:  # else a copy of what waits already, and goes on waiting
            self._retry_later(tx, opened, error, attempt)

    @staticmethod
    def _release(tx: Transaction, opened: Opened) -> None:
        if opened.lease.until:
            inbox.release(tx, opened.id, opened.lease.until)
            if opened.place:
                lines.release(tx, opened.place, opened.lease.until)

    @staticmethod
    def _wait_held(tx: Transaction, opened: Opened, error: Held) -> None:
        body, attempt = opened.delivery.body.decode(), opened.delivery.attempt
        retries.wait(tx, opened.id, opened.described, body, attempt=attempt, why=error.what, place=opened.place)

    def _has_waited_enough(self, tx: Transaction, opened: Opened) -> bool:
        """From its first failed try on: what waited for its turn, or for an operator, has only begun."""
        if opened.delivery.attempt == 0:
            return False
        return milliseconds_now() - retries.first_at(tx, opened.id) > self._patience.give_up_after_hours * 3_600_000

    def _retry_later(self, tx: Transaction, opened: Opened, error: Unavailable, attempt: int) -> None:
        pause = max(retries.pause_ms(self._patience, attempt), round(1000 * (error.retry_after or 0)))
        causes = [{"kind": "unavailable", "field": "", "rule": error.what}]
        body = opened.delivery.body.decode()
        due_at = milliseconds_now() + pause
        first = opened.delivery.attempt == 0
        retries.put(tx, opened.id, opened.described, body, attempt=attempt, due_at=due_at, causes=causes, place=opened.place, anew=first)
        log.info(
            "message_waits", service=self.service, message=opened.id, type=opened.described.type, attempt=attempt, seconds=pause / 1000
        )

    def _park(self, tx: Transaction, opened: Opened, error: Exception, attempt: int) -> None:
        kind, causes = causes_of(error)
        body = opened.delivery.body
        parked.park(tx, opened.id, opened.described, body, kind=kind, causes=causes, attempt=attempt, place=opened.place)
        log.error("message_parked", service=self.service, message=opened.id, type=opened.described.type, kind=kind, exc_info=error)

    def _park_unreadable(self, delivery: Delivery, broken: ContractBroken) -> None:
        """Not an envelope: kept whole and sealed under an id made of its bytes, and never logged but for size and keyed hash."""
        digest = self.vault.digest(delivery.body)
        message_id = uuid5(NAMESPACE_OID, f"{self.service}/{digest}")
        _, causes = causes_of(broken)
        with self.database.write() as tx:
            described = Described("", None, None, None, len(delivery.body))
            parked.park(tx, message_id, described, delivery.body, kind="undecodable", causes=causes)
        log.error("message_undecodable", service=self.service, message=message_id, size=len(delivery.body), digest=digest[:16])


def _no_note(_opened: Opened) -> Note:
    return lambda _tx: None


def in_place(work: Callable[[], None]) -> None:
    """Try again at once where two transactions wanted the same rows.

    Raises Unavailable when that does not end, and IntegrityError when the key that was taken, or missing, is our own mistake.
    """
    conflict = Conflict()
    for tries in range(1, TRIES_IN_PLACE + 1):
        try:
            work()
        except Conflict as met:
            conflict = met
            eventlet.sleep(0.02 * tries)
        else:
            return
    if isinstance(conflict.__cause__, IntegrityError):
        raise conflict.__cause__
    raise Unavailable("the same rows, too often at once") from conflict


class Poison(Exception):
    """The broker gave it up: it killed its reader too often."""


def causes_of(error: Exception) -> tuple[str, list[dict[str, str]]]:
    """The kind of a parked message, and what to tell the operator: field and rule, never the value."""
    match error:
        case ContractBroken():
            return "contract", [{"kind": "contract", "field": field, "rule": rule} for field, rule in error.violations]
        case Unavailable():
            return "exhausted", [{"kind": "exhausted", "field": "", "rule": error.what}]
        case Poison():
            return "poison", [{"kind": "poison", "field": "", "rule": "delivered too often without an end"}]
        case _:
            return "mistake", [{"kind": "mistake", "field": _place_of(error), "rule": type(error).__name__}]


def _place_of(error: Exception) -> str:
    """File and line where it was raised; the text of an unknown error may hold personal data and is not kept."""
    trace: Any = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else ""
