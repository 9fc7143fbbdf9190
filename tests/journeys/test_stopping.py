"""Asked to stop in the middle of its work the house ends in order, and goes on from there: nothing is lost, doubled or stuck."""

import os
import signal

import eventlet
import pytest
import requests

from launcher.stage import until
from tests.journeys.people import Follower, Record, wait
from tests.journeys.world import World

LOAD = 12


def test_nothing_is_lost_or_doubled_by_a_stop_under_load(world: World):
    """What was not answered 202 is posted again, as a phone does; a push counts as sent when WeChat heard 200."""
    followers = [world.a_follower() for _ in range(LOAD)]
    forms = [follower.form() for follower in followers]
    posting = eventlet.GreenPool()
    world.dms.misbehave({"mode": "slow", "seconds": 0.2, "times": 6, "path": "/api/v1/appointments"})

    for follower, form in zip(followers, forms, strict=True):
        posting.spawn(post_until_taken, follower, form)
    clicks = [posting.spawn(follower.click) for follower in followers]
    wait("work is under way", lambda: world.dms.ask("GET", "/control/ledger", params={"path": "/api/v1/appointments"})["requests"])
    code = stop(world)
    world.stage.start_house()
    posting.waitall()

    for form in forms:
        world.dcrc.agree(form["id"])
    for follower in followers:
        wait("the follower has the confirmation", follower.told, 60)
    world.at_rest()
    assert code == 0
    assert [follower.told() for follower in followers] == [["confirmed"]] * LOAD
    assert [record["asked"] for form in forms for record in world.dms.records("appointments", form["id"])] == [1] * LOAD
    assert [task["asked"] for form in forms for task in world.csc.records("tasks", form["id"])] == [1] * LOAD
    assert [slip["version"] for form in forms for slip in world.dms.records("slips", form["id"])] == [1] * LOAD
    for follower, click in zip(followers, clicks, strict=True):
        sent = click.wait()["sent"]
        wait("the click is known", lambda who=follower, wanted=sent: len(clicks_of(world, who)) >= wanted)
        assert len(clicks_of(world, follower)) <= 1


@pytest.mark.faults
@pytest.mark.parametrize("world", ["embedded"], indirect=True)
def test_stopped_between_any_two_steps_it_goes_on(world: World):
    follower = world.a_follower()
    appointment = follower.book()

    restart(world)
    world.dcrc.call(appointment, "no_answer")
    restart(world)
    world.dcrc.agree(appointment)
    restart(world)
    wait("the follower has the confirmation", follower.told)
    world.at_rest()

    assert follower.told() == ["confirmed"]
    assert [task["asked"] for task in world.csc.records("tasks", appointment)] == [1]


def post_until_taken(follower: Follower, form: Record) -> None:
    def taken() -> bool:
        try:
            return follower.post(form).status_code == 202
        except requests.RequestException:
            return False

    assert until(taken, 60)


def clicks_of(world: World, follower: Follower) -> list[Record]:
    return world.told(follower.follower_id, "menu.clicked")


def stop(world: World) -> int:
    """As a machine that goes down does; the stand-ins live on."""
    assert world.stage.house_pid is not None
    os.kill(world.stage.house_pid, signal.SIGTERM)
    return world.stage.await_end()


def restart(world: World) -> None:
    assert stop(world) == 0
    world.stage.start_house()
