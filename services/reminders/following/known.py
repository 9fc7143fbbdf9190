"""Finds all that is known about items: slips, bookings, visits and decisions, for many items in a handful of statements."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, bindparam, select

from chassis.database import Transaction, from_millis
from contracts.reminders import ReminderType
from services.reminders.days import ends, period_at, period_of
from services.reminders.following.slips import SLIPS_OF, slip_of
from services.reminders.following.transitions import IN_USE, Booking, Decided, Known, Slip, Visit, is_tracked
from services.reminders.items import Item
from services.reminders.tables import bookings, cars, decisions, items, message_items, visits

_DECISIONS_OF = select(decisions).where(decisions.c.item_id.in_(bindparam("ids", expanding=True)))
_VISITS_OF = select(visits).where(visits.c.vehicle_id.in_(bindparam("ids", expanding=True)))
_BOOKINGS_OF = select(bookings).where(bookings.c.vehicle_id.in_(bindparam("ids", expanding=True)))
_BOOKINGS_NAMED = select(bookings).where(bookings.c.appointment_id.in_(bindparam("ids", expanding=True)))
_STATES_OF = select(cars.c.vehicle_id, cars.c.state).where(cars.c.vehicle_id.in_(bindparam("ids", expanding=True)))
_other = message_items.alias()
_TOGETHER = (
    select(message_items.c.item_id, _other.c.item_id.label("linked"))
    .join(_other, _other.c.message_id == message_items.c.message_id)
    .where(_other.c.item_id.in_(bindparam("ids", expanding=True)))
)
_LINKED = select(items.c.item_id, items.c.vehicle_id, items.c.period).where(items.c.item_id.in_(bindparam("ids", expanding=True)))

ENDLESS = datetime.max.replace(tzinfo=UTC)


class Linked(NamedTuple):
    """An item whose link was used. The follower may have chosen another car then."""

    vehicle_id: UUID
    period_ends: datetime


class Links(NamedTuple):
    """The items whose links were used, and what the same messages tell of, in pairs."""

    together: Collection[tuple[UUID, UUID]]
    linked: Mapping[UUID, Linked]

    def leads(self, booking: Row[Any]) -> bool:
        """It was used for its own car, before its month was over. An item that is not known (yet) is the car's."""
        linked = self.linked.get(booking.item_id, Linked(booking.vehicle_id, ENDLESS))
        used_at = from_millis(booking.requested_at)
        return bool(booking.item_id) and linked.vehicle_id == booking.vehicle_id and used_at < linked.period_ends


def known_of(tx: Transaction, which: Sequence[Item]) -> Mapping[UUID, Known]:
    """By item. Read it with the items held: each fact is written down before its items are asked for, so that none is missed."""
    slips = {row.item_id: slip_of(row) for row in _rows(tx, SLIPS_OF, {one.item_id for one in which})}
    decided = {row.item_id: decided_of(row) for row in _rows(tx, _DECISIONS_OF, {one.item_id for one in which})}
    booked = _bookings_of(tx, which, slips)
    seen = _visits_of(tx, {one.vehicle_id for one in which if _may_know(one, slips.get(one.item_id), booked[one.item_id])})
    states = {row.vehicle_id: row.state for row in _rows(tx, _STATES_OF, {one.vehicle_id for one in which})}
    return {
        one.item_id: Known(
            slips.get(one.item_id),
            booked[one.item_id],
            tuple(seen[one.vehicle_id]),
            decided.get(one.item_id),
            states.get(one.vehicle_id, IN_USE),
        )
        for one in which
    }


def decided_of(row: Row[Any]) -> Decided:
    return Decided(row.decision, row.reason, row.made_by, row.way, from_millis(row.made_at))


def _rows(tx: Transaction, statement: Any, ids: Collection[UUID]) -> Sequence[Row[Any]]:
    return tx.execute(statement, {"ids": sorted(ids)}).all() if ids else ()


def _may_know(item: Item, slip: Slip | None, booked: Collection[Booking]) -> bool:
    """The owner: where they know nothing of it, no visit counts."""
    return bool(item.message_sent_at or booked) or (slip is not None and any(call.reached for call in slip.calls))


def _visits_of(tx: Transaction, vehicle_ids: Collection[UUID]) -> Mapping[UUID, Sequence[Visit]]:
    found: dict[UUID, list[Visit]] = defaultdict(list)
    for row in _rows(tx, _VISITS_OF, vehicle_ids):
        found[row.vehicle_id].append(Visit(from_millis(row.arrived_at), row.visit_id, row.dealer_code))
    return found


def _bookings_of(tx: Transaction, which: Sequence[Item], slips: Mapping[UUID, Slip]) -> Mapping[UUID, tuple[Booking, ...]]:
    """Those that book an item, and the one that its slip names, whichever car and month that is of."""
    found: dict[UUID, list[Row[Any]]] = defaultdict(list)
    for row in _rows(tx, _BOOKINGS_OF, {one.vehicle_id for one in which}):
        found[row.vehicle_id].append(row)
    noted = {one.appointment_id for one in slips.values() if one.appointment_id}
    named = {row.appointment_id: row for row in _rows(tx, _BOOKINGS_NAMED, noted)}
    linked = {row.item_id for rows in found.values() for row in rows if row.item_id}
    links = Links(
        {(row.item_id, row.linked) for row in _rows(tx, _TOGETHER, linked)},
        {row.item_id: Linked(row.vehicle_id, ends(row.period)) for row in _rows(tx, _LINKED, linked)},
    )
    return {one.item_id: _of_item(one, slips.get(one.item_id), found[one.vehicle_id], named, links) for one in which}


def _of_item(
    item: Item, slip: Slip | None, of_car: Sequence[Row[Any]], named: Mapping[UUID | None, Row[Any]], links: Links
) -> tuple[Booking, ...]:
    theirs = {row.appointment_id: row for row in of_car if _books(row, item, links)}
    if slip and slip.appointment_id in named:
        theirs[slip.appointment_id] = named[slip.appointment_id]
    return tuple(Booking(from_millis(row.requested_at), row.appointment_id, row.standing) for row in theirs.values())


def _books(booking: Row[Any], item: Item, links: Links) -> bool:
    """The item whose link was used and what the same message told of; without a link all service items of that month.

    The link of a month that is over is none: it books what the car has in the month in which it was used. An appointment for a day of a
    later month books also what is due then: the car will be there.
    """
    if item.type is ReminderType.BIRTHDAY:
        return False
    by_link = links.leads(booking)
    if by_link and (item.item_id == booking.item_id or (item.item_id, booking.item_id) in links.together):
        return True
    first, last = period_at(from_millis(booking.requested_at)), period_of(booking.expected_on)
    return is_tracked(item.type) and ((item.period == first and not by_link) or first < item.period <= last)
