"""The tables of `services/messaging`: how to reach each follower, what they were told and by which way, and what dealers are called."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, Row, String, Table, Uuid, bindparam, insert, select, update

from chassis import upserts
from chassis.database import Transaction, from_millis, millis
from chassis.errors import Unavailable
from chassis.privacy import Sealed
from chassis.unit_of_work import Repository
from contracts.customers import Binding, CustomerUnregistered
from contracts.dms import DealerListed, dealer_id
from services.messaging.domain import Channel, Confirmation, Contact, Dealer, Told

metadata = MetaData()
ID: Uuid[UUID] = Uuid(native_uuid=False)

contacts = Table(
    "contacts",
    metadata,
    Column("follower_id", ID, primary_key=True),
    Column("account", String(32), nullable=False),
    Column("openid", Sealed("openid"), nullable=False),
    Column("subscribed", Boolean, nullable=False),
    Column("follows_since", BigInteger),
    Column("wrote_at", BigInteger),
    Column("clicked_at", BigInteger),
)

told = Table(
    "told",
    metadata,
    Column("about_id", ID, primary_key=True, comment="the appointment, the registration, or the complaint"),
    Column("version", Integer, nullable=False),
    Column("over", Boolean, nullable=False),
)

confirmations = Table(
    "confirmations",
    metadata,
    Column("appointment_id", ID, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("follower_id", ID, nullable=False),
    Column("vehicle_id", ID, nullable=False),
    Column("text", Sealed("chat_text"), nullable=False),
    Column("good_until", BigInteger, comment="when what it says is over"),
    Column("asked", String(64), nullable=False, comment="channels, comma-separated"),
    Column("failed", String(64), nullable=False),
    Column("sent", Boolean, nullable=False),
)

dealers = Table(
    "dealers",
    metadata,
    Column("dealer_id", ID, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("name", String(64), nullable=False),
    Column("phone", String(32), nullable=False),
)

mobiles = Table(
    "mobiles",
    metadata,
    Column("binding_id", ID, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("follower_id", ID, nullable=False),
    Column("vehicle_id", ID, nullable=False),
    Column("mobile", Sealed("mobile"), comment="null: the binding has ended"),
    Index("ix_mobiles_follower_vehicle", "follower_id", "vehicle_id"),
)

SUSPENDED = "unfollowed"
"""The follower only left the account: an appointment still stands, and this is how to tell them of it."""


class ContactStore:
    """The contacts. Whoever reads one holds it until the transaction ends."""

    def get(self, tx: Transaction, follower_id: UUID) -> Contact:
        """Raises Unavailable while the follower is not known: an appointment's news can overtake the news of who asked for it."""
        found = self.find(tx, follower_id)
        if found is None:
            raise Unavailable("follower not known yet")
        return found

    def find(self, tx: Transaction, follower_id: UUID) -> Contact | None:
        return CONTACTS.find(tx, follower_id)

    def save(self, tx: Transaction, before: Contact | None, after: Contact) -> None:
        if before is None:
            CONTACTS.add(tx, after)
        elif after != before:
            CONTACTS.save(tx, after)


class ToldStore:
    """What was told. Two pieces of news of one subject at the same moment: the second waits, or hits the key and tries again."""

    def get(self, tx: Transaction, about_id: UUID) -> Told:
        _, found = TOLD.find(tx, about_id) or (about_id, Told())
        return found

    def save(self, tx: Transaction, about_id: UUID, before: Told, after: Told) -> None:
        if before == Told():
            TOLD.add(tx, (about_id, after))
        else:
            TOLD.save(tx, (about_id, after))


class ConfirmationStore:
    """The ways of the confirmations. Whoever reads one holds it until the transaction ends."""

    def find(self, tx: Transaction, appointment_id: UUID, version: int) -> Confirmation | None:
        row = tx.execute(_CONFIRMATION, {"id": appointment_id, "number": version}).first()
        return _confirmation_of(row) if row else None

    def save(self, tx: Transaction, before: Confirmation | None, after: Confirmation) -> None:
        key = (after.appointment_id, after.version)
        progress = {"asked": _listed(after.asked), "failed": _listed(after.failed), "sent": after.sent}
        if before is None:
            fixed = {name: getattr(after, name) for name in ("appointment_id", "version", "follower_id", "vehicle_id", "text")}
            tx.unit.later(confirmations, _BEGIN, key, fixed | progress | {"good_until": _stored(after.good_until)})
        else:
            tx.unit.later(confirmations, _GO_ON, key, progress | {"id": key[0], "number": key[1]})


class DealerStore:
    """What the dealers are called: the DMS's word, the higher version wins."""

    def learn(self, tx: Transaction, news: DealerListed) -> None:
        row = {"dealer_id": news.dealer_id, "version": news.dealer_version, "name": news.name, "phone": news.phone}
        upserts.keep_highest(tx, dealers, [row], "version", "name", "phone")

    def named(self, tx: Transaction, code: str) -> Dealer:
        return DEALERS.find(tx, dealer_id(code)) or Dealer(code)


class MobileStore:
    """The mobile that was verified for each binding; forgotten when the binding ends."""

    def learn(self, tx: Transaction, news: Binding) -> bool:
        """False where a version as high is known already."""
        known = MOBILES.find(tx, news.binding_id)
        if known is not None and known.version >= news.version:
            return False
        ended = isinstance(news, CustomerUnregistered) and news.reason != SUSPENDED
        mobile = None if ended else news.mobile
        if known is None:
            MOBILES.add(tx, Verified(news.binding_id, news.version, news.follower_id, news.vehicle_id, mobile))
        else:
            MOBILES.save(tx, replace(known, version=news.version, mobile=mobile))
        return True

    def of(self, tx: Transaction, follower_id: UUID, vehicle_id: UUID) -> str | None:
        """None where their binding has ended. Raises Unavailable while none is known: it was overtaken by the appointment's news."""
        theirs = (mobiles.c.follower_id == follower_id) & (mobiles.c.vehicle_id == vehicle_id)
        found = tx.execute(select(mobiles.c.mobile).where(theirs)).scalars().all()
        if not found:
            raise Unavailable("binding not known yet")
        return next((mobile for mobile in found if mobile), None)


@dataclass(frozen=True)
class Verified:
    """A row of `mobiles`."""

    binding_id: UUID
    version: int
    follower_id: UUID
    vehicle_id: UUID
    mobile: str | None


def _listed(channels: Iterable[Channel]) -> str:
    return ",".join(sorted(channels))


def _channels(listed: str) -> frozenset[Channel]:
    return frozenset(Channel(name) for name in listed.split(",") if name)


def _confirmation_of(row: Row[Any]) -> Confirmation:
    fixed = (row.appointment_id, row.version, row.follower_id, row.vehicle_id, row.text, _time_of(row.good_until))
    return Confirmation(*fixed, _channels(row.asked), _channels(row.failed), row.sent)


def _columns_of(contact: Contact) -> dict[str, Any]:
    return {
        "follower_id": contact.follower_id,
        "account": contact.account,
        "openid": contact.openid,
        "subscribed": contact.subscribed,
        **{name: _stored(getattr(contact, name)) for name in ("follows_since", "wrote_at", "clicked_at")},
    }


def _contact_of(row: Row[Any]) -> Contact:
    times = (_time_of(row.follows_since), _time_of(row.wrote_at), _time_of(row.clicked_at))
    return Contact(row.follower_id, row.account, row.openid, row.subscribed, *times)


def _stored(at: datetime | None) -> int | None:
    return millis(at) if at is not None else None


def _time_of(at: int | None) -> datetime | None:
    return from_millis(at) if at is not None else None


_THIS = (confirmations.c.appointment_id == bindparam("id"), confirmations.c.version == bindparam("number"))
_CONFIRMATION = select(confirmations).where(*_THIS).with_for_update()
_BEGIN = insert(confirmations)
_GO_ON = update(confirmations).where(*_THIS)

CONTACTS = Repository(contacts, lambda _tx, rows: [_contact_of(row) for row in rows], _columns_of)
TOLD = Repository(
    told,
    lambda _tx, rows: [(row.about_id, Told(row.version, row.over)) for row in rows],
    lambda one: {"about_id": one[0], "version": one[1].version, "over": one[1].over},
    by_subject=True,
)
DEALERS = Repository(dealers, lambda _tx, rows: [Dealer(row.name, row.phone) for row in rows], vars, locked=False)
MOBILES = Repository(mobiles, lambda _tx, rows: [Verified(**row._mapping) for row in rows], vars, by_subject=True)
