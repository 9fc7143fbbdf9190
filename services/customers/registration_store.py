"""Registrations, consents and what was counted today, in the tables of store.py."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, delete, insert, select, tuple_, update

from chassis.database import Transaction, from_millis, millis
from chassis.errors import Unavailable
from chassis.outbox import ignoring_repeats
from contracts.customers import GiveConsent
from contracts.customers import RegistrationState as State
from contracts.dms import Owner
from services.customers.limits import Limit, Use
from services.customers.registration import OPEN, Code, Consent, Registration, Typed
from services.customers.store import consents, counters, registrations

AT_ONCE = 200
"""Rows that a sweep takes; the rest is for the next one."""

REGISTRATION = "registration"


class RegistrationStore:
    """The registrations. Whoever reads one holds it until the transaction ends."""

    def get(self, tx: Transaction, registration_id: UUID) -> Registration:
        """Raises Unavailable while it is not known: news of an id that is not ours is parked in the end."""
        found = self.find(tx, registration_id)
        if found is None:
            raise Unavailable("registration not known yet")
        return found

    def find(self, tx: Transaction, registration_id: UUID) -> Registration | None:
        return next(iter(_found(tx, select(registrations).where(registrations.c.registration_id == registration_id))), None)

    def open_of(self, tx: Transaction, follower_id: UUID) -> list[Registration]:
        theirs = (registrations.c.follower_id == follower_id) & registrations.c.state.in_([state.value for state in OPEN])
        return _found(tx, select(registrations).where(theirs).order_by(registrations.c.registration_id))

    def lapsed(self, tx: Transaction, now: datetime) -> list[Registration]:
        """Up to `AT_ONCE`, the oldest first, without those that somebody is at."""
        over = select(registrations).where(registrations.c.lapses_at <= millis(now)).order_by(registrations.c.lapses_at).limit(AT_ONCE)
        return _found(tx, over, skip_locked=True)

    def add(self, tx: Transaction, registration: Registration) -> None:
        """Two of one id at the same moment: the second hits the key, tries again, and finds it."""
        tx.execute(insert(registrations).values(_columns_of(registration)))

    def save(self, tx: Transaction, registration: Registration) -> None:
        mine = registrations.c.registration_id == registration.registration_id
        tx.execute(update(registrations).where(mine).values(_columns_of(registration)))


class ConsentStore:
    """What followers said about being registered."""

    def add(self, tx: Transaction, said: GiveConsent) -> None:
        row = {
            "consent_id": said.consent_id,
            "follower_id": said.follower_id,
            "account": said.account,
            "purpose": said.purpose,
            "text_version": said.text_version,
            "granted": said.granted,
            "given_at": millis(said.given_at),
        }
        tx.execute(ignoring_repeats(insert(consents)).values(row))

    def of(self, tx: Transaction, follower_id: UUID) -> list[Consent]:
        """Held: a registration writes itself and then looks here, a consent the other way round. So one of the two sees the other."""
        theirs = (consents.c.follower_id == follower_id) & (consents.c.purpose == REGISTRATION)
        rows = tx.execute(select(consents).where(theirs).with_for_update())
        return [Consent(row.text_version, row.granted, from_millis(row.given_at)) for row in rows]


class CounterStore:
    """What was done today, counted exactly: whoever counts holds the counter until the transaction ends."""

    def take(self, tx: Transaction, uses: Iterable[Use], day: date) -> Limit | None:
        """Count one of each. The limit that is reached if one is, and then nothing is counted."""
        held = {use: self._hold(tx, use, day) for use in sorted(uses)}
        for use, used in held.items():
            if used >= use.limit.a_day:
                return use.limit
        for use, used in held.items():
            tx.execute(update(counters).where(_counter(use, day)).values(used=used + 1))
        return None

    def is_reached(self, tx: Transaction, use: Use, day: date) -> bool:
        return (self._used(tx, use, day) or 0) >= use.limit.a_day

    def forget_before(self, tx: Transaction, day: date) -> None:
        """Up to `AT_ONCE` of them."""
        key = (counters.c.name, counters.c.counted_for, counters.c.day)
        old = tx.execute(select(*key).where(counters.c.day < day).limit(AT_ONCE)).all()
        if old:
            tx.execute(delete(counters).where(tuple_(*key).in_([tuple(row) for row in old])))

    def _hold(self, tx: Transaction, use: Use, day: date) -> int:
        used = self._used(tx, use, day)
        if used is None:
            tx.execute(ignoring_repeats(insert(counters)).values(name=use.limit.name, counted_for=use.by, day=day, used=0))
            used = self._used(tx, use, day)
        return used or 0

    def _used(self, tx: Transaction, use: Use, day: date) -> int | None:
        return tx.execute(select(counters.c.used).where(_counter(use, day)).with_for_update()).scalar_one_or_none()


def _counter(use: Use, day: date) -> ColumnElement[bool]:
    return (counters.c.name == use.limit.name) & (counters.c.counted_for == use.by) & (counters.c.day == day)


def _found(tx: Transaction, which: Select[Any], *, skip_locked: bool = False) -> list[Registration]:
    return [_registration_of(row) for row in tx.execute(which.with_for_update(skip_locked=skip_locked))]


_AS_THEY_ARE = ("registration_id", "version", "late", "account", "follower_id", "openid", "address_key", "code_no", "binding_id")


def _columns_of(it: Registration) -> dict[str, Any]:
    owner, car, code = it.owner, it.owner or it.typed, it.code
    return {
        **{name: getattr(it, name) for name in _AS_THEY_ARE},
        "state": it.state.value,
        "submitted_at": millis(it.submitted_at),
        "asked_at": millis(it.asked_at),
        "lapses_at": _millis(it.lapses_at),
        "vin": car.vin if car else None,
        "mobile": car.mobile if car else None,
        "customer_id": owner.customer_id if owner else None,
        "name": owner.name if owner else None,
        "plate": owner.plate if owner else None,
        "model": owner.model if owner else None,
        "dealer_code": owner.dealer_code if owner else None,
        "code_hash": code.hash if code else None,
        "code_expires_at": _millis(code.expires_at) if code else None,
        "next_code_at": _millis(code.next_at) if code else None,
        "tries_left": code.tries_left if code else 0,
    }


def _registration_of(row: Row[Any]) -> Registration:
    return Registration(
        **{name: row._mapping[name] for name in _AS_THEY_ARE},
        state=State(row.state),
        submitted_at=from_millis(row.submitted_at),
        asked_at=from_millis(row.asked_at),
        lapses_at=from_millis(row.lapses_at) if row.lapses_at is not None else None,
        typed=Typed(row.vin, row.mobile) if row.vin is not None and row.customer_id is None else None,
        owner=_owner_of(row) if row.customer_id is not None else None,
        code=_code_of(row) if row.code_hash is not None else None,
    )


def _owner_of(row: Row[Any]) -> Owner:
    return Owner(
        customer_id=row.customer_id,
        vin=row.vin,
        name=row.name,
        mobile=row.mobile,
        plate=row.plate,
        model=row.model,
        dealer_code=row.dealer_code,
    )


def _code_of(row: Row[Any]) -> Code:
    return Code(row.code_hash, from_millis(row.code_expires_at), from_millis(row.next_code_at), row.tries_left)


def _millis(at: datetime | None) -> int | None:
    return millis(at) if at else None
