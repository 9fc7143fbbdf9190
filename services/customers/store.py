"""The tables of `services/customers`; of them here the bindings, who follows, and whose car the DMS says it is."""

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Integer, MetaData, Row, String, Table, Uuid, insert, select, update

from chassis.database import Transaction, from_millis, millis
from chassis.privacy import Sealed, vault
from services.customers.domain import Binding, Following, KnownOwner, State

metadata = MetaData()
ID: Uuid[UUID] = Uuid(native_uuid=False)

bindings = Table(
    "bindings",
    metadata,
    Column("binding_id", ID, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("ended_because", String(32), nullable=False),
    Column("account", String(32), nullable=False),
    Column("follower_id", ID, nullable=False),
    Column("openid", Sealed("openid"), nullable=False),
    Column("openid_lookup", String(64), nullable=False, comment="keyed hash, to find a person by"),
    Column("customer_id", String(64), nullable=False),
    Column("vehicle_id", ID, nullable=False),
    Column("vin", Sealed("vin"), nullable=False),
    Column("vin_lookup", String(64), nullable=False, comment="keyed hash, to find a car by"),
    Column("plate", Sealed("plate")),
    Column("name", Sealed("name"), nullable=False),
    Column("mobile", Sealed("mobile"), nullable=False),
    Column("model", String(64), nullable=False),
    Column("dealer_code", String(32), nullable=False),
    Index("ix_bindings_follower", "follower_id"),
    Index("ix_bindings_vehicle", "vehicle_id"),
    Index("ix_bindings_openid", "openid_lookup"),
    Index("ix_bindings_vin", "vin_lookup"),
)

followings = Table(
    "followings",
    metadata,
    Column("follower_id", ID, primary_key=True),
    Column("follows", Boolean, nullable=False),
    Column("since", BigInteger, comment="when WeChat last said that the follower came or went"),
)
"""Of every follower, bound or not: who unfollows while registering is known to be gone when the code comes."""

known_owners = Table(
    "known_owners",
    metadata,
    Column("vehicle_id", ID, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("customer_id", String(64), nullable=False),
    Column("learnt_at", BigInteger),
)

consents = Table(
    "consents",
    metadata,
    Column("consent_id", ID, primary_key=True),
    Column("follower_id", ID, primary_key=True),
    Column("account", String(32), nullable=False),
    Column("purpose", String(32), nullable=False),
    Column("text_version", String(32), nullable=False),
    Column("granted", Boolean, nullable=False),
    Column("given_at", BigInteger, nullable=False),
    Index("ix_consents_follower", "follower_id", "purpose"),
)
"""All that was ever said; nothing is overwritten. Keyed by follower too: nobody can take an id that another one will use."""

registrations = Table(
    "registrations",
    metadata,
    Column("registration_id", ID, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("late", Boolean, nullable=False),
    Column("account", String(32), nullable=False),
    Column("follower_id", ID, nullable=False),
    Column("openid", Sealed("openid"), nullable=False),
    Column("address_key", String(64), nullable=False),
    Column("submitted_at", BigInteger, nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("lapses_at", BigInteger, comment="null: it has ended"),
    Column("vin", Sealed("vin"), comment="as typed, then as the DMS has it; null once ended, as the next five"),
    Column("mobile", Sealed("mobile"), comment="as typed, then as the DMS has it"),
    Column("customer_id", String(64), comment="null: not matched"),
    Column("name", Sealed("name")),
    Column("plate", Sealed("plate")),
    Column("model", String(64)),
    Column("dealer_code", String(32)),
    Column("code_no", Integer, nullable=False),
    Column("code_hash", String(64), comment="null: no code counts"),
    Column("code_expires_at", BigInteger),
    Column("next_code_at", BigInteger),
    Column("tries_left", Integer, nullable=False),
    Column("binding_id", ID),
    Index("ix_registrations_lapses", "lapses_at"),
    Index("ix_registrations_follower", "follower_id", "state"),
)

counters = Table(
    "counters",
    metadata,
    Column("name", String(32), primary_key=True, comment="of the limit"),
    Column("counted_for", String(64), primary_key=True, comment="a follower's id, or a keyed hash"),
    Column("day", Date, primary_key=True, comment="in Asia/Shanghai"),
    Column("used", Integer, nullable=False),
    Index("ix_counters_day", "day"),
)

# fmt: off
_AS_THEY_ARE = (
    "binding_id", "version", "ended_because", "account", "follower_id", "openid", "customer_id", "vehicle_id",
    "vin", "plate", "name", "mobile", "model", "dealer_code",
)
# fmt: on


class BindingStore:
    """The bindings. Whoever reads one holds it until the transaction ends."""

    def get(self, tx: Transaction, binding_id: UUID) -> Binding | None:
        row = tx.execute(select(bindings).where(bindings.c.binding_id == binding_id).with_for_update()).first()
        return _binding_of(row) if row else None

    def of_follower(self, tx: Transaction, follower_id: UUID) -> tuple[Binding, ...]:
        return self._where(tx, bindings.c.follower_id == follower_id)

    def of_vehicle(self, tx: Transaction, vehicle_id: UUID) -> tuple[Binding, ...]:
        return self._where(tx, bindings.c.vehicle_id == vehicle_id)

    def _where(self, tx: Transaction, theirs: Any) -> tuple[Binding, ...]:
        rows = tx.execute(select(bindings).where(theirs).order_by(bindings.c.binding_id).with_for_update())
        return tuple(_binding_of(row) for row in rows)

    def add(self, tx: Transaction, binding: Binding) -> None:
        tx.execute(insert(bindings).values(_columns_of(binding)))

    def save(self, tx: Transaction, binding: Binding) -> None:
        tx.execute(update(bindings).where(bindings.c.binding_id == binding.binding_id).values(_columns_of(binding)))


class FollowingStore:
    """Who follows. A follower whom nobody told of counts as following: only followers get to our pages."""

    def hold(self, tx: Transaction, follower_id: UUID) -> Following:
        """Until the transaction ends, known before or not: of two at once, the second hits the key, tries again, and finds it."""
        mine = followings.c.follower_id == follower_id
        row = tx.execute(select(followings).where(mine).with_for_update()).first()
        if row is None:
            tx.execute(insert(followings).values(follower_id=follower_id, follows=True, since=None))
            return Following(follower_id)
        return Following(follower_id, row.follows, from_millis(row.since) if row.since is not None else None)

    def save(self, tx: Transaction, following: Following) -> None:
        row = {"follows": following.follows, "since": millis(following.since) if following.since else None}
        tx.execute(update(followings).where(followings.c.follower_id == following.follower_id).values(row))


class KnownOwnerStore:
    """Whose car it is, as the DMS told by itself: the higher version wins."""

    def hold(self, tx: Transaction, vehicle_id: UUID) -> KnownOwner:
        """As with followings: so that a change of owner and a registration of the same car wait for each other."""
        row = tx.execute(select(known_owners).where(known_owners.c.vehicle_id == vehicle_id).with_for_update()).first()
        if row is None:
            tx.execute(insert(known_owners).values(vehicle_id=vehicle_id, version=0, customer_id="", learnt_at=None))
            return KnownOwner(vehicle_id)
        return KnownOwner(vehicle_id, row.version, row.customer_id, from_millis(row.learnt_at) if row.learnt_at is not None else None)

    def save(self, tx: Transaction, known: KnownOwner) -> None:
        learnt_at = millis(known.learnt_at) if known.learnt_at else None
        row = {"version": known.version, "customer_id": known.customer_id, "learnt_at": learnt_at}
        tx.execute(update(known_owners).where(known_owners.c.vehicle_id == known.vehicle_id).values(row))


def _columns_of(binding: Binding) -> dict[str, Any]:
    return {
        **{name: getattr(binding, name) for name in _AS_THEY_ARE},
        "state": binding.state.value,
        "openid_lookup": vault().lookup("openid", binding.openid),
        "vin_lookup": vault().lookup("vin", binding.vin),
    }


def _binding_of(row: Row[Any]) -> Binding:
    return Binding(**{name: row._mapping[name] for name in _AS_THEY_ARE}, state=State(row.state))
