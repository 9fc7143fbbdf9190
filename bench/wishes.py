"""Bookings as the house hears of them: followers bound to cars, and their wishes for a service day, sent as `pages` sends them."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from bench.broker import Broker, Letter, letter_to
from bench.ground import vault_of
from chassis.messages import encode, wrap
from chassis.privacy import Vault
from contracts.appointments import RequestAppointment, ServiceItem
from contracts.customers import CustomerRegistered

CARS = 200
FIRST_DAY, DAYS = 2, 80
"""A car is booked once for a day: so there are 16,000 wishes before one comes twice."""
DEALERS = ("D001", "D002", "D004", "D005", "D008")
"""Of the stand-in for the DMS; open on every day of the week."""
ITEMS = (ServiceItem(code="MAINTENANCE", name="定期保养"), ServiceItem(code="TYRES", name="四轮定位"))


@dataclass
class Wishes:
    """Sends wishes and remembers when: `sent` is the id of the command, which all that follows carries, to milliseconds since 1970."""

    broker: Broker
    vault: Vault
    sent: dict[UUID, int] = field(default_factory=dict)
    _count: int = 0

    @classmethod
    def on(cls, broker: Broker, environment: Mapping[str, str]) -> "Wishes":
        """Binds the cars first; `appointments` hears of that in its queue, before any wish."""
        wishes = cls(broker, vault_of(environment))
        wishes.broker.publish([wishes._binding(number) for number in range(CARS)])
        return wishes

    def send(self) -> UUID:
        car = self._count % CARS
        day = (self._count // CARS + car) % DAYS  # spread over the days: a maker has hundreds of dealers, the stand-in five
        self._count += 1
        wish = RequestAppointment(
            appointment_id=uuid4(),
            follower_id=_follower(car),
            vehicle_id=self.vault.vehicle_id(_vin(car)),
            dealer_code=DEALERS[car % len(DEALERS)],
            requested_date=date.today() + timedelta(days=FIRST_DAY + day),  # noqa: DTZ011 - some day ahead
            items=ITEMS,
            mileage_km=19800,
            concern="左前轮有异响，请一并检查。",
            submitted_at=datetime.now(UTC),
        )
        envelope = wrap(wish, source="pages", vault=self.vault, cause=None)
        letter = letter_to("appointments", envelope, encode(envelope))
        self.sent[envelope.id] = time.time_ns() // 1_000_000
        self.broker.send(letter)
        return envelope.id

    def _binding(self, car: int) -> Letter:
        bound = CustomerRegistered(
            binding_id=UUID(int=(2 << 64) + car),
            version=1,
            account="main",
            follower_id=_follower(car),
            openid=f"oBenchFollower{car:06d}",
            customer_id=f"B{car:06d}",
            vehicle_id=self.vault.vehicle_id(_vin(car)),
            vin=_vin(car),
            name="张伟",
            mobile="13800138000",
            dealer_code=DEALERS[car % len(DEALERS)],
        )
        envelope = wrap(bound, source="customers", vault=self.vault, cause=None)
        return letter_to("appointments", envelope, encode(envelope))


def _follower(car: int) -> UUID:
    return UUID(int=(1 << 64) + car)


def _vin(car: int) -> str:
    return f"LSBENCH0{car:09d}"
