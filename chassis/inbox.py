"""The inbox: which messages a service has dealt with. A repeat finds its row there and changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, insert, select, update

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


_THIS = inbox.c.message_id == bindparam("wanted")
_OPEN = _THIS & inbox.c.done_at.is_(None)
_LOCKED = select(inbox.c.done_at, inbox.c.leased_until).where(_THIS).with_for_update()
_AGAIN = update(inbox).where(_THIS).values(leased_until=bindparam("until"), attempt=bindparam("tried"), received_at=bindparam("now"))
_DONE_AT = select(inbox.c.done_at).where(_THIS)
_FINISH = update(inbox).where(_OPEN).values(done_at=bindparam("now"), leased_until=0, reported=False)
_RELEASE = update(inbox).where(_OPEN, inbox.c.leased_until == bindparam("until")).values(leased_until=0)


def claim(tx: Transaction, message_id: UUID, described: Described, *, attempt: int, until: int) -> int | None:
    """Claim it for carrying out. None: claimed. 0: done already. Otherwise until when another holds it (milliseconds)."""
    now = milliseconds_now()
    row = Taken(message_id, described, attempt, received_at=now).row() | {"done_at": None, "leased_until": until}
    if tx.execute(_KEEP, row).rowcount:
        return None
    found = tx.execute(_LOCKED, {"wanted": message_id}).one()
    if found.done_at is not None:
        return 0
    if found.leased_until > now:
        return int(found.leased_until)
    tx.execute(_AGAIN, {"wanted": message_id, "until": until, "tried": attempt, "now": now})
    return None


def finish(tx: Transaction, message_id: UUID) -> bool:
    """A claimed one is done. False when another, who claimed it after our lease had ended, was done first."""
    return bool(tx.execute(_FINISH, {"wanted": message_id, "now": milliseconds_now()}).rowcount)


def is_done(tx: Transaction, message_id: UUID) -> bool:
    return tx.execute(_DONE_AT, {"wanted": message_id}).scalar_one_or_none() is not None


def release(tx: Transaction, message_id: UUID, until: int) -> None:
    """Not done: the next try may claim it, unless it has been claimed anew since we claimed it until then."""
    tx.execute(_RELEASE, {"wanted": message_id, "until": until})


def release_all(tx: Transaction) -> None:
    """Embedded, at start: every lease is a dead process's."""
    tx.execute(update(inbox).where(inbox.c.done_at.is_(None)).values(leased_until=0))
