"""The tables of `services/appointments`: the appointments, and who is bound to which car as `services/customers` told it."""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    MetaData,
    Row,
    String,
    Table,
    Uuid,
    insert,
    select,
    update,
)

from chassis.database import Transaction, from_millis, millis
from chassis.errors import Unavailable
from chassis.outbox import ignoring_repeats
from chassis.privacy import Sealed
from contracts.appointments import ServiceItem, WithdrawAppointment
from contracts.customers import Binding, CustomerRegistered
from services.appointments.domain import Appointment, Car, Slip, Wish

metadata = MetaData()
ID: Uuid[UUID] = Uuid(native_uuid=False)

appointments = Table(
    "appointments",
    metadata,
    Column("appointment_id", ID, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", String(16), nullable=False, comment="follows from the rest; kept for looking up"),
    Column("follower_id", ID, nullable=False),
    Column("vehicle_id", ID, nullable=False),
    Column("binding_id", ID),
    Column("dealer_code", String(32), nullable=False),
    Column("requested_date", Date, nullable=False),
    Column("items", JSON, nullable=False),
    Column("mileage_km", Integer),
    Column("concern", Sealed("concern")),
    Column("source", String(16), nullable=False),
    Column("submitted_at", BigInteger, nullable=False),
    Column("turned_away", String(64), nullable=False),
    Column("dms_asked", Boolean, nullable=False),
    Column("dms_no", String(64)),
    Column("refused", String(64), nullable=False),
    Column("call_due_at", BigInteger),
    Column("task_id", String(64)),
    Column("task_version", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("given_up", Boolean, nullable=False),
    Column("declined", Boolean, nullable=False),
    Column("slip_id", String(64)),
    Column("slip_version", Integer),
    Column("slip_dealer_code", String(32)),
    Column("appointment_at", BigInteger),
    Column("slip_items", JSON),
    Column("confirmed_by", String(64)),
    Column("called_off", String(64), nullable=False),
    Column("on_record_id", String(64), nullable=False),
    Column("on_record_version", Integer, nullable=False),
    Column("announced", Integer, nullable=False),
    Column("sent", Integer, nullable=False),
    Column("taken_back", Boolean, nullable=False),
    Column("taken_back_because", Sealed("concern"), nullable=False, comment="the follower's own words"),
    Column("troubles", JSON, nullable=False),
    Index("ix_appointments_follower", "follower_id", "requested_date"),
    Index("ix_appointments_state", "state", "requested_date"),
)

early_withdrawals = Table(
    "early_withdrawals",
    metadata,
    Column("appointment_id", ID, primary_key=True),
    Column("follower_id", ID, primary_key=True),
    Column("because", Sealed("concern"), nullable=False),
)
"""Withdrawals that overtook the wish. Keyed by follower too: nobody can withdraw what another one will ask for."""

owners = Table(
    "owners",
    metadata,
    Column("binding_id", ID, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("follower_id", ID, nullable=False),
    Column("vehicle_id", ID, nullable=False),
    Column("customer_id", String(64), nullable=False),
    Column("vin", Sealed("vin"), nullable=False),
    Column("name", Sealed("name"), nullable=False),
    Column("mobile", Sealed("mobile"), nullable=False),
    Index("ix_owners_follower", "follower_id", "vehicle_id"),
)


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
        row = tx.execute(select(appointments).where(appointments.c.appointment_id == appointment_id).with_for_update()).first()
        return _appointment_of(row, OwnerStore().car(tx, row.binding_id)) if row else None

    def add(self, tx: Transaction, appointment: Appointment) -> None:
        """Two requests of one id at the same moment: the second hits the key, tries again, and finds it."""
        tx.execute(insert(appointments).values(_columns_of(appointment)))

    def save(self, tx: Transaction, appointment: Appointment) -> None:
        tx.execute(update(appointments).where(appointments.c.appointment_id == appointment.id).values(_columns_of(appointment)))

    def keep_early_withdrawal(self, tx: Transaction, wish: WithdrawAppointment) -> None:
        """Write it first, then look for the appointment; a request does it the other way round. So one of the two always sees the other."""
        row = {"appointment_id": wish.appointment_id, "follower_id": wish.follower_id, "because": wish.reason}
        tx.execute(ignoring_repeats(insert(early_withdrawals)).values(row))

    def early_withdrawal(self, tx: Transaction, wish: Wish) -> str | None:
        """The follower's words if the wish was taken back before it came; None if not."""
        mine = (early_withdrawals.c.appointment_id == wish.appointment_id) & (early_withdrawals.c.follower_id == wish.follower_id)
        return tx.execute(select(early_withdrawals.c.because).where(mine).with_for_update()).scalar_one_or_none()


class OwnerStore:
    """A copy of the bindings: the higher version wins."""

    def car(self, tx: Transaction, binding_id: UUID | None) -> Car | None:
        row = tx.execute(select(owners).where(owners.c.binding_id == binding_id)).first()
        return _car_of(row) if row else None

    def car_of(self, tx: Transaction, follower_id: UUID, vehicle_id: UUID) -> Car | None:
        """The active binding if there is one, else an ended one, else None."""
        theirs = (owners.c.follower_id == follower_id) & (owners.c.vehicle_id == vehicle_id)
        row = tx.execute(select(owners).where(theirs).order_by(owners.c.active.desc(), owners.c.version.desc()).limit(1)).first()
        return _car_of(row) if row else None

    def learn(self, tx: Transaction, news: Binding) -> None:
        known = tx.execute(select(owners.c.version).where(owners.c.binding_id == news.binding_id).with_for_update()).scalar_one_or_none()
        row = {
            "version": news.version,
            "active": isinstance(news, CustomerRegistered),
            "follower_id": news.follower_id,
            "vehicle_id": news.vehicle_id,
            "customer_id": news.customer_id,
            "vin": news.vin,
            "name": news.name,
            "mobile": news.mobile,
        }
        if known is None:
            tx.execute(insert(owners).values(row | {"binding_id": news.binding_id}))
        elif known < news.version:
            tx.execute(update(owners).where(owners.c.binding_id == news.binding_id).values(row))


def _car_of(row: Row[Any]) -> Car:
    return Car(row.binding_id, row.customer_id, row.vin, row.name, row.mobile, row.active)


def _columns_of(it: Appointment) -> dict[str, Any]:
    wish, slip = it.wish, it.slip
    return {
        "appointment_id": it.id,
        "version": it.version,
        "state": it.state.value,
        "follower_id": wish.follower_id,
        "vehicle_id": wish.vehicle_id,
        "binding_id": it.car.binding_id if it.car else None,
        "dealer_code": wish.dealer_code,
        "requested_date": wish.requested_date,
        "items": _items_as_json(wish.items),
        "mileage_km": wish.mileage_km,
        "concern": wish.concern,
        "source": wish.source,
        "submitted_at": millis(wish.submitted_at),
        "call_due_at": millis(it.call_due_at) if it.call_due_at else None,
        "on_record_id": it.on_record[1],
        "on_record_version": it.on_record[0],
        "troubles": sorted(it.troubles),
        **_slip_columns(slip),
        **{name: getattr(it, name) for name in _AS_THEY_ARE},
    }


_AS_THEY_ARE = (
    "turned_away",
    "dms_asked",
    "dms_no",
    "refused",
    "task_id",
    "task_version",
    "attempts",
    "given_up",
    "declined",
    "called_off",
    "announced",
    "sent",
    "taken_back",
    "taken_back_because",
)
"""Columns that hold a field of the appointment under its own name."""


def _slip_columns(slip: Slip | None) -> dict[str, Any]:
    return {
        "slip_id": slip.id if slip else None,
        "slip_version": slip.version if slip else None,
        "slip_dealer_code": slip.dealer_code if slip else None,
        "appointment_at": millis(slip.appointment_at) if slip else None,
        "slip_items": _items_as_json(slip.items) if slip else None,
        "confirmed_by": slip.confirmed_by if slip else None,
    }


def _appointment_of(row: Row[Any], car: Car | None) -> Appointment:
    return Appointment(
        wish=Wish(
            appointment_id=row.appointment_id,
            follower_id=row.follower_id,
            vehicle_id=row.vehicle_id,
            dealer_code=row.dealer_code,
            requested_date=row.requested_date,
            items=_items_from_json(row.items),
            submitted_at=from_millis(row.submitted_at),
            mileage_km=row.mileage_km,
            concern=row.concern,
            source=row.source,
        ),
        car=car,
        version=row.version,
        call_due_at=from_millis(row.call_due_at) if row.call_due_at is not None else None,
        slip=_slip_of(row),
        on_record=(row.on_record_version, row.on_record_id),
        troubles=frozenset(row.troubles),
        **{name: row._mapping[name] for name in _AS_THEY_ARE},
    )


def _slip_of(row: Row[Any]) -> Slip | None:
    if row.slip_id is None:
        return None
    at = from_millis(row.appointment_at)
    return Slip(row.slip_id, row.slip_version, row.slip_dealer_code, at, _items_from_json(row.slip_items), row.confirmed_by)


def _items_as_json(items: tuple[ServiceItem, ...]) -> list[dict[str, str]]:
    return [item.model_dump() for item in items]


def _items_from_json(items: list[dict[str, str]]) -> tuple[ServiceItem, ...]:
    return tuple(ServiceItem.model_validate(item) for item in items)
