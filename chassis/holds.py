"""What an operator holds: a service's queue, or the way to a partner. A row in the schema: every copy sees it, and it outlives restarts.

Nothing is lost meanwhile. A queue that is not read keeps its messages; the broker inside the process has no disk, so there they are put
by as retry rows. What is for a held partner waits as a retry row too. Neither counts a try, and both begin their patience anew.
"""

from collections.abc import Callable
from functools import partial

from sqlalchemy import BigInteger, Boolean, Column, MetaData, String, Table, insert, select, update

from chassis import retries
from chassis.breaker import Ways, held_by, refusal_of
from chassis.clock import milliseconds_now
from chassis.database import Database, Transaction
from contracts.ops import HoldCommand, HoldPartner, PauseConsumer, ReleasePartner

LOOK_SECONDS = 1.0
LOOKS_AFTER = 5
"""What was refused just before a release may be written down a little after it: so it is looked for so often."""
PAUSED = "the queue is paused by an operator"
CONSUMER, PARTNER = "consumer", "partner"

Freeing = Callable[[Transaction], None]

metadata = MetaData()
hold = Table(
    "hold",
    metadata,
    Column("kind", String(12), primary_key=True, comment="consumer, partner"),
    Column("name", String(32), primary_key=True),
    Column("held", Boolean, nullable=False),
    Column("ordered_at", BigInteger, nullable=False),
    Column("ordered_by", String(64), nullable=False),
)
_HELD = select(hold.c.kind, hold.c.name).where(hold.c.held)


class Holds:
    """How one copy of a service sees what is held: a second old at most."""

    def __init__(self, service: str, database: Database, ways: Ways) -> None:
        self._service = service
        self._database = database
        self._ways = ways
        self._held: frozenset[tuple[str, str]] = frozenset()
        self._freeing: list[tuple[int, Freeing]] = []

    @property
    def paused(self) -> bool:
        return (CONSUMER, self._service) in self._held

    def look(self) -> None:
        """Raises Unavailable, Conflict; then what was seen before holds on."""
        with self._database.read() as connection:
            held = frozenset((row.kind, row.name) for row in connection.execute(_HELD))
        released, self._held = self._held - held, held
        self._ways.hold(frozenset(name for kind, name in held if kind == PARTNER))
        self._freeing += [(LOOKS_AFTER, partial(release, kind=kind, name=name)) for kind, name in released]
        while self._ways.mended:
            self._freeing.append((LOOKS_AFTER, partial(retries.hasten, why=refusal_of(self._ways.mended.pop()))))
        if self._freeing:
            self._free()

    def _free(self) -> None:
        with self._database.write() as tx:
            for _, freeing in self._freeing:
                freeing(tx)
        self._freeing = [(looks - 1, freeing) for looks, freeing in self._freeing if looks > 1]


def carry_out(tx: Transaction, order: HoldCommand) -> None:
    """The order that was given last counts, in whatever order they come."""
    kind, name = (PARTNER, order.partner) if isinstance(order, HoldPartner | ReleasePartner) else (CONSUMER, order.service)
    held = isinstance(order, HoldPartner | PauseConsumer)
    at = round(order.envelope.time.timestamp() * 1000) if order.envelope else milliseconds_now()
    values = {"held": held, "ordered_at": at, "ordered_by": order.ordered_by}
    this = (hold.c.kind == kind) & (hold.c.name == name)
    before = tx.execute(select(hold.c.ordered_at).where(this).with_for_update()).scalar_one_or_none()
    if before is None:
        tx.execute(insert(hold).values(kind=kind, name=name, **values))
    elif before <= at:
        tx.execute(update(hold).where(this).values(values))
    if not held:
        release(tx, kind, name, overdue=True)
        if kind == CONSUMER:
            retries.begin_patience_anew(tx)


def release(tx: Transaction, kind: str, name: str, *, overdue: bool = False) -> None:
    """What waited for it may be tried now, with all its patience anew."""
    retries.hasten(tx, held_by(name) if kind == PARTNER else PAUSED, anew=True, overdue=overdue)
