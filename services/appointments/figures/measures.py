"""What one appointment counts for in the statistics (flows 6, A-APT-24..28). No I/O, no clock."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from chassis.database import from_millis, millis
from contracts.appointments import State
from services.appointments.hours import day_of
from services.appointments.standing import CLOSED

if TYPE_CHECKING:
    from services.appointments.domain import Appointment, Slip


class Key(NamedTuple):
    """A row of the sums."""

    period: str
    dealer_code: str


def measures(it: "Appointment") -> Iterator[tuple[Key, Mapping[str, int]]]:
    """0 or 1 by name: in the month in which it was submitted, at the dealer that was asked; and in the month of its slip, at the slip's.

    What is transferred is one request, of the dealer that the follower asked; its slip is the other dealer's.
    """
    if it.predecessor_id is None:
        yield Key(period_of(it.wish.submitted_at), it.wish.dealer_code), _as_request(it)
    if it.slip:
        yield Key(period_of(it.slip.appointment_at), it.slip.dealer_code), _as_slip(it, it.slip)


def period_of(at: datetime) -> str:
    """The month at the dealer's, of the moment as it is kept."""
    return f"{day_of(from_millis(millis(at))):%Y-%m}"


def _as_request(it: "Appointment") -> Mapping[str, int]:
    in_time = it.reached_at is not None and it.first_due_at is not None and it.reached_at <= it.first_due_at
    return {
        "requested": 1,
        "withdrawn_uncalled": int(it.taken_back and it.first_call_at is None),
        "called": int(it.reached_at is not None),
        "called_in_time": int(in_time),
        "arrived_of_requested": int(it.visit_id is not None),
    }


def _as_slip(it: "Appointment", slip: "Slip") -> Mapping[str, int]:
    """Cancelled ones are excluded; of what stands, a car that did not come is in the denominator."""
    stands = it.state not in CLOSED
    return {
        "due": int(it.state is not State.CANCELLED),
        "confirmed": int(stands),
        "arrived": int(stands and it.visit_id is not None),
        "no_show": int(stands and it.visit_id is None and it.missed == slip.key),
    }
