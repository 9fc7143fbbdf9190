"""Which followers are bound to a car: whom to tell of what is due for it (A-REM-10, 16)."""

from typing import Any

from sqlalchemy import bindparam, exists, select

from chassis import upserts
from chassis.database import Transaction
from contracts.customers import Binding, CustomerRegistered
from services.reminders.tables import bindings

_NAMES = ("active", "account", "follower_id", "vehicle_id")
_ACTIVE = select(exists().where(bindings.c.vehicle_id == bindparam("vehicle"), bindings.c.active))


def keep_binding(tx: Transaction, news: Binding) -> None:
    """The higher version wins. A suspended one is not active."""
    upserts.keep_highest(tx, bindings, [_columns_of(news)], "version", *_NAMES)


def is_registered(tx: Transaction, news: Binding) -> bool:
    """A follower who can be told is bound to its car. Whoever asks holds the car."""
    return bool(tx.execute(_ACTIVE, {"vehicle": news.vehicle_id}).scalar_one())


def _columns_of(news: Binding) -> dict[str, Any]:
    return {
        "binding_id": news.binding_id,
        "version": news.version,
        "active": isinstance(news, CustomerRegistered),
        "account": news.account,
        "follower_id": news.follower_id,
        "vehicle_id": news.vehicle_id,
    }
