"""The tables of `services/messaging`: how to reach each follower, what they were told and by which way, and what dealers are called."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, Row, String, Table, Uuid, insert, select, update

from chassis.database import Transaction, from_millis, millis
from chassis.errors import Unavailable
from chassis.privacy import Sealed
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
    Column("about_id", ID, primary_key=True, comment="the appointment, or the registration"),
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
        row = tx.execute(select(contacts).where(contacts.c.follower_id == follower_id).with_for_update()).first()
        return _contact_of(row) if row else None

    def save(self, tx: Transaction, before: Contact | None, after: Contact) -> None:
        if before is None:
            tx.execute(insert(contacts).values(_columns_of(after)))
        elif after != before:
            tx.execute(update(contacts).where(contacts.c.follower_id == after.follower_id).values(_columns_of(after)))


class ToldStore:
    """What was told. Two pieces of news of one subject at the same moment: the second waits, or hits the key and tries again."""

    def get(self, tx: Transaction, about_id: UUID) -> Told:
        row = tx.execute(select(told).where(told.c.about_id == about_id).with_for_update()).first()
        return Told(row.version, row.over) if row else Told()

    def save(self, tx: Transaction, about_id: UUID, before: Told, after: Told) -> None:
        values = {"version": after.version, "over": after.over}
        if before == Told():
            tx.execute(insert(told).values(values | {"about_id": about_id}))
        else:
            tx.execute(update(told).where(told.c.about_id == about_id).values(values))


class ConfirmationStore:
    """The ways of the confirmations. Whoever reads one holds it until the transaction ends."""

    def find(self, tx: Transaction, appointment_id: UUID, version: int) -> Confirmation | None:
        row = tx.execute(select(confirmations).where(*_this(appointment_id, version)).with_for_update()).first()
        return _confirmation_of(row) if row else None

    def save(self, tx: Transaction, before: Confirmation | None, after: Confirmation) -> None:
        progress = {"asked": _listed(after.asked), "failed": _listed(after.failed), "sent": after.sent}
        if before is None:
            fixed = {name: getattr(after, name) for name in ("appointment_id", "version", "follower_id", "vehicle_id", "text")}
            tx.execute(insert(confirmations).values(fixed | progress | {"good_until": _stored(after.good_until)}))
        else:
            tx.execute(update(confirmations).where(*_this(after.appointment_id, after.version)).values(progress))


class DealerStore:
    """What the dealers are called: the DMS's word, the higher version wins."""

    def learn(self, tx: Transaction, news: DealerListed) -> None:
        version = tx.execute(select(dealers.c.version).where(dealers.c.dealer_id == news.dealer_id).with_for_update()).scalar()
        values = {"version": news.dealer_version, "name": news.name, "phone": news.phone}
        if version is None:
            tx.execute(insert(dealers).values(values | {"dealer_id": news.dealer_id}))
        elif news.dealer_version > version:
            tx.execute(update(dealers).where(dealers.c.dealer_id == news.dealer_id).values(values))

    def named(self, tx: Transaction, code: str) -> Dealer:
        row = tx.execute(select(dealers).where(dealers.c.dealer_id == dealer_id(code))).first()
        return Dealer(row.name, row.phone) if row else Dealer(code)


class MobileStore:
    """The mobile that was verified for each binding; forgotten when the binding ends."""

    def learn(self, tx: Transaction, news: Binding) -> bool:
        """False where a version as high is known already."""
        version = tx.execute(select(mobiles.c.version).where(mobiles.c.binding_id == news.binding_id).with_for_update()).scalar()
        if version is not None and version >= news.version:
            return False
        ended = isinstance(news, CustomerUnregistered) and news.reason != SUSPENDED
        values = {"version": news.version, "mobile": None if ended else news.mobile}
        if version is None:
            fixed = {"binding_id": news.binding_id, "follower_id": news.follower_id, "vehicle_id": news.vehicle_id}
            tx.execute(insert(mobiles).values(fixed | values))
        else:
            tx.execute(update(mobiles).where(mobiles.c.binding_id == news.binding_id).values(values))
        return True

    def of(self, tx: Transaction, follower_id: UUID, vehicle_id: UUID) -> str | None:
        """None where their binding has ended. Raises Unavailable while none is known: it was overtaken by the appointment's news."""
        theirs = (mobiles.c.follower_id == follower_id) & (mobiles.c.vehicle_id == vehicle_id)
        found = tx.execute(select(mobiles.c.mobile).where(theirs)).scalars().all()
        if not found:
            raise Unavailable("binding not known yet")
        return next((mobile for mobile in found if mobile), None)


def _this(appointment_id: UUID, version: int) -> tuple[Any, Any]:
    return confirmations.c.appointment_id == appointment_id, confirmations.c.version == version


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
