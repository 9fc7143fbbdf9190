"""All that the DMS has on record, by subject."""

from sandbox import registrations, standings
from sandbox.clock import Now
from sandbox.dms import bookings, cars, complaints, dealers, month, runs, sales, visits
from sandbox.store import Store

SCHEMA = "".join(
    (
        dealers.SCHEMA,
        sales.SCHEMA,
        cars.SCHEMA,
        bookings.SCHEMA,
        visits.SCHEMA,
        registrations.SCHEMA,
        standings.SCHEMA,
        runs.SCHEMA,
        month.SCHEMA,
        complaints.SCHEMA,
    )
)


class DmsRecords:
    def __init__(self, store: Store, now: Now) -> None:
        self._store = store
        self.dealers = dealers.Dealers(store, now)
        self.sales = sales.Sales(store, now)
        self.cars = cars.Cars(store, now)
        self.bookings = bookings.Bookings(store, now, self.dealers)
        self.visits = visits.Visits(store, now)

    def registrations(self) -> list[dict[str, object]]:
        return registrations.registrations(self._store)
