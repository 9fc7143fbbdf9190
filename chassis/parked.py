"""Messages that cannot go on by themselves: kept whole and sealed, with their cause, until an operator redrives, mends or drops them."""

from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, insert, select, update

from chassis import inbox, lines, mending, retries
from chassis.clock import milliseconds_now
from chassis.database import Transaction
from chassis.errors import ContractBroken
from chassis.lines import NOWHERE, Place
from chassis.messages import Described
from chassis.privacy import BODY, vault
from chassis.tables import parked

MENDED = "mended"
"""The reason of a redrive with other data."""
UNREADABLE = Described(type="", subject=None, correlation_id=None, causation_id=None, size_bytes=0)


def park(
    tx: Transaction,
    message_id: UUID,
    described: Described,
    body: bytes,
    *,
    kind: str,
    causes: retries.Causes,
    attempt: int = 0,
    place: Place | None = None,
) -> None:
    """Park it, or park it again; whatever waited of it has ended. A parked partner command holds its line."""
    now = milliseconds_now()
    place = place or NOWHERE
    changed = {
        "kind": kind,
        "causes": retries.as_json(causes),
        "attempt": attempt,
        "state": "parked",
        "changed_at": now,
        "reported": False,
    }
    if not tx.execute(update(parked).where(parked.c.message_id == message_id).values(changed | {"changes": parked.c.changes + 1})).rowcount:
        row = {
            "message_id": message_id,
            **described.columns(),
            "sealed_body": vault().seal_bytes(BODY, body),
            "line": place.line,
            "sequence": place.sequence,
            "parked_at": now,
            "changes": 0,
        }
        tx.execute(insert(parked).values(row | changed))
    retries.end(tx, message_id)


def park_foreign(tx: Transaction, *, message_id: UUID, body: bytes, kind: str, causes: tuple[tuple[str, str], ...]) -> None:
    """Park what a partner sent and what never became a message of ours.

    It can be looked at and dropped, not redriven: the partner was told no, and sends it again when it has mended it.
    """
    named = [{"kind": kind, "field": field, "rule": rule} for field, rule in causes]
    park(tx, message_id, Described("", None, None, None, len(body)), body, kind=kind, causes=named)


def redrive(tx: Transaction, message_id: UUID, ordered_by: str) -> int:
    """Let a parked message try again, now. The number of this change; 0 when it is not parked, or was never one that could be handled."""
    row = _parked(tx, message_id)
    return _redrive(tx, row, ordered_by, "") if row and row.type else 0


def mend(tx: Transaction, message_id: UUID, ordered_by: str, data: str) -> int:
    """Let it try again with this data (JSON in clear) in place of its own, which is kept. What is off contract is parked anew at once.

    The number of this change; 0 when it is not parked, or was never a message that could be handled.
    """
    row = _parked(tx, message_id)
    if row is None or not row.type:
        return 0
    mended = vault().seal_bytes(BODY, data.encode())
    tx.execute(update(parked).where(parked.c.message_id == message_id).values(mended_data=mended))
    return _redrive(tx, _parked(tx, message_id), ordered_by, MENDED)


def drop(tx: Transaction, message_id: UUID, ordered_by: str, reason: str) -> int:
    """Give a parked message up: it counts as dealt with, and the line behind it moves on. The number of this change; 0: not parked."""
    row = _parked(tx, message_id)
    if row is None:
        return 0
    inbox.take(tx, message_id, _described(row), attempt=row.attempt, received_at=row.parked_at)
    inbox.finish(tx, message_id)
    if row.line and not lines.advance(tx, Place(row.line, row.sequence)):
        _try_again(tx, row, _original(row).decode())  # its turn has yet to come: then it is found done, and passed over
    return _decide(tx, row, "dropped", ordered_by, reason)


def show(tx: Transaction, message_id: UUID) -> str:
    """What is in it, in clear, with what was written in place of its data; empty when it is not kept any more."""
    row = tx.execute(select(parked).where(parked.c.message_id == message_id)).first()
    return mending.in_clear(_original(row), _mended(row), vault()) if row else ""


def _parked(tx: Transaction, message_id: UUID) -> Any:
    return tx.execute(_LOCKED, {"wanted": message_id}).first()


def _described(row: Any) -> Described:
    return Described(row.type, row.subject, row.correlation_id, row.causation_id, row.size_bytes)


def _original(row: Any) -> bytes:
    return vault().unseal_bytes(BODY, row.sealed_body)


def _mended(row: Any) -> str | None:
    return vault().unseal_bytes(BODY, row.mended_data).decode() if row.mended_data else None


def _redrive(tx: Transaction, row: Any, ordered_by: str, reason: str) -> int:
    change = _decide(tx, row, "redriven", ordered_by, reason)
    original, mended = _original(row), _mended(row)
    try:
        body = original.decode() if mended is None else mending.remade(original, mended, vault())
    except ContractBroken as off:
        causes = [{"kind": "contract", "field": field, "rule": rule} for field, rule in off.violations]
        place = Place(row.line, row.sequence)
        park(tx, row.message_id, _described(row), original, kind="contract", causes=causes, attempt=row.attempt, place=place)
    else:
        _try_again(tx, row, body)
    return change


def _try_again(tx: Transaction, row: Any, body: str) -> None:
    """With all its patience anew; its tries are counted on, so that a report of one is never taken for a repeat."""
    place = Place(row.line, row.sequence) if row.line else None
    due_at = milliseconds_now()
    retries.put(tx, row.message_id, _described(row), body, attempt=row.attempt, due_at=due_at, causes=(), place=place, anew=True)


def _decide(tx: Transaction, row: Any, state: str, ordered_by: str, reason: str) -> int:
    values = {"state": state, "changed_at": milliseconds_now(), "ordered_by": ordered_by, "reason": reason, "reported": False}
    change: int = row.changes + 1  # its row is locked
    tx.execute(_DECIDED, {"wanted": row.message_id, "changes": change, **values})
    return change


# Made once: thousands may be redriven by one job.
_LOCKED = select(parked).where(parked.c.message_id == bindparam("wanted"), parked.c.state == "parked").with_for_update()
_DECIDED = (
    update(parked)
    .where(parked.c.message_id == bindparam("wanted"))
    .values({name: bindparam(name) for name in ("state", "changed_at", "ordered_by", "reason", "reported", "changes")})
)
