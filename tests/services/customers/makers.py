"""Messages of registering and binding that name only what a test is about, and their delivery side by side."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from chassis.handling import in_place
from contracts.customers import EndBinding, GiveConsent, RequestCode, RequestRegistration, VerifyMobile
from contracts.dms import Owner, OwnersFound, OwnershipChanged
from contracts.envelope import Contract
from contracts.sms import SendSms, SmsRefused
from contracts.wechat import FollowerSubscribed, FollowerUnsubscribed
from services.customers.domain import binding_id_of
from services.customers.registration import Registration, Typed
from tests.services.house import VAULT

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # nine in the morning in Shanghai
FOLLOWER = UUID("aaaaaaaa-0000-4000-8000-000000000001")
OPENID = "oSandboxFollower0001"
VIN = "LS4AAAAA1AA000001"
MOBILE = "13800138000"
ID_NUMBER = "500199199001010013"
TEXT = "2026-01"
OWNER = Owner(customer_id="C0001", vin=VIN, name="张伟", mobile=MOBILE, plate="渝A12345", model="CQ5 1.5T", dealer_code="D001")
VEHICLE = VAULT.vehicle_id(VIN)
BINDING = binding_id_of(FOLLOWER, VEHICLE)


def a_consent(follower=FOLLOWER, *, granted=True, text=TEXT, seconds=-60):
    at = NOW + timedelta(seconds=seconds)
    return GiveConsent(follower_id=follower, consent_id=uuid4(), account="main", text_version=text, granted=granted, given_at=at)


def a_request(follower=FOLLOWER, **other):
    typed = {"vin": VIN[-8:], "id_number": ID_NUMBER, "mobile": MOBILE, "text_version": TEXT, "address_key": "a" * 64}
    ours = {"registration_id": uuid4(), "account": "main", "openid": OPENID, "submitted_at": NOW}
    return RequestRegistration(follower_id=follower, **(ours | typed | other))


def an_owner(**other):
    return OWNER.model_copy(update=other)


def found(request, *owners):
    return OwnersFound(registration_id=request.registration_id, owners=owners)


def a_code_wish(request, **other):
    ours = {"follower_id": request.follower_id, "registration_id": request.registration_id, "address_key": request.address_key}
    return RequestCode(**(ours | other))


def a_try(request, code, **other):
    return VerifyMobile(**({"follower_id": request.follower_id, "registration_id": request.registration_id, "code": code} | other))


def a_wrong_code(right):
    return f"{(int(right) + 1) % 1_000_000:06d}"


def an_end(binding_id=BINDING, follower=FOLLOWER):
    return EndBinding(follower_id=follower, binding_id=binding_id)


def a_sale(customer_id="C0009", version=2, vin=VIN):
    return OwnershipChanged(
        vehicle_id=VAULT.vehicle_id(vin), ownership_version=version, vin=vin, customer_id=customer_id, changed_at=NOW - timedelta(days=1)
    )


def came(seconds=0, follower=FOLLOWER):
    return FollowerSubscribed(account="main", follower_id=follower, openid=OPENID, created_at=NOW + timedelta(seconds=seconds))


def went(seconds=0, follower=FOLLOWER):
    return FollowerUnsubscribed(account="main", follower_id=follower, openid=OPENID, created_at=NOW + timedelta(seconds=seconds))


def refused(sms, **other):
    about = {"about_id": sms.about_id, "about_version": sms.about_version, "purpose": sms.purpose, "command_id": sms.id}
    return SmsRefused(**(about | {"reason": "unknown_number"} | other))


def a_registration(**other):
    request = a_request()
    ours = {name: getattr(request, name) for name in ("registration_id", "account", "follower_id", "openid", "address_key", "submitted_at")}
    typed = Typed(VIN[-8:], MOBILE)
    return Registration(**(ours | {"asked_at": NOW, "lapses_at": NOW + timedelta(days=3), "typed": typed} | other))


def the_sms(told: list[Contract]) -> SendSms:
    (sms,) = [one for one in told if isinstance(one, SendSms)]
    return sms


def states_of(told):
    return [one.state.value for one in told if hasattr(one, "state")]


def at_once(house, messages):
    """All of them side by side, with the tries in place that the chassis makes; what was told by all."""
    with ThreadPoolExecutor(len(messages)) as pool:
        list(pool.map(lambda message: in_place(lambda: house.only_deliver(message)), messages))
    return house.told()
