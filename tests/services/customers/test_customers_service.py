"""Bindings: seeded once, suspended and revived with following, told under rising versions."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.customers import CustomerRegistered, CustomerUnregistered
from contracts.wechat import FollowerSubscribed, FollowerUnsubscribed
from services.customers.domain import SeedBinding, State, bound
from services.customers.service import CustomersService, seed
from tests.services.house import House, types_of

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
FOLLOWER = UUID("aaaaaaaa-0000-4000-8000-000000000001")
SEED = SeedBinding(
    account="main",
    follower_id=FOLLOWER,
    openid="oSandboxFollower0001",
    customer_id="C0001",
    vehicle_id=UUID("bbbbbbbb-0000-4000-8000-000000000001"),
    vin="LS4AAAAA1AA000001",
    name="张伟",
    mobile="13800138000",
    plate="渝A12345",
)


@pytest.fixture
def house(tmp_path):
    return House(CustomersService(), tmp_path / "customers.sqlite")


def planted(house, *seeds):
    with house.write() as tx:
        seed(tx, seeds)
    return house.told()


def came(seconds=0):
    return FollowerSubscribed(account="main", follower_id=FOLLOWER, openid=SEED.openid, created_at=NOW + timedelta(seconds=seconds))


def went(seconds=0):
    return FollowerUnsubscribed(account="main", follower_id=FOLLOWER, openid=SEED.openid, created_at=NOW + timedelta(seconds=seconds))


def test_seeding_twice_tells_once(house):
    first, second = planted(house, SEED), planted(house, SEED)

    assert (types_of(first), second) == ([CustomerRegistered], [])
    assert (first[0].version, first[0].vin, first[0].plate) == (1, SEED.vin, "渝A12345")


def test_unfollowing_suspends_every_binding_of_the_follower_and_following_revives_them(house):
    second_car = SeedBinding(**vars(SEED) | {"vehicle_id": UUID(int=7), "vin": "LS4AAAAA1AA000002"})
    planted(house, SEED, second_car)

    gone, back = house.deliver(went(1)), house.deliver(came(2))

    assert types_of(gone) == [CustomerUnregistered] * 2
    assert {one.reason for one in gone} == {"unfollowed"}
    assert types_of(back) == [CustomerRegistered] * 2
    assert {one.version for one in back} == {3}


def test_repeats_and_old_news_are_not_told(house):
    planted(house, SEED)
    house.deliver(went(5))

    assert house.deliver(went(5)) == house.deliver(came(4)) == house.deliver(went(6)) == []


def test_a_follower_without_a_binding_is_nobodys_news(house):
    assert house.deliver(went()) == []


@given(st.permutations([("went", 1), ("came", 2), ("went", 3), ("came", 3), ("went", 2)]))
def test_coming_and_going_in_any_order_ends_as_in_order(steps):
    binding = bound(SEED)

    for what, seconds in steps:
        at = NOW + timedelta(seconds=seconds)
        binding = binding.followed(at) if what == "came" else binding.unfollowed(at)

    assert (binding.state, binding.follows_since) == (State.ACTIVE, NOW + timedelta(seconds=3))


def test_nothing_personal_is_on_disk_in_clear(house):
    planted(house, SEED)
    house.database.dispose()

    on_disk = b"".join(path.read_bytes() for path in house.schema.parent.iterdir())

    assert not any(canary.encode() in on_disk for canary in (SEED.openid, SEED.vin, SEED.name, SEED.mobile, "渝A12345"))
