"""How many places a dealer has on a day, and who holds them (flows 3.1, S-19). Pure; the store holds the rows of a day locked meanwhile.

Optional: where the DMS told no number nothing is refused. A day has one row, and one for each slot that was told of. An open appointment
holds a place in the row of its day and in the row of its slot; without a slot, or where its slot was never told of, in the row of the
day alone. A slip holds a place in the slots that its time lies in. While another day is asked for and the old slip still holds, both
places are held; once the car came in, none of a later day. What the DCRC agreed on by phone is never refused: then more may be taken
than there are.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, time
from typing import TYPE_CHECKING
from uuid import UUID

from contracts.appointments import PlacesLeft, places_id
from contracts.dms import CapacitySet
from services.appointments.hours import BUSINESS_ZONE, day_of

if TYPE_CHECKING:
    from services.appointments.domain import Appointment

Day = tuple[str, date]
"""A dealer's code and a day."""


@dataclass(frozen=True)
class Claim:
    """A place that an appointment needs: in a slot, or at a time, or some time on the day."""

    day: Day
    slot: str = ""
    at: time | None = None

    def wants(self, row: "Places") -> bool:
        if (row.dealer_code, row.day) != self.day:
            return False
        return row.slot in ("", self.slot) if self.at is None else _lies_in(self.at, row.slot)


@dataclass(frozen=True)
class Places:
    """The places of a day (slot empty) or of a slot of it. `total` None: nothing was told. `version` counts what we told of it."""

    dealer_code: str
    day: date
    slot: str = ""
    total: int | None = None
    closed: bool = False
    capacity_version: int = 0
    taken: int = 0
    version: int = 0

    @property
    def id(self) -> UUID:
        return places_id(self.dealer_code, self.day, self.slot)

    @property
    def left(self) -> int:
        """None below zero, however many there are too many."""
        return max(0, (self.total or 0) - self.taken)

    @property
    def why_not(self) -> str:
        """A code for why nobody can be taken any more; empty when somebody can."""
        if self.closed:
            return "closed_day"
        return "full" if self.total is not None and self.left == 0 else ""

    def taking(self, change: int) -> "Places":
        return replace(self, taken=self.taken + change)._counted(self)

    def set_to(self, told: CapacitySet) -> "Places":
        """The higher version of the DMS wins."""
        if told.capacity_version <= self.capacity_version:
            return self
        after = replace(self, total=told.total, closed=told.closed, capacity_version=told.capacity_version)
        return after._counted(self)

    def _counted(self, before: "Places") -> "Places":
        """A new version where a follower would see another number."""
        seen = (self.total is None, self.left, self.closed) == (before.total is None, before.left, before.closed)
        return self if seen else replace(self, version=before.version + 1)


class Room:
    """The rows of some days, and what becomes of them in one transaction."""

    def __init__(self, rows: Iterable[Places]) -> None:
        self.before = {row.id: row for row in rows}
        self.after = dict(self.before)

    def why_not(self, before: "Appointment | None", after: "Appointment") -> str:
        """A code for why the place that `after` needs, and `before` does not hold, cannot be had; empty when it can."""
        needed = self._held(after) - (self._held(before) if before else set())
        reasons = {self.after[id].why_not for id in needed}
        return next((code for code in ("closed_day", "full") if code in reasons), "")

    def move(self, before: "Appointment | None", after: "Appointment") -> None:
        """Give back what is needed no more, take what is needed now."""
        had, has = (self._held(before) if before else set()), self._held(after)
        for id in had - has:
            self.after[id] = self.after[id].taking(-1)
        for id in has - had:
            self.after[id] = self.after[id].taking(1)

    def set_to(self, told: CapacitySet) -> None:
        self.after[told.places_id] = self.after[told.places_id].set_to(told)

    def changed(self) -> list[Places]:
        return [row for id, row in sorted(self.after.items()) if row != self.before[id]]

    def news(self) -> list[PlacesLeft]:
        """Nothing of what is not counted."""
        return [_told_of(row) for row in self.changed() if row.version != self.before[row.id].version]

    def _held(self, it: "Appointment") -> set[UUID]:
        return {id for id, row in self.after.items() if any(claim.wants(row) for claim in claims_of(it))}


def claims_of(it: "Appointment") -> frozenset[Claim]:
    if not it.is_open:
        return frozenset()
    claims = {Claim((it.wish.dealer_code, it.wish.requested_date), it.wish.slot)}
    if it.slip is not None:
        local = it.slip.appointment_at.astimezone(BUSINESS_ZONE)
        agreed = Claim((it.slip.dealer_code, local.date()), at=local.time())
        claims = {agreed} if it.slip.request_no >= it.wish.request_no else claims | {agreed}
    came_on = day_of(it.arrived_at) if it.arrived_at else date.max
    return frozenset(claim for claim in claims if claim.day[1] <= came_on)


def days_of(*appointments: "Appointment | None") -> set[Day]:
    """The days on which they hold places."""
    return {claim.day for it in appointments if it is not None for claim in claims_of(it)}


def counted(row: Places, appointments: Iterable["Appointment"]) -> Places:
    """A row that is new: who holds a place in it already."""
    return replace(row, taken=sum(any(claim.wants(row) for claim in claims_of(it)) for it in appointments))


def _lies_in(at: time, slot: str) -> bool:
    """In the whole day, or from the first minute of the slot on and before its last. `slot` as in the contract: 09:00-10:00."""
    if not slot:
        return True
    begin, end = slot.split("-")
    return begin <= f"{at:%H:%M}" < end


def _told_of(row: Places) -> PlacesLeft:
    return PlacesLeft(
        places_id=row.id,
        version=row.version,
        dealer_code=row.dealer_code,
        day=row.day,
        slot=row.slot,
        left=row.left,
        closed=row.closed,
    )
