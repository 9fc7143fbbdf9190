"""Partner commands of one sender about one subject are carried out one after another, with any number of copies of the adapter.

The sender numbers them without gaps. Here, a claim locks the line's row and takes only last done + 1 with no live lease; a later
one waits until its predecessor has ended; a lower one is a repeat. A parked one holds the line. (design section 3)
"""

from dataclasses import dataclass

from sqlalchemy import insert, select, update

from chassis.clock import milliseconds_now
from chassis.database import Transaction
from chassis.tables import carried_line, retry
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


def claim(tx: Transaction, place: Place, until: int) -> int | None:
    """Take the turn. None: taken. 0: over already. Otherwise when to look again (milliseconds)."""
    now = milliseconds_now()
    found = tx.execute(select(carried_line).where(carried_line.c.line == place.line).with_for_update()).first()
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
    tx.execute(update(carried_line).where(carried_line.c.line == place.line).values(leased_until=until))
    return None


def advance(tx: Transaction, place: Place) -> bool:
    """This one has ended: whoever waits behind it is due now. False when it was not its turn: then the line stays where it is."""
    its_turn = (carried_line.c.line == place.line) & (carried_line.c.last_done == place.sequence - 1)
    if not tx.execute(update(carried_line).where(its_turn).values(last_done=place.sequence, leased_until=0)).rowcount:
        return False
    next_one = (retry.c.line == place.line) & (retry.c.sequence == place.sequence + 1) & retry.c.ended_at.is_(None)
    tx.execute(update(retry).where(next_one).values(due_at=milliseconds_now()))
    return True


def release(tx: Transaction, place: Place, until: int) -> None:
    """The turn that was claimed until then is given back, if nobody else has it by now; the line stays where it is."""
    tx.execute(update(carried_line).where(carried_line.c.line == place.line, carried_line.c.leased_until == until).values(leased_until=0))


def release_all(tx: Transaction) -> None:
    """Embedded, at start: every lease is a dead process's."""
    tx.execute(update(carried_line).where(carried_line.c.leased_until > 0).values(leased_until=0))
