"""How the state of an appointment, and the reason of one that is over, are read off what is known of it (flows 3.2; decision 0007)."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from contracts.appointments import State

if TYPE_CHECKING:
    from services.appointments.domain import Appointment

CLOSED = frozenset({State.REJECTED, State.UNREACHABLE, State.DECLINED, State.WITHDRAWN, State.CANCELLED, State.TRANSFERRED})
"""It will not take place. Between these the word may still change as older news arrives, and nobody is asked for anything again."""

WITHOUT_SLIP = frozenset({State.REQUESTED, State.TO_CALL})
AGREED = frozenset({State.CONFIRMED, State.NOTIFIED, State.RESCHEDULED})
"""There is a slip that holds, and its day has not been judged yet."""

Holds = Callable[["Appointment"], bool]

STANDING: tuple[tuple[State, Holds], ...] = (
    # The first that holds. Closed first: what goes on elsewhere, the follower's own word, then the dealer's, then CSC's.
    (State.TRANSFERRED, lambda a: bool(a.transferred_to)),
    (State.CANCELLED, lambda a: a.taken_back and a.slip is not None),
    (State.WITHDRAWN, lambda a: a.taken_back),
    (State.REJECTED, lambda a: bool(a.turned_away or a.refused)),
    (State.DECLINED, lambda a: a.declined),
    (State.UNREACHABLE, lambda a: a.given_up or a.day_passed),
    (State.CANCELLED, lambda a: bool(a.called_off)),
    # Open: CSC's and DMS's news may overtake each other, so a slip confirms what is not yet `to_call`, and a visit needs no slip.
    (State.COMPLETED, lambda a: a.completed_at is not None),
    (State.ARRIVED, lambda a: a.visit_id is not None),
    (State.NO_SHOW, lambda a: a.slip is not None and a.missed == a.slip.key),
    (State.RESCHEDULED, lambda a: a.slip is not None and a.slip.request_no < a.wish.request_no),
    (State.NOTIFIED, lambda a: 0 < a.announced <= a.sent),
    (State.CONFIRMED, lambda a: a.slip is not None),
    (State.TO_CALL, lambda a: a.task_id is not None),
    (State.REQUESTED, lambda _: True),
)


def state_of(a: "Appointment") -> State:
    return next(state for state, holds in STANDING if holds(a))


def reason_of(a: "Appointment") -> str:
    """Why it is over, as a code, in the order of `STANDING`; empty while it is open."""
    reasons = (
        "transferred" if a.transferred_to else "",
        "by_follower" if a.taken_back else "",
        a.turned_away,
        a.refused,
        "declined" if a.declined else "",
        "unreachable" if a.given_up else "",
        "day_passed" if a.day_passed else "",
        a.called_off,
    )
    return next((code for code in reasons if code), "") if a.state in CLOSED else ""
