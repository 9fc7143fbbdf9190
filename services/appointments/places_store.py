"""Keeps how many places a dealer has and how many are taken, guarded against bookings at the same moment (S-19).

Whoever changes what a dealer's day holds has locked the row of that day until the transaction ends; several days are locked in the
order of their ids, and always after the appointment. So bookings of a day stand in line, and no two wait for each other.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, bindparam, select

from chassis.database import Transaction
from chassis.unit_of_work import Repository
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
        held = tx.unit.notes(PLACES)
        for day in sorted(set(days) - held.keys(), key=lambda one: places_id(one[0], one[1], "").hex):
            self._lock(tx, *day, open_on)
            held[day] = {PLACES.seen(tx, row).id for row in tx.execute(_OF_THE_DAY, {"dealer_code": day[0], "day": day[1]}).all()}
        found = (PLACES.find(tx, id) for day in days for id in held[day])
        return Room(row for row in found if row)

    def room_for(self, tx: Transaction, told: CapacitySet, open_on: OpenOn) -> Room:
        """The rows of that day with the one that is told of, new or not."""
        room = self.room(tx, [(told.dealer_code, told.day)], open_on)
        if told.places_id in room.before:
            return room
        self._add(tx, Places(told.dealer_code, told.day, told.slot), open_on)
        tx.unit.notes(PLACES)[told.dealer_code, told.day].add(told.places_id)
        return self.room(tx, [(told.dealer_code, told.day)], open_on)

    def save(self, tx: Transaction, room: Room) -> None:
        for row in room.changed():
            PLACES.save(tx, row)

    def _lock(self, tx: Transaction, dealer_code: str, day: date, open_on: OpenOn) -> None:
        whole_day = Places(dealer_code, day)
        if PLACES.find(tx, whole_day.id) is None:
            self._add(tx, whole_day, open_on)

    def _add(self, tx: Transaction, row: Places, open_on: OpenOn) -> None:
        PLACES.add(tx, counted(row, open_on(tx, row.dealer_code, row.day)))


def _columns_of(row: Places) -> dict[str, Any]:
    return {"places_id": row.id} | vars(row)


def _places_of(_tx: Transaction, rows: Sequence[Row[Any]]) -> list[Places]:
    return [Places(**{name: row._mapping[name] for name in Places.__dataclass_fields__}) for row in rows]


PLACES = Repository(capacity, _places_of, _columns_of)
_OF_THE_DAY = select(capacity).where(capacity.c.dealer_code == bindparam("dealer_code"), capacity.c.day == bindparam("day"))
