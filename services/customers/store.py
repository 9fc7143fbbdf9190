"""The table of `services/customers`: the bindings."""

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Row, String, Table, Uuid, insert, select, update

from chassis.database import Transaction, from_millis, millis
from chassis.privacy import Sealed, vault
from services.customers.domain import Binding, State

metadata = MetaData()
ID: Uuid[UUID] = Uuid(native_uuid=False)

bindings = Table(
    "bindings",
    metadata,
    Column("binding_id", ID, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", String(16), nullable=False),
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
    Column("follows_since", BigInteger),
    Index("ix_bindings_follower", "follower_id"),
    Index("ix_bindings_openid", "openid_lookup"),
    Index("ix_bindings_vin", "vin_lookup"),
)

_AS_THEY_ARE = ("binding_id", "version", "account", "follower_id", "openid", "customer_id", "vehicle_id", "vin", "plate", "name", "mobile")


class BindingStore:
    """The bindings. Whoever reads one holds it until the transaction ends."""

    def get(self, tx: Transaction, binding_id: UUID) -> Binding | None:
        row = tx.execute(select(bindings).where(bindings.c.binding_id == binding_id).with_for_update()).first()
        return _binding_of(row) if row else None

    def of_follower(self, tx: Transaction, follower_id: UUID) -> tuple[Binding, ...]:
        theirs = select(bindings).where(bindings.c.follower_id == follower_id).order_by(bindings.c.binding_id).with_for_update()
        return tuple(_binding_of(row) for row in tx.execute(theirs))

    def add(self, tx: Transaction, binding: Binding) -> None:
        tx.execute(insert(bindings).values(_columns_of(binding)))

    def save(self, tx: Transaction, binding: Binding) -> None:
        tx.execute(update(bindings).where(bindings.c.binding_id == binding.binding_id).values(_columns_of(binding)))


def _columns_of(binding: Binding) -> dict[str, Any]:
    return {
        **{name: getattr(binding, name) for name in _AS_THEY_ARE},
        "state": binding.state.value,
        "openid_lookup": vault().lookup("openid", binding.openid),
        "vin_lookup": vault().lookup("vin", binding.vin),
        "follows_since": millis(binding.follows_since) if binding.follows_since else None,
    }


def _binding_of(row: Row[Any]) -> Binding:
    return Binding(
        **{name: row._mapping[name] for name in _AS_THEY_ARE},
        state=State(row.state),
        follows_since=from_millis(row.follows_since) if row.follows_since is not None else None,
    )
