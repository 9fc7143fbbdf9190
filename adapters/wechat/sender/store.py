"""The sender's own tables: shared tokens and tickets, what today's quotas have left, sends with their delivery results, menus.

Times are milliseconds since the epoch. Every method is one short transaction, or part of the caller's.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Connection, Date, Index, Integer, MetaData, String, Table, Uuid, delete, insert, select, update
from sqlalchemy.sql import Executable

from chassis.database import Conflict, Database, Transaction, from_millis, in_one_transaction, millis
from chassis.outbox import ignoring_repeats
from chassis.privacy import Sealed

metadata = MetaData()


def _shared(name: str) -> Table:
    """What WeChat gives for a while to all processes of an app."""
    return Table(
        name,
        metadata,
        Column("appid", String(64), primary_key=True),
        Column("token", Sealed(name), comment="null: none, or it was found to be void"),
        Column("asked_at", BigInteger, nullable=False, default=0, comment="when WeChat was last asked for one"),
        Column("expires_at", BigInteger, nullable=False, default=0),
        Column("forced_at", BigInteger, nullable=False, default=0, comment="when WeChat was last asked to void it; a ticket never is"),
        Column("leased_by", Uuid(native_uuid=False), comment="who is fetching one now"),
        Column("leased_until", BigInteger, nullable=False, default=0),
    )


access_token = _shared("access_token")
js_ticket = _shared("js_ticket")

menu = Table(
    "menu",
    metadata,
    Column("appid", String(64), primary_key=True),
    Column("digest", String(64), nullable=False, comment="of the menu that was last ordered to be published"),
)

quota = Table(
    "quota",
    metadata,
    Column("appid", String(64), primary_key=True),
    Column("day", Date, primary_key=True, comment="in Asia/Shanghai, where WeChat's day begins"),
    Column("interface", String(32), primary_key=True),
    Column("used", Integer, nullable=False),
)

begun = Table(
    "begun",
    metadata,
    Column("command_id", Uuid(native_uuid=False), primary_key=True),
    Column("begun_at", BigInteger, nullable=False),
    Index("ix_begun_begun_at", "begun_at"),
)
"""Sends that WeChat may have taken though we do not know it: they are not to be asked for again under another id."""

delivery = Table(
    "delivery",
    metadata,
    Column("account", String(32), primary_key=True),
    Column("message_number", String(20), primary_key=True, comment="WeChat's msgid, up to 64 bit"),
    Column("command_id", Uuid(native_uuid=False), unique=True, comment="null: a result before its send was noted, or not ours"),
    Column("about_id", Uuid(native_uuid=False)),
    Column("about_version", Integer),
    Column("purpose", String(64)),
    Column("correlation_id", Uuid(native_uuid=False)),
    Column("status", String(128), comment="null: no result yet"),
    Column("noted_at", BigInteger, nullable=False),
    Index("ix_delivery_noted_at", "noted_at"),
    Index("ix_delivery_strangers", "command_id", "noted_at"),
)

STRANGERS_KEPT = timedelta(days=2)
"""A result whose send is still unknown by then was never ours: another system sends for the same account."""
SENDS_KEPT = timedelta(days=30)
TRIES = 5


@dataclass(frozen=True)
class HeldToken:
    """What the database knows of an account's token. `token` is None where there is none to use."""

    token: str | None
    asked_at: datetime
    expires_at: datetime
    forced_at: datetime
    leased_until: datetime


NO_TOKEN = HeldToken(None, from_millis(0), from_millis(0), from_millis(0), from_millis(0))


class TokenStore:
    """One access token (or, in its own table, JS ticket) per app, shared by every process; a lease says which of them fetches the next."""

    def __init__(self, database: Database, table: Table = access_token) -> None:
        self._database = database
        self._table = table

    def held(self, appid: str) -> HeldToken:
        with self._database.read() as connection:
            return _held(connection.execute(self._row(appid)).first())

    def claim(self, appid: str, *, by: UUID, now: datetime, until: datetime, seen: HeldToken, failed: str | None) -> bool:
        """Whether `by` may fetch now: nobody is, and nobody has since `seen`. Voids the stored token if it is still the `failed` one."""

        def work(tx: Transaction) -> bool:
            held = _held(tx.execute(self._row(appid).with_for_update()).first())
            if held == NO_TOKEN:
                tx.execute(ignoring_repeats(insert(self._table)).values(appid=appid))
                held = _held(tx.execute(self._row(appid).with_for_update()).first())
            if held.leased_until > now or held.asked_at != seen.asked_at:
                return False
            taken: dict[str, Any] = {"leased_by": by, "leased_until": millis(until)}
            if failed is not None and held.token == failed:
                taken |= {"token": None, "expires_at": 0}
            tx.execute(update(self._table).where(self._table.c.appid == appid).values(taken))
            return True

        return in_one_transaction(self._database, work)

    def keep(self, appid: str, *, by: UUID, token: str, asked_at: datetime, expires_at: datetime) -> None:
        """The lease holder's find. One whose lease has been taken over keeps nothing: the newer token is another's."""
        self._as_holder(appid, by, token=token, asked_at=millis(asked_at), expires_at=millis(expires_at), leased_by=None, leased_until=0)

    def forced(self, appid: str, *, by: UUID, at: datetime, until: datetime) -> None:
        """Noted before WeChat is asked to void the present token; the lease begins anew."""
        self._as_holder(appid, by, forced_at=millis(at), leased_until=millis(until))

    def release(self, appid: str, *, by: UUID, asked_at: datetime) -> None:
        """The lease holder got none: another may try."""
        self._as_holder(appid, by, asked_at=millis(asked_at), leased_by=None, leased_until=0)

    def _as_holder(self, appid: str, by: UUID, **values: Any) -> None:
        mine = (self._table.c.appid == appid) & (self._table.c.leased_by == by)
        in_one_transaction(self._database, lambda tx: tx.execute(update(self._table).where(mine).values(values)))

    def _row(self, appid: str) -> Any:
        return select(self._table).where(self._table.c.appid == appid)


def _held(row: Any) -> HeldToken:
    if row is None:
        return NO_TOKEN
    return HeldToken(
        row.token, from_millis(row.asked_at), from_millis(row.expires_at), from_millis(row.forced_at), from_millis(row.leased_until)
    )


@dataclass(frozen=True)
class Begins:
    """A command that may use no more than `most` of the day's calls for its first one; after that, all that are left."""

    command_id: UUID
    most: int
    at: datetime


@dataclass(frozen=True)
class Place:
    """`taken`: a place in today's quota. `begun`: a call was made for this command before."""

    taken: bool
    begun: bool = False


class QuotaStore:
    """How often each interface was called today, per app. Who dies between counting and calling has counted one too many, not too few."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, appid: str, day: date, interface: str, limit: int, command: Begins) -> Place:
        """As `take`, for a command that has a share of it. That it is begun is noted once a place is taken, before the call."""
        known = self.is_begun(command.command_id)
        if not self.take(appid, day, interface, limit if known else command.most):
            return Place(taken=False, begun=known)
        if not known:
            note = ignoring_repeats(insert(begun)).values(command_id=command.command_id, begun_at=millis(command.at))
            _changed(self._database, note)
        return Place(taken=True, begun=known)

    def is_begun(self, command_id: UUID) -> bool:
        """Whether a call was made for it that it is not known the end of."""
        with self._database.read() as connection:
            return connection.execute(select(begun.c.command_id).where(begun.c.command_id == command_id)).first() is not None

    def take(self, appid: str, day: date, interface: str, limit: int) -> bool:
        """Count one call; False, and nothing counted, when the day's limit is reached."""
        row = _today(appid, day, interface)
        one_more = update(quota).where(row, quota.c.used < limit).values(used=quota.c.used + 1)
        if _changed(self._database, one_more):
            return True
        with self._database.read() as connection:
            used = connection.execute(select(quota.c.used).where(row)).scalar_one_or_none()
        if used is None:  # to insert it where it is would share a lock that another's update waits for
            _changed(self._database, ignoring_repeats(insert(quota)).values(appid=appid, day=day, interface=interface, used=0))
        elif used >= limit:
            return False
        # Else another made the row between our two looks, as it happens with the day's first calls.
        return bool(_changed(self._database, one_more))

    def used(self, day: date) -> dict[tuple[str, str], int]:
        """Calls made that day, by app and interface; what was not called is not there."""
        with self._database.read() as connection:
            rows = connection.execute(select(quota).where(quota.c.day == day)).all()
        return {(row.appid, row.interface): row.used for row in rows}


def _changed(database: Database, statement: Executable) -> int:
    """One that commits by itself, and again when another was in its way: how many rows.

    All sends of the day count in one row. Nobody holds it while the way to the server and back is gone, or the next send waits for that.
    """
    for _ in range(TRIES - 1):
        try:
            return database.change(statement)
        except Conflict:
            continue
    return database.change(statement)


def _today(appid: str, day: date, interface: str) -> Any:
    return (quota.c.appid == appid) & (quota.c.day == day) & (quota.c.interface == interface)


@dataclass(frozen=True)
class Sending:
    """A send that WeChat took, and what it said of the delivery, if it has."""

    account: str
    message_number: str
    command_id: UUID
    about_id: UUID
    about_version: int
    purpose: str
    correlation_id: UUID
    status: str | None = None


class DeliveryStore:
    """Joins a send with its delivery result, whichever is noted first.

    Both sides write the same row, so that under any isolation the second of them sees the first.
    """

    def number_of(self, inside: Transaction | Connection, command_id: UUID) -> str | None:
        """The message number of a command that WeChat took already."""
        return inside.execute(select(delivery.c.message_number).where(delivery.c.command_id == command_id)).scalar()

    def note_sent(self, tx: Transaction, sending: Sending, now: datetime) -> Sending | None:
        """Returns the send with its result when that was here before, and else None. Noting it again changes nothing."""
        if self.number_of(tx, sending.command_id) is not None:
            return None
        tx.execute(delete(begun).where(begun.c.command_id == sending.command_id))
        row = self._row(tx, sending.account, sending.message_number, now)
        if row.command_id is not None:
            return None
        ours = {name: getattr(sending, name) for name in ("command_id", "about_id", "about_version", "purpose", "correlation_id")}
        tx.execute(update(delivery).where(_numbered(sending.account, sending.message_number)).values(ours))
        return _sending(self._row(tx, sending.account, sending.message_number, now)) if row.status is not None else None

    def note_result(self, tx: Transaction, account: str, message_number: str, status: str, now: datetime) -> Sending | None:
        """Returns the send with its result when the send is known, and else None: kept for a while. Only the first result counts."""
        row = self._row(tx, account, message_number, now)
        if row.status is not None:
            return None
        tx.execute(update(delivery).where(_numbered(account, message_number)).values(status=status))
        self._forget_old(tx, now)
        return _sending(self._row(tx, account, message_number, now)) if row.command_id is not None else None

    def _row(self, tx: Transaction, account: str, message_number: str, now: datetime) -> Any:
        """The row of this number, locked; made where there is none."""
        locked = select(delivery).where(_numbered(account, message_number)).with_for_update()
        row = tx.execute(locked).first()
        if row is None:
            tx.execute(ignoring_repeats(insert(delivery)).values(account=account, message_number=message_number, noted_at=millis(now)))
            row = tx.execute(locked).one()
        return row

    def _forget_old(self, tx: Transaction, now: datetime) -> None:
        """A result comes once, within minutes: what is old waits for nothing."""
        tx.execute(delete(delivery).where(delivery.c.noted_at < millis(now - STRANGERS_KEPT), delivery.c.command_id.is_(None)))
        tx.execute(delete(delivery).where(delivery.c.noted_at < millis(now - SENDS_KEPT)))
        tx.execute(delete(begun).where(begun.c.begun_at < millis(now - SENDS_KEPT)))


def _numbered(account: str, message_number: str) -> Any:
    return (delivery.c.account == account) & (delivery.c.message_number == message_number)


def _sending(row: Any) -> Sending:
    ours = (row.command_id, row.about_id, row.about_version, row.purpose, row.correlation_id)
    return Sending(row.account, row.message_number, *ours, row.status)
