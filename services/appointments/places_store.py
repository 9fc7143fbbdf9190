"""Keeps how many places a dealer has and how many are taken, guarded against bookings at the same moment (S-19).

Whoever changes what a dealer's day holds has locked the row of that day until the transaction ends; several days are locked in the
order of their ids, and always after the appointment. So bookings of a day stand in line, and no two wait for each other.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from sqlalchemy import Row, insert, select, update

from chassis.database import Transaction
from contracts.appointments import places_id
from contracts.dms import CapacitySet
from services.appointments.capacity import Day, Places, Room, counted
from services.appointments.domain import Appointment
from services.appointments.tables import capacity

OpenOn = Callable[[Transaction, str, date], list[Appointment]]
"""The open appointments that have to do with a dealer's day."""


class PlacesStore:
    """The rows of `capacity`."""

    def room(self, tx: Transaction, days: Iterable[Day], open_on: OpenOn) -> Room:
        """The rows of these days, locked. The first booking of a day makes its row; of two at once the second tries again, and finds it."""
        rows: list[Places] = []
        for dealer_code, day in sorted(set(days), key=lambda one: places_id(one[0], one[1], "").hex):
            self._lock(tx, dealer_code, day, open_on)
            of_the_day = (capacity.c.dealer_code == dealer_code) & (capacity.c.day == day)
            rows += [_places_of(row) for row in tx.execute(select(capacity).where(of_the_day)).all()]
        return Room(rows)

    def room_for(self, tx: Transaction, told: CapacitySet, open_on: OpenOn) -> Room:
        """The rows of that day with the one that is told of, new or not."""
        room = self.room(tx, [(told.dealer_code, told.day)], open_on)
        if told.places_id in room.before:
            return room
        self._add(tx, Places(told.dealer_code, told.day, told.slot), open_on)
        return self.room(tx, [(told.dealer_code, told.day)], open_on)

    def save(self, tx: Transaction, room: Room) -> None:
        for row in room.changed():
            tx.execute(update(capacity).where(capacity.c.places_id == row.id).values(_columns_of(row)))

    def _lock(self, tx: Transaction, dealer_code: str, day: date, open_on: OpenOn) -> None:
        whole_day = Places(dealer_code, day)
        found = tx.execute(select(capacity.c.places_id).where(capacity.c.places_id == whole_day.id).with_for_update()).first()
        if found is None:
            self._add(tx, whole_day, open_on)

    def _add(self, tx: Transaction, row: Places, open_on: OpenOn) -> None:
        already = counted(row, open_on(tx, row.dealer_code, row.day))
        tx.execute(insert(capacity).values({"places_id": row.id} | _columns_of(already)))


def _columns_of(row: Places) -> dict[str, Any]:
    return dict(vars(row))


def _places_of(row: Row[Any]) -> Places:
    return Places(**{name: row._mapping[name] for name in Places.__dataclass_fields__})
