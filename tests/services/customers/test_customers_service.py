"""Bindings: seeded once, suspended and revived with following, ended for good, told under rising versions."""

from hypothesis import given
from hypothesis import strategies as st

from contracts.csc import MarkRegistered
from contracts.customers import CustomerRegistered, CustomerUnregistered
from contracts.dms import StoreRegistration
from services.customers.domain import Following, KnownOwner, SeedBinding, State, bound, registered
from services.customers.service import seed
from tests.services.customers.makers import BINDING, FOLLOWER, MOBILE, NOW, OPENID, VEHICLE, VIN, a_sale, an_end, came, went
from tests.services.house import VAULT, types_of

SEED = SeedBinding(
    account="main",
    follower_id=FOLLOWER,
    openid=OPENID,
    customer_id="C0001",
    vehicle_id=VEHICLE,
    vin=VIN,
    name="张伟",
    mobile=MOBILE,
    plate="渝A12345",
)
OTHER_VIN = "LS4AAAAA1AA000002"
OTHER_CAR = SeedBinding(**vars(SEED) | {"vehicle_id": VAULT.vehicle_id(OTHER_VIN), "vin": OTHER_VIN})
OTHER_FOLLOWER = SeedBinding(**vars(SEED) | {"follower_id": FOLLOWER.__class__(int=5), "openid": "oSandboxFollower0005"})


def planted(house, *seeds):
    with house.write() as tx:
        seed(tx, seeds)
    return house.told()


def news_in(told):
    return [one for one in told if isinstance(one, CustomerRegistered | CustomerUnregistered)]


def test_seeding_twice_tells_once_and_tells_no_partner(house):
    first, second = planted(house, SEED), planted(house, SEED)

    assert (types_of(first), second) == ([CustomerRegistered], [])
    assert (first[0].version, first[0].vin, first[0].plate) == (1, SEED.vin, "渝A12345")


def test_unfollowing_suspends_every_binding_of_the_follower_and_following_revives_them(house):
    planted(house, SEED, OTHER_CAR, OTHER_FOLLOWER)

    gone, back = house.deliver(went(1)), house.deliver(came(2))

    assert types_of(gone) == [CustomerUnregistered, StoreRegistration, MarkRegistered] * 2
    assert {one.reason for one in news_in(gone)} == {"unfollowed"}
    assert types_of(back) == [CustomerRegistered, StoreRegistration, MarkRegistered] * 2
    assert {one.version for one in news_in(back)} == {3}
    assert {one.follower_id for one in news_in(gone + back)} == {FOLLOWER}


def test_the_dms_and_csc_hear_of_each_step_under_the_version_of_the_binding(house):
    planted(house, SEED)

    _, to_dms, to_csc = house.deliver(went(1))

    fact = {"binding_id": BINDING, "binding_version": 2, "customer_id": "C0001", "vin": VIN, "registered": False}
    assert {name: getattr(to_dms, name) for name in fact} == {name: getattr(to_csc, name) for name in fact} == fact


def test_repeats_and_old_news_are_not_told(house):
    planted(house, SEED)
    house.deliver(went(5))

    assert house.deliver(went(5)) == house.deliver(came(4)) == house.deliver(went(6)) == []


def test_a_follower_without_a_binding_is_nobodys_news(house):
    assert house.deliver(went()) == []


def test_a_follower_may_end_a_binding_and_following_again_does_not_bring_it_back(house):
    planted(house, SEED)

    ended = house.deliver(an_end())

    assert [one.reason for one in news_in(ended)] == ["by_follower"]
    assert [one.registered for one in ended[1:]] == [False, False]
    assert house.deliver(an_end()) == house.deliver(went(1)) == house.deliver(came(2)) == []


def test_nobody_ends_the_binding_of_another_or_one_that_is_not_there(house):
    planted(house, SEED)

    assert house.deliver(an_end(follower=OTHER_FOLLOWER.follower_id)) == house.deliver(an_end(FOLLOWER)) == []


def test_another_owner_ends_every_binding_of_the_car_for_the_old_one_suspended_ones_too(house):
    planted(house, SEED, OTHER_FOLLOWER, OTHER_CAR)
    house.deliver(went(1))

    ended = news_in(house.deliver(a_sale("C0002")))

    assert {(one.follower_id, one.vehicle_id, one.reason) for one in ended} == {
        (FOLLOWER, VEHICLE, "owner_changed"),
        (OTHER_FOLLOWER.follower_id, VEHICLE, "owner_changed"),
    }
    assert news_in(house.deliver(came(2)))[0].vehicle_id == OTHER_CAR.vehicle_id


def test_news_of_the_owner_who_is_bound_and_older_news_of_another_end_nothing(house):
    planted(house, SEED)

    assert house.deliver(a_sale("C0001", version=3)) == house.deliver(a_sale("C0002", version=2)) == house.deliver(a_sale("C0002", 3)) == []


@given(st.permutations([("went", 1), ("came", 2), ("went", 3), ("came", 3), ("went", 2)]))
def test_coming_and_going_in_any_order_ends_as_in_order(steps):
    following = Following(FOLLOWER)

    for what, seconds in steps:
        following = following.heard(follows=what == "came", at=came(seconds).created_at)

    assert following == Following(FOLLOWER, follows=True, since=came(3).created_at)


@given(st.lists(st.tuples(st.integers(1, 4), st.sampled_from(["C0001", "C0002"])), min_size=1, unique_by=lambda one: one[0]), st.data())
def test_changes_of_owner_in_any_order_and_with_repeats_end_as_in_order(sales, data):
    known = KnownOwner(VEHICLE)

    for version, customer_id in data.draw(st.permutations(sales + sales[:1])):
        known = known.learn(version, customer_id, NOW)

    assert (known.version, known.customer_id) == max(sales)


def test_an_ended_binding_is_revived_by_a_registration_alone_and_the_same_again_is_no_step():
    ended = bound(SEED).end("by_follower")

    revived = registered(ended, bound(SEED))

    assert ended.following(follows=True) == ended.end("owner_changed") == ended
    assert (revived.state, revived.version, revived.ended_because) == (State.ACTIVE, 3, "")
    assert registered(revived, bound(SEED)) is revived


def test_nothing_personal_is_on_disk_in_clear(house):
    planted(house, SEED)
    house.database.dispose()

    on_disk = b"".join(path.read_bytes() for path in house.schema.parent.iterdir())

    assert not any(canary.encode() in on_disk for canary in (SEED.openid, SEED.vin, SEED.name, SEED.mobile, "渝A12345"))
