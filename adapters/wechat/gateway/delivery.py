"""From a verified push to safety: the broker confirms it in time, or the spool has it on disk (design sections 1 and 7).

Order per follower: his pushes go one behind the other, while anything is spooled new pushes join its end, and the drainer has at most
one push of a follower on its way.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Literal, Protocol
from uuid import UUID, uuid4

from eventlet.event import Event
from pydantic import ValidationError

from adapters.wechat.gateway.spool import Place, Record, Spool
from chassis import crash
from chassis.errors import Unavailable
from chassis.logs import get_logger
from chassis.privacy import BODY, SealBroken, Vault
from contracts.catalogue import BY_TYPE
from contracts.envelope import Contract
from contracts.ops import Hop, OpsReport
from contracts.wechat import Push

log = get_logger(__name__)

DRAIN_AT_ONCE = 64
DRAIN_SECONDS = 10
"""How long the drainer waits for the confirms of what it published."""
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 3.0
TOLD_FOR_SECONDS = 10.0
Way = Literal["published", "spooled"]


class Confirmation(Protocol):
    def wait(self, seconds: float) -> bool: ...


class Publishes(Protocol):
    """What we need of chassis.publisher: never blocks, raises Unavailable at once."""

    def publish(self, message: Contract) -> Confirmation: ...


@dataclass(frozen=True)
class Trouble:
    """`until` is by the monotonic clock."""

    cause: str
    until: float


@dataclass(frozen=True)
class Spooled:
    """A push that waited on disk."""

    message: Push
    at: datetime
    size_bytes: int
    place: Place

    def hop(self, now: datetime) -> Hop:
        push = self.message
        waited = max(0.0, (now - self.at).total_seconds() * 1000)
        return Hop(
            service="gateway",
            message_id=push.id,
            step="spooled",
            attempt=0,
            type=push.type_name(),
            subject=push.subject,
            correlation_id=push.id,
            at=self.at,
            milliseconds=waited,
            size_bytes=self.size_bytes,
        )


class Delivery:
    """Takes pushes from the door, and drains the spool behind it."""

    def __init__(
        self,
        publisher: Publishes,
        spool: Spool,
        vault: Vault,
        confirm_seconds: float,
        now: Callable[[], datetime],
        *,
        told_for: float = TOLD_FOR_SECONDS,
    ) -> None:
        self.spool = spool
        self._trouble = Trouble("", 0.0)
        self._publisher = publisher
        self._vault = vault
        self._confirm_seconds = confirm_seconds
        self._now = now
        self._told_for = told_for
        self._last: dict[UUID, Event] = {}
        self._bell = Event()
        self._stopping = False

    def take(self, message: Push) -> Way:
        """Safe when it returns, within little more than `confirm_seconds`. Raises Unavailable when neither broker nor spool takes it."""
        deadline = monotonic() + self._confirm_seconds
        with self._turn(message.follower_id):
            way: Way = "published"
            if self.spool.waiting or not self._confirmed(message, deadline):
                self._keep(message)
                way = "spooled"
        self._trouble = Trouble("", 0.0)
        return way

    @property
    def trouble(self) -> str | None:
        """Why the last push was not taken, for the readiness probe.

        Told for a while only: a load balancer that hears it sends no more pushes, and only a push can show that it is over.
        """
        return self._trouble.cause if monotonic() < self._trouble.until else None

    def run(self) -> None:
        """Drain until stopped: at once when something is spooled, with growing pauses while the broker takes nothing."""
        pause = FIRST_PAUSE
        while not self._stopping:
            self._bell = Event()
            try:
                if self.drain_some():
                    pause = FIRST_PAUSE
                    continue
                self._bell.wait(timeout=LONGEST_PAUSE)
            except (Unavailable, OSError) as error:
                log.info("spool_waits", waiting=self.spool.waiting, cause=type(error).__name__)
                Event().wait(timeout=pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    def stop(self) -> None:
        """What is spooled stays for the next run."""
        self._stopping = True
        self._ring()

    def drain_some(self) -> bool:
        """Publish some records from the front; False if there was none. Raises Unavailable if not all were confirmed, and OSError."""
        records = self.spool.front(DRAIN_AT_ONCE)
        if not records:
            return False
        batch = self._abreast(records)
        if not batch:
            self.spool.put_aside(records[0])
            self.spool.advance(records[0].place, 1)
            return True
        done = batch[: self._publish(batch)]
        if done:
            crash.here("spool_draining", "gateway")
            self.spool.advance(done[-1].place, len(done))
            self._report(done)
        if len(done) < len(batch):
            raise Unavailable("broker")
        if not self.spool.waiting:
            log.info("spool_drained")
        return True

    @contextmanager
    def _turn(self, follower_id: UUID) -> Iterator[None]:
        """One push of a follower at a time, in the order they came; each ends soon, so nobody waits long."""
        before = self._last.get(follower_id)
        mine = self._last[follower_id] = Event()
        try:
            if before:
                before.wait()
            yield
        finally:
            mine.send()
            if self._last[follower_id] is mine:
                del self._last[follower_id]

    def _confirmed(self, message: Push, deadline: float) -> bool:
        if monotonic() >= deadline:
            return False
        try:
            receipt = self._publisher.publish(message)
        except Unavailable:
            return False
        return receipt.wait(max(0.0, deadline - monotonic()))

    def _keep(self, message: Push) -> None:
        sheet = {"type": message.type_name(), "id": str(message.id), "at": self._now().isoformat(), "data": message.model_dump(mode="json")}
        try:
            self.spool.append(self._vault.seal(BODY, json.dumps(sheet, ensure_ascii=False)).encode("ascii"))
        except OSError as error:
            self._trouble = Trouble(f"the spool takes nothing ({error.strerror})", monotonic() + self._told_for)
            raise Unavailable("neither broker nor spool takes a push") from error
        self._ring()

    def _ring(self) -> None:
        if not self._bell.ready():
            self._bell.send()

    def _abreast(self, records: list[Record]) -> list[Spooled]:
        """Those from the front that may be on their way together: of different followers, up to the first that cannot be read."""
        batch: list[Spooled] = []
        followers: set[UUID] = set()
        for record in records:
            spooled = self._opened(record)
            if spooled is None or spooled.message.follower_id in followers:
                break
            followers.add(spooled.message.follower_id)
            batch.append(spooled)
        return batch

    def _opened(self, record: Record) -> Spooled | None:
        """None for what no key of ours opens or no contract holds."""
        try:
            sheet = json.loads(self._vault.unseal(BODY, record.payload.decode("ascii")))
            message = BY_TYPE[sheet["type"]].model_validate(sheet["data"]).identified(UUID(sheet["id"]))
            at = datetime.fromisoformat(sheet["at"])
        except (SealBroken, ValidationError, ValueError, KeyError):
            return None
        return Spooled(message, at, len(record.payload), record.place) if isinstance(message, Push) else None

    def _publish(self, batch: list[Spooled]) -> int:
        """How many from the front are confirmed."""
        deadline = monotonic() + DRAIN_SECONDS
        receipts: list[Confirmation] = []
        for spooled in batch:
            try:
                receipts.append(self._publisher.publish(spooled.message))
            except Unavailable:
                break
        confirmed = [receipt.wait(max(0.0, deadline - monotonic())) for receipt in receipts]
        return ([*confirmed, False]).index(False)

    def _report(self, done: list[Spooled]) -> None:
        """Told once, without waiting: the pushes themselves are safe, and a report must not hold them up."""
        now = self._now()
        try:
            self._publisher.publish(OpsReport(report_id=uuid4(), hops=tuple(spooled.hop(now) for spooled in done)))
        except Unavailable:
            log.info("spool_report_lost", messages=len(done))
