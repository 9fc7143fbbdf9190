"""The DMS and CSC are down, slow, broken or against it: a request is tried again, later, parked or turned down, and done once."""

from datetime import datetime, timedelta

import pytest

from tests.journeys.people import Record, StandIn, wait
from tests.journeys.world import World

TROUBLES = {
    "500 before the effect": {"mode": "failing"},
    "500 after the effect": {"mode": "failing", "when": "after"},
    "down": {"mode": "down"},
    "reset before the effect": {"mode": "reset"},
    "reset after the effect": {"mode": "reset", "when": "after"},
    "silent after the effect": {"mode": "silent", "seconds": 4, "when": "after"},
    "cut JSON": {"mode": "cut"},
    "a byte a second": {"mode": "trickle"},
}
BOOKING, TASK = "/api/v1/appointments", "/api/v1/call-tasks"
"""What strikes once strikes these: of reminders the house speaks with the partners when it pleases."""


@pytest.fixture
def partners(world: World):
    """Both at once; well again afterwards."""
    yield (world.dms, world.csc)
    world.dms.behave()
    world.csc.behave()


def done(entries: list[Record]) -> list[Record]:
    """Those that were answered well."""
    return [entry for entry in entries if entry["status"] in (200, 201) and entry["fault"] is None]


@pytest.mark.parametrize("trouble", TROUBLES)
def test_whatever_goes_wrong_on_the_way_it_is_done_once(world: World, partners: tuple[StandIn, StandIn], trouble: str):
    follower = world.a_follower()
    for partner, path in zip(partners, (BOOKING, TASK), strict=True):
        partner.misbehave({**TROUBLES[trouble], "times": 1, "path": path})

    appointment = follower.book()
    world.dcrc.agree(appointment)
    wait("the follower has the confirmation", follower.told)
    world.at_rest()

    for partner, path in zip(partners, (BOOKING, TASK), strict=True):
        struck, *again = partner.seen(appointment, "POST", path)
        assert struck["fault"] == TROUBLES[trouble]["mode"]
        assert len(done(again)) == 1
        assert len({entry["headers"]["Idempotency-Key"] for entry in (struck, *again)}) == 1
    assert (len(world.dms.records("appointments", appointment)), len(world.csc.records("tasks", appointment))) == (1, 1)
    assert follower.told() == ["confirmed"]


@pytest.mark.parametrize(("partner", "path", "seconds"), [("dms", BOOKING, 3), ("csc", TASK, 1)])
def test_who_is_too_busy_is_left_alone_as_long_as_asked(
    world: World, partners: tuple[StandIn, StandIn], partner: str, path: str, seconds: int
):
    """One second is waited in place, three are longer than the deadline of a call: the message waits its turn again."""
    asked = {"dms": world.dms, "csc": world.csc}[partner]
    asked.misbehave({"mode": "busy", "retry_after": seconds, "times": 1, "path": path})

    appointment = world.a_follower().book()
    world.dcrc.task(appointment)

    sooner, later = (datetime.fromisoformat(entry["at"]) for entry in asked.seen(appointment, "POST"))
    assert later - sooner >= timedelta(seconds=seconds)


def test_booked_and_withdrawn_while_the_dms_is_down_ends_cancelled(world: World, partners: tuple[StandIn, StandIn]):
    dms, csc = partners
    follower = world.a_follower()
    dms.misbehave({"mode": "down"})

    appointment = follower.book()
    wait("the DMS was asked in vain", lambda: dms.seen(appointment))
    follower.withdraw(appointment)
    wait("the follower is told", follower.told)
    dms.behave()
    wait("it is cancelled", lambda: world.state_at_dms(appointment) == "cancelled")
    world.at_rest()

    asked = [entry["path"] for entry in done(dms.seen(appointment))]
    assert asked == [BOOKING, f"{BOOKING}/{appointment}/cancel"]
    assert csc.records("tasks", appointment) == []
    assert follower.told() == ["withdrawn"]


def test_withdrawn_while_csc_is_down_leaves_no_open_task(world: World, partners: tuple[StandIn, StandIn]):
    _, csc = partners
    follower = world.a_follower()
    csc.misbehave({"mode": "down"})

    appointment = follower.book()
    wait("CSC was asked in vain", lambda: csc.seen(appointment))
    follower.withdraw(appointment)
    wait("the follower is told", follower.told)
    csc.behave()
    world.at_rest()

    assert world.state_at_csc(appointment) == "closed"
    assert world.state_at_dms(appointment) == "cancelled"
    assert follower.told() == ["withdrawn"]


@pytest.mark.parametrize(("code", "why"), [("closed_day", "该服务商当天休息"), ("because", "详情请咨询服务商")])
def test_a_clear_no_of_the_dms_is_final_and_the_follower_hears_why(world: World, partners: tuple[StandIn, StandIn], code: str, why: str):
    dms, csc = partners
    follower = world.a_follower()
    dms.misbehave({"mode": "refusing", "code": code, "times": 1, "path": BOOKING})

    appointment = follower.book()
    wait("the follower is told", follower.told)
    world.at_rest()

    assert follower.told() == ["turned-down"]
    assert follower.messages()[0]["content"]["thing5"] == why
    assert [entry["status"] for entry in dms.seen(appointment)] == [422]
    assert (world.state_at_dms(appointment), csc.seen(appointment)) == ("", [])


def test_a_clear_no_of_csc_waits_for_an_operator_and_can_still_be_withdrawn(world: World, partners: tuple[StandIn, StandIn]):
    _, csc = partners
    follower = world.a_follower()
    csc.misbehave({"mode": "refusing", "times": 1, "path": TASK})

    appointment = follower.book()
    wait("CSC has said no", lambda: world.told(appointment, "appointment.task.refused"))
    before = follower.told()
    follower.withdraw(appointment)
    wait("the follower is told", follower.told)
    world.at_rest()

    assert before == []
    assert csc.seen(appointment, "POST", TASK)[0]["status"] == 422
    assert (world.state_at_dms(appointment), world.state_at_csc(appointment)) == ("cancelled", "")


@pytest.mark.parametrize(("partner", "path", "kind"), [("dms", BOOKING, "store.appointment"), ("csc", TASK, "open.call.task")])
def test_an_answer_off_contract_is_parked_and_a_redrive_completes_the_story(
    world: World, partners: tuple[StandIn, StandIn], partner: str, path: str, kind: str
):
    follower = world.a_follower()
    {"dms": world.dms, "csc": world.csc}[partner].misbehave({"mode": "off_contract", "times": 1, "path": path})

    appointment = follower.book()
    (parked,) = wait("it is parked", lambda: world.parked(appointment))
    (shown,) = world.cheqiao("parked", "show", parked["message_id"], "--json")["parked"]
    ordered = world.cheqiao("parked", "redrive", parked["message_id"], "--json")
    world.dcrc.agree(appointment)
    wait("the follower has the confirmation", follower.told)
    world.at_rest()

    assert (parked["service"], parked["type"], shown["state"]) == (partner, kind, "parked")
    assert shown["causes"][0]["kind"] == "contract"
    assert shown["causes"][0]["field"] in ("dms_no", "task_id")
    assert ordered["status"] == "accepted"
    assert follower.told() == ["confirmed"]
    wait("it counts as redriven", lambda: state_of(world, parked["message_id"]) == "redriven")


def test_dropping_what_is_parked_lets_the_line_behind_it_move_on(world: World, partners: tuple[StandIn, StandIn]):
    dms, _ = partners
    follower = world.a_follower()
    dms.misbehave({"mode": "off_contract", "times": 1, "path": BOOKING})

    appointment = follower.book()
    (parked,) = wait("it is parked", lambda: world.parked(appointment))
    follower.withdraw(appointment)
    wait("the follower is told", follower.told)
    wait("the cancellation waits behind it", lambda: world.open_rows().get("dms.retry"))
    before = world.state_at_dms(appointment)
    world.cheqiao("parked", "drop", parked["message_id"], "--reason", "settled by phone", "--json")
    wait("it is cancelled", lambda: world.state_at_dms(appointment) == "cancelled")
    world.at_rest()

    assert before == "stored"
    assert world.state_at_csc(appointment) == ""
    assert follower.told() == ["withdrawn"]
    wait("it counts as dropped", lambda: state_of(world, parked["message_id"]) == "dropped")


def state_of(world: World, message_id: str) -> str:
    (shown,) = world.cheqiao("parked", "show", message_id, "--json")["parked"]
    return str(shown["state"])
