"""Who types what is not theirs learns nothing, cannot guess a code, and cannot make somebody's phone ring all day (A-REM-05, 06, S-08)."""

from uuid import uuid4

import eventlet
import pytest

from services.customers.limits import LOOKUPS_OF_FOLLOWER, SENDS_TO_MOBILE, WRONG_CODES_OF_FOLLOWER
from services.customers.registration import CODE_TRIES
from tests.journeys.newcomers import Newcomer, Person, a_vin
from tests.journeys.people import Record, wait
from tests.journeys.world import World

FIND = "/api/v1/owners/find"
TOO_MANY = 50


def not_the_code(code: str, number: int = 0) -> str:
    """Six digits, but other ones."""
    return f"{(int(code) + 1 + number) % 1_000_000:06d}"


def asked_of_the_dms(world: World, about: str) -> list[Record]:
    return [one for one in world.dms.ask("GET", "/control/ledger", params={"path": FIND})["requests"] if about in one["body"]]


def what_happened(world: World, registration: str) -> tuple[tuple[str, str, str], ...]:
    """Every message inside and every call outside, without ids and times, as far as it is reported."""
    return tuple(sorted((one["step"], one["type"], one["service"]) for one in world.trace(registration)))


def test_no_such_car_wrong_id_and_wrong_mobile_cannot_be_told_apart(world: World):
    owner, stranger = Person.new(), world.a_newcomer()
    vin = world.staff.sell(owner)
    right = {"id_number": owner.id_number, "mobile": owner.mobile}
    attempts = {
        "no such car": right | {"vin": a_vin()[-8:]},
        "wrong ID number": right | {"id_number": Person.new().id_number},
        "wrong mobile": right | {"mobile": Person.new().mobile},
        "nothing right": {"vin": a_vin()[-8:]},
        "another's whole VIN": {"vin": vin},
    }

    registrations = {how: stranger.ask_to_register(vin, **typed) for how, typed in attempts.items()}
    for registration in registrations.values():
        stranger.await_state(registration, "rejected")
    world.at_rest()

    pages = {stranger.page(f"/registrations/{one}").replace(one, "ID") for one in registrations.values()}
    answers = {stranger.open(f"/api/registrations/{one}").text.replace(one, "ID") for one in registrations.values()}
    lengths = {stranger.open(f"/registrations/{one}").headers["Content-Length"] for one in registrations.values()}
    told = ("handled", "registration.rejected", "pages")  # the last that happens, and reports come a second behind
    wait("all is reported", lambda: all(told in what_happened(world, one) for one in registrations.values()))
    wait("nothing inside differs", lambda: len({what_happened(world, one) for one in registrations.values()}) == 1)
    assert (len(pages), len(answers), len(lengths)) == (1, 1, 1)
    assert {(one["status"], one["answer"]) for one in asked_of_the_dms(world, owner.mobile)} == {(200, '{"owners":[]}')}
    assert world.texts_to(owner.mobile) == []
    assert stranger.messages() == []


def test_a_stranger_who_knows_all_three_has_still_not_the_owners_phone(world: World):
    owner, stranger = Person.new(), world.a_newcomer()
    vin = world.staff.sell(owner)

    registration = stranger.ask_to_register(vin, id_number=owner.id_number, mobile=owner.mobile)
    stranger.await_state(registration, "code_sent")
    wait("the owner is warned", lambda: world.texts_to(owner.mobile))
    page = stranger.page(f"/registrations/{registration}")
    world.at_rest()

    assert "请勿泄露" in world.texts_to(owner.mobile)[0]
    assert not any(personal in page for personal in (owner.name, owner.mobile, owner.id_number, vin))
    assert world.staff.registrations(vin) == []


@pytest.mark.parametrize("at_once", [False, True], ids=["one by one", "at once"])
def test_fifty_wrong_codes_lock_and_then_the_right_one_does_not_pass(world: World, *, at_once: bool):
    newcomer = world.a_newcomer()
    vin = world.staff.sell(newcomer.person)
    registration = newcomer.ask_to_register(vin)
    newcomer.await_state(registration, "code_sent")
    code = newcomer.code()

    pool = eventlet.GreenPool(TOO_MANY if at_once else 1)
    answers = list(pool.imap(lambda number: post_code(newcomer, registration, not_the_code(code, number)), range(TOO_MANY)))
    newcomer.await_state(registration, "locked")
    newcomer.verify(registration, code)
    world.at_rest()

    assert answers == [202] * TOO_MANY
    assert newcomer.state(registration) == "locked"
    assert "验证码错误次数太多" in newcomer.page(f"/registrations/{registration}")
    assert newcomer.asked(f"/registrations/{registration}")["tries_left"] == 0
    assert world.staff.registrations(vin) == []
    assert newcomer.codes() == [code]


def post_code(newcomer: Newcomer, registration: str, code: str) -> int:
    """As the page does it: told to come again, it comes again under the same id."""
    form = {"id": str(uuid4()), "code": code}
    return wait("it is taken, or refused", lambda: (status := posted(newcomer, registration, form)) != 503 and status)


def posted(newcomer: Newcomer, registration: str, form: dict[str, str]) -> int:
    return newcomer.post(f"/registrations/{registration}/verify", form).status_code


def test_each_wrong_code_is_told_until_a_right_one_in_time_passes(world: World):
    newcomer = world.a_newcomer()
    vin = world.staff.sell(newcomer.person)
    registration = newcomer.ask_to_register(vin)
    newcomer.await_state(registration, "code_sent")
    code, left = newcomer.code(), []

    for number in range(CODE_TRIES - 1):
        newcomer.verify(registration, not_the_code(code, number))
        wait("it is told", lambda wanted=CODE_TRIES - 1 - number: newcomer.asked(f"/registrations/{registration}")["tries_left"] == wanted)
        left.append(f"还可以再试 {CODE_TRIES - 1 - number} 次" in newcomer.page(f"/registrations/{registration}"))
    newcomer.verify(registration, code)
    newcomer.await_state(registration, "active")
    newcomer.verify(registration, code)
    world.at_rest()

    assert left == [True] * (CODE_TRIES - 1)
    assert [one["version"] for one in world.staff.registrations(vin)] == [1]


def test_beginning_anew_gives_no_more_than_so_many_guesses_a_day(world: World):
    newcomer = world.a_newcomer()
    vin = world.staff.sell(newcomer.person)
    for _ in range(WRONG_CODES_OF_FOLLOWER.a_day // CODE_TRIES):
        codes = len(newcomer.codes())
        registration = newcomer.ask_to_register(vin)
        newcomer.await_state(registration, "code_sent")
        for number in range(CODE_TRIES):
            newcomer.verify(registration, not_the_code(newcomer.code(codes + 1), number))
        newcomer.await_state(registration, "locked")
    asked = len(asked_of_the_dms(world, newcomer.person.mobile))

    registration = newcomer.ask_to_register(vin)
    newcomer.await_state(registration, "locked")
    world.at_rest()

    assert len(asked_of_the_dms(world, newcomer.person.mobile)) == asked
    assert len(newcomer.codes()) == WRONG_CODES_OF_FOLLOWER.a_day // CODE_TRIES


def test_a_follower_may_ask_so_often_a_day_and_the_dms_is_not_bothered_further(world: World):
    newcomer = world.a_newcomer()
    for _ in range(LOOKUPS_OF_FOLLOWER.a_day):
        newcomer.await_state(newcomer.ask_to_register(a_vin()), "rejected")
    vin = world.staff.sell(newcomer.person)

    registration = newcomer.ask_to_register(vin)
    newcomer.await_state(registration, "limited")
    world.at_rest()

    assert len(asked_of_the_dms(world, newcomer.person.mobile)) == LOOKUPS_OF_FOLLOWER.a_day
    assert "明天再来" in newcomer.page(f"/registrations/{registration}")
    assert newcomer.texts() == []


def test_a_mobile_rings_so_often_a_day_whoever_asks(world: World):
    owner = Person.new()
    vin = world.staff.sell(owner)
    strangers = [world.a_newcomer() for _ in range(SENDS_TO_MOBILE.a_day + 2)]

    registrations = [one.ask_to_register(vin, id_number=owner.id_number, mobile=owner.mobile) for one in strangers]
    ended = [one.await_state(id, "code_sent", "limited") for one, id in zip(strangers, registrations, strict=True)]
    world.at_rest()

    assert sorted(ended) == ["code_sent"] * SENDS_TO_MOBILE.a_day + ["limited"] * 2
    assert len(world.texts_to(owner.mobile)) == SENDS_TO_MOBILE.a_day
