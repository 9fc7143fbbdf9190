"""Whom to tell what about a binding (flows 1.2)."""

from typing import Any

from contracts import customers
from services.customers.domain import Binding, State

UNFOLLOWED = "unfollowed"


def news_of(before: Binding | None, after: Binding) -> tuple[customers.Binding, ...]:
    """Only a step is news: each has a version of its own."""
    if before is not None and before.version == after.version:
        return ()
    record: dict[str, Any] = {
        "binding_id": after.binding_id,
        "version": after.version,
        "account": after.account,
        "follower_id": after.follower_id,
        "openid": after.openid,
        "customer_id": after.customer_id,
        "vehicle_id": after.vehicle_id,
        "vin": after.vin,
        "plate": after.plate,
        "name": after.name,
        "mobile": after.mobile,
    }
    match after.state:
        case State.ACTIVE:
            return (customers.CustomerRegistered(**record),)
        case State.SUSPENDED:
            return (customers.CustomerUnregistered(**record, reason=UNFOLLOWED),)
