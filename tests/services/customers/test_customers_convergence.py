"""Whatever comes late, twice or in any order: when all is quiet, nobody is bound but who proved it and still owns the car.

A small world is played on a real database: followers register, unbind, come and go; the car is sold; the DMS answers when it likes. Then
all that is on its way arrives, and the bindings, what was told of them, the DMS and CSC must agree with the truth.
"""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from uuid import UUID, uuid4

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from contracts import customers
from contracts.csc import MarkRegistered
from contracts.customers import CustomerRegistered, RegistrationNews, RegistrationState, RequestRegistration
from contracts.dms import FindOwner, Owner, OwnersFound, StoreRegistration
from contracts.envelope import Contract, Event
from contracts.sms import SendSms
from services.customers.domain import State, binding_id_of
from tests.services.customers.makers import (
    NOW,
    a_code_wish,
    a_consent,
    a_request,
    a_sale,
    a_try,
    a_wrong_code,
    an_end,
    an_owner,
    came,
    found,
    refused,
    went,
)
from tests.services.house import VAULT, House, Times

CUSTOMERS = ("C0001", "C0002")
OPEN = {RegistrationState.CHECKING, RegistrationState.MATCHED, RegistrationState.CODE_SENT}


class Person:
    """A follower, whether they follow, and what they typed and were sent."""

    def __init__(self) -> None:
        self.id = uuid4()
        self.follows = True
        self.wishes: list[tuple[RequestRegistration, str]] = []
        self.sms: dict[UUID, SendSms] = {}
        self.right: set[UUID] = set()


class World:
    """One car, two customers who sell it to each other, two followers who are either of them as they like."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.house.told()
        self.clock: Times = house.service.now
        self.clock.at = NOW
        number = uuid4().int
        self.vin = f"LS4{number % 10**14:014d}"
        self.mobiles = {customer: f"139{number // 7**index % 10**8:08d}" for index, customer in enumerate(CUSTOMERS)}
        self.people = [Person(), Person()]
        self.owners = ["C0001"]
        self.pushes = 0
        self.questions: list[FindOwner] = []
        self.bag: list[Contract] = []
        self.told: list[Contract] = []
        for person in self.people:
            self.take_in(a_consent(person.id))

    def take_in(self, message: Contract) -> None:
        for told in self.house.deliver(message):
            self.hear(told)

    def hear(self, told: Contract) -> None:
        self.told.append(told)
        if isinstance(told, FindOwner):
            self.questions.append(told)
        if isinstance(told, SendSms):
            next(one for one in self.people if told.about_id in {wish.registration_id for wish, _ in one.wishes}).sms[told.about_id] = told

    def register(self, person: Person, customer: str) -> None:
        at_home = {"mobile": self.mobiles[customer], "address_key": str(person.id), "submitted_at": self.clock.at}
        wish = a_request(person.id, vin=self.vin[-8:], **at_home)
        person.wishes.append((wish, customer))
        self.take_in(wish)

    def dms_answers(self) -> None:
        """The truth of this moment; it arrives whenever it does."""
        question = self.questions.pop(0)
        owner = self.owners[-1]
        fits = question.mobile == self.mobiles[owner]
        self.bag.append(OwnersFound(registration_id=question.registration_id, owners=(self.owner(owner),) if fits else ()))

    def owner(self, customer: str) -> Owner:
        return an_owner(customer_id=customer, vin=self.vin, mobile=self.mobiles[customer])

    def is_sold(self) -> None:
        self.owners.append(CUSTOMERS[len(self.owners) % 2])
        self.bag.append(a_sale(self.owners[-1], len(self.owners), self.vin))

    def settle(self, pick: Callable[[int], int]) -> None:
        while self.questions or self.bag:
            while self.questions:
                self.dms_answers()
            self.take_in(self.bag.pop(pick(len(self.bag))))

    def check(self) -> None:
        vehicle = VAULT.vehicle_id(self.vin)
        with self.house.write() as tx:
            bindings = self.house.service.bindings.of_vehicle(tx, vehicle)
            known = self.house.service.owners.hold(tx, vehicle)
        assert (known.version, known.customer_id) == ((len(self.owners), self.owners[-1]) if len(self.owners) > 1 else (0, ""))
        assert {one.binding_id for one in bindings} <= {binding_id_of(person.id, vehicle) for person in self.people}
        for binding in bindings:
            (person,) = [one for one in self.people if one.id == binding.follower_id]
            if binding.state is not State.ENDED:
                assert binding.customer_id == self.owners[-1]
                assert binding.state is (State.ACTIVE if person.follows else State.SUSPENDED)
                assert person.right
            self.check_what_was_told(binding.binding_id, binding.version, binding.state is State.ACTIVE)
        self.check_registrations()

    def check_what_was_told(self, binding_id: UUID, version: int, active: bool) -> None:
        news = [one for one in self.told if isinstance(one, customers.Binding) and one.binding_id == binding_id]
        partners = [one for one in self.told if isinstance(one, StoreRegistration | MarkRegistered) and one.binding_id == binding_id]
        assert [one.version for one in news] == list(range(1, version + 1))
        assert isinstance(news[-1], CustomerRegistered) is active
        assert {(one.binding_version, one.registered) for one in partners[-2:]} == {(version, active)}

    def check_registrations(self) -> None:
        for person in self.people:
            for wish, customer in person.wishes:
                mine = [one for one in self.told if isinstance(one, RegistrationNews) and one.registration_id == wish.registration_id]
                assert [one.version for one in mine] == sorted({one.version for one in mine})
                assert all(one.state in OPEN for one in mine[:-1])
                if mine[-1].state is RegistrationState.ACTIVE:
                    assert wish.registration_id in person.right
                    assert customer in self.owners


class AWorld(RuleBasedStateMachine):
    """Anyone may do anything at any time; at the end of each story all that is on its way arrives."""

    house: House
    persons = st.integers(0, 1)

    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed: int) -> None:
        self.world = World(type(self).house)
        self.order = Random(seed)

    @rule(who=persons, customer=st.sampled_from(CUSTOMERS))
    def registers(self, who: int, customer: str) -> None:
        self.world.register(self.world.people[who], customer)

    @rule(who=persons, at_once=st.booleans())
    def registers_as_the_owner(self, who: int, at_once: bool) -> None:
        """Or few stories would come to a binding. Not at once: the code is typed, and on its way."""
        person, world = self.world.people[who], self.world
        world.register(person, world.owners[-1])
        wish, customer = person.wishes[-1]
        world.take_in(found(wish, world.owner(customer)))
        if wish.registration_id in person.sms:
            self.types_the_code(who)
            if at_once:
                world.take_in(world.bag.pop())

    @precondition(lambda self: self.world.questions)
    @rule()
    def the_dms_answers(self) -> None:
        self.world.dms_answers()

    @precondition(lambda self: any(person.sms for person in self.world.people))
    @rule(who=persons)
    def types_the_code(self, who: int) -> None:
        person = self.world.people[who]
        for wish, _ in person.wishes[-1:]:
            if wish.registration_id in person.sms:
                person.right.add(wish.registration_id)
                self.world.bag.append(a_try(wish, person.sms[wish.registration_id].code))

    @precondition(lambda self: any(person.sms for person in self.world.people))
    @rule(who=persons)
    def types_a_wrong_code(self, who: int) -> None:
        person = self.world.people[who]
        for wish, _ in person.wishes[-1:]:
            if wish.registration_id in person.sms:
                self.world.bag.append(a_try(wish, a_wrong_code(person.sms[wish.registration_id].code)))

    @rule(who=persons)
    def asks_for_a_code(self, who: int) -> None:
        for wish, _ in self.world.people[who].wishes[-1:]:
            self.world.bag.append(a_code_wish(wish))

    @precondition(lambda self: any(person.sms for person in self.world.people))
    @rule(who=persons)
    def the_code_is_refused(self, who: int) -> None:
        for sms in list(self.world.people[who].sms.values())[-1:]:
            self.world.bag.append(refused(sms))

    @rule(who=persons)
    def unbinds(self, who: int) -> None:
        person = self.world.people[who]
        self.world.bag.append(an_end(binding_id_of(person.id, VAULT.vehicle_id(self.world.vin)), person.id))

    @rule(who=persons, at_once=st.booleans())
    def comes_or_goes(self, who: int, at_once: bool) -> None:
        person, world = self.world.people[who], self.world
        world.pushes += 1
        person.follows = not person.follows
        world.bag.append((came if person.follows else went)(world.pushes, person.id))
        if at_once:
            world.take_in(world.bag.pop())

    @rule(at_once=st.booleans())
    def is_sold(self, at_once: bool) -> None:
        self.world.is_sold()
        if at_once:
            self.world.take_in(self.world.bag.pop())

    @rule(seconds=st.sampled_from([1, 61, 400]))
    def time_passes(self, seconds: int) -> None:
        self.world.clock.at += timedelta(seconds=seconds)

    @rule()
    def the_sweep_comes(self) -> None:
        with self.world.house.write() as tx:
            self.world.house.service.expire(tx)
        for told in self.world.house.told():
            self.world.hear(told)

    @precondition(lambda self: self.world.bag)
    @rule(data=st.data(), twice=st.booleans())
    def something_arrives(self, data: st.DataObject, twice: bool) -> None:
        """News may come again at any time; a wish that comes again is dropped by the inbox."""
        bag = self.world.bag
        index = data.draw(st.integers(0, len(bag) - 1))
        self.world.take_in(bag[index] if twice and isinstance(bag[index], Event) else bag.pop(index))

    @rule()
    def all_is_quiet_for_a_while(self) -> None:
        self.teardown()

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.settle(self.order.randrange)
            self.world.check()


def test_whatever_comes_late_twice_or_in_any_order_only_who_proved_it_and_still_owns_the_car_is_bound(house):
    class Played(AWorld):
        pass

    Played.house = house
    case = Played.TestCase
    case.settings = settings(
        max_examples=80, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
    )
    case("runTest").runTest()
