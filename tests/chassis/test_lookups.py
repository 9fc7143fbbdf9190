"""What an operator finds a message by: keyed hashes beside the sealed values, the same however a value was written."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from chassis.lookups import lookup, lookups_of
from chassis.messages import encode, wrap
from contracts.customers import CustomerRegistered, RequestRegistration
from contracts.dms import Owner, OwnersFound
from contracts.wechat import MenuClicked
from tests.services.house import VAULT

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
VIN, MOBILE, PLATE = "LSVAA4187C2184841", "13800138000", "沪A12345"


def a_binding():
    return CustomerRegistered(
        binding_id=uuid4(),
        version=1,
        account="main",
        follower_id=uuid4(),
        openid="oSandboxFollower0001",
        customer_id="C-1",
        vehicle_id=uuid4(),
        vin=VIN,
        plate=PLATE,
        name="王小明",
        mobile=MOBILE,
        dealer_code="D001",
        registered_at=NOW,
    )


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("mobile", MOBILE, "+86 138-0013-8000"),
        ("mobile", MOBILE, "0086 13800138000"),
        ("vin", VIN, " lsvaa4187c2184841 "),
        ("plate", PLATE, "沪a·12345"),
        ("plate", PLATE, "沪 A 12345"),
        ("plate", PLATE, "沪Ａ１２３４５"),
    ],
)
def test_a_value_is_found_however_it_was_written(kind, one, other):
    assert lookup(VAULT, kind, one) == lookup(VAULT, kind, other)


def test_kinds_are_told_apart():
    assert lookup(VAULT, "vin", MOBILE) != lookup(VAULT, "mobile", MOBILE)


def test_a_watched_event_carries_a_hash_of_each_value_and_no_value():
    envelope = wrap(a_binding(), source="customers", vault=VAULT, cause=None)

    assert set(envelope.lookups.split()) == {
        f"{kind}:{lookup(VAULT, kind, value)}" for kind, value in (("vin", VIN), ("mobile", MOBILE), ("plate", PLATE))
    }
    assert not any(value in encode(envelope) for value in (VIN, MOBILE, PLATE))


def test_the_values_of_many_owners_fit_the_envelope():
    owners = tuple(
        Owner(customer_id=f"C-{n}", vin=f"LSVAA4187C2{n:06}", name="王", mobile=f"138{n:08}", plate=f"沪A{n:05}") for n in range(20)
    )

    envelope = wrap(OwnersFound(registration_id=uuid4(), owners=owners), source="dms", vault=VAULT, cause=None)

    assert len(envelope.lookups.split()) == 60


def test_commands_and_events_without_such_values_carry_none():
    wish = RequestRegistration.model_construct(registration_id=uuid4(), vin=VIN, mobile=MOBILE)
    click = MenuClicked(account="main", follower_id=uuid4(), openid="oSandboxFollower0001", created_at=NOW, event_key="BOOK")

    assert lookups_of(wish, VAULT) is None
    assert lookups_of(click, VAULT) is None
