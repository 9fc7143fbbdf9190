"""What the pages show, read from their own copy (decision 0010): another follower's ids find nothing.

Nothing here waits for another service. Whatever was posted is there at once, as `submitting` or `checking`, until there is news of it.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, Row, select

from adapters.wechat.pages.complaint_copies import ComplainedOf
from adapters.wechat.pages.reminder_copies import RemindedOf
from adapters.wechat.pages.tables import appointment, car, consent, dealer, place, registration, submission, ticket
from chassis.database import from_millis
from contracts.appointments import AppointmentNews, ServiceItem
from contracts.customers import RegistrationState
from contracts.dms import OpeningHours
from contracts.partners.pages import BookingForm

SUBMITTING = "submitting"
MOST_SHOWN = 100
"""Appointments of one follower, the newest first."""

Wanted = Literal["", "withdraw", "reschedule"]


@dataclass(frozen=True)
class CarCopy:
    """A binding. Without `active` it has ended or is suspended, and what is personal is gone."""

    binding_id: UUID
    version: int
    vehicle_id: UUID
    plate: str | None
    model: str
    vin: str
    name: str
    mobile: str
    dealer_code: str
    active: bool
    ending: bool
    """The follower wants it ended, and there was no news of it since."""


@dataclass(frozen=True)
class Step:
    """A version of an appointment that was told of, e.g. state `to_call`, happened `appointment.call.missed`."""

    version: int
    state: str
    happened: str
    at: datetime


@dataclass(frozen=True)
class AppointmentCopy:
    """The last news of it; version 0 and state `submitting` before there was any."""

    appointment_id: UUID
    version: int
    state: str
    vehicle_id: UUID
    dealer_code: str
    requested_date: date
    slot: str
    request_no: int
    items: tuple[ServiceItem, ...]
    dms_no: str | None = None
    task_id: str | None = None
    slip_id: str | None = None
    appointment_at: datetime | None = None
    reason: str = ""
    call_due_at: datetime | None = None
    attempts: int = 0
    kept_because: str = ""
    predecessor_id: UUID | None = None
    successor_id: UUID | None = None
    mileage_km: int | None = None
    concern: str | None = None
    reminder_item_id: UUID | None = None
    submitted_at: datetime | None = None
    """None where it was not submitted here."""
    wanted: Wanted = ""
    """What the follower asked for since the last news."""
    timeline: tuple[Step, ...] = ()


@dataclass(frozen=True)
class RegistrationCopy:
    """Version 0 and state `checking` before there was any news."""

    registration_id: UUID
    version: int
    state: RegistrationState
    account: str
    mobile_masked: str | None
    late: bool
    code_no: int
    code_expires_at: datetime | None
    next_code_at: datetime | None
    tries_left: int
    binding_id: UUID | None
    submitted_at: datetime


@dataclass(frozen=True)
class DealerCopy:
    dealer_code: str
    name: str
    address: str
    phone: str
    latitude: float | None
    longitude: float | None
    hours: tuple[OpeningHours, ...]
    active: bool


@dataclass(frozen=True)
class Place:
    """What can still be booked. Where there is no Place, nothing is counted."""

    day: date
    slot: str
    left: int
    closed: bool


@dataclass(frozen=True)
class Ticket:
    """Of the JS-SDK."""

    ticket: str
    expires_at: datetime


class Copies(RemindedOf, ComplainedOf):
    """One short read each. All raise Unavailable when the database does not answer in time."""

    def cars(self, follower_id: UUID) -> tuple[CarCopy, ...]:
        """The active ones."""
        mine = select(car).where(car.c.follower_id == follower_id, car.c.active).order_by(car.c.binding_id)
        with self._reading() as connection:
            return tuple(_car_of(row) for row in connection.execute(mine))

    def car(self, follower_id: UUID, binding_id: UUID) -> CarCopy | None:
        """An ended one too."""
        mine = select(car).where(car.c.binding_id == binding_id, car.c.follower_id == follower_id)
        with self._reading() as connection:
            row = connection.execute(mine).first()
        return _car_of(row) if row else None

    def appointments(self, follower_id: UUID) -> tuple[AppointmentCopy, ...]:
        """The last asked for comes first."""
        with self._reading() as connection:
            return _appointments(connection, follower_id, ())

    def appointment(self, follower_id: UUID, appointment_id: UUID) -> AppointmentCopy | None:
        with self._reading() as connection:
            found = _appointments(connection, follower_id, (appointment_id,))
        return found[0] if found else None

    def registration(self, follower_id: UUID, registration_id: UUID) -> RegistrationCopy | None:
        mine = select(registration).where(registration.c.registration_id == registration_id, registration.c.follower_id == follower_id)
        with self._reading() as connection:
            row = connection.execute(mine).first()
        return _registration_of(row) if row else None

    def open_registration(self, follower_id: UUID) -> RegistrationCopy | None:
        """The last one, if it can still lead on."""
        mine = select(registration).where(registration.c.follower_id == follower_id).order_by(registration.c.at.desc()).limit(1)
        with self._reading() as connection:
            row = connection.execute(mine).first()
        found = _registration_of(row) if row else None
        return found if found and found.state in OPEN_REGISTRATIONS else None

    def dealers(self) -> tuple[DealerCopy, ...]:
        """Those that take bookings, by name."""
        with self._reading() as connection:
            return tuple(_dealer_of(row) for row in connection.execute(select(dealer).where(dealer.c.active).order_by(dealer.c.name)))

    def dealer(self, code: str) -> DealerCopy | None:
        """One that takes no bookings any more too: there may be an appointment there."""
        with self._reading() as connection:
            row = connection.execute(select(dealer).where(dealer.c.dealer_code == code)).first()
        return _dealer_of(row) if row else None

    def places(self, code: str, from_day: date, days: int) -> tuple[Place, ...]:
        theirs = (
            select(place)
            .where(place.c.dealer_code == code, place.c.day >= from_day, place.c.day < from_day + timedelta(days=days))
            .order_by(place.c.day, place.c.slot)
        )
        with self._reading() as connection:
            return tuple(Place(row.day, row.slot, row.left, row.closed) for row in connection.execute(theirs))

    def has_consent(self, follower_id: UUID, text_version: str) -> bool:
        with self._reading() as connection:
            row = connection.execute(select(consent).where(consent.c.follower_id == follower_id)).first()
        return row is not None and row.granted and row.text_version == text_version

    def ticket(self, account: str) -> Ticket | None:
        with self._reading() as connection:
            row = connection.execute(select(ticket).where(ticket.c.account == account)).first()
        return Ticket(row.ticket, from_millis(row.expires_at)) if row else None


OPEN_REGISTRATIONS = frozenset({RegistrationState.CHECKING, RegistrationState.MATCHED, RegistrationState.CODE_SENT})


def _appointments(connection: Connection, follower_id: UUID, ids: tuple[UUID, ...]) -> tuple[AppointmentCopy, ...]:
    """Submitted here, told of, or both. One that was submitted before there were copies, and never told of, cannot be shown."""
    posted = select(submission).where(submission.c.follower_id == follower_id).order_by(submission.c.at.desc()).limit(MOST_SHOWN)
    told = select(appointment).where(appointment.c.follower_id == follower_id).order_by(appointment.c.changed_at.desc()).limit(MOST_SHOWN)
    if ids:
        posted, told = posted.where(submission.c.appointment_id.in_(ids)), told.where(appointment.c.appointment_id.in_(ids))
    forms = {row.appointment_id: row for row in connection.execute(posted)}
    news = {row.appointment_id: row for row in connection.execute(told)}
    missing = [one for one in news if one not in forms]
    if missing:
        rest = select(submission).where(submission.c.follower_id == follower_id, submission.c.appointment_id.in_(missing))
        forms |= {row.appointment_id: row for row in connection.execute(rest)}
    found = [_told_of(row, forms.get(one)) for one, row in news.items()]
    found += [_submitted(row) for one, row in forms.items() if one not in news and row.form is not None]
    return tuple(sorted(found, key=_newest_first))


def _newest_first(one: AppointmentCopy) -> float:
    at = one.submitted_at or (one.timeline[0].at if one.timeline else None)
    return -at.timestamp() if at else 0


def _submitted(row: Row[Any]) -> AppointmentCopy:
    form = BookingForm.model_validate_json(row.form)
    return AppointmentCopy(
        appointment_id=form.id,
        version=0,
        state=SUBMITTING,
        vehicle_id=form.vehicle_id,
        dealer_code=form.dealer_code,
        requested_date=form.requested_date,
        slot=form.slot,
        request_no=1,
        items=tuple(ServiceItem(code=item.code, name=item.name) for item in form.items),
        mileage_km=form.mileage_km,
        concern=form.concern,
        reminder_item_id=form.reminder_item_id,
        submitted_at=from_millis(row.at),
        wanted=_wanted(row, 0),
    )


def _told_of(row: Row[Any], posted: Row[Any] | None) -> AppointmentCopy:
    news = AppointmentNews.model_validate_json(row.news)
    form = BookingForm.model_validate_json(posted.form) if posted is not None and posted.form is not None else None
    same = {name: getattr(news, name) for name in _OF_THE_NEWS}
    return AppointmentCopy(
        **same,
        state=news.state.value,
        mileage_km=form.mileage_km if form else None,
        concern=form.concern if form else None,
        reminder_item_id=news.reminder_item_id or (form.reminder_item_id if form else None),
        submitted_at=from_millis(posted.at) if posted is not None and form else None,
        wanted=_wanted(posted, news.version),
        timeline=steps_of(row.timeline),
    )


_OF_THE_NEWS = (
    *("appointment_id", "version", "vehicle_id", "dealer_code", "requested_date", "slot", "request_no", "items", "dms_no", "task_id"),
    *("slip_id", "appointment_at", "reason", "call_due_at", "attempts", "kept_because", "predecessor_id", "successor_id"),
)


def _wanted(posted: Row[Any] | None, version: int) -> Wanted:
    if posted is None:
        return ""
    if posted.withdrawn_version is not None and posted.withdrawn_version >= version:
        return "withdraw"
    if posted.moved_version is not None and posted.moved_version >= version:
        return "reschedule"
    return ""


def steps_of(text: str) -> tuple[Step, ...]:
    return tuple(Step(one["version"], one["state"], one["happened"], from_millis(one["at"])) for one in json.loads(text))


def _car_of(row: Row[Any]) -> CarCopy:
    same = ("binding_id", "version", "vehicle_id", "plate", "model", "vin", "name", "mobile", "dealer_code", "active")
    ending = row.active and row.ending_version is not None and row.ending_version >= row.version
    return CarCopy(**{name: row._mapping[name] for name in same}, ending=ending)


def _registration_of(row: Row[Any]) -> RegistrationCopy:
    same = ("registration_id", "version", "account", "mobile_masked", "late", "code_no", "tries_left", "binding_id")
    return RegistrationCopy(
        **{name: row._mapping[name] for name in same},
        state=RegistrationState(row.state),
        code_expires_at=_time(row.code_expires_at),
        next_code_at=_time(row.next_code_at),
        submitted_at=from_millis(row.at),
    )


def _dealer_of(row: Row[Any]) -> DealerCopy:
    same = ("dealer_code", "name", "address", "phone", "latitude", "longitude", "active")
    hours = tuple(OpeningHours.model_validate(span) for span in json.loads(row.hours))
    return DealerCopy(**{name: row._mapping[name] for name in same}, hours=hours)


def _time(at: int | None) -> datetime | None:
    return from_millis(at) if at is not None else None
