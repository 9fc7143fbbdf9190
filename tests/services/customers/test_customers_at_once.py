"""A code, a sale, an unfollowing and an unbinding at the same moment: whichever comes first, all agree afterwards."""

from uuid import UUID

from contracts.customers import Binding, CustomerRegistered, CustomerUnregistered, RegistrationRejected
from contracts.dms import StoreRegistration
from services.customers.domain import State, binding_id_of
from tests.services.customers.makers import a_consent, a_request, a_sale, a_try, an_end, an_owner, at_once, came, found, the_sms, went
from tests.services.house import VAULT

CARS = [f"LS4AAAAA1AA{number:06d}" for number in range(100, 112)]
DRIVERS = [UUID(int=number) for number in range(1, 4)]


def with_code(house, vin, follower):
    request = a_request(follower, vin=vin, mobile=mobile_of(vin), address_key=vin)
    house.deliver(a_consent(follower))
    house.deliver(request)
    return a_try(request, the_sms(house.deliver(found(request, an_owner(vin=vin, mobile=mobile_of(vin))))).code)


def mobile_of(vin):
    return f"13900{vin[-6:]}"


def bindings_of(house, vin):
    with house.write() as tx:
        return house.service.bindings.of_vehicle(tx, VAULT.vehicle_id(vin))


def followers_of_each_car():
    return [(vin, UUID(int=1000 + number)) for number, vin in enumerate(CARS)]


def test_a_sale_at_the_moment_of_the_code_leaves_nobody_bound(any_house):
    tries = [with_code(any_house, *each) for each in followers_of_each_car()]
    sales = [a_sale("C0002", vin=vin) for vin in CARS]

    told = at_once(any_house, [message for pair in zip(tries, sales, strict=True) for message in pair])

    ended = [one for one in told if isinstance(one, CustomerUnregistered)]
    refused = [one for one in told if isinstance(one, RegistrationRejected)]
    assert len(ended) + len(refused) == len(CARS)
    assert {binding.state for vin in CARS for binding in bindings_of(any_house, vin)} <= {State.ENDED}


def test_unfollowing_at_the_moment_of_the_code_leaves_a_suspended_binding(any_house):
    tries = [with_code(any_house, *each) for each in followers_of_each_car()]
    goings = [went(1, follower) for _, follower in followers_of_each_car()]

    told = at_once(any_house, [message for pair in zip(tries, goings, strict=True) for message in pair])

    assert {bindings_of(any_house, vin)[0].state for vin in CARS} == {State.SUSPENDED}
    last = {one.binding_id: one.registered for one in told if isinstance(one, StoreRegistration)}
    assert set(last.values()) == {False}


def test_whatever_happens_to_a_car_of_three_at_once_each_binding_tells_its_steps_in_order(any_house):
    vehicle = VAULT.vehicle_id(CARS[0])
    for follower in DRIVERS:
        any_house.deliver(with_code(any_house, CARS[0], follower))
    ends = [an_end(binding_id_of(follower, vehicle), follower) for follower in DRIVERS[:2]]

    told = at_once(any_house, [*(went(1, one) for one in DRIVERS), *ends, *(came(2, one) for one in DRIVERS), a_sale("C0002", vin=CARS[0])])

    for binding in bindings_of(any_house, CARS[0]):
        news = [one for one in told if isinstance(one, Binding) and one.binding_id == binding.binding_id]
        assert binding.state is State.ENDED
        assert [one.version for one in news] == list(range(2, binding.version + 1))
        assert not isinstance(news[-1], CustomerRegistered)
