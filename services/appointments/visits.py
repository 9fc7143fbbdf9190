"""Which appointment a visit (回厂) is of: by the adviser's word, else by car and day, never by a link (A-APT-28, S-15)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from contracts.appointments import State
from services.appointments.hours import day_of
from services.appointments.standing import AGREED

if TYPE_CHECKING:
    from services.appointments.domain import Appointment

EXPECTED = AGREED | {State.NO_SHOW}
NEAR = timedelta(days=1)  # people come a day early or late


@dataclass(frozen=True)
class Visit:
    """A car in the workshop. `closed_at` None: not known to be done."""

    id: UUID
    vehicle_id: UUID
    arrived_at: datetime
    closed_at: datetime | None = None
    named_id: UUID | None = None  # the appointment that the adviser named


def match(visit: Visit, appointments: Iterable["Appointment"]) -> "Appointment | None":
    """Of the appointments of the car: the one that has this visit, else the one that was named, else the nearest that fits."""
    of_this_car = [one for one in appointments if one.wish.vehicle_id == visit.vehicle_id]
    known = next((one for one in of_this_car if one.visit_id == visit.id and one.is_open), None)
    free = [one for one in of_this_car if one.visit_id is None and one.is_open]
    named = next((one for one in free if one.id == visit.named_id), None)
    fitting = [(abs(_time_of(one) - visit.arrived_at), str(one.id), one) for one in free if fits(visit, one)]
    return known or named or (min(fitting)[2] if fitting else None)


def fits(visit: Visit, it: "Appointment") -> bool:
    """A slip for that day or the next to it; and nobody comes in for what they have not asked for yet."""
    if it.slip is None or it.state not in EXPECTED or visit.arrived_at < it.wish.submitted_at:
        return False
    return abs(it.slip.day - day_of(visit.arrived_at)) <= NEAR


def best_of(visits: Iterable[Visit], it: "Appointment") -> Visit | None:
    """Of visits that matched nothing so far, the one that this appointment was waiting for."""
    fitting = [(abs(_time_of(it) - visit.arrived_at), str(visit.id), visit) for visit in visits if match(visit, [it]) is it]
    return min(fitting)[2] if fitting else None


def _time_of(it: "Appointment") -> datetime:
    return it.slip.appointment_at if it.slip else it.wish.submitted_at
