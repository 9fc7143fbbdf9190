"""Whom to tell what about a binding and a registration (flows 1.1, 1.2). Pure: compares before and after."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from contracts import customers
from contracts.csc import MarkRegistered
from contracts.customers import RegistrationMatched, RegistrationNews, RegistrationProgressed, RegistrationRejected, RegistrationState
from contracts.dms import FindOwner, StoreRegistration
from contracts.envelope import Contract, PartnerCommand
from services.customers.domain import Binding, State
from services.customers.registration import Registration

UNFOLLOWED = "unfollowed"

NEWS_OF_STATE: dict[RegistrationState, type[RegistrationNews]] = {
    RegistrationState.MATCHED: RegistrationMatched,
    RegistrationState.REJECTED: RegistrationRejected,
}
"""All others are told as `RegistrationProgressed`."""


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
        "model": after.model,
        "dealer_code": after.dealer_code,
    }
    match after.state:
        case State.ACTIVE:
            return (customers.CustomerRegistered(**record),)
        case State.SUSPENDED:
            return (customers.CustomerUnregistered(**record, reason=UNFOLLOWED),)
        case State.ENDED:
            return (customers.CustomerUnregistered(**record, reason=after.ended_because),)


def partners_told(before: Binding | None, after: Binding, at: datetime) -> tuple[PartnerCommand, ...]:
    """The DMS keeps the fact of the registration, CSC whether the customer can be reached (A-REM-10, 16)."""
    if before is not None and before.version == after.version:
        return ()
    fact: dict[str, Any] = {
        "binding_id": after.binding_id,
        "binding_version": after.version,
        "customer_id": after.customer_id,
        "vin": after.vin,
        "registered": after.state is State.ACTIVE,
        "at": at,
    }
    return StoreRegistration(**fact), MarkRegistered(**fact)


def question_for(registration: Registration, id_number: str) -> Iterator[FindOwner]:
    """The only way that the ID number takes. Nothing is asked for who was turned away."""
    if registration.typed:
        typed = registration.typed
        yield FindOwner(registration_id=registration.registration_id, vin=typed.vin, id_number=id_number, mobile=typed.mobile)


def news_of_registration(after: Registration) -> Iterator[Contract]:
    code = after.code
    yield NEWS_OF_STATE.get(after.state, RegistrationProgressed)(
        registration_id=after.registration_id,
        version=after.version,
        state=after.state,
        account=after.account,
        follower_id=after.follower_id,
        openid=after.openid,
        late=after.late,
        code_no=after.code_no,
        code_expires_at=code.expires_at if code else None,
        next_code_at=code.next_at if code else None,
        tries_left=code.tries_left if code else 0,
        binding_id=after.binding_id,
    )
