"""The DMS, CSC and the text messages are down, slow, broken or against it while somebody registers: it ends right, and the page says so."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.journeys.newcomers import Newcomer, path_of, shown_state
from tests.journeys.people import Record, StandIn, wait
from tests.journeys.test_partners_away import TROUBLES
from tests.journeys.world import World

FIND = "/api/v1/owners/find"
SEND = "/api/v1/messages"
KEEP = "/api/v1/registrations"


@pytest.fixture(autouse=True)
def well_again(world: World) -> Iterator[None]:
    yield
    for partner in (world.dms, world.csc, world.sms):
        partner.behave()


def page_says_what_the_script_hears(newcomer: Newcomer, registration: str) -> str:
    """The state; what polls and what is shown are one."""
    for _ in range(20):
        shown, heard = shown_state(newcomer.page(f"/registrations/{registration}")), newcomer.state(registration)
        if heard not in ("checking", "matched", "code_sent"):
            assert shown == "" or shown != heard
            return heard
        if shown == heard:
            return heard
    raise AssertionError(f"the page shows {shown}, its script hears {heard}")


def entries(partner: StandIn, path: str, about: str) -> list[Record]:
    """What was asked of this path about somebody, as it came."""
    return [one for one in partner.ask("GET", "/control/ledger", params={"path": path})["requests"] if about in one["path"] + one["body"]]


@pytest.mark.parametrize("trouble", TROUBLES)
def test_whatever_goes_wrong_on_the_way_each_step_is_done_once(world: World, trouble: str):
    newcomer = world.a_newcomer()
    vin = world.staff.sell(newcomer.person)
    fault = {**TROUBLES[trouble], "times": 1}
    world.dms.misbehave({**fault, "path": FIND}, {**fault, "path": KEEP})
    world.csc.misbehave({**fault, "path": KEEP})
    world.sms.misbehave({**fault, "path": SEND})

    registration = newcomer.ask_to_register(vin)
    page_says_what_the_script_hears(newcomer, registration)
    newcomer.await_state(registration, "code_sent")
    newcomer.verify(registration, newcomer.code())
    newcomer.await_state(registration, "active")
    world.at_rest()

    assert "绑定成功" in newcomer.page(f"/registrations/{registration}")
    assert len(newcomer.texts()) == 1
    for partner, path, about in (
        (world.dms, FIND, newcomer.person.mobile),
        (world.sms, SEND, newcomer.person.mobile),
        (world.dms, KEEP, vin),
        (world.csc, KEEP, vin),
    ):
        struck, *again = entries(partner, path, about)
        assert struck["fault"] == TROUBLES[trouble]["mode"], path
        assert len({entry["headers"]["Idempotency-Key"] for entry in (struck, *again)}) == 1, path
    for kept in (world.staff.registrations(vin), world.registered_at_csc(vin)):
        assert [(one["registered"], one["version"]) for one in kept] == [(True, 1)]


def test_while_the_dms_is_down_the_page_says_that_it_is_being_checked_and_then_goes_on(world: World):
    newcomer = world.a_newcomer()
    vin = world.staff.sell(newcomer.person)
    world.dms.misbehave({"mode": "down"})

    registration = newcomer.ask_to_register(vin)
    wait("the DMS was asked in vain", lambda: entries(world.dms, FIND, newcomer.person.mobile))
    shown = page_says_what_the_script_hears(newcomer, registration)
    page, home = newcomer.page(f"/registrations/{registration}"), newcomer.page("/")
    world.dms.behave()
    newcomer.await_state(registration, "code_sent")
    newcomer.verify(registration, newcomer.code())
    newcomer.await_state(registration, "active")
    world.at_rest()

    assert shown == "checking"
    assert "正在核对" in page
    assert f"/m/registrations/{registration}" in home
    assert newcomer.messages() == [], "who is still there needs no message"


@pytest.mark.faults
@pytest.mark.parametrize("world", ["embedded"], indirect=True)
def test_when_the_dms_is_back_after_long_a_message_leads_to_a_page_that_goes_on(world: World):
    """Longer than the two minutes that a follower looks at the page (flows 1.1)."""
    matched, wrong = world.a_newcomer(), world.a_newcomer()
    vin = world.staff.sell(matched.person)
    world.dms.misbehave({"mode": "down"})

    registration, other = matched.ask_to_register(vin), wrong.ask_to_register(vin)
    submitted = datetime.now(UTC)
    wait("the page waits", lambda: (datetime.now(UTC) - submitted).total_seconds() > 121, 130)
    still = page_says_what_the_script_hears(matched, registration)
    world.dms.behave()
    (message,) = wait("a message comes", matched.messages)
    (no,) = wait("and one to who is not the owner", wrong.messages)
    page = matched.page(path_of(message["url"]))
    before = matched.texts()
    matched.taken(f"/registrations/{registration}/code", {})
    matched.await_state(registration, "code_sent")
    matched.verify(registration, matched.code())
    matched.await_state(registration, "active")
    world.at_rest()

    assert (still, before) == ("checking", [])
    assert message["template_id"] == "sandbox-tpl-registration-matched"
    assert path_of(message["url"]) == f"/registrations/{registration}"
    assert "核对通过" in page
    assert (no["template_id"], wrong.state(other)) == ("sandbox-tpl-registration-rejected", "rejected")
    assert "没有核对上" in wrong.page(path_of(no["url"]))
    assert (len(matched.messages()), len(wrong.messages())) == (1, 1)


def test_an_answer_off_contract_is_parked_and_a_redrive_goes_on(world: World):
    newcomer = world.a_newcomer()
    vin = world.staff.sell(newcomer.person)
    world.dms.misbehave({"mode": "off_contract", "times": 1, "path": FIND})

    registration = newcomer.ask_to_register(vin)
    (parked,) = wait("it is parked", lambda: world.parked(registration))
    shown = page_says_what_the_script_hears(newcomer, registration)
    world.cheqiao("parked", "redrive", parked["message_id"], "--json")
    newcomer.await_state(registration, "code_sent")
    newcomer.verify(registration, newcomer.code())
    newcomer.await_state(registration, "active")
    world.at_rest()

    assert (parked["service"], parked["type"], shown) == ("dms", "find.owner", "checking")
    assert len(newcomer.texts()) == 1


def test_a_no_of_the_dms_looks_like_no_match(world: World):
    newcomer = world.a_newcomer()
    vin = world.staff.sell(newcomer.person)
    world.dms.misbehave({"mode": "refusing", "code": "blacklisted", "times": 1, "path": FIND})

    registration = newcomer.ask_to_register(vin)
    newcomer.await_state(registration, "rejected")
    world.at_rest()

    page = newcomer.page(f"/registrations/{registration}")
    assert "没有核对上" in page
    assert "blacklisted" not in page
    assert newcomer.texts() == []


def test_a_no_of_the_provider_lets_the_follower_ask_for_another_code_at_once(world: World):
    newcomer = world.a_newcomer()
    vin = world.staff.sell(newcomer.person)
    world.sms.misbehave({"mode": "refusing", "code": "busy_line", "times": 1})

    registration = newcomer.ask_to_register(vin)
    newcomer.await_state(registration, "matched")
    page = newcomer.page(f"/registrations/{registration}")
    asked = newcomer.post(f"/registrations/{registration}/code", {})
    newcomer.verify(registration, newcomer.code())
    newcomer.await_state(registration, "active")
    world.at_rest()

    assert "验证码短信没有发出去" in page
    assert asked.status_code == 202
    assert len(newcomer.texts()) == 1
    assert newcomer.asked(f"/registrations/{registration}")["code_no"] == 2


def test_while_the_provider_is_down_the_code_waits_and_another_is_not_asked_for_too_early(world: World):
    newcomer = world.a_newcomer()
    vin = world.staff.sell(newcomer.person)
    world.sms.misbehave({"mode": "down"})

    registration = newcomer.ask_to_register(vin)
    newcomer.await_state(registration, "code_sent")
    wait("the provider was asked in vain", lambda: entries(world.sms, SEND, newcomer.person.mobile))
    too_early = newcomer.post(f"/registrations/{registration}/code", {})
    page = newcomer.page(f"/registrations/{registration}")
    world.sms.behave()
    newcomer.verify(registration, newcomer.code())
    newcomer.await_state(registration, "active")
    world.at_rest()

    assert (too_early.status_code, too_early.json()["code"]) == (429, "too_early")
    assert "没收到" in page
    assert len(newcomer.texts()) == 1


def test_who_registers_while_nobody_can_be_told_is_bound_and_both_hear_of_it_later(world: World):
    newcomer = world.a_newcomer()
    vin = world.staff.sell(newcomer.person)
    world.dms.misbehave({"mode": "down", "path": KEEP})
    world.csc.misbehave({"mode": "failing", "path": KEEP})

    binding = newcomer.register(vin)
    appointment = newcomer.follower().book()
    world.dcrc.agree(appointment)
    wait("the follower has the confirmation", newcomer.messages)
    newcomer.unbind(binding)
    before = world.staff.registrations(vin) + world.registered_at_csc(vin)
    world.dms.behave()
    world.csc.behave()
    world.at_rest()

    assert before == []
    for kept in (world.staff.registrations(vin), world.registered_at_csc(vin)):
        assert [(one["registered"], one["version"]) for one in kept] == [(False, 2)]
