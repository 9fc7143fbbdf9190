"""From the consent to the binding and what follows from it: several cars, several followers, leaving and coming back, another owner."""

import eventlet

from tests.journeys.newcomers import Person, a_vin
from tests.journeys.people import wait
from tests.journeys.world import World


def test_who_registers_is_bound_here_and_known_at_both_firms_and_can_book(world: World):
    newcomer = world.a_visitor()
    vin = world.staff.sell(newcomer.person)
    asked_first = newcomer.open("/registrations/new")
    newcomer.consent()

    registration = newcomer.ask_to_register(vin)
    newcomer.await_state(registration, "code_sent")
    waiting = newcomer.page(f"/registrations/{registration}")
    newcomer.verify(registration, newcomer.code())
    newcomer.await_state(registration, "active")
    follower = newcomer.follower()
    appointment = follower.book()
    world.dcrc.agree(appointment)
    wait("the follower has the confirmation", follower.told)
    world.at_rest()

    assert (asked_first.status_code, asked_first.headers["Location"]) == (302, "/m/consent?next=/registrations/new")
    assert f"{newcomer.person.mobile[:3]}****{newcomer.person.mobile[-4:]}" in waiting
    assert newcomer.person.mobile not in waiting
    assert "绑定成功" in newcomer.page(f"/registrations/{registration}")
    assert [(one["registered"], one["version"]) for one in world.staff.registrations(vin)] == [(True, 1)]
    assert [(one["registered"], one["version"]) for one in world.registered_at_csc(vin)] == [(True, 1)]
    assert len(newcomer.codes()) == 1
    (record,) = world.dms.records("appointments", appointment)
    assert (record["record"]["vin"], record["record"]["name"]) == (vin, newcomer.person.name)
    assert follower.told() == ["confirmed"]


def test_without_a_consent_nothing_that_is_typed_goes_anywhere(world: World):
    visitor = world.a_visitor()
    vin = world.staff.sell(visitor.person)

    refused = visitor.post("/registrations", visitor.form(vin))
    visitor.consent()
    visitor.consent(granted=False)
    taken_back = visitor.post("/registrations", visitor.form(vin))
    world.at_rest()

    assert [(answer.status_code, answer.json()["code"]) for answer in (refused, taken_back)] == [(403, "consent_missing")] * 2
    assert visitor.texts() == []


def test_one_follower_may_have_several_cars_even_such_that_end_alike(world: World):
    newcomer = world.a_newcomer()
    alike = [world.staff.sell(newcomer.person, a_vin("99AA0077")) for _ in range(2)]
    other = world.staff.sell(newcomer.person)

    ambiguous = newcomer.ask_to_register(alike[0])
    newcomer.await_state(ambiguous, "vin_wanted")
    bindings = []
    for vin in (*alike, other):
        registration = newcomer.ask_to_register(vin, vin=vin)
        newcomer.await_state(registration, "code_sent")
        newcomer.verify(registration, newcomer.code(len(bindings) + 1))
        newcomer.await_state(registration, "active")
        bindings.append(newcomer.asked(f"/registrations/{registration}")["binding_id"])
    world.at_rest()

    assert "完整车架号" in newcomer.page(f"/registrations/{ambiguous}")
    cars = newcomer.page("/cars")
    assert len(set(bindings)) == 3
    assert all(f"/m/cars/{binding}" in cars for binding in bindings)
    appointments = [newcomer.follower(binding).book() for binding in bindings]
    wait("the DMS has them", lambda: all(world.dms.records("appointments", one) for one in appointments))
    assert [world.dms.records("appointments", one)[0]["record"]["vin"] for one in appointments] == [*alike, other]


def test_two_followers_may_be_bound_to_one_car_each_for_themselves(world: World):
    owner = world.a_newcomer()
    vin = world.staff.sell(owner.person)
    papers = owner.person
    spouse = world.a_newcomer(Person("oSpouse" + papers.openid[1:], papers.name, papers.id_number, papers.mobile, "10.8.8.8"))

    first, second = owner.register(vin), spouse.register(vin)
    spouse.unbind(second)
    world.at_rest()

    assert first != second
    assert owner.open(f"/cars/{second}").status_code == 404
    assert owner.open(f"/cars/{first}").status_code == 200
    at_dms = {one["binding_id"]: one["registered"] for one in world.staff.registrations(vin)}
    assert at_dms == {first: True, second: False}
    assert {one["binding_id"]: one["registered"] for one in world.registered_at_csc(vin)} == at_dms
    appointment = owner.follower().book()
    wait("the owner can still book", lambda: world.dms.records("appointments", appointment))


def test_who_unbinds_can_bind_again(world: World):
    newcomer = world.a_newcomer()
    vin = world.staff.sell(newcomer.person)
    binding = newcomer.register(vin)
    follower = newcomer.follower()

    newcomer.unbind(binding)
    refused = follower.book()
    wait("the follower is told", follower.told)
    again = newcomer.register(vin)
    world.at_rest()

    assert follower.messages()[0]["content"]["thing5"] == "该车辆未绑定到您的账号"
    assert world.dms.seen(refused) == []
    assert again == binding
    assert [(one["registered"], one["version"]) for one in world.staff.registrations(vin)] == [(True, 3)]
    assert follower.told() == ["turned-down"], "nobody is told of what they did themselves"


def test_who_unfollows_is_known_as_gone_and_who_comes_back_as_back(world: World):
    newcomer = world.a_newcomer()
    vin = world.staff.sell(newcomer.person)
    newcomer.register(vin)

    newcomer.unfollow()
    wait("both know", lambda: [one["registered"] for one in world.staff.registrations(vin) + world.registered_at_csc(vin)] == [False] * 2)
    newcomer.follow()
    wait("both know", lambda: [one["registered"] for one in world.staff.registrations(vin) + world.registered_at_csc(vin)] == [True] * 2)
    world.at_rest()

    appointment = newcomer.follower().book()
    wait("and can book", lambda: world.dms.records("appointments", appointment))


def test_who_leaves_while_registering_is_bound_but_not_counted_as_reachable(world: World):
    newcomer = world.a_newcomer()
    vin = world.staff.sell(newcomer.person)
    registration = newcomer.ask_to_register(vin)
    newcomer.await_state(registration, "code_sent")

    newcomer.unfollow()
    newcomer.verify(registration, newcomer.code())
    newcomer.await_state(registration, "active")
    world.at_rest()

    assert [one["registered"] for one in world.staff.registrations(vin)] == [False]
    newcomer.follow()
    wait("both know", lambda: [one["registered"] for one in world.staff.registrations(vin)] == [True])


def test_a_car_that_is_sold_on_leaves_its_followers_who_are_told_and_cannot_book_for_it(world: World):
    seller, buyer = world.a_newcomer(), world.a_newcomer()
    vin = world.staff.sell(seller.person)
    binding = seller.register(vin)
    before = seller.follower()

    world.staff.sell_on(vin, buyer.person)
    wait("the seller is told", lambda: before.told() == ["unregistered"])
    refused = before.book()
    wait("a booking is turned down", lambda: before.told() == ["unregistered", "turned-down"])
    registration = seller.ask_to_register(vin)
    seller.await_state(registration, "rejected")
    new = buyer.register(vin)
    world.at_rest()

    assert world.dms.seen(refused) == []
    assert seller.open(f"/cars/{binding}").status_code == 404
    assert {one["binding_id"]: one["registered"] for one in world.staff.registrations(vin)} == {binding: False, new: True}
    assert buyer.messages() == []
    appointment = buyer.follower().book()
    wait("the buyer can book", lambda: world.dms.records("appointments", appointment))


def test_two_forms_for_one_car_at_once_are_two_codes_and_one_binding(world: World):
    newcomer = world.a_newcomer()
    vin = world.staff.sell(newcomer.person)
    forms = [newcomer.form(vin) for _ in range(2)]

    answers = list(eventlet.GreenPool().imap(lambda form: newcomer.post("/registrations", form).status_code, forms))
    for form in forms:
        newcomer.await_state(form["id"], "code_sent")
    wait("both codes came", lambda: len(newcomer.codes()) == len(forms))
    for form in forms:
        for code in newcomer.codes():
            newcomer.verify(form["id"], code)
        newcomer.await_state(form["id"], "active")
    world.at_rest()

    assert answers == [202, 202]
    assert len({newcomer.asked(f"/registrations/{form['id']}")["binding_id"] for form in forms}) == 1
    assert [(one["registered"], one["version"]) for one in world.staff.registrations(vin)] == [(True, 1)]


def test_the_same_form_ten_times_at_once_is_one_registration_and_one_code(world: World):
    newcomer = world.a_newcomer()
    form = newcomer.form(world.staff.sell(newcomer.person))

    answers = list(eventlet.GreenPool().imap(lambda _: newcomer.post("/registrations", form), range(10)))
    newcomer.await_state(form["id"], "code_sent")
    newcomer.code()
    world.at_rest()

    assert [answer.status_code for answer in answers] == [202] * 10
    assert sum("Idempotent-Replayed" in answer.headers for answer in answers) == 9
    assert len(newcomer.texts()) == 1


def test_a_car_that_is_sold_on_while_the_code_is_on_its_way_is_not_bound_to_who_sold_it(world: World):
    seller, buyer = world.a_newcomer(), Person.new()
    vin = world.staff.sell(seller.person)
    registration = seller.ask_to_register(vin)
    seller.await_state(registration, "code_sent")

    world.staff.sell_on(vin, buyer)
    pushed = wait("it was told", lambda: [one for one in world.ownership_pushes(vin) if one["outcome"] == "settled"])
    world.at_rest()
    seller.verify(registration, seller.code())
    seller.await_state(registration, "rejected")
    world.at_rest()

    assert len(pushed) == 1
    assert world.staff.registrations(vin) == []


def test_who_takes_the_consent_back_meanwhile_is_not_bound(world: World):
    newcomer = world.a_newcomer()
    vin = world.staff.sell(newcomer.person)
    registration = newcomer.ask_to_register(vin)
    newcomer.await_state(registration, "code_sent")

    newcomer.consent(granted=False)
    newcomer.await_state(registration, "expired")
    newcomer.verify(registration, newcomer.code())
    world.at_rest()

    assert newcomer.state(registration) == "expired"
    assert world.staff.registrations(vin) == []
