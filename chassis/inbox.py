"""The inbox: which messages a service has dealt with. A repeat finds its row there and changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update

from chassis.clock import milliseconds_now
from chassis.database import Transaction
from chassis.messages import Described
from chassis.outbox import ignoring_repeats
from chassis.tables import inbox

_KEEP = ignoring_repeats(insert(inbox))


@dataclass(frozen=True)
class Taken:
    """One message as the inbox keeps it."""

    message_id: UUID
    described: Described
    attempt: int
    received_at: int

    def row(self) -> dict[str, Any]:
        return {
            "message_id": self.message_id,
            **self.described.columns(),
            "received_at": self.received_at,
            "done_at": milliseconds_now(),
            "leased_until": 0,
            "attempt": self.attempt,
            "reported": False,
        }


def take(tx: Transaction, message_id: UUID, described: Described, *, attempt: int, received_at: int) -> bool:
    """Write it down as done in this transaction; False for a repeat. A second copy at the same time waits here for the first."""
    return bool(tx.execute(_KEEP, Taken(message_id, described, attempt, received_at).row()).rowcount)


def take_all(tx: Transaction, messages: Sequence[Taken]) -> bool:
    """As `take`, in one statement. False when any of them is a repeat: then nobody knows which, and nothing may be committed."""
    return tx.execute(_KEEP, [message.row() for message in messages]).rowcount == len(messages)


def claim(tx: Transaction, message_id: UUID, described: Described, *, attempt: int, until: int) -> int | None:
    """Claim it for carrying out. None: claimed. 0: done already. Otherwise until when another holds it (milliseconds)."""
    now = milliseconds_now()
    row = {
        "message_id": message_id,
        **described.columns(),
        "received_at": now,
        "done_at": None,
        "leased_until": until,
        "attempt": attempt,
        "reported": False,
    }
    if tx.execute(ignoring_repeats(insert(inbox)), row).rowcount:
        return None
    found = tx.execute(select(inbox.c.done_at, inbox.c.leased_until).where(inbox.c.message_id == message_id).with_for_update()).one()
    if found.done_at is not None:
        return 0
    if found.leased_until > now:
        return int(found.leased_until)
    tx.execute(update(inbox).where(inbox.c.message_id == message_id).values(leased_until=until, attempt=attempt, received_at=now))
    return None


def finish(tx: Transaction, message_id: UUID) -> bool:
    """A claimed one is done. False when another, who claimed it after our lease had ended, was done first."""
    open_row = (inbox.c.message_id == message_id) & inbox.c.done_at.is_(None)
    return bool(tx.execute(update(inbox).where(open_row).values(done_at=milliseconds_now(), leased_until=0, reported=False)).rowcount)


def is_done(tx: Transaction, message_id: UUID) -> bool:
    return tx.execute(select(inbox.c.done_at).where(inbox.c.message_id == message_id)).scalar_one_or_none() is not None


def release(tx: Transaction, message_id: UUID, until: int) -> None:
    """Not done: the next try may claim it, unless it has been claimed anew since we claimed it until then."""
    ours = (inbox.c.message_id == message_id) & inbox.c.done_at.is_(None) & (inbox.c.leased_until == until)
    tx.execute(update(inbox).where(ours).values(leased_until=0))


def release_all(tx: Transaction) -> None:
    """Embedded, at start: every lease is a dead process's."""
    tx.execute(update(inbox).where(inbox.c.done_at.is_(None)).values(leased_until=0))
