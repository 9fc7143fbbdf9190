"""The tables of `services/messaging`: how to reach each follower, and what they were told of each appointment."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Column, Integer, MetaData, Row, String, Table, Uuid, insert, select, update

from chassis.database import Transaction, from_millis, millis
from chassis.errors import Unavailable
from chassis.privacy import Sealed
from services.messaging.domain import Contact, Told

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
    Column("last_inbound_at", BigInteger),
)

told = Table(
    "told",
    metadata,
    Column("appointment_id", ID, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("over", Boolean, nullable=False),
)


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
    """What was told. Two pieces of news of one appointment at the same moment: the second waits, or hits the key and tries again."""

    def get(self, tx: Transaction, appointment_id: UUID) -> Told:
        row = tx.execute(select(told).where(told.c.appointment_id == appointment_id).with_for_update()).first()
        return Told(row.version, row.over) if row else Told()

    def save(self, tx: Transaction, appointment_id: UUID, before: Told, after: Told) -> None:
        values = {"version": after.version, "over": after.over}
        if before == Told():
            tx.execute(insert(told).values(values | {"appointment_id": appointment_id}))
        else:
            tx.execute(update(told).where(told.c.appointment_id == appointment_id).values(values))


def _columns_of(contact: Contact) -> dict[str, Any]:
    return {
        "follower_id": contact.follower_id,
        "account": contact.account,
        "openid": contact.openid,
        "subscribed": contact.subscribed,
        "follows_since": millis(contact.follows_since) if contact.follows_since else None,
        "last_inbound_at": millis(contact.last_inbound_at) if contact.last_inbound_at else None,
    }


def _contact_of(row: Row[Any]) -> Contact:
    return Contact(row.follower_id, row.account, row.openid, row.subscribed, _time_of(row.follows_since), _time_of(row.last_inbound_at))


def _time_of(at: int | None) -> datetime | None:
    return from_millis(at) if at is not None else None
