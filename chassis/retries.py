"""Messages that wait their turn again: rows in the reader's own schema, the same in both runtimes, searchable, auditable."""

import json
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, insert, select, update

from chassis.clock import milliseconds_now
from chassis.database import Transaction
from chassis.lines import NOWHERE, Place
from chassis.messages import Described
from chassis.settings import Patience
from chassis.tables import retry

Causes = Sequence[dict[str, str]]


MOST_CAUSES, LONGEST_FIELD, LONGEST_RULE = 20, 128, 256
"""What a report to insight takes, and the column; a message may break its contract in thousands of places."""
HELD_MS = 600_000
"""What is held is hastened when it is released; this is only the safety net."""


def as_json(causes: Causes) -> str:
    """The first of them, each cut to what is told on."""
    told = [{**cause, "field": cause["field"][:LONGEST_FIELD], "rule": cause["rule"][:LONGEST_RULE]} for cause in causes[:MOST_CAUSES]]
    return json.dumps(told)


def pause_ms(patience: Patience, attempt: int) -> int:
    """After the first failure `first_seconds`, then twice as long each time, up to `longest_seconds`."""
    doubled = patience.first_seconds * float(2 ** min(attempt - 1, 30))
    return round(1000 * min(doubled, patience.longest_seconds))


def put(
    tx: Transaction,
    message_id: UUID,
    described: Described,
    body: str,
    *,
    attempt: int,
    due_at: int,
    causes: Causes,
    place: Place | None = None,
    anew: bool = False,
) -> None:
    """Write down that it waits until `due_at`. A row that is there keeps its body and the time it first failed, unless it begins `anew`.

    Waiting without a cause, as a redriven one does, is nothing to report.
    """
    now = milliseconds_now()
    changed: dict[str, Any] = {
        "attempt": attempt,
        "due_at": due_at,
        "changed_at": now,
        "leased_until": 0,
        "ended_at": None,
        "causes": as_json(causes),
        "reported": not causes,
    }
    again = changed | ({"first_at": now, "body": body} if anew else {})
    if tx.execute(update(retry).where(retry.c.message_id == message_id).values(again)).rowcount:
        return
    place = place or NOWHERE
    row = {"message_id": message_id, **described.columns(), "body": body, "first_at": now, "line": place.line, "sequence": place.sequence}
    tx.execute(insert(retry).values(row | changed))


def wait(tx: Transaction, message_id: UUID, described: Described, body: str, *, attempt: int, why: str, place: Place | None) -> None:
    """Until an operator lets it go (`hasten`); no try is counted."""
    due_at, cause = milliseconds_now() + HELD_MS, {"kind": "order", "field": "", "rule": why}
    attempt = max(attempt, failed_tries(tx, message_id))
    put(tx, message_id, described, body, attempt=attempt, due_at=due_at, causes=[cause], place=place)


def hasten(tx: Transaction, why: str, *, anew: bool = False, overdue: bool = False) -> None:
    """What waits for this reason alone is due now; `anew`: with all its patience; `overdue`: also what was due, and not handed out."""
    now = milliseconds_now()
    causes = [as_json([{"kind": kind, "field": "", "rule": why}]) for kind in ("order", "unavailable")]
    waiting = retry.c.ended_at.is_(None) & retry.c.causes.in_(causes)
    if not overdue:
        waiting &= retry.c.due_at > now
    tx.execute(update(retry).where(waiting).values({"due_at": now} | ({"first_at": now} if anew else {})))


def begin_patience_anew(tx: Transaction) -> None:
    """Nothing was tried for a while, by an operator's order: that time is not counted."""
    tx.execute(update(retry).where(retry.c.ended_at.is_(None)).values(first_at=milliseconds_now()))


_OPEN = (retry.c.message_id == bindparam("wanted")) & retry.c.ended_at.is_(None)
_END = update(retry).where(_OPEN).values(ended_at=bindparam("now"))
_ATTEMPT = select(retry.c.attempt).where(_OPEN)
_FIRST_AT = select(retry.c.first_at).where(retry.c.message_id == bindparam("wanted"))


def end(tx: Transaction, message_id: UUID) -> None:
    """It waits no longer. How it ended is told by its inbox or parked row."""
    tx.execute(_END, {"wanted": message_id, "now": milliseconds_now()})


def failed_tries(tx: Transaction, message_id: UUID) -> int:
    """Of one that waits now; 0 if it does not."""
    return tx.execute(_ATTEMPT, {"wanted": message_id}).scalar_one_or_none() or 0


def first_at(tx: Transaction, message_id: UUID) -> int:
    """When it first failed; now, if it never did."""
    found = tx.execute(_FIRST_AT, {"wanted": message_id}).scalar_one_or_none()
    return int(found) if found else milliseconds_now()


def release_all(tx: Transaction) -> None:
    """Embedded, at start: every lease is a dead process's."""
    tx.execute(update(retry).where(retry.c.ended_at.is_(None)).values(leased_until=0))


_FREE = retry.c.ended_at.is_(None) & (retry.c.leased_until < bindparam("now"))
_OF_TYPES = retry.c.type.in_(bindparam("types", expanding=True))
_NEXT = select(retry.c.due_at).where(_FREE).order_by(retry.c.due_at).limit(1)
_DUE = (
    select(retry.c.message_id, retry.c.body, retry.c.attempt)
    .where(_FREE, retry.c.due_at <= bindparam("now"))
    .order_by(retry.c.due_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_LEASED = update(retry).where(retry.c.message_id.in_(bindparam("messages", expanding=True))).values(leased_until=bindparam("until"))


def next_due(connection: Connection, types: Collection[str] = ()) -> int | None:
    """When the first that waits is due (milliseconds); None: nothing waits. A look that takes no lock. `types`: of these alone."""
    statement, asked = (_NEXT.where(_OF_TYPES), {"types": list(types)}) if types else (_NEXT, {})
    return connection.execute(statement, {"now": milliseconds_now(), **asked}).scalar()


def claim_due(tx: Transaction, *, most: int, lease_ms: int, types: Collection[str] = ()) -> list[tuple[str, int]]:
    """Bodies and attempts of up to `most` messages that are due, leased so that no other copy takes them too. `types`: of these alone."""
    now = milliseconds_now()
    statement, asked = (_DUE.where(_OF_TYPES), {"types": list(types)}) if types else (_DUE, {})
    rows = tx.execute(statement, {"now": now, "most": most, **asked}).all()
    if rows:
        tx.execute(_LEASED, {"messages": [row.message_id for row in rows], "until": now + lease_ms})
    return [(row.body, row.attempt) for row in rows]
