"""Keeps the appointments, and the withdrawals that came before their wish."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, bindparam, insert, or_, select

from chassis.database import Transaction, from_millis, millis
from chassis.errors import Unavailable
from chassis.outbox import ignoring_repeats
from chassis.unit_of_work import Repository
from contracts.appointments import ServiceItem, State, WithdrawAppointment
from services.appointments.domain import Appointment, Slip
from services.appointments.hours import begin_of, day_of, end_of
from services.appointments.owner_store import OwnerStore
from services.appointments.standing import AGREED, CLOSED, WITHOUT_SLIP
from services.appointments.tables import appointments, early_withdrawals
from services.appointments.tables import metadata as metadata  # noqa: PLC0414 - all tables of the service, as `store.metadata` everywhere
from services.appointments.wishes import Asked, Car, Wish

MOST_AT_ONCE = 100
"""A sweep is one transaction: what is left is for the next."""


class AppointmentStore:
    """The appointments. Whoever reads one holds it until the transaction ends."""

    def get(self, tx: Transaction, appointment_id: UUID) -> Appointment:
        """Raises Unavailable while it is not known.

        So news that overtook the wish waits its turn and loses nothing, and news of an id that is not ours is parked in the end.
        """
        found = self.find(tx, appointment_id)
        if found is None:
            raise Unavailable("appointment not known yet")
        return found

    def find(self, tx: Transaction, appointment_id: UUID) -> Appointment | None:
        return APPOINTMENTS.find(tx, appointment_id)

    def is_booked(self, tx: Transaction, wish: Wish) -> bool:
        """Another open request for this car on this day. Of two at the same moment the second hits the key, tries again, and finds it."""
        return tx.execute(_BOOKED, {"key": wish.open_key, "own": wish.appointment_id}).first() is not None

    def open_on(self, tx: Transaction, dealer_code: str, day: date) -> list[Appointment]:
        """Those that hold a place there, and a few more; not locked, and without the car."""
        table = appointments.c
        on_slip = table.appointment_at.between(millis(begin_of(day)), millis(end_of(day)) - 1)
        there = or_((table.dealer_code == dealer_code) & (table.requested_date == day), (table.slip_dealer_code == dealer_code) & on_slip)
        rows = tx.execute(select(appointments).where(there, _none_of(CLOSED)))
        return [_appointment_of(row, None) for row in rows]

    def of_visit(self, tx: Transaction, visit_id: UUID) -> Appointment | None:
        """The open one: what was closed after all leaves its visit to another."""
        its = (appointments.c.visit_id == visit_id, _none_of(CLOSED))
        row = tx.execute(select(appointments).where(*its).with_for_update()).first()
        return APPOINTMENTS.seen(tx, row) if row else None

    def of_car(self, tx: Transaction, vehicle_id: UUID) -> list[Appointment]:
        """Those that a visit may be of."""
        theirs = (appointments.c.vehicle_id == vehicle_id, _none_of(CLOSED))
        rows = tx.execute(select(appointments).where(*theirs).order_by(appointments.c.appointment_id).with_for_update()).all()
        return [APPOINTMENTS.seen(tx, row) for row in rows]

    def past_their_day(self, tx: Transaction, now: datetime) -> list[Appointment]:
        """Nothing agreed, and the day that was asked for is over."""
        return self._some(tx, _one_of(WITHOUT_SLIP), appointments.c.requested_date < day_of(now))

    def past_their_slip(self, tx: Transaction, now: datetime, grace: timedelta) -> list[Appointment]:
        """Agreed, and the day of the slip is over by so much; of those that wait for another day, that one too."""
        last_day = day_of(now - grace)
        over = or_(appointments.c.state != State.RESCHEDULED.value, appointments.c.requested_date < last_day)
        return self._some(tx, _one_of(AGREED), appointments.c.appointment_at < millis(begin_of(last_day)), over)

    def add(self, tx: Transaction, appointment: Appointment) -> None:
        """Two requests of one id at the same moment: the second hits the key, tries again, and finds it."""
        APPOINTMENTS.add(tx, appointment)

    def save(self, tx: Transaction, appointment: Appointment) -> None:
        APPOINTMENTS.save(tx, appointment)

    def keep_early_withdrawal(self, tx: Transaction, wish: WithdrawAppointment) -> None:
        """Write it first, then look for the appointment; a request does it the other way round. So one of the two always sees the other."""
        row = {"appointment_id": wish.appointment_id, "follower_id": wish.follower_id, "because": wish.reason}
        tx.execute(ignoring_repeats(insert(early_withdrawals)).values(row))
        APPOINTMENTS.forget(tx, wish.appointment_id)

    def early_withdrawal(self, tx: Transaction, wish: Wish) -> str | None:
        """The follower's words if the wish was taken back before it came; None if not."""
        tx.unit.write()  # the appointment has to be there when we look
        return tx.execute(_EARLY, {"appointment": wish.appointment_id, "follower": wish.follower_id}).scalar_one_or_none()

    def _some(self, tx: Transaction, *which: ColumnElement[bool]) -> list[Appointment]:
        """Those that somebody works on right now are left for the next time. Unsorted: to sort them all that fit would be read and held."""
        some = select(appointments).where(*which).limit(MOST_AT_ONCE)
        rows = tx.execute(some.with_for_update(skip_locked=True)).all()
        return [APPOINTMENTS.seen(tx, row) for row in rows]


def _one_of(states: frozenset[State]) -> ColumnElement[bool]:
    return appointments.c.state.in_(sorted(state.value for state in states))


def _none_of(states: frozenset[State]) -> ColumnElement[bool]:
    return _one_of(frozenset(State) - states)


def _with_cars(tx: Transaction, rows: Sequence[Row[Any]]) -> list[Appointment]:
    cars = OwnerStore().cars(tx, {row.binding_id for row in rows})
    return [_appointment_of(row, cars[row.binding_id]) for row in rows]


def _columns_of(it: Appointment) -> dict[str, Any]:
    wish = it.wish
    return {
        "appointment_id": it.id,
        "state": it.state.value,
        "binding_id": it.car.binding_id if it.car else None,
        "open_key": it.open_key,
        "items": _items_as_json(wish.items),
        "submitted_at": millis(wish.submitted_at),
        "on_record_id": it.on_record[1],
        "on_record_version": it.on_record[0],
        "missed_id": it.missed[1],
        "missed_version": it.missed[0],
        "troubles": sorted(it.troubles),
        "replaced": [(one.request_no, one.requested_date.isoformat(), one.slot) for one in it.replaced],
        **_slip_columns(it.slip),
        **{name: getattr(wish, name) for name in _OF_THE_WISH},
        **{name: getattr(it, name) for name in _AS_THEY_ARE},
        **{name: _or_none(millis, getattr(it, name)) for name in _TIMES},
    }


_BOOKED = select(appointments.c.appointment_id).where(
    appointments.c.open_key == bindparam("key"), appointments.c.appointment_id != bindparam("own")
)
_EARLY = (
    select(early_withdrawals.c.because)
    .where(early_withdrawals.c.appointment_id == bindparam("appointment"), early_withdrawals.c.follower_id == bindparam("follower"))
    .with_for_update()
)
APPOINTMENTS = Repository(appointments, _with_cars, _columns_of, by_subject=True)

_OF_THE_WISH = (
    "follower_id",
    "vehicle_id",
    "dealer_code",
    "requested_date",
    "slot",
    "mileage_km",
    "concern",
    "source",
    "reminder_item_id",
    "request_no",
)
"""Columns that hold a field of the wish under its own name."""

_AS_THEY_ARE = (
    "version",
    "predecessor_id",
    "turned_away",
    "dms_asked",
    "dms_no",
    "refused",
    "answered_no",
    "kept_because",
    "task_id",
    "task_version",
    "attempts",
    "given_up",
    "day_passed",
    "declined",
    "transferred_to",
    "called_off",
    "announced",
    "sent",
    "visit_id",
    "taken_back",
    "taken_back_because",
)
"""Columns that hold a field of the appointment under its own name."""

_TIMES = ("call_due_at", "first_due_at", "first_call_at", "reached_at", "arrived_at", "completed_at")
"""And those that hold one as milliseconds."""


def _slip_columns(slip: Slip | None) -> dict[str, Any]:
    return {
        "slip_id": slip.id if slip else None,
        "slip_version": slip.version if slip else None,
        "slip_dealer_code": slip.dealer_code if slip else None,
        "appointment_at": millis(slip.appointment_at) if slip else None,
        "slip_items": _items_as_json(slip.items) if slip else None,
        "confirmed_by": slip.confirmed_by if slip else None,
        "slip_request_no": slip.request_no if slip else None,
    }


def _appointment_of(row: Row[Any], car: Car | None) -> Appointment:
    columns = row._mapping
    return Appointment(
        wish=Wish(
            appointment_id=row.appointment_id,
            items=_items_from_json(columns["items"]),
            submitted_at=from_millis(row.submitted_at),
            **{name: columns[name] for name in _OF_THE_WISH},
        ),
        car=car,
        slip=_slip_of(row),
        on_record=(row.on_record_version, row.on_record_id),
        missed=(row.missed_version, row.missed_id),
        troubles=frozenset(row.troubles),
        replaced=tuple(Asked(number, date.fromisoformat(day), slot) for number, day, slot in row.replaced or ()),
        **{name: columns[name] for name in _AS_THEY_ARE},
        **{name: _or_none(from_millis, columns[name]) for name in _TIMES},
    )


def _slip_of(row: Row[Any]) -> Slip | None:
    if row.slip_id is None:
        return None
    at = from_millis(row.appointment_at)
    items = _items_from_json(row.slip_items)
    return Slip(row.slip_id, row.slip_version, row.slip_dealer_code, at, items, row.confirmed_by, row.slip_request_no)


def _or_none(change: Callable[[Any], Any], value: Any) -> Any:
    return None if value is None else change(value)


def _items_as_json(items: Sequence[ServiceItem]) -> list[dict[str, str]]:
    return [item.model_dump() for item in items]


def _items_from_json(items: list[dict[str, str]]) -> tuple[ServiceItem, ...]:
    return tuple(ServiceItem.model_validate(item) for item in items)
