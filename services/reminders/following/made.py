"""Items that are made when something is known of them already: an appointment of the car, a slip, a decision.

Where single items are made they are looked at at once (month/published.py). A month is made set-wise, in long transactions that see
nothing of what comes meanwhile: what is booked is looked for afterwards. Not to remind is no matter of that: whatever is to be sent is
looked at in any case (sending/step.py).
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select

from chassis.database import Database, millis
from chassis.settings import Reminders
from contracts.reminders import SERVICE_TYPES, Outcome
from services.reminders.days import first_day, period_at
from services.reminders.following.settling import ITEMS, look_again
from services.reminders.tables import bookings, items, runs

CARS_AT_ONCE = 100
LOOKED_AFTER = timedelta(days=1)
"""After its end a run is looked after for so long: by then who asked for an appointment meanwhile has been heard."""
FIRST = UUID(int=0)


def look_at_booked(database: Database, now: datetime, terms: Reminders, cars: int = CARS_AT_ONCE) -> bool:
    """Of months that are being made, or were made lately: open items of cars that an appointment stands for. There is never more of it."""
    recent = or_(runs.c.finished_at.is_(None), runs.c.finished_at >= millis(now - LOOKED_AFTER))
    with database.read() as connection:
        periods = connection.execute(select(runs.c.period).where(recent, runs.c.period >= period_at(now)).distinct()).scalars().all()
    for period in periods:
        after: UUID | None = FIRST
        while after:
            after = _look_on(database, period, after, now, terms, cars=cars)
    return False


def _look_on(database: Database, period: str, after: UUID, now: datetime, terms: Reminders, *, cars: int) -> UUID | None:
    """The next cars; the last of them. Their own transaction: none is long."""
    with database.write() as tx:
        vehicles = tx.execute(_expected(period, after).limit(cars)).scalars().all()
        look_again(tx, ITEMS.since(tx, vehicles, period), now, terms)
    return vehicles[-1] if vehicles else None


def _expected(period: str, after: UUID) -> Select[Any]:
    """Cars for which there is an appointment on a day of the period or later, and that have something open."""
    stands = (bookings.c.standing, bookings.c.expected_on >= first_day(period), bookings.c.vehicle_id > after)
    is_open = (items.c.period == period, items.c.outcome == Outcome.OPEN.value, items.c.type.in_(sorted(SERVICE_TYPES)))
    found = select(bookings.c.vehicle_id).distinct().join(items, items.c.vehicle_id == bookings.c.vehicle_id)
    return found.where(*stands, *is_open).order_by(bookings.c.vehicle_id)
