"""What a follower may wish for, and which wishes can be met (A-APT-09, 11; S-19). Values and rules, no I/O."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import NamedTuple
from uuid import UUID

from contracts.appointments import ServiceItem
from contracts.csc import Call
from services.appointments.hours import day_of, opening_of


@dataclass(frozen=True)
class Rules:
    """What is the same for every appointment; the defaults are those of `booking` in config.yaml."""

    furthest: timedelta = timedelta(days=90)  # dealers plan their workshop a quarter ahead
    notice: timedelta = timedelta(hours=2)  # a workshop needs this long to prepare
    cancel_until: timedelta = timedelta(hours=2)  # before the appointment; later the follower has to phone
    no_show_after: timedelta = timedelta(hours=12)  # after the end of the day
    most_attempts: int = 5  # calls that did not reach the follower before we give up (S-20)


class Asked(NamedTuple):
    """What one request of the follower asks for. An empty slot is any time of the day."""

    request_no: int
    requested_date: date
    slot: str


@dataclass(frozen=True)
class Wish:
    """What the follower asks for, by the last request that was granted: the first is 1, each rescheduling a higher one."""

    appointment_id: UUID
    follower_id: UUID
    vehicle_id: UUID
    dealer_code: str
    requested_date: date
    items: tuple[ServiceItem, ...]
    submitted_at: datetime
    slot: str = ""
    mileage_km: int | None = None
    concern: str | None = None
    source: str = "menu"
    reminder_item_id: UUID | None = None
    request_no: int = 1

    @property
    def asked(self) -> Asked:
        return Asked(self.request_no, self.requested_date, self.slot)

    @property
    def open_key(self) -> str:
        """One open request per car and day (flows 3.1)."""
        return f"{self.vehicle_id.hex}:{self.requested_date}"


@dataclass(frozen=True)
class Car:
    """The follower's car and whose it is, as `services/customers` last told. `active` false: not bound to this follower any more."""

    binding_id: UUID
    customer_id: str
    vin: str
    name: str
    mobile: str
    active: bool = True


def why_not(wish: Wish, car: Car | None, now: datetime, rules: Rules) -> str:
    """A code for why the wish cannot be met; empty when it can."""
    if car is None or not car.active:
        return "not_your_car"
    return why_not_on(wish.requested_date, now, rules)


def why_not_on(day: date, now: datetime, rules: Rules) -> str:
    """A code for why nobody can be received on that day; empty when they can."""
    today = day_of(now)
    if day < today:
        return "past_day"
    if opening_of(day) < now + rules.notice:
        return "too_soon"
    if day > today + rules.furthest:
        return "too_far"
    return ""


def never_reached(calls: Sequence[Call], most_attempts: int) -> bool:
    """So many calls before any that reached. Later ones do not count: who was reached once is in the DCRC's hands."""
    in_time = sorted(calls, key=lambda call: call.at)
    return len(list(takewhile(lambda call: call.result != "reached", in_time))) >= most_attempts


def first_of(*moments: datetime | None) -> datetime | None:
    """The earliest that is known, to the millisecond as it is kept: what is heard again is no news."""
    known = [at.replace(microsecond=at.microsecond // 1000 * 1000) for at in moments if at]
    return min(known, default=None)
