"""Where a request is now, and why: the one thing to say above its timeline. No I/O, no framework.

What needs a person comes first: parked, then waiting for a further try, then under way; where nothing is open, its last fact speaks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from contracts.ops import Cause
from services.console.timeline import Hop, Reading

Kind = Literal["parked", "waiting", "under_way", "resting", "done"]
SETTLES_IN = timedelta(seconds=20)
"""Reports come every second; what was just done may lead to more."""

RESTING = frozenset(
    {
        "appointment.call.due",
        "appointment.call.missed",
        "appointment.confirmed",
        "appointment.notified",
        "appointment.requested",
        "appointment.rescheduled",
        "appointment.kept",
        "appointment.arrived",
        "registration.progressed",
        "registration.matched",
        "customer.registered",
    }
)
DONE = frozenset(
    {
        "appointment.turned.down",
        "appointment.unreachable",
        "appointment.declined",
        "appointment.withdrawn",
        "appointment.cancelled",
        "appointment.transferred",
        "appointment.completed",
        "appointment.no.show",
        "registration.rejected",
        "customer.unregistered",
    }
)


@dataclass(frozen=True)
class Standing:
    """`since`: when it came to stand so. `next_try`: the number of the try that is due at `due_at`."""

    kind: Kind
    type: str
    since: datetime
    service: str = ""
    message_id: UUID | None = None
    partner: str = ""
    causes: tuple[Cause, ...] = ()
    next_try: int = 0
    due_at: datetime | None = None
    others: int = 0
    """How many more stand so."""

    @property
    def live(self) -> bool:
        """Whether more is to be expected soon."""
        return self.kind in ("parked", "waiting", "under_way")


def standing_of(hops: Sequence[Hop], now: datetime) -> Standing:
    """Of at least one hop."""
    troubles: tuple[Kind, ...] = ("parked", "waiting")
    for wanted in troubles:
        found = [(hop, reading) for hop in hops for reading in hop.readings if reading.standing == wanted]
        if found:
            return _in_trouble(wanted, *found[-1], others=len(found) - 1)
    open_ones = [hop for hop in hops if hop.standing in ("queued", "redriven")]
    if open_ones:
        return _queued(open_ones)
    last = hops[-1]
    ended = max(hop.ended_at for hop in hops)
    fact = next((hop for hop in reversed(hops) if hop.type in DONE | RESTING), last)
    if fact.type not in DONE and now - ended < SETTLES_IN:
        return Standing("under_way", last.type, ended, message_id=last.message_id)
    return Standing("resting" if fact.type in RESTING else "done", fact.type, fact.at, message_id=fact.message_id)


def _in_trouble(kind: Kind, hop: Hop, reading: Reading, others: int) -> Standing:
    """Since the first try of this kind failed: that is how long somebody has been waiting."""
    trouble = reading.trouble
    if trouble is None:
        raise ValueError("nothing went wrong here")
    calls = reading.calls
    return Standing(
        kind,
        hop.type,
        reading.retried[0].at if kind == "waiting" else trouble.at,
        service=reading.service,
        message_id=hop.message_id,
        partner=calls[-1].partner if calls else "",
        causes=trouble.causes,
        next_try=trouble.attempt + 1,
        due_at=trouble.due_at,
        others=others,
    )


def _queued(open_ones: Sequence[Hop]) -> Standing:
    """In a queue, or redriven and not yet tried."""
    oldest = open_ones[0]
    redriven = next((reading for reading in oldest.readings if reading.standing in ("redriven", "queued")), None)
    service = redriven.service if redriven else next(iter(oldest.missing), "")
    last = oldest.moments[-1].at if redriven else oldest.at
    return Standing("under_way", oldest.type, last, service=service, message_id=oldest.message_id, others=len(open_ones) - 1)
