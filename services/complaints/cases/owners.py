"""Who is bound to which car, as `services/customers` told it: of a follower who complains, name, mobile and customer are known by it.

Of who calls or writes, it says whether they follow us.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select

from chassis import upserts
from chassis.database import Transaction
from contracts.customers import Binding, CustomerRegistered
from services.complaints.cases.loading import looked_up
from services.complaints.tables import owners


@dataclass(frozen=True)
class Owner:
    """A follower and one of their cars."""

    follower_id: UUID
    account: str
    vehicle_id: UUID
    customer_id: str
    vin: str
    plate: str
    name: str
    mobile: str
    model: str
    dealer_code: str


_ACTIVE = (
    select(owners)
    .where(owners.c.follower_id == bindparam("follower"), owners.c.active)
    .order_by(owners.c.version.desc(), owners.c.binding_id)
)
_OF_MOBILE = select(owners).where(owners.c.mobile_lookup == bindparam("of_mobile"), owners.c.active).order_by(owners.c.binding_id)
_NAMES = ("active", "account", "follower_id", "vehicle_id", "customer_id", "vin", "plate", "name", "mobile", "model", "dealer_code")


def learn(tx: Transaction, news: Binding) -> None:
    """The higher version wins."""
    upserts.keep_highest(tx, owners, [_columns_of(news)], "version", "mobile_lookup", *_NAMES)


def cars_of(tx: Transaction, follower_id: UUID) -> list[Owner]:
    """Of bindings that are active, the newest first."""
    return [_owner_of(row) for row in tx.execute(_ACTIVE, {"follower": follower_id})]


def cars_of_mobile(tx: Transaction, mobile: str) -> list[Owner]:
    """Of active bindings with this number, whoever's they are."""
    return [_owner_of(row) for row in tx.execute(_OF_MOBILE, {"of_mobile": looked_up("mobile", mobile)})] if mobile else []


def _owner_of(row: Row[Any]) -> Owner:
    columns = row._mapping
    return Owner(**{name: columns[name] for name in Owner.__dataclass_fields__})


def _columns_of(news: Binding) -> dict[str, Any]:
    own = {name: getattr(news, name) for name in _NAMES if name not in ("active", "plate")}
    return {
        "binding_id": news.binding_id,
        "version": news.version,
        "active": isinstance(news, CustomerRegistered),
        "plate": news.plate or "",
        "mobile_lookup": looked_up("mobile", news.mobile),
        **own,
    }
