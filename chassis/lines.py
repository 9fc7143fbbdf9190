"""Partner commands of one sender about one subject are carried out one after another, with any number of copies of the adapter.

The sender numbers them without gaps. Here, a claim locks the line's row and takes only last done + 1 with no live lease; a later
one waits until its predecessor has ended; a lower one is a repeat. A parked one holds the line. Who has the turn has the command:
it is in the inbox only when it has ended. (design section 3)
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, exists, insert, literal, select, update

from chassis import inbox
from chassis.clock import milliseconds_now
from chassis.database import Database, Transaction
from chassis.outbox import ignoring_repeats
from chassis.tables import carried_line, retry
from chassis.tables import inbox as inbox_rows
from contracts.envelope import Envelope

LONG_AFTER_MS = 3_600_000
"""A waiting one is released by its predecessor; this is only the safety net."""


@dataclass(frozen=True)
class Place:
    """A command's place in its line."""

    line: str
    sequence: int

    @classmethod
    def of(cls, envelope: Envelope, carrier: str) -> "Place | None":
        """None for a message that keeps no order."""
        if envelope.partnersequence is None:
            return None
        return cls(f"{envelope.source}/{carrier}/{envelope.subject}", envelope.partnersequence)


NOWHERE = Place("", 0)


_LINE = carried_line.c.line == bindparam("which")
_NOT_DONE = ~exists().where(inbox_rows.c.message_id == bindparam("command"), inbox_rows.c.done_at.is_not(None))
_BEGUN = ignoring_repeats(
    insert(carried_line).from_select(
        ["line", "last_done", "leased_until"], select(bindparam("which"), literal(0), bindparam("until")).where(_NOT_DONE)
    )
)
_TAKEN = (
    update(carried_line)
    .where(_LINE, carried_line.c.last_done == bindparam("before"), carried_line.c.leased_until <= bindparam("now"), _NOT_DONE)
    .values(leased_until=bindparam("until"))
)
_LOCKED = select(carried_line.c.last_done, carried_line.c.leased_until).where(_LINE).with_for_update()
_LEASED = update(carried_line).where(_LINE).values(leased_until=bindparam("until"))
_STEP = (
    update(carried_line).where(_LINE, carried_line.c.last_done == bindparam("before")).values(last_done=bindparam("ended"), leased_until=0)
)
_WAKE = (
    update(retry)
    .where(retry.c.line == bindparam("which"), retry.c.sequence.in_((bindparam("ended"), bindparam("next"))), retry.c.ended_at.is_(None))
    .values(due_at=bindparam("now"))
)
_RELEASE = update(carried_line).where(_LINE, carried_line.c.leased_until == bindparam("until")).values(leased_until=0)


def claim_at_once(database: Database, place: Place, command: UUID, until: int) -> bool:
    """Take the turn of a command that is not done, in one statement. False, with nothing changed: `claim` it, and hear why."""
    turn = {"which": place.line, "command": command, "until": until}
    if place.sequence == 1:
        return database.change(_BEGUN, turn) == 1
    return database.change(_TAKEN, turn | {"before": place.sequence - 1, "now": milliseconds_now()}) == 1


def claim(tx: Transaction, place: Place, command: UUID, until: int) -> int | None:
    """Take the turn. None: taken. 0: over already. Otherwise when to look again (milliseconds)."""
    now = milliseconds_now()
    found = tx.execute(_LOCKED, {"which": place.line}).first()
    if found is None:
        # Two copies that both find no line: the second hits the unique key and tries again.
        tx.execute(insert(carried_line).values(line=place.line, last_done=0, leased_until=0))
    last_done, leased_until = (found.last_done, found.leased_until) if found else (0, 0)
    if place.sequence <= last_done:
        return 0
    if place.sequence > last_done + 1:
        return now + LONG_AFTER_MS
    if leased_until > now:
        return int(leased_until)
    if inbox.is_done(tx, command):
        advance(tx, place)  # dropped before its turn, or sent again with a new number: the line must not wait for it
        return 0
    tx.execute(_LEASED, {"which": place.line, "until": until})
    return None


def advance(tx: Transaction, place: Place) -> bool:
    """This one has ended: whoever waits behind it is due now. False when it was not its turn: then the line stays where it is.

    So is a copy of it that waited for its end: it is found done, and ends.
    """
    line = {"which": place.line, "ended": place.sequence}
    if not tx.execute(_STEP, line | {"before": place.sequence - 1}).rowcount:
        return False
    tx.execute(_WAKE, line | {"next": place.sequence + 1, "now": milliseconds_now()})
    return True


def release(tx: Transaction, place: Place, until: int) -> None:
    """The turn that was claimed until then is given back, if nobody else has it by now; the line stays where it is."""
    tx.execute(_RELEASE, {"which": place.line, "until": until})


def release_all(tx: Transaction) -> None:
    """Embedded, at start: every lease is a dead process's."""
    tx.execute(update(carried_line).where(carried_line.c.leased_until > 0).values(leased_until=0))
